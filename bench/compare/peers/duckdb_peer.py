"""The same tables from DuckDB: duckdb_peer.py count|audit|places|slates FILES THREADS."""

import sys

import duckdb

import common

work, files, threads = sys.argv[1:]
con = duckdb.connect(config={"threads": int(threads)})
con.execute("SET TimeZone = 'UTC'")
log = f"read_parquet('{files}')"
# Of the ways to get the month this was the fastest: date_trunc on a time with a
# zone takes three times as long, comparisons with the months' starts half as
# long again. Casting the texts to ENUM, or to small integers by CASE, doubled it.
MONTH = "month(make_timestamp(epoch_us(decided_at))) AS m"


def rows(query):
    return con.execute(query).fetchall()


def count():
    common.finish(common.count_lines(rows(
        f"SELECT sex, age_band, race, {MONTH}, decision, repaid, count(*) FROM {log} GROUP BY ALL")))


# One query per family of tables: GROUPING SETS read the file once for all of a
# family and took two thirds of the time of a query per table. The counts
# of all groups at once, added up afterwards, took half.
COUNTS = f"""CREATE TEMP TABLE counts AS
SELECT sex, age_band, race, {MONTH}, decision, repaid, count(*) AS n FROM {log} GROUP BY ALL"""
# KS, Wasserstein, quantiles and AUC need the whole distribution, calibration its
# bins by label: all come from the score's thousand values.
SCORES = f"""CREATE TEMP TABLE scores AS
SELECT sex, age_band, race, m, repaid, score, count(*) AS n,
  CASE grouping(sex, age_band, race) WHEN 3 THEN 'sex' WHEN 5 THEN 'age' ELSE 'race' END AS attribute
FROM (SELECT *, {MONTH} FROM {log})
GROUP BY GROUPING SETS ((sex, m, repaid, score), (age_band, m, repaid, score), (race, m, repaid, score))"""
CATEGORIES = f"""CREATE TEMP TABLE categories AS
SELECT region, channel, device, employment, m, count(*) AS n,
  ['region', 'channel', 'device', 'employment'][4 - log2(15 - grouping(region, channel, device, employment))::INTEGER] AS feature
FROM (SELECT *, {MONTH} FROM {log})
GROUP BY GROUPING SETS ((region, m), (channel, m), (device, m), (employment, m))"""
NUMBERS = f"""CREATE TEMP TABLE numbers AS
SELECT age, income, hundreds, m, count(*) AS n, sum(amount), sum(amount * amount),
  ['age', 'income', 'amount'][3 - log2(7 - grouping(age, income, hundreds))::INTEGER] AS feature
FROM (SELECT *, (amount / 100)::INTEGER AS hundreds, {MONTH} FROM {log})
GROUP BY GROUPING SETS ((age, m), (income, m), (hundreds, m))"""


def audit():
    for query in (COUNTS, SCORES, CATEGORIES, NUMBERS):
        con.execute(query)
    counts, scores, categories, numbers = {}, {}, {}, {}
    for attribute, group in common.GROUPS.items():
        counts[attribute] = rows(f"SELECT {group}, m, decision, repaid, sum(n)::BIGINT FROM counts GROUP BY ALL")
        scores[attribute] = rows(f"""SELECT {group}, m, sum(n)::BIGINT, sum(n * score) FROM scores
            WHERE attribute = '{attribute}' AND score IS NOT NULL GROUP BY ALL""")
    for c in common.CATEGORIES:
        categories[c] = rows(f"SELECT {c}, m, n FROM categories WHERE feature = '{c}'")
    for c in common.NUMBERS:
        value = "hundreds" if c == "amount" else c
        numbers[c] = rows(f"SELECT m, n FROM numbers WHERE feature = '{c}' AND {value} IS NOT NULL")
    common.finish(common.audit_lines(counts, scores, categories, numbers))


# Two unnests side by side take a fifteenth of the time of UNNEST ... WITH ORDINALITY.
PLACES = f"""SELECT item."group", place, count(*) AS n
FROM (SELECT unnest(items) AS item, generate_subscripts(items, 1) AS place FROM {log}) GROUP BY ALL"""


def places():
    common.finish(f"count,{group},{place},{n}" for group, place, n in rows(PLACES))


def slates():
    common.finish(common.slate_lines(rows(PLACES)))


{"count": count, "audit": audit, "places": places, "slates": slates}[work]()
