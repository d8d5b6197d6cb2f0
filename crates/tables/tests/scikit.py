"""Writes scikit.json: what scikit-learn makes of a small table, for tests/scikit.rs.

Run with scikit-learn 1.9: python3 scikit.py > scikit.json
"""

import json

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

random = np.random.default_rng(1)
train, test = 40, 15
numbers = np.round(random.normal(30.0, 12.0, train + test), 1)
numbers[random.random(train + test) < 0.2] = np.nan
ports = random.choice(["S", "C", "Q", "X", "Y"], train + test, p=[0.5, 0.25, 0.1, 0.1, 0.05])
ports[-1] = "unseen"

scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
scaled.fit(numbers[:train, None])
one_hot = OneHotEncoder(min_frequency=5, handle_unknown="infrequent_if_exist", sparse_output=False)
one_hot.fit(ports[:train, None])
features = np.hstack(
    [
        scaled.transform(numbers[:, None]),
        np.isnan(numbers)[:, None],
        one_hot.transform(ports[:, None]),
    ]
)
print(
    json.dumps(
        {
            "train": train,
            "numbers": [None if np.isnan(x) else x for x in numbers],
            "ports": ports.tolist(),
            "features": features.tolist(),
        }
    )
)
