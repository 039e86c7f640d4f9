"""What the libraries themselves attribute: the rows 45 to 59 of every NAME.rows.json, by path-dependent TreeSHAP.

    pip install -r requirements.txt && python contributions.py

NAME.contributions.json: for each row, and in it for each class, a number for each input and the base value.
"""
import glob
import json
import os

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 60

for path in sorted(glob.glob(os.path.join(HERE, "*.model.*"))):
    name, kind = os.path.basename(path).split(".model.")
    if name in ("xgb-linear", "lgb-linear", "lgb-sqrt") or kind == "ubj" and os.path.exists(path[:-3] + "json"):
        continue
    columns = json.load(open(os.path.join(HERE, name + ".rows.json")))["rows"]
    x = pd.DataFrame({c: [np.nan if v is None else v for v in values] if not any(isinstance(v, str) for v in values) else values for c, values in columns.items()})
    if name.startswith("xgb"):
        model = xgb.Booster(model_file=path)
        for c in x:
            x[c] = x[c].astype("float32") if x[c].dtype == float else x[c].astype("category")
        out = model.predict(xgb.DMatrix(x.iloc[:ROWS], enable_categorical=True), pred_contribs=True)
    else:
        model = lgb.Booster(model_file=path)
        for c in x:
            if x[c].dtype != float:
                x[c] = x[c].astype("category")
        out = model.predict(x.iloc[:ROWS], pred_contrib=True)
    classes = out.shape[1] if out.ndim == 3 else out.shape[1] // (x.shape[1] + 1)
    with open(os.path.join(HERE, name + ".contributions.json"), "w") as f:
        json.dump(np.asarray(out, dtype=float).reshape(ROWS, classes, -1)[45:].tolist(), f, separators=(",", ":"))
        f.write("\n")
