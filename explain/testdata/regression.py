"""Regressions of every 60th row of testdata/bank by statsmodels: what explain/decomposition has to give.

    pip install -r requirements.txt && python regression.py
"""
import json
import os

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.stats.oaxaca import OaxacaBlinder

HERE = os.path.dirname(os.path.abspath(__file__))
bank = pd.read_csv(os.path.join(HERE, "../../testdata/bank/bank-full.csv.gz"), sep=";").iloc[::60]
bank = bank[bank.marital != "divorced"].reset_index(drop=True)
features = ["age", "balance", "education", "housing"]
y = (bank.y == "yes").astype(float)
married = (bank.marital == "married").astype(float)


def design(frame):
    columns, feature = [], []
    for f in features:
        x = frame[f]
        parts = pd.get_dummies(x, drop_first=True).astype(float) if isinstance(x.iloc[0], str) else x.astype(float).to_frame()
        columns.append(parts)
        feature += [f] * parts.shape[1]
    return pd.concat(columns, axis=1), np.array(feature)


x, feature = design(bank)
gap = x[married == 1].mean() - x[married == 0].mean()
split = lambda beta: {f: float((gap * beta)[feature == f].sum()) for f in features}
single = sm.OLS(y[married == 0], sm.add_constant(x[married == 0])).fit()
both = sm.OLS(y, sm.add_constant(pd.concat([married.rename("married"), x], axis=1))).fit()
oaxaca = OaxacaBlinder(y, pd.concat([x, married.rename("married")], axis=1), "married", hasconst=False, swap=False)
pooled = oaxaca.two_fold(two_fold_type="pooled").params  # unexplained, explained, gap
zero = oaxaca.two_fold(two_fold_type="self_submitted", submitted_weight=0).params
one = oaxaca.two_fold(two_fold_type="self_submitted", submitted_weight=1).params

full = sm.add_constant(pd.concat([married.rename("married"), x], axis=1))
fit = sm.Logit(y, full).fit(disp=0, tol=1e-14, maxiter=100, cov_type="cluster", cov_kwds={"groups": bank.day.to_numpy(), "use_correction": False})
effect = fit.get_margeff(at="overall", dummy=True)
out = {
    "statsmodels": sm.__version__ if hasattr(sm, "__version__") else "0.14.6",
    "rows": {"married": married.astype(int).tolist(), "y": y.astype(int).tolist(), "day": bank.day.tolist(), **{f: bank[f].tolist() for f in features}},
    "explained": split(single.params[x.columns]), "explained_pooled": split(both.params[x.columns]),
    "two_fold_pooled": [float(v) for v in pooled], "two_fold_0": [float(v) for v in zero], "two_fold_1": [float(v) for v in one],
    "log_odds_ratio": float(fit.params["married"]), "clustered_error": float(fit.bse["married"]),
    "average_marginal_effect": float(effect.margeff[0]), "clusters": int(bank.day.nunique()),
}
with open(os.path.join(HERE, "regression.json"), "w") as f:
    json.dump(out, f, separators=(",", ":"))
    f.write("\n")
print({k: v for k, v in out.items() if k != "rows"}, bank.education.value_counts().to_dict(), len(y))
