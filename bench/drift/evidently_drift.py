"""What Evidently says of the drift of the log's columns when told nothing: one report of its DataDriftPreset.

    python evidently_drift.py log out.json
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
    definition = DataDefinition(numerical_columns=NUMBERS, categorical_columns=CATEGORIES)
    frames = (pd.read_parquet(os.path.join(log, month, "part-0.parquet"), columns=[*NUMBERS, *CATEGORIES]) for month in ("month=2024-01", "month=2024-02"))
    reference, current = (Dataset.from_pandas(frame, data_definition=definition) for frame in frames)
    report = Report([DataDriftPreset()]).run(current, reference)
    values = {}
    for metric in report.dict()["metrics"]:
        if "column" in metric["config"]:
            values[metric["config"]["column"]] = {"method": metric["config"].get("method"), "value": float(metric["value"])}
    with open(out, "w", encoding="utf-8") as f:
        json.dump(values, f, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
