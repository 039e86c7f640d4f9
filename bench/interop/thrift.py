"""Parquet files by hand, every number of which can be a lie.

The compact protocol of Thrift, and the structures of parquet.thrift
(https://github.com/apache/parquet-format).
"""

import struct

BYTE_ARRAY, INT64 = 6, 2
PLAIN, RLE, RLE_DICTIONARY = 0, 3, 8
I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def zigzag(n):
    return varint(n << 1 if n >= 0 else (-n << 1) - 1)


def struct_(*fields):
    """Fields are (id, kind, encoded value), in the order of their ids."""
    out, last = b"", 0
    for at, kind, value in fields:
        out += bytes([at - last << 4 | kind]) + value
        last = at
    return out + b"\x00"


def i32(at, n):
    return at, I32, zigzag(n)


def i64(at, n):
    return at, I64, zigzag(n)


def text(at, s):
    return at, BINARY, varint(len(s)) + s.encode()


def many(at, kind, items, claim=None):
    return at, LIST, bytes([0xF0 | kind]) + varint(len(items) if claim is None else claim) + b"".join(items)


def page(kind, field, own, packed, plain_size, packed_size):
    plain_size = len(packed) if plain_size is None else plain_size
    packed_size = len(packed) if packed_size is None else packed_size
    return struct_(i32(1, kind), i32(2, plain_size), i32(3, packed_size), (field, STRUCT, own)) + packed


def data_page(count, encoding, packed, plain_size=None, packed_size=None):
    own = struct_(i32(1, count), i32(2, encoding), i32(3, RLE), i32(4, RLE))
    return page(0, 5, own, packed, plain_size, packed_size)


def dictionary_page(count, packed):
    return page(2, 7, struct_(i32(1, count), i32(2, PLAIN)), packed, None, None)


def levels(count, level):
    """One run of a definition level, behind its length."""
    run = varint(count << 1) + bytes([level])
    return struct.pack("<I", len(run)) + run


def strings(*values):
    return b"".join(struct.pack("<I", len(v)) + v.encode() for v in values)


def chunk(start, data, rows, kind, codec, size):
    path = many(3, BINARY, [varint(7) + b"outcome"])
    meta = [i32(1, kind), many(2, I32, []), path, i32(4, codec), i64(5, rows), i64(6, 0), i64(7, size), i64(9, data)]
    if start != data:
        meta.append(i64(11, start))
    return struct_(i64(2, start), (3, STRUCT, struct_(*meta)))


def footer(rows, chunks, children, schema, groups, claimed):
    root = struct_(text(4, "schema"), i32(5, children))
    leaf = struct_(i32(1, BYTE_ARRAY), i32(3, 1), text(4, "outcome"), i32(6, 0))
    group = struct_(many(1, STRUCT, chunks, claimed), i64(2, 0), i64(3, rows))
    return struct_(i32(1, 1), many(2, STRUCT, [root, leaf] if schema else []), i64(3, rows), many(4, STRUCT, [group], groups))


def hand_file(rows, pages, values=None, codec=0, chunk_type=BYTE_ARRAY, dictionary=False, offset=None, size=None,
              children=1, schema=True, groups=None, chunks=None):
    """One row group of one column, an optional text called outcome."""
    body = b"".join(pages)
    start = 4 if offset is None else offset
    data = start + len(pages[0]) if dictionary else start
    one = chunk(start, data, rows if values is None else values, chunk_type, codec, len(body) if size is None else size)
    meta = footer(rows, [one], children, schema, groups, chunks)
    return b"PAR1" + body + meta + struct.pack("<I", len(meta)) + b"PAR1"
