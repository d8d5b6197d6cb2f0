"""Writes what the test compares with: log-probabilities of scikit-learn's GaussianNB.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python scikit.py        # scikit.json, beside this file
"""

import json
from pathlib import Path

import numpy as np
from sklearn.naive_bayes import GaussianNB

random = np.random.default_rng(1)
labels = np.arange(60) % 3 % 2 + 2 * (np.arange(60) % 7 == 0)
scale = np.array([1.0, 0.01, 30.0, 5.0])
rows = (random.normal(size=(60, 4)) + 0.8 * labels[:, None]) * scale + np.array([0, 1, 1000, -3])
rows = rows.astype(np.float32)
train, test = slice(0, 45), slice(45, 60)
cases = []
for smoothing in [1e-9, 1e-2]:
    model = GaussianNB(var_smoothing=smoothing).fit(rows[train].astype(float), labels[train])
    logs = model.predict_log_proba(rows[test].astype(float))
    cases.append(dict(var_smoothing=smoothing, logs=logs.tolist()))
recorded = dict(
    labels=labels[train].tolist(),
    train=rows[train].tolist(),
    test=rows[test].tolist(),
    cases=cases,
)
Path(__file__).with_suffix(".json").write_text(json.dumps(recorded, indent=1) + "\n")
