"""What the peers have in common: how they say what they counted, and how long
it took without starting Python and loading the library."""

import math
import sys
import time

GROUPS = {"sex": "sex", "age": "age_band", "race": "race"}  # attribute: column
CATEGORIES = ["region", "channel", "device", "employment"]
NUMBERS = ["age", "income", "amount"]
OUTCOMES = {"approved": "positive", "declined": "negative", "yes": "positive", "no": "negative", None: "missing"}
START = time.perf_counter()


def text(value):
    """A group's name; the missing one is empty."""
    return "" if value is None else str(value)


def month(number):
    return f"2025-{number:02d}"


def finish(lines, seconds=None):
    """Prints the cells in order, and the time since the library was there, or another."""
    if seconds is None:
        seconds = time.perf_counter() - START
    print("\n".join(sorted(lines)))
    print(f"inside {seconds:.6f}", file=sys.stderr)


def count_lines(rows):
    """Cells of the count table: three groups, month, decision, label, n."""
    for sex, age, race, number, decision, label, n in rows:
        cell = [text(sex), text(age), text(race), month(number), OUTCOMES[decision], OUTCOMES[label], str(n)]
        yield ",".join(["count", *cell])


def audit_lines(counts, scores, categories, numbers):
    """Cells of the whole audit, summed from the tables that the queries gave.

    counts: attribute → rows of (group, month, decision, label, n)
    scores: attribute → rows of (group, month, n, sum), of rows that have one
    categories: column → rows of (value, month, n)
    numbers: column → rows of (month, n), of rows that have one
    """
    for attribute, rows in counts.items():
        yield from rate_lines(attribute, rows)
    for attribute, rows in scores.items():
        for group, number, n, total in rows:
            # Scores are thousandths: their sum is a whole number of these.
            yield f"score,{attribute},{text(group)},{month(number)},{n},{round(total * 1000)}"
    for column, rows in categories.items():
        yield from category_lines(column, rows)
    for column, rows in numbers.items():
        yield from feature_lines(column, rows)


def category_lines(column, rows):
    """Rows per value in the reference months, January to March, and after."""
    rows = [row for row in rows if row[0] is not None]
    values = {}
    for value, number, n in rows:
        values.setdefault(value, [0, 0])[number > 3] += n
    for value, (before, after) in values.items():
        yield f"category,{column},{value},{before},{after}"
    yield from feature_lines(column, [(number, n) for _, number, n in rows])


def feature_lines(column, rows):
    """Rows that have a value, per month after the reference."""
    sums = {}
    for number, n in rows:
        sums[number] = sums.get(number, 0) + n
    for number, n in sums.items():
        if number > 3:
            yield f"feature,{column},{month(number)},{n}"


def rate_lines(attribute, rows):
    """Numerators and denominators of three rates per group and month."""
    cells = {}
    for group, number, decision, label, n in rows:
        key = text(group), number
        cell = cells.setdefault(key, [0] * 6)
        selected = decision == "approved"
        cell[0] += n * selected
        cell[1] += n
        if label is not None:
            at = 2 if label == "yes" else 4
            cell[at] += n * selected
            cell[at + 1] += n
    for (group, number), cell in cells.items():
        for name, i in (("selection_rate", 0), ("true_positive_rate", 2), ("false_positive_rate", 4)):
            if cell[i + 1]:
                yield f"{name},{attribute},{group},{month(number)},{cell[i]},{cell[i + 1]}"


def slate_lines(rows):
    """Slots and exposure per group, in all, at the first place and among the first five.

    rows: (group, place, n)
    """
    groups = {}
    for group, place, n in rows:
        cell = groups.setdefault(group, [0, 0, 0, 0.0])
        cell[0] += n
        cell[1] += n * (place == 1)
        cell[2] += n * (place <= 5)
        cell[3] += n / math.log2(place + 1)
    for group, (slots, first, top, exposure) in groups.items():
        yield f"top_1_rate,{group},{first},{slots}"
        yield f"top_k_rate,{group},{top},{slots}"
        yield f"mean_exposure,{group},{exposure / slots:.9f}"
