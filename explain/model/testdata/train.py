"""Trains the models of this folder on testdata/bank and writes what the libraries answer.

    pip install -r requirements.txt && python train.py

NAME.model.* is the model as the library saved it. NAME.rows.json holds some rows, a list for each
input (null: missing), and the library's margins and predictions for them, row after row, in the
shortest decimals that give the numbers back. The first rows lie exactly on thresholds of the model,
one unit in the last place below and above them; some hold NaN, -0, tiny and huge numbers.
"""
import json
import os

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 120
NUMBERS = ["age", "balance", "day", "duration", "campaign", "pdays"]
WORDS = ["job", "marital", "education"]

bank = pd.read_csv(os.path.join(HERE, "../../../testdata/bank/bank-full.csv.gz"), sep=";").iloc[::4].reset_index(drop=True)
bank["day"] = bank["day"] - 15  # a number that is often zero, and negative
label = (bank.y == "yes").astype(int).to_numpy()
education = bank.education.map({"primary": 0, "secondary": 1, "tertiary": 2, "unknown": 0}).to_numpy()


def numbers(kind, missing):
    x = bank[NUMBERS].astype(kind)
    random = np.random.default_rng(1)
    for column in NUMBERS if missing else []:
        x.loc[random.random(len(x)) < 0.08, column] = np.nan
    return x


def words(kind):
    x = bank[["age", "balance"] + WORDS].copy()
    x[["age", "balance"]] = x[["age", "balance"]].astype(kind)
    for column in WORDS:
        x[column] = x[column].where(x[column] != "unknown").astype("category")
    return x


def edges(x, thresholds):
    """The first rows of x, with values on, below and above thresholds and special ones."""
    x = x.iloc[:ROWS].copy().reset_index(drop=True)
    kind = x.dtypes.iloc[0].type
    row = 0
    for column, threshold in thresholds[:15]:
        for value in (kind(threshold), np.nextafter(kind(threshold), kind(-np.inf)), np.nextafter(kind(threshold), kind(np.inf))):
            x.loc[row, x.columns[column]] = value
            row += 1
    for value in (np.nan, -0.0, 0.0, 1e-36, -1e-36, 1e38, -1e38):
        x.loc[row] = kind(value)
        row += 1
    return x


def save(name, x, margin, prediction):
    columns = {c: [None if v is None or v != v else v for v in x[c].astype(object).where(x[c].notna(), None)] for c in x}
    with open(os.path.join(HERE, name + ".rows.json"), "w") as f:
        for c in columns:
            columns[c] = [v if v is None or isinstance(v, str) else float(v) for v in columns[c]]
        json.dump({"rows": columns, "margin": np.ravel(margin).astype(float).tolist(), "prediction": np.ravel(prediction).astype(float).tolist()}, f, separators=(",", ":"))
        f.write("\n")


def xgboost(name, parameters, x, y, rounds=6, formats=("json",), rows=None, edge=False, **keys):
    data = xgb.DMatrix(x, y, enable_categorical=True)
    for key, value in keys.items():
        getattr(data, key)(value)
    model = xgb.train({"nthread": 1, "seed": 7, "max_depth": 3, "eta": 0.3, **parameters}, data, rounds)
    for f in formats:
        model.save_model(os.path.join(HERE, f"{name}.model.{f}"))
    test = x.iloc[:ROWS]
    if edge:
        trees = json.loads(model.save_raw("json"))["learner"]["gradient_booster"]
        trees = (trees.get("model") or trees["gbtree"]["model"])["trees"]
        test = edges(x, [(f, t) for tree in trees for f, t, l in zip(tree["split_indices"], tree["split_conditions"], tree["left_children"]) if l != -1])
    matrix = xgb.DMatrix(test, enable_categorical=True)
    save(name, test, model.predict(matrix, output_margin=True), model.predict(matrix))


