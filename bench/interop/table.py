"""One table of made-up decisions, and the counts that must come out of it.

Every cell follows from an integer recurrence, so the table can be made again in
any language. It holds what readers get wrong:

case_id   starts above 2^53, where a float has no odd numbers; one in 97 repeats
at        microseconds, also the last one before 1970 and before each month
outcome   nulls; granted says the same as a boolean
region    the values "NA", "1.10" and "" are not nulls, numbers or nothing
channel   never null: names of folders, with a comma, a percent sign and "007"
segment   nulls, and characters that a folder's name cannot hold as they are
score     null, NaN and -0.0 are three different things
fee       decimals on the edge of a band, where a binary fraction may slip
opened    dates before 1970 and on a leap day
note      nearly unique, with quotes, separators and line breaks
tags      null list, empty list and null element are three different things
place     null struct and null field as well
"""

import datetime as dt
import decimal

import pyarrow as pa

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
REGIONS = ["north", "north", "south", "south", "NA", "1.10", "", "Río, «x»", None]
CHANNELS = ["branch", "web, app", "50% off", "NA", "1.10", "007"]
SEGMENTS = ["a b", "A/B=c", "100%", "é", None]
MONTHS = 6  # of 2023

SCHEMA = pa.schema(
    [
        pa.field("case_id", pa.int64(), False),
        pa.field("person", pa.string(), False),
        pa.field("at", pa.timestamp("us", "UTC")),
        pa.field("outcome", pa.string()),
        pa.field("granted", pa.bool_()),
        pa.field("repaid", pa.int8()),
        pa.field("copies", pa.uint8(), False),
        pa.field("region", pa.string()),
        pa.field("channel", pa.string(), False),
        pa.field("segment", pa.string()),
        pa.field("score", pa.float64()),
        pa.field("fee", pa.decimal128(9, 2)),
        pa.field("opened", pa.date32()),
        pa.field("note", pa.string()),
        pa.field("tags", pa.list_(pa.string())),
        pa.field("place", pa.struct([("city", pa.string()), ("lat", pa.float64())])),
    ]
)
NESTED = ["tags", "place"]


def numbers():
    """MINSTD (Park and Miller 1988)."""
    x = 20261123
    while True:
        x = x * 48271 % (2**31 - 1)
        yield x >> 8


def month(k):
    return int((dt.datetime(2023, k, 1, tzinfo=dt.timezone.utc) - EPOCH).total_seconds()) * 1_000_000


def rows(count):
    source = numbers()
    draw = lambda k: next(source) % k
    out = []
    for i in range(count):
        at = month(1) + (month(MONTHS + 1) - month(1)) // count * i + draw(1_000_000)
        if i % 61 == 0:
            at = month(1 + draw(MONTHS)) - draw(2)  # a month's first or last microsecond
        if i % 200 == 0:
            at = -1
        region = REGIONS[draw(len(REGIONS))]
        yes = draw(100) < (60 if region == "north" else 40)
        score = draw(1000) / 1000
        score = {5: None, 6: float("nan"), 7: -0.0}.get(i % 50, score)
        note = f"case {i} " + "x" * draw(12)
        if i % 40 == 1:
            note = f'case {i}: "no",\r\nthen; later\ttoo'
        out.append(
            dict(
                case_id=2**53 + 1 + i - (i % 97 == 96),
                person=f"p{draw(count * 2 // 3)}",
                at=None if i % 83 == 82 else at,
                outcome=None if i % 71 == 70 else ("granted" if yes else "refused"),
                granted=None if i % 71 == 70 else yes,
                repaid=None if i % 3 == 2 else int(draw(100) < 70),
                copies=[1, 1, 1, 2, 3, 0][draw(6)],
                region=region,
                channel=CHANNELS[draw(len(CHANNELS))],
                segment=SEGMENTS[draw(len(SEGMENTS))],
                score=score,
                fee=None if i % 31 == 30 else decimal.Decimal([-1, 0, 9, 10, 11, 9999999][draw(6)]).scaleb(-2),
                opened=None if i % 43 == 42 else dt.date(1969, 12, 31) + dt.timedelta([0, 1, 19782][draw(3)]),
                note=None if i % 29 == 28 else note,
                tags=None if i % 7 == 3 else [None if draw(5) == 0 else f"t{draw(4)}" for _ in range(draw(3))],
                place=None if i % 11 == 5 else dict(city=None if draw(6) == 0 else f"c{draw(9)}", lat=draw(90) / 2),
            )
        )
    return out


def arrow(table):
    def when(at):
        return None if at is None else EPOCH + dt.timedelta(microseconds=at)

    return pa.Table.from_pylist([row | {"at": when(row["at"])} for row in table], SCHEMA)


def band(value, edges):
    """The bands are closed on the left: [edge, next)."""
    if value is None or value != value:
        return None
    below = [e for e in edges if value >= decimal.Decimal(e)]
    above = [e for e in edges if value < decimal.Decimal(e)]
    return f"[{below[-1]},{above[0] if above else 'inf'})" if below else f"(-inf,{above[0]})"


ATTRIBUTES = {
    "region": lambda r: r["region"],
    "channel": lambda r: r["channel"],
    "segment": lambda r: r["segment"],
    "agrees": lambda r: {None: None, True: "yes", False: "no"}[r["granted"]],
    "opened": lambda r: r["opened"] and r["opened"].isoformat(),
    "fee": lambda r: band(r["fee"], ["0", "0.10"]),
    "score": lambda r: band(r["score"], ["0", "0.5"]),
}


def window(at):
    if at is None:
        return None
    when = EPOCH + dt.timedelta(microseconds=at)
    return "before_1970" if at < 0 else f"m{when.month}" if when.year == 2023 and when.month <= MONTHS else None


def expected(table):
    """Copies of rows by attribute, value and window: [granted, decided]. The key of
    a value begins with =, so that it cannot be taken for the missing group."""
    counts = {}
    for r in table:
        if r["outcome"] is None or window(r["at"]) is None:
            continue
        for name, of in ATTRIBUTES.items():
            for w in ("all", window(r["at"])):
                key = "null" if of(r) is None else "=" + of(r)
                cell = counts.setdefault(name, {}).setdefault(w, {}).setdefault(key, [0, 0])
                cell[0] += r["copies"] * (r["outcome"] == "granted")
                cell[1] += r["copies"]
    return counts
