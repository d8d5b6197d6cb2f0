"""Writes what the test compares with: predictions of scikit-learn's KNeighborsClassifier.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python scikit.py        # scikit.json, beside this file

The pixels are the first 2000 training images and the first 400 test images of MNIST; the rows are of five
features, some far from 0.
"""

import gzip
import json
from pathlib import Path

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

MNIST = Path(__file__).parents[2] / "catalog/data/mnist"


def idx(name, offset, *shape):
    with gzip.open(MNIST / f"{name}.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset).reshape(-1, *shape)


def cases(train, labels, test):
    for k, weights in [(1, "uniform"), (3, "uniform"), (5, "distance"), (10, "uniform")]:
        model = KNeighborsClassifier(k, weights=weights, algorithm="brute")
        model.fit(train.astype(float), labels)
        predictions = model.predict(test.astype(float)).tolist()
        yield dict(k=k, weights=weights, predictions=predictions)


images, labels = idx("train-images-idx3-ubyte", 16, 784), idx("train-labels-idx1-ubyte", 8)
digits = cases(images[:2000], labels[:2000], idx("t10k-images-idx3-ubyte", 16, 784)[:400])

random = np.random.default_rng(3)
classes = random.integers(0, 3, size=150)
rows = random.normal(size=(150, 5)) + 0.7 * classes[:, None]
rows = (rows * [1, 2, 1, 1, 3] + [0, 100, -7, 0, 0]).astype(np.float32)
recorded = dict(
    digits=list(digits),
    labels=classes[:100].tolist(),
    train=rows[:100].tolist(),
    test=rows[100:].tolist(),
    rows=list(cases(rows[:100], classes[:100], rows[100:])),
)
Path(__file__).with_suffix(".json").write_text(json.dumps(recorded) + "\n")
