"""Files that no reader may trust: cut short, flipped, and lying about sizes.

Each has a column outcome. "says" is a part of the message that an audit of that
column must end with.
"""

import gzip
import os
import struct

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from thrift import INT64, PLAIN, RLE_DICTIONARY, data_page, dictionary_page, hand_file, levels, strings, varint


def write(path, table):
    os.makedirs(path, exist_ok=True)
    cases = []

    def add(name, data, says):
        with open(os.path.join(path, name), "wb") as f:
            f.write(data)
        cases.append({"path": name, "says": says})

    parquet_bytes(add, table.select(["outcome", "region", "copies"]))
    parquet_lies(add)
    arrow_files(add, table.select(["outcome", "copies"]).slice(0, 30))
    text(add)
    return cases


def flip(data, at, bit=0):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def put(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def parquet_bytes(add, table):
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    good = sink.getvalue().to_pybytes()
    end = len(good) - 8 - struct.unpack("<I", good[-8:-4])[0]  # of the data
    add("empty.parquet", b"", "empty")
    add("seven-bytes.parquet", good[:7], "too short")
    for percent in [20, 50, 80, 99]:
        add(f"cut-{percent}.parquet", good[: len(good) * percent // 100], "cut short")
    add("head-cut.parquet", good[1:], "")
    add("middle-missing.parquet", good[:50] + good[150:], "")
    add("wrong-magic-start.parquet", b"PAR2" + good[4:], "start of the file")
    add("wrong-magic-end.parquet", good[:-4] + b"PAR2", "end of the file")
    add("csv-inside.parquet", b"outcome,region\ngranted,north\n", "not a Parquet file")
    for name, n in [("0", 0), ("4gib", 2**32 - 1), ("file", len(good))]:
        add(f"footer-length-{name}.parquet", put(good, len(good) - 8, struct.pack("<I", n)), "its length")
    add("footer-length-off-by-one.parquet", put(good, len(good) - 8, struct.pack("<I", len(good) - 8 - end - 1)), "footer")
    add("footer-zeros.parquet", put(good, end, bytes(len(good) - 8 - end)), "footer")
    add("footer-ones.parquet", put(good, end, b"\xff" * (len(good) - 8 - end)), "footer")
    first = pq.ParquetFile(pa.BufferReader(good)).metadata.row_group(0).column(0)
    start, size = first.dictionary_page_offset, first.total_compressed_size
    for k, at in enumerate([start + size // 3, start + size - 20, start + size - 1]):
        add(f"flip-{k}.parquet", flip(good, at, k), "column outcome, ")
    add("pages-zeros.parquet", put(good, start, bytes(size)), "column outcome, ")


def parquet_lies(add):
    yes = data_page(2, PLAIN, levels(2, 1) + strings("granted", "refused"))
    words = dictionary_page(2, strings("granted", "refused"))

    def lie(name, says, *pages, rows=2, **options):
        add(f"lie-{name}.parquet", hand_file(rows, pages, **options), says)

    def coded(indices, width=1):
        return data_page(2, RLE_DICTIONARY, levels(2, 1) + bytes([width]) + indices)

    in_column = "row group 0, column outcome, "
    lie("rows", "2 values for 9 rows", yes, rows=9, values=2)
    lie("rows-negative", "row count", yes, rows=-2, values=2)
    lie("values", in_column, yes, rows=9)
    lie("page-count", in_column, data_page(2_000_000_000, PLAIN, levels(2, 1) + strings("granted", "refused")))
    lie("page-count-negative", in_column, data_page(-1, PLAIN, levels(2, 1)))
    lie("page-size", in_column, data_page(2, PLAIN, b"", packed_size=10**9))
    lie("page-size-negative", in_column, data_page(2, PLAIN, b"", packed_size=-5))
    lie("page-plain-size", in_column, data_page(2, PLAIN, levels(2, 1), plain_size=2**31 - 1))
    lie("page-kind-missing", in_column, b"\x00" * 40)
    lie("level-too-large", "definition level 7", data_page(2, PLAIN, levels(2, 7)))
    lie("level-run-too-long", in_column, data_page(2, PLAIN, levels(900, 1) + strings("granted", "refused")))
    lie("level-bytes", in_column, data_page(2, PLAIN, struct.pack("<I", 10**9) + b"\x04\x01"))
    lie("string-length", "4294967295 bytes", data_page(2, PLAIN, levels(2, 1) + b"\xff\xff\xff\xffgranted"))
    lie("encoding", "encoding 42", data_page(2, 42, levels(2, 1)))
    lie("codec", "codec 99", yes, codec=99)
    lie("type", in_column, yes, chunk_type=INT64)
    lie("dictionary-missing", "dictionary page is missing", coded(b"\x04\x01"))
    lie("dictionary-count", "2000000000 entries", dictionary_page(2_000_000_000, strings("granted")), coded(b"\x04\x01"), dictionary=True)
    lie("dictionary-twice", in_column, words, words, coded(b"\x04\x01"), dictionary=True)
    lie("index", "dictionary index 5", words, coded(b"\x04\x05", 3), dictionary=True)
    lie("index-negative", "dictionary index 4294967295", words, coded(b"\x04\xff\xff\xff\xff", 32), dictionary=True)
    lie("index-width", "77 bits", words, coded(b"\x04" + b"\x01" * 10, 77), dictionary=True)
    lie("index-run", in_column, words, coded(varint(2**40 << 1) + b"\x01"), dictionary=True)
    for name, body in {"block": [2**40, 4, 2, 0], "miniblocks": [128, 0, 2, 0], "total": [128, 4, 2**40, 0]}.items():
        lie(f"delta-{name}", in_column, data_page(2, 6, levels(2, 1) + b"".join(map(varint, body)) + b"\x00" * 20))
    lie("snappy", in_column, data_page(2, PLAIN, varint(2**32 - 1) + b"\x00\x61", plain_size=100), codec=1)
    lie("gzip", in_column, data_page(2, PLAIN, gzip.compress(bytes(5_000_000), mtime=0), plain_size=100), codec=2)
    lie("brotli", in_column, data_page(2, PLAIN, pa.compress(bytes(5_000_000), "brotli", asbytes=True), plain_size=100), codec=4)
    lie("zstd", in_column, data_page(2, PLAIN, pa.compress(bytes(400_000_000), "zstd", asbytes=True), plain_size=100), codec=6)
    lie("zstd-no-size", in_column, data_page(2, PLAIN, stream("zstd", 400_000_000), plain_size=100), codec=6)
    lie("zstd-bomb", "limit", data_page(2, PLAIN, stream("zstd", 400_000_000), plain_size=400_000_000), codec=6)
    lie("lz4", in_column, data_page(2, PLAIN, b"\xf0" + b"\xff" * 200, plain_size=40_000), codec=7)
    lie("offset", in_column, yes, offset=2**40)
    lie("offset-negative", in_column, yes, offset=-9)
    lie("chunk-size", in_column, yes, size=2**60)
    lie("children", "children", yes, children=2_000_000_000)
    lie("children-negative", "children", yes, children=-1)
    lie("no-schema", "footer", yes, schema=False)
    lie("groups", "1000000000", yes, groups=1_000_000_000)
    lie("chunks", "1000000", yes, chunks=1_000_000)


def stream(codec, size):
    """A frame that does not say how large its content is."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, codec) as out:
        for _ in range(size // 1_000_000):
            out.write(bytes(1_000_000))
    return sink.getvalue().to_pybytes()


def arrow_files(add, table):
    def encode(table, stream=True, **options):
        sink = pa.BufferOutputStream()
        with (pa.ipc.new_stream if stream else pa.ipc.new_file)(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as w:
            w.write(table)
        return sink.getvalue().to_pybytes()

    def bad(name, data, says=""):
        add(name, data, says)

    file, stream = encode(table, False), encode(table)
    bad("empty.arrow", b"")
    bad("cut-50.arrow", file[: len(file) // 2])
    bad("cut-99.arrow", file[: len(file) * 99 // 100])
    bad("wrong-magic.arrow", b"ARROW2" + file[6:])
    bad("footer-length-negative.arrow", put(file, len(file) - 10, struct.pack("<i", -1)))
    bad("footer-length-huge.arrow", put(file, len(file) - 10, struct.pack("<i", 2**31 - 1)))
    bad("footer-zeros.arrow", put(file, len(file) - 110, bytes(100)))
    bad("cut-30.arrows", stream[: len(stream) * 3 // 10])
    bad("cut-80.arrows", stream[: len(stream) * 8 // 10])
    bad("metadata-length-huge.arrows", put(stream, 4, struct.pack("<i", 2**31 - 1)))
    bad("metadata-length-negative.arrows", put(stream, 4, struct.pack("<i", -8)))
    bad("metadata-ones.arrows", put(stream, 8, b"\xff" * 64))
    packed = encode(table, compression="zstd")
    n = 4 * (table.num_rows + 1)  # bytes of the offsets of outcome
    for name, lie in [("huge", 2**40), ("negative", -2), ("small", 4)]:
        bad(f"buffer-length-{name}.arrows", put(packed, packed.index(struct.pack("<q", n) + b"\x28\xb5\x2f\xfd"), struct.pack("<q", lie)))
    words = pa.array(["granted", "refused"])
    for name, index in [("beyond", 99), ("negative", -3)]:
        codes = pa.DictionaryArray.from_arrays(pa.array([0, index, 1], pa.int8()), words, safe=False)
        bad(f"index-{name}.arrows", encode(pa.table({"outcome": codes})))
    three = encode(pa.table({"outcome": ["granted", "refused", "granted"]}))
    at = three.index(struct.pack("<4i", 0, 7, 14, 21))
    for name, offsets in [("decrease", [0, 14, 7, 21]), ("beyond", [0, 7, 14, 10**9]), ("negative", [-7, 0, 7, 14])]:
        bad(f"offsets-{name}.arrows", put(three, at, struct.pack("<4i", *offsets)))
    zeros = pa.array(["x" * 400_000_000])
    bad("bomb.arrows", encode(pa.table({"outcome": zeros}), compression="zstd"))


def text(add):
    rows = "".join(f"granted,north,{i}\nrefused,south,{i}\n" for i in range(300))
    good = ("outcome,region,n\n" + rows).encode()
    line = '{"outcome":"granted","n":1}\n'
    add("empty.csv", b"", "empty")
    add("row-short.csv", b"outcome,region\ngranted,north\nrefused\n", "line 3")
    add("row-long.csv", b"outcome,region\ngranted,north\nrefused,south,west\n", "line 3")
    add("quote-open.csv", b'outcome,region\ngranted,north\n"refused,south\ngranted,west\n', "line 3")
    add("not-utf8.csv", "outcome,region\ngranted,north\nrefusé,south\n".encode("latin-1"), "line 3")
    add("cut.csv.gz", gzip.compress(good, mtime=0)[:-40], "gzip")
    add("checksum.csv.gz", flip(gzip.compress(good, mtime=0), -8 % len(gzip.compress(good, mtime=0))), "gzip")
    add("flip.csv.gz", flip(gzip.compress(good, mtime=0), 60, 3), "gzip")
    add("one-cell.csv.gz", gzip.compress(b"outcome,region\n" + b"x" * 20_000_000 + b",north\n", mtime=0), "line 2")
    add("cut.csv.zst", pa.compress(good, "zstd", asbytes=True)[:-40], "")

    def bad(name, data, says="line 2"):
        add(name, data.encode() if isinstance(data, str) else data, says)

    bad("broken-line.jsonl", line + '{"outcome":"gran\n' + line)
    bad("not-an-object.jsonl", line + "[1,2]\n" + line)
    bad("two-on-a-line.jsonl", line + '{"outcome":"granted"}{"outcome":"refused"}\n')
    bad("nan.jsonl", line + '{"outcome":"granted","n":NaN}\n')
    bad("deep.jsonl", line + '{"outcome":"granted","n":' + "[" * 5000 + "]" * 5000 + "}\n")
    bad("not-utf8.jsonl", line.encode() + b'{"outcome":"refus\xe9","n":1}\n')
    bad("cut.jsonl.gz", gzip.compress((line * 500).encode(), mtime=0)[:-20], "")
    bad("one-line.jsonl.gz", gzip.compress(line.encode() + b'{"outcome":"' + b"x" * 20_000_000 + b'"}\n', mtime=0))
