"""The same tables from Polars: polars_peer.py count|audit FILES THREADS."""

import os
import sys

work, files, threads = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = threads

import polars as pl  # noqa: E402, the number of threads comes first

import common  # noqa: E402

log = pl.scan_parquet(files)
MONTH = pl.col("decided_at").dt.month().alias("m")


def table(*columns, more=()):
    return log.group_by([MONTH, *columns]).agg(pl.len().alias("n"), *more)


def count():
    t = table("sex", "age_band", "race", "decision", "repaid").collect(engine="streaming")
    common.finish(common.count_lines(t.select("sex", "age_band", "race", "m", "decision", "repaid", "n").iter_rows()))


def audit():
    # collect_all reads the file once for all queries.
    queries = []

    def ask(query, columns):
        queries.append(query.select(columns))
        return len(queries) - 1

    counts, scores, categories, numbers = {}, {}, {}, {}
    for attribute, group in common.GROUPS.items():
        counts[attribute] = ask(table(group, "decision", "repaid"), [group, "m", "decision", "repaid", "n"])
        scores[attribute] = ask(table(group, "repaid", "score"), [group, "m", "repaid", "score", "n"])
    for c in common.CATEGORIES:
        categories[c] = ask(table(c), [c, "m", "n"])
    for c in common.NUMBERS:
        value = (pl.col(c) / 100).cast(pl.Int32).alias("v") if c == "amount" else pl.col(c).alias("v")
        sums = [pl.col(c).sum().alias("s"), (pl.col(c) * pl.col(c)).sum().alias("q")]
        numbers[c] = ask(table(value, more=sums), ["v", "m", "n", "s", "q"])
    done = pl.collect_all(queries, engine="streaming")

    def scored(attribute, group):
        table = done[scores[attribute]].filter(pl.col("score").is_not_null())
        return table.group_by(group, "m").agg(pl.col("n").sum(), (pl.col("n") * pl.col("score")).sum().alias("s")).iter_rows()

    def rows(asked):
        return {name: done[i].iter_rows() for name, i in asked.items()}

    of_scores = {attribute: scored(attribute, group) for attribute, group in common.GROUPS.items()}
    of_numbers = {c: done[i].filter(pl.col("v").is_not_null()).select("m", "n").iter_rows() for c, i in numbers.items()}
    common.finish(common.audit_lines(rows(counts), of_scores, rows(categories), of_numbers))


{"count": count, "audit": audit}[work]()
