"""Writes what the test compares with: log-probabilities of linear discriminant analysis by scikit-learn.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python scikit.py        # scikit.json, beside this file

Without shrinkage they are those of LinearDiscriminantAnalysis. Its own shrinkage is of each class's
covariance; this model shrinks the correlations of all classes together, so that with shrinkage they are
those of the same formula in NumPy, with the amount by scikit-learn's ledoit_wolf_shrinkage.
"""

import json
from pathlib import Path

import numpy as np
from scipy.special import log_softmax
from sklearn.covariance import ledoit_wolf_shrinkage
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

random = np.random.default_rng(2)
labels = np.arange(66) % 3 % 2 + 2 * (np.arange(66) % 7 == 0)
mixing = random.normal(size=(5, 5))
scale = np.array([1.0, 0.01, 30.0, 5.0, 1.0])
rows = (random.normal(size=(66, 5)) @ mixing + 1.5 * labels[:, None] * [1, 0, -1, 1, 0]) * scale
rows = (rows + np.array([0, 1, 1000, -3, 0])).astype(np.float32)
train, test = slice(0, 50), slice(50, 66)
x, y, z = rows[train].astype(float), labels[train], rows[test].astype(float)


def shrunk(shrinkage):
    """The classifier of this model in NumPy."""
    means = np.array([x[y == k].mean(axis=0) for k in range(4)])
    deviations = x - means[y]
    if shrinkage == "auto":
        scaled = deviations / np.sqrt((deviations**2).mean(axis=0))
        shrinkage = ledoit_wolf_shrinkage(scaled, assume_centered=True)
    covariance = deviations.T @ deviations / len(x)
    d = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(d, d)
    covariance = ((1 - shrinkage) * correlation + shrinkage * np.eye(5)) * np.outer(d, d)
    weights = np.linalg.solve(covariance, means.T)
    prior = np.log(np.bincount(y) / len(y))
    return log_softmax(z @ weights - 0.5 * (means.T * weights).sum(axis=0) + prior, axis=1)


plain = LinearDiscriminantAnalysis().fit(x, y).predict_log_proba(z)
assert np.allclose(plain, shrunk(0.0), rtol=1e-7, atol=1e-7)
cases = [dict(shrinkage=0.0, logs=plain.tolist())]
cases += [dict(shrinkage=s, logs=shrunk(s).tolist()) for s in [0.3, 1.0, "auto"]]
recorded = dict(labels=y.tolist(), train=x.tolist(), test=z.tolist(), cases=cases)
Path(__file__).with_suffix(".json").write_text(json.dumps(recorded, indent=1) + "\n")