def lightgbm(name, parameters, x, y, rounds=6, edge=False, change=None, **keys):
    model = lgb.train({"num_leaves": 7, "learning_rate": 0.2, "verbose": -1, "seed": 3, "deterministic": True, "num_threads": 1, "force_row_wise": True, **parameters}, lgb.Dataset(x, y, **keys), rounds)
    model.save_model(os.path.join(HERE, name + ".model.txt"))
    test = x.iloc[:ROWS].copy()
    if edge:
        frame = model.trees_to_dataframe()
        names = model.feature_name()
        test = edges(x, [(names.index(f), float(t)) for f, t, d in zip(frame.split_feature, frame.threshold, frame.decision_type) if d == "<="])
    if change:
        change(test)
    save(name, test, model.predict(test, raw_score=True), model.predict(test))


f32, f64 = numbers("float32", True), numbers("float64", True)
whole32, whole64 = numbers("float32", False), numbers("float64", False)
xgboost("xgb-binary", {"objective": "binary:logistic"}, f32, label, formats=("json", "ubj"), edge=True)
xgboost("xgb-base", {"objective": "binary:logistic", "tree_method": "exact", "base_score": 0.3}, whole32, label, edge=True)
xgboost("xgb-softprob", {"objective": "multi:softprob", "num_class": 3}, f32, education, rounds=3)
xgboost("xgb-regression", {"objective": "reg:squarederror"}, f32.drop(columns="balance"), bank.balance / 1000.0, formats=("ubj",))
xgboost("xgb-poisson", {"objective": "count:poisson"}, f32.drop(columns="campaign"), bank.campaign)
xgboost("xgb-forest", {"objective": "binary:logistic", "num_parallel_tree": 3, "subsample": 0.7, "colsample_bynode": 0.7, "eta": 1}, f32, label, rounds=2)
xgboost("xgb-dart", {"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.4, "skip_drop": 0.1}, f32, label, formats=("json", "ubj"), edge=True)
xgboost("xgb-linear", {"objective": "binary:logistic", "booster": "gblinear", "updater": "coord_descent", "feature_selector": "cyclic"}, f32[["age", "day", "campaign"]], label)
xgboost("xgb-categories", {"objective": "binary:logistic", "max_cat_to_onehot": 4}, words("float32"), label, formats=("json", "ubj"))
xgboost("xgb-rank", {"objective": "rank:ndcg"}, f32.iloc[:4000], label[:4000], set_group=[20] * 200)

lightgbm("lgb-binary", {"objective": "binary"}, f64, label, edge=True)
lightgbm("lgb-zero", {"objective": "binary", "zero_as_missing": True}, f64, label, edge=True)
lightgbm("lgb-none", {"objective": "binary"}, whole64, label, edge=True)
lightgbm("lgb-multiclass", {"objective": "multiclass", "num_class": 3}, f64, education, rounds=3)
lightgbm("lgb-ova", {"objective": "multiclassova", "num_class": 3, "sigmoid": 1.3}, f64, education, rounds=3)
lightgbm("lgb-categories", {"objective": "binary", "max_cat_to_onehot": 4, "min_data_per_group": 50, "cat_smooth": 5}, words("float64"), label, categorical_feature=WORDS)
lightgbm("lgb-forest", {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6, "feature_fraction": 0.7}, f64, label)
lightgbm("lgb-linear", {"objective": "regression", "linear_tree": True, "num_leaves": 5}, whole64.drop(columns="balance"), bank.balance / 1000.0,
         change=lambda x: x.__setitem__("age", x.age.where(x.index >= 5)))
lightgbm("lgb-poisson", {"objective": "poisson"}, f64.drop(columns="campaign"), bank.campaign)
lightgbm("lgb-entropy", {"objective": "cross_entropy_lambda"}, f64, label)
lightgbm("lgb-sqrt", {"objective": "regression", "reg_sqrt": True}, f64.drop(columns="balance"), bank.balance / 1000.0)
lightgbm("lgb-dart", {"objective": "binary", "sigmoid": 0.7, "boosting": "dart"}, f64, label)
