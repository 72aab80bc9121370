# SPDX-License-Identifier: Apache-2.0
"""Prints the values that tests/oracle/learn/wdbc_test.cpp expects.

Needs scikit-learn 1.2.1, XGBoost 1.7.4 and NumPy. Run: learners.py FOLDER/oracles/wdbc.csv
"""
import sys

import numpy as np
import xgboost
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

table = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
x, y = table[:, :30], table[:, 30].astype(int)

z = (x - x.mean(0)) / x.std(0)
for weight in (None, "balanced"):
    fit = LogisticRegression(C=1, solver="newton-cholesky", tol=1e-10, max_iter=10**5, class_weight=weight).fit(z, y)
    print("logistic", weight, fit.coef_[0, :5].tolist(), fit.intercept_[0],
          roc_auc_score(y, fit.decision_function(z)))

train = xgboost.DMatrix(x[:400], label=y[:400], nthread=1)
test = xgboost.DMatrix(x[400:], nthread=1)
common = dict(objective="binary:logistic", tree_method="exact", nthread=1, base_score=0.5)
stump = xgboost.train(dict(common, max_depth=1), train, 1)
print("stump", stump.get_dump(with_stats=True)[0])
booster = xgboost.train(dict(common, max_depth=3), train, 10)
margin = booster.predict(test, output_margin=True)
print("xgboost", margin[:3].tolist(), roc_auc_score(y[400:], margin))
parts = booster.predict(test, pred_contribs=True).astype(float)
mean = np.abs(parts[:, :30]).mean(0)
print("contributions", parts[0, 30], {int(j): mean[j] for j in np.argsort(-mean)[:5]})
