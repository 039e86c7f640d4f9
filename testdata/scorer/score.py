#!/usr/bin/env python3
"""Reference scorer of `model: {type: exec}`: an Arrow IPC stream of rows on
standard input, one of scores on standard output.

    command: [python3, score.py, model.json]

For every batch of rows it writes one batch with the column "score", as many
rows in the same order, and flushes it. Inputs arrive under the model's names:
numbers as float64, categories as strings, what is missing as null. What it
writes to standard error is shown when it fails.

Model files: the JSON of `type: linear` (needs pyarrow alone), and XGBoost's
JSON or UBJSON (needs xgboost and numpy besides).
"""
import json
import math
import sys

import pyarrow as pa


def linear(file):
    """A function from columns to scores, for the file of a linear model."""
    inverse = {"identity": lambda x: x, "logit": lambda x: 1 / (1 + math.exp(-x)) if x > -700 else math.exp(x)}[file["link"]]

    def predict(columns, rows):
        scores = []
        for row in range(rows):
            x = file["intercept"]
            for name, w in zip(file["inputs"], file["coefficients"]):
                value = columns[name][row]
                x += w * (math.nan if value is None else value)
            scores.append(inverse(x))
        return scores

    return predict


def xgboost(path):
    """The same for a model of XGBoost."""
    import numpy
    import xgboost

    booster = xgboost.Booster(model_file=path)
    booster.set_param({"nthread": 1})
    names = booster.feature_names

    def predict(columns, rows):
        x = numpy.array([[math.nan if v is None else v for v in columns[n]] for n in names], dtype=numpy.float32).T
        return booster.predict(xgboost.DMatrix(x.reshape(rows, len(names)), feature_names=names)).astype(float).tolist()

    return predict


def load(path):
    if path.endswith(".json"):
        with open(path, encoding="utf-8") as f:
            file = json.load(f)
        if "coefficients" in file:
            return linear(file)
    return xgboost(path)


def serve(predict):
    """Answer every batch. predict takes columns by name, and the number of rows."""
    reader = pa.ipc.open_stream(sys.stdin.buffer)
    schema = pa.schema([("score", pa.float64())])
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as writer:
        for batch in reader:
            scores = predict(batch.to_pydict(), batch.num_rows)
            writer.write_batch(pa.record_batch([pa.array(scores, pa.float64())], schema=schema))
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: score.py MODEL_FILE")
    serve(load(sys.argv[1]))
