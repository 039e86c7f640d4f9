#!/usr/bin/env python3
"""Trains the model of this folder and lets it decide: people.parquet gives
model.json and log.parquet.

    pip install -r requirements.txt
    python3 train.py [OUT_FOLDER]

people.parquet: every twentieth row, by index, of the test part of ACSIncome
(Ding and others, "Retiring Adult", 2021): a sample of the American Community
Survey of 2018 by the US Census Bureau, public domain, as dssg/aequitas has it;
RAC1P and PINCP are theirs (race from 0; 1 is an income above 50,000 dollars).

The model has the eight inputs below. It is told neither sex nor race, which
does not make it blind to them. Half of the people train it, the others are the
log; the score is the predicted probability of a high income.
"""
import os
import sys

import pandas
import xgboost

HERE = os.path.dirname(os.path.abspath(__file__))
INPUTS = {"AGEP": "age", "SCHL": "schooling", "COW": "employer", "MAR": "marital",
          "OCCP": "occupation", "POBP": "birthplace", "RELP": "household", "WKHP": "hours"}
RACES = ["White", "Black", "American Indian", "Alaska Native", "tribe given", "Asian", "Pacific Islander", "other", "two or more"]


def main(out):
    people = pandas.read_parquet(os.path.join(HERE, "people.parquet")).rename(columns=INPUTS)
    inputs = list(INPUTS.values())
    train, log = people[::2], people[1::2]

    model = xgboost.XGBClassifier(n_estimators=100, max_depth=4, learning_rate=0.1, min_child_weight=5,
                                  tree_method="hist", n_jobs=1, random_state=1)
    model.fit(train[inputs].astype("float32"), train["PINCP"])
    model.save_model(os.path.join(out, "model.json"))

    decided = log[["index"] + inputs].rename(columns={"index": "id"})
    decided["sex"] = log["SEX"].map({1: "male", 2: "female"})
    decided["race"] = log["RAC1P"].map(dict(enumerate(RACES)))
    decided["high_income"] = log["PINCP"]
    decided["score"] = model.predict_proba(log[inputs].astype("float32"))[:, 1]
    decided.to_parquet(os.path.join(out, "log.parquet"), index=False, compression="zstd", compression_level=19)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else HERE)
