"""Five metrics by one attribute: fairlearn_peer.py FILE [DRAWN ASKED].

With DRAWN bootstrap replicates it says how long ASKED would take at that pace.

The arrays are in memory before the clock starts; rows without a label or a
group are left out, as MetricFrame cannot have them.
"""

import sys
import time

import pandas as pd
from fairlearn.metrics import (
    MetricFrame, false_negative_rate, false_positive_rate, selection_rate, true_positive_rate)
from sklearn.metrics import accuracy_score

import common

path, *replicates = sys.argv[1:]
frame = pd.read_parquet(path, columns=["race", "decision", "repaid"]).dropna()
label = (frame["repaid"] == "yes").astype("int64").to_numpy()
decision = (frame["decision"] == "approved").astype("int64").to_numpy()
race = frame["race"].astype(str).to_numpy()
metrics = {
    "selection_rate": selection_rate, "true_positive_rate": true_positive_rate,
    "false_positive_rate": false_positive_rate, "false_negative_rate": false_negative_rate,
    "accuracy": accuracy_score,
}
common.START = time.perf_counter()
result = MetricFrame(metrics=metrics, y_true=label, y_pred=decision, sensitive_features=race)
table, gaps, ratios = result.by_group, result.difference(), result.ratio()
lines = [f"{metric},{group},{table.loc[group, metric]:.12f}"
         for group in table.index for metric in metrics if metric != "selection_rate"]
if not replicates:
    common.finish(lines)
    sys.exit()

drawn, asked = map(int, replicates)
plain = time.perf_counter() - common.START
start = time.perf_counter()
result = MetricFrame(metrics=metrics, y_true=label, y_pred=decision, sensitive_features=race,
                     n_boot=drawn, ci_quantiles=[0.025, 0.975], random_state=1)
result.by_group_ci, result.difference_ci(), result.ratio_ci()
took = time.perf_counter() - start
common.finish(lines, plain + (took - plain) / drawn * asked)
