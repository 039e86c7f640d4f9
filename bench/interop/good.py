"""The table as every writer writes it."""

import codecs
import csv
import datetime as dt
import gzip
import io
import json
import os

import duckdb
import fastparquet
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.compute
import pyarrow.dataset
import pyarrow.feather
import pyarrow.parquet as pq

from table import NESTED, SCHEMA, arrow


class Folder:
    """Writes files and notes what each one shows."""

    def __init__(self, path, rows, only):
        self.path, self.rows, self.only, self.files = path, rows, only, []
        self.table = arrow(rows)
        self.flat = self.table.drop_columns(NESTED)

    def file(self, name, writer, shows, write, **notes):
        if self.only and name not in self.only:
            return
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path)
        self.files.append({"path": name, "writer": writer, "shows": shows, **notes})


def pyarrow_parquet(to):
    def add(name, shows, table=None, **options):
        options = {"compression": "zstd", "row_group_size": max(1, len(to.rows) // 3)} | options
        to.file(f"pyarrow-{name}.parquet", "pyarrow", shows,
                lambda path: pq.write_table(to.table if table is None else table, path, **options))

    for version in ["1.0", "2.0"]:
        for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
            add(f"v{version[0]}-{codec}", [f"page v{version[0]}", f"codec {codec}"], compression=codec, data_page_version=version)

    plain = {"use_dictionary": False}
    delta = {"case_id": "DELTA_BINARY_PACKED", "copies": "DELTA_BINARY_PACKED", "at": "DELTA_BINARY_PACKED", "repaid": "DELTA_BINARY_PACKED",
             "opened": "DELTA_BINARY_PACKED", "person": "DELTA_BYTE_ARRAY", "outcome": "DELTA_LENGTH_BYTE_ARRAY", "region": "DELTA_BYTE_ARRAY",
             "channel": "DELTA_LENGTH_BYTE_ARRAY", "segment": "DELTA_BYTE_ARRAY", "note": "DELTA_BYTE_ARRAY", "fee": "DELTA_BYTE_ARRAY"}
    split = dict.fromkeys(["case_id", "at", "opened", "score", "fee", "copies", "repaid"], "BYTE_STREAM_SPLIT")
    add("plain", ["plain"], **plain)
    add("delta-v1", ["delta"], column_encoding=delta, data_page_version="1.0", **plain)
    add("delta-v2", ["delta", "page v2"], column_encoding=delta, data_page_version="2.0", **plain)
    add("byte-stream-split", ["byte-stream split"], column_encoding=split, **plain)
    add("int96", ["INT96"], use_deprecated_int96_timestamps=True)
    add("nanos", ["nanoseconds"], to.table.cast(nanos()), version="2.6")
    add("decimal-integer", ["decimal as integer"], store_decimal_as_integer=True)
    add("no-statistics", ["no statistics"], write_statistics=False)
    add("page-index-crc", ["page index", "bloom filter", "page checksums"], write_page_index=True, write_page_checksum=True,
        bloom_filter_options={"person": {"ndv": 100, "fpp": 0.1}})
    add("list-item", ["legacy list names"], use_compliant_nested_type=False)
    add("large-types", ["schema of Arrow stored"], to.table.cast(large()), store_schema=True)
    for version in ["1.0", "2.0"]:
        add(f"small-pages-v{version[0]}", ["small pages", "dictionary given up"], data_page_size=200, write_batch_size=16,
            dictionary_pagesize_limit=300, data_page_version=version)
    to.file("pyarrow-empty-row-group.parquet", "pyarrow", ["empty row group in the middle"], lambda path: with_gap(to.table, path))


def nanos():
    return pa.schema([f.with_type(pa.timestamp("ns", "UTC")) if f.name == "at" else f for f in SCHEMA])


def large():
    return pa.schema([f.with_type(pa.large_string()) if f.type == pa.string() else f for f in SCHEMA])


def with_gap(table, path):
    third = table.num_rows // 3
    with pq.ParquetWriter(path, table.schema, compression="zstd") as w:
        for start, n in [(0, third), (0, 0), (third, table.num_rows)]:
            w.write_table(table.slice(start, n), row_group_size=n or None)


def polars_parquet(to):
    frame = pl.from_arrow(to.table)
    third = max(1, len(to.rows) // 3)
    for codec in ["uncompressed", "snappy", "gzip", "brotli", "zstd", "lz4"]:
        to.file(f"polars-{codec}.parquet", "Polars", [f"codec {codec}"],
                lambda path: frame.write_parquet(path, compression=codec, row_group_size=third, statistics=codec != "lz4"))
    to.file("polars-small-pages.parquet", "Polars", ["small pages"], lambda path: frame.write_parquet(path, data_page_size=512))
    to.file("polars-sink.parquet", "Polars", ["streaming writer"], lambda path: frame.lazy().sink_parquet(path, row_group_size=third))


def duck(table):
    db = duckdb.connect()
    db.execute("set autoinstall_known_extensions = false")  # nothing is fetched
    return db.register("t", table)


def duckdb_parquet(to):
    db = duck(to.table)
    for version, codec in [("v1", "uncompressed"), ("v1", "snappy"), ("v1", "gzip"), ("v1", "brotli"), ("v2", "zstd"), ("v2", "lz4_raw"), ("v2", "snappy")]:
        to.file(f"duckdb-{version}-{codec}.parquet", "DuckDB", [f"encodings {version}", f"codec {codec}"], lambda path: db.execute(
            f"copy (select * from t) to '{path}' (format parquet, codec {codec}, parquet_version {version}, row_group_size 2048)"))


def frame_of(to):
    """A pandas frame that keeps integers, booleans and text as they are."""
    frame = to.flat.to_pandas(types_mapper={pa.int8(): pd.Int8Dtype(), pa.uint8(): pd.UInt8Dtype(), pa.bool_(): pd.BooleanDtype()}.get)
    frame["at"] = frame["at"].astype("datetime64[ns, UTC]")  # fastparquet takes any other unit for nanoseconds
    for name in ["person", "outcome", "region", "channel", "segment", "note"]:
        frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame


def fastparquet_parquet(to):
    frame = frame_of(to)
    frame["fee"] = frame["fee"].astype(float)
    frame["opened"] = pd.to_datetime(frame["opened"]).astype("datetime64[ns]")
    notes = {"lost": ["opened"], "why": "fastparquet has no dates: they become timestamps"}
    third = max(1, len(to.rows) // 3)
    rows = [0, third, 2 * third]
    for name, options in {"snappy": {}, "gzip": {"compression": "GZIP"}, "zstd": {"compression": "ZSTD"}, "lz4": {"compression": "LZ4"},
                          "brotli": {"compression": "BROTLI"}, "int96": {"times": "int96"}}.items():
        shows = ["INT96"] if name == "int96" else [f"codec {name}"]
        to.file(f"fastparquet-{name}.parquet", "fastparquet", shows, lambda path: fastparquet.write(
            path, frame, **{"compression": "SNAPPY", "row_group_offsets": rows, "write_index": False} | options), **notes)
    to.file("fastparquet-hive", "fastparquet", ["folders"], lambda path: fastparquet.write(
        path, frame, file_scheme="hive", partition_on=["channel"], write_index=False, row_group_offsets=rows), **notes)
    to.file("pandas-index.parquet", "pandas", ["index column"], lambda path: frame_of(to).assign(i=frame.index * 7).set_index("i").to_parquet(path))


def hive(to):
    third = max(1, len(to.rows) // 3)
    for by in ["channel", "segment"]:  # never null; null and odd characters
        to.file(f"pyarrow-hive-{by}", "pyarrow", ["folders"], lambda path: pa.dataset.write_dataset(
            to.table, path, format="parquet", max_rows_per_group=third, max_rows_per_file=third,
            partitioning=pa.dataset.partitioning(pa.schema([to.table.schema.field(by)]), flavor="hive")))
        to.file(f"polars-hive-{by}", "Polars", ["folders"], lambda path: pl.from_arrow(to.table).write_parquet(path, partition_by=[by], mkdir=True))
        db = duck(to.table)
        to.file(f"duckdb-hive-{by}", "DuckDB", ["folders"], lambda path: db.execute(f"copy (select * from t) to '{path}' (format parquet, partition_by ({by}))"))


def ipc(to):
    third = max(1, len(to.rows) // 3)
    coded = pa.schema([f.with_type(pa.dictionary(pa.int8(), pa.string())) if f.name in ("outcome", "region", "channel", "segment") else f for f in SCHEMA])
    views = pa.schema([f.with_type(pa.string_view()) if f.type == pa.string() else f for f in SCHEMA])

    def batches(table):
        return table.combine_chunks().to_batches(third)

    def write(open, options, parts):
        def to_path(path):
            with open(path, parts[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as w:
                for b in parts:
                    w.write_batch(b)
        return to_path

    def add(name, shows, parts, **options):
        for kind, ext, open in [("file", "arrow", pa.ipc.new_file), ("stream", "arrows", pa.ipc.new_stream)]:
            if "replaced" in name and kind == "file":
                continue  # the format does not allow it
            to.file(f"pyarrow-{kind}-{name}.{ext}", "pyarrow", [f"Arrow {kind}"] + shows, write(open, options, parts))

    whole = batches(to.table)
    for codec in [None, "lz4", "zstd"]:
        add(str(codec).lower(), [f"codec {codec}".lower()], whole, compression=codec)
    add("dictionaries", ["dictionaries"], batches(to.table.cast(coded)))
    add("dictionary-deltas", ["dictionary deltas"], growing(whole, coded), emit_dictionary_deltas=True)
    add("dictionaries-replaced", ["dictionaries replaced"], [b.cast(coded) for b in whole])
    add("views", ["string views"], [b.cast(views) for b in whole], compression="zstd")
    add("large", ["large strings"], [b.cast(large()) for b in whole])
    add("empty-batch", ["empty batch in the middle"], [whole[0], whole[0].slice(0, 0)] + whole[1:])
    add("run-end", ["run-end encoded"], [runs(b) for b in whole])
    add("metadata-v4", ["metadata V4"], whole, metadata_version=pa.ipc.MetadataVersion.V4)
    frame = pl.from_arrow(to.table)
    for codec in ["uncompressed", "lz4", "zstd"]:
        to.file(f"polars-file-{codec}.arrow", "Polars", ["Arrow file", "string views", f"codec {codec}"],
                lambda path: frame.write_ipc(path, compression=codec))
    to.file("polars-oldest.arrow", "Polars", ["Arrow file", "large strings"], lambda path: frame.write_ipc(path, compat_level=pl.CompatLevel.oldest()))
    to.file("polars-stream.arrows", "Polars", ["Arrow stream", "string views"], lambda path: frame.write_ipc_stream(path))
    to.file("pandas.feather", "pandas", ["Feather"], lambda path: pa.feather.write_feather(to.table, path))


def growing(parts, schema):
    """Batches whose dictionaries begin as that of the batch before."""
    known, out = {}, []
    for b in parts:
        columns = []
        for field, column in zip(schema, b.columns):
            if pa.types.is_dictionary(field.type):
                entries = known.setdefault(field.name, [])
                entries += [v for v in dict.fromkeys(column.to_pylist()) if v is not None and v not in entries]
                codes = [None if v is None else entries.index(v) for v in column.to_pylist()]
                column = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(list(entries), pa.string()))
            columns.append(column)
        out.append(pa.RecordBatch.from_arrays(columns, schema=schema))
    return out


def runs(batch):
    columns = {f.name: pa.compute.run_end_encode(c) if f.name in ("outcome", "copies", "region") else c for f, c in zip(batch.schema, batch.columns)}
    return pa.RecordBatch.from_pydict(columns)


def text(to):
    def cells(row):
        for f in to.flat.schema:
            v = row[f.name]
            if isinstance(v, bool):
                v = str(v).lower()
            elif f.name == "at" and v is not None:
                v = (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=v)).isoformat(timespec="microseconds") + "Z"
            yield v

    def spelled(separator=",", end="\r\n", quote='"', last=True):
        """RFC 4180; a null is nothing and the empty text is two quotes."""
        def cell(v):
            s = "" if v is None else str(v)
            if v == "" or any(c in s for c in [separator, quote, "\r", "\n"]):
                return quote + s.replace(quote, quote + quote) + quote
            return s

        lines = [separator.join(to.flat.schema.names)] + [separator.join(map(cell, cells(r))) for r in to.rows]
        return end.join(lines) + (end if last else "")

    def add(name, shows, data, **notes):
        def write(path):
            with open(path, "wb") as f:
                f.write(data)
        to.file(name, "by hand", ["CSV"] + shows, write, **notes)

    whole = spelled()
    half = whole.index("\r\n", len(whole) // 2) + 2
    pack = lambda b: gzip.compress(b, mtime=0)
    add("rfc4180.csv", ["CRLF", "line breaks in quotes"], whole.encode())
    add("gzip.csv.gz", ["gzip"], pack(spelled(end="\n").encode()))
    add("two-members.csv.gz", ["several gzip members"], pack(whole[:half].encode()) + pack(whole[half:].encode()))
    add("zstd.csv.zst", ["zstd"], pa.compress(whole.encode(), "zstd", asbytes=True))
    add("excel.csv", ["byte order mark", "semicolons"], codecs.BOM_UTF8 + spelled(";").encode())
    add("tabs.tsv", ["tabs", "no line break at the end"], spelled("\t", "\n", last=False).encode())
    add("single-quotes.csv", ["other quotes"], spelled("|", quote="'").encode(), csv={"delimiter": "|", "quote": "'"})
    add("utf16le.csv", ["UTF-16"], codecs.BOM_UTF16_LE + whole.encode("utf-16-le"), csv={"encoding": "utf-16"})
    add("utf16be.csv", ["UTF-16"], codecs.BOM_UTF16_BE + whole.encode("utf-16-be"), csv={"encoding": "utf-16"})
    add("latin1.csv", ["Latin-1"], whole.encode("latin-1"), csv={"encoding": "latin-1"})
    lost = {"lost": ["region"], "why": "pandas writes null and the empty text alike"}
    frame = frame_of(to)
    to.file("pandas.csv.gz", "pandas", ["CSV", "gzip", "index column"], lambda path: frame.to_csv(path), **lost)
    to.file("pyarrow.csv", "pyarrow", ["CSV"], lambda path: pa.csv.write_csv(to.flat, path))
    to.file("polars.csv", "Polars", ["CSV"], lambda path: pl.from_arrow(to.flat).write_csv(path), time="%Y-%m-%dT%H:%M:%S.%f%z")
    db = duck(to.flat)
    to.file("duckdb.csv", "DuckDB", ["CSV"], lambda path: db.execute(f"copy (select * from t) to '{path}' (header)"))
    to.file("duckdb.csv.zst", "DuckDB", ["CSV", "zstd"], lambda path: db.execute(f"copy (select * from t) to '{path}' (header, compression zstd)"))


def json_lines(to):
    def line(row, sparse):
        row = dict(row)
        if row["at"] is not None:
            row["at"] = (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=row["at"])).isoformat(timespec="microseconds") + "Z"
        row["opened"] = row["opened"] and row["opened"].isoformat()
        row["fee"] = row["fee"] if row["fee"] is None else float(row["fee"])
        row["score"] = None if row["score"] != row["score"] else row["score"]  # JSON has no NaN
        if sparse:  # nulls left out, other orders, spaces, escapes
            row = {k: v for k, v in sorted(row.items(), key=lambda kv: hash_of(kv[0], row["case_id"])) if v is not None}
        return json.dumps(row, ensure_ascii=sparse, separators=(" , ", " : ") if sparse else (",", ":"))

    def hash_of(key, case):
        return sum(map(ord, key)) * (case % 7 + 1) % 101

    full = "".join(line(r, False) + "\n" for r in to.rows).encode()
    # The first line has every key, so that all columns are known from it.
    sparse = (line(to.rows[0], False) + "\r\n" + "\r\n".join(line(r, True) for r in to.rows[1:])).encode()

    def add(name, shows, data):
        def write(path):
            with open(path, "wb") as f:
                f.write(data)
        to.file(name, "by hand", ["JSON Lines"] + shows, write)

    add("full.jsonl", [], full)
    add("gzip.jsonl.gz", ["gzip"], gzip.compress(full, mtime=0))
    add("zstd.jsonl.zst", ["zstd"], pa.compress(full, "zstd", asbytes=True))
    add("sparse.jsonl", ["keys absent and in any order", "CRLF", "escapes", "no line break at the end"], sparse)
    frame = pl.from_arrow(to.flat)
    to.file("polars.ndjson", "Polars", ["JSON Lines"], lambda path: frame.write_ndjson(path))
    db = duck(to.flat)
    # DuckDB writes NaN bare, which is not JSON and is refused.
    finite = "select * replace (if(isnan(score), null, score) as score) from t"
    to.file("duckdb.jsonl", "DuckDB", ["JSON Lines"], lambda path: db.execute(f"copy ({finite}) to '{path}' (format json)"))


def write(path, rows, only):
    to = Folder(path, rows, only)
    for part in [pyarrow_parquet, polars_parquet, duckdb_parquet, fastparquet_parquet, hive, ipc, text, json_lines]:
        part(to)
    return to.files
