"""KernelSVC beside scikit-learn's SVC and scikit-learn-intelex's, from NumPy arrays, fit in turn in one run.

    pip install scikit-learn-intelex
    python svc.py [--rounds N] [--without NAME] [--every N] [PROBLEM ...]

Prints for each problem the median seconds of a fit, and the ratios of the medians; SVC is fitted once where
it takes more than a minute. Accuracy is on held-out samples.
"""

import argparse
import statistics
import time

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.datasets import make_classification
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.svm import SVC

import plumbline


def mnist():
    x_train, y_train, x_test, y_test = plumbline.lab.mnist()
    return x_train, y_train, x_test, y_test, {"C": 10.0, "gamma": 0.02 / 255**2}


def dense():
    """50 000 × 50 real features."""
    X, y = make_classification(52_000, 50, n_informative=20, n_classes=2, random_state=0)
    X = X.astype(np.float32)
    return X[:50_000], y[:50_000], X[50_000:], y[50_000:], {"C": 1.0}


def covertype():
    """100 000 × 54, ten real features and 44 of one-hot columns, 7 classes, as the covertype data are."""
    numbers = np.random.default_rng(0)
    X, y = make_classification(102_000, 10, n_informative=8, n_redundant=0, n_classes=7, random_state=0)
    area, soil = numbers.integers(0, 4, len(X)), numbers.integers(0, 40, len(X))
    X = np.hstack([X, np.eye(4)[area], np.eye(40)[soil]]).astype(np.float32)
    return X[:100_000], y[:100_000], X[100_000:], y[100_000:], {"C": 1.0}


def binary():
    """32 561 × 123 zeros and ones, 14 ones in each row, as a9a has."""
    numbers = np.random.default_rng(0)
    X = np.zeros((34_561, 123), dtype=np.float32)
    for start, end in zip(range(0, 112, 8), range(8, 120, 8)):
        X[np.arange(len(X)), numbers.integers(start, end, len(X))] = 1
    score = X @ numbers.normal(size=123) + numbers.normal(size=len(X))
    y = (score > np.quantile(score, 0.76)).astype(int)
    return X[:32_561], y[:32_561], X[32_561:], y[32_561:], {"C": 1.0}


def text():
    """11 000 × 130 000 (CSR), about 100 words in each row, 20 topics, as the 20 newsgroups' tf-idf."""
    numbers = np.random.default_rng(0)
    documents, features, words, topics = 12_000, 130_000, 140, 20
    y = numbers.integers(0, topics, documents)
    common = np.minimum(numbers.zipf(1.25, (documents, words)) - 1, features - 1)
    # Words further down the list belong to topics, the more frequent ones of each more often.
    of_topic = 2_000 + topics * (3_000 * numbers.random((documents, words)) ** 4).astype(int) + y[:, None]
    anywhere = numbers.integers(0, features, (documents, words))
    kind = numbers.random((documents, words))
    places = np.where(kind < 0.6, common, np.where(kind < 0.66, of_topic, anywhere)).ravel()
    rows = np.repeat(np.arange(documents), words)
    X = csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, places)), (documents, features))
    X = TfidfTransformer(sublinear_tf=True).fit_transform(X)
    return X[:11_000], y[:11_000], X[11_000:], y[11_000:], {"C": 3.0}


def few():
    """500 × 20."""
    X, y = make_classification(1_000, 20, random_state=0)
    return X[:500], y[:500], X[500:], y[500:], {"C": 1.0}


PROBLEMS = {
    "mnist": mnist,
    "dense": dense,
    "covertype": covertype,
    "binary": binary,
    "text": text,
    "few": few,
}


def machines(parameters):
    """Estimators by name."""
    found = {"ours": plumbline.KernelSVC(**parameters), "SVC": SVC(**parameters)}
    try:
        from sklearnex.svm import SVC as Intelex

        found["intelex"] = Intelex(**parameters)
    except ImportError:
        pass
    return found


def measure(name, rounds, without, every):
    x_train, y_train, x_test, y_test, parameters = PROBLEMS[name]()
    x_train, y_train = x_train[::every], y_train[::every]
    seconds, right = {}, {}
    for _ in range(rounds):
        for who, machine in machines(parameters).items():
            if who in without or (who == "SVC" and max(seconds.get(who, [0])) > 60):
                continue
            start = time.perf_counter()
            machine.fit(x_train, y_train)
            seconds.setdefault(who, []).append(time.perf_counter() - start)
            if who not in right:
                right[who] = machine.score(x_test, y_test)
    medians = {who: statistics.median(values) for who, values in seconds.items()}
    for who, median in medians.items():
        ratio = median / medians["ours"]
        print(f"{name:10} {who:8} {median:9.3f} s  × {ratio:6.1f}  {right[who]:.2%} right", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without", action="append", default=[], help="leave out SVC or intelex")
    parser.add_argument("--every", type=int, default=1, help="fit to every Nth training sample: a quick look")
    parser.add_argument("problems", nargs="*", default=list(PROBLEMS))
    arguments = parser.parse_args()
    for problem in arguments.problems:
        measure(problem, arguments.rounds, arguments.without, arguments.every)
