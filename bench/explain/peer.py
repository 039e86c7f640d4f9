"""XGBoost and shap as peers of bench/explain: one process that trains the model
and then does, again and again, what standard input asks for. Every answer is a
line of JSON with the processor's and the wall's time of the work alone, on one
thread."""
import json
import os
import resource
import sys
import time

import numpy
import shap
import xgboost

folder, rows, inputs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
x = numpy.fromfile(os.path.join(folder, "rows.f32"), dtype="<f4").reshape(rows, inputs)
y = numpy.fromfile(os.path.join(folder, "labels.f32"), dtype="<f4")
path = os.path.join(folder, "model.json")


def used():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime, time.perf_counter()


def timed(work):
    cpu, wall = used()
    out = work()
    cpu_after, wall_after = used()
    return out, {"cpu": cpu_after - cpu, "wall": wall_after - wall}


def train(trees, depth, train_rows):
    options = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": depth, "eta": 0.1, "base_score": 0.3, "nthread": os.cpu_count()}
    xgboost.train(options, xgboost.DMatrix(x[:train_rows], label=y[:train_rows]), num_boost_round=trees).save_model(path)
    return {}


def booster():
    b = xgboost.Booster(model_file=path)
    b.set_param({"nthread": 1})
    return b


def predict(count):
    """predict keeps the answers for a matrix that it has seen: each gets a new one."""
    model, matrix = booster(), xgboost.DMatrix(x[:count], nthread=1)
    margins, cost = timed(lambda: model.predict(matrix, output_margin=True))
    margins.astype("<f4").tofile(os.path.join(folder, "margins.f32"))
    return cost


def in_place(count):
    model = booster()
    return timed(lambda: model.inplace_predict(x[:count], predict_type="margin"))[1]


def explain(first, count, background):
    """The rows from first on against the first rows; making the explainer is not counted."""
    explainer = shap.TreeExplainer(booster(), x[:background].astype(float), feature_perturbation="interventional", model_output="raw")
    values, cost = timed(lambda: explainer.shap_values(x[first:first + count].astype(float), check_additivity=False))
    numpy.asarray(values).astype("<f8").tofile(os.path.join(folder, "values.f64"))
    return cost


works = {f.__name__: f for f in (train, predict, in_place, explain)}
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(works[asked.pop("do")](**asked)), flush=True)
