"""What Evidently says of the drift of the log's columns when told nothing: one report of its DataDriftPreset.

    python evidently_drift.py log.parquet out.json
"""
import json
import os
import sys

os.environ["DO_NOT_TRACK"] = "1"

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

NUMBERS = ["age", "income", "balance", "amount", "score", "tenure"]
CATEGORIES = ["job", "region", "channel", "device"]


def main(log, out):
    frame = pd.read_parquet(log, columns=["at", *NUMBERS, *CATEGORIES])
    before = frame["at"] < pd.Timestamp("2024-02-01", tz="UTC")
    definition = DataDefinition(numerical_columns=NUMBERS, categorical_columns=CATEGORIES)
    reference, current = (Dataset.from_pandas(frame[rows].drop(columns="at"), data_definition=definition) for rows in (before, ~before))
    report = Report([DataDriftPreset()]).run(current, reference)
    values = {}
    for metric in report.dict()["metrics"]:
        if "column" in metric["config"]:
            values[metric["config"]["column"]] = {"method": metric["config"].get("method"), "value": float(metric["value"])}
    with open(out, "w", encoding="utf-8") as f:
        json.dump(values, f, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
