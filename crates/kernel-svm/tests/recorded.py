"""Writes what the tests compare with: scikit-learn (libsvm) and SciPy on the same data.

    pip install scikit-learn==1.9.1 scipy==1.17.1
    python recorded.py        # digits.txt and recorded.txt, beside this file

A pair of classes is judged by its objective in f64. libsvm keeps kernel values in f32, so at the
edges (C * rounding of f32 above the tolerance) it stops above the optimum; those objectives are upper
bounds.
"""

from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.datasets import load_digits
from sklearn.svm import SVC

HERE = Path(__file__).parent


def pixels(samples, features):
    i, j = np.mgrid[:samples, :features]
    noise = (i * i * 31 + j * j * 17 + i * j * 13) % 97
    return (noise + (i % 3) * (j % 5) * 30).astype(np.uint8)


def text(values):
    return " ".join(repr(float(value)) for value in values)


def objective(svm, x):
    """The dual objective of a machine of two classes, from kernel values in f64."""
    alpha, support = svm.dual_coef_[0], x[svm.support_]
    if svm.kernel == "rbf":
        distance = ((support[:, None] - support[None]) ** 2).sum(axis=2)
        kernel = np.exp(-svm._gamma * distance)
    else:
        kernel = support @ support.T
        if svm.kernel == "poly":
            kernel = (svm._gamma * kernel + svm.coef0) ** svm.degree
    return 0.5 * alpha @ kernel @ alpha - np.abs(alpha).sum()


def machines(out, name, weights):
    x, y = pixels(240, 13), np.arange(240) % 3
    unit = x / 255.0
    for arguments in [
        dict(kernel="rbf", C=2.0, gamma=1.5),
        dict(kernel="rbf", C=10.0, gamma="scale"),
        dict(kernel="poly", C=0.5, gamma=0.7, degree=3, coef0=1.0),
        dict(kernel="linear", C=4.0, gamma="scale"),
    ]:
        svm = SVC(tol=1e-8, decision_function_shape="ovo", **arguments).fit(unit, y, weights)
        objectives = []
        for a, b in [(0, 1), (0, 2), (1, 2)]:
            both = (y == a) | (y == b)
            pair = SVC(tol=1e-8, **{**arguments, "gamma": svm._gamma})
            objectives.append(objective(pair.fit(unit[both], y[both], weights[both]), unit[both]))
        decisions = svm.decision_function(pixels(250, 13)[240:] / 255.0)[:3].ravel()
        head = f"{name} {arguments['kernel']} {arguments['C']} {arguments['gamma']}"
        print(head, text(objectives), text(decisions), file=out)


def digits():
    """The first 240 of scikit-learn's digits, grey levels 0 to 240."""
    data = load_digits()
    return (data.data[:240] * 15).astype(np.uint8), data.target[:240]


def edges(out):
    """Digits 3, 5, 8 and 9, odd against even, at the edges of C and gamma; no answer below 1e-6."""
    x, y = digits()
    few = np.isin(y, [3, 5, 8, 9])
    x, y = x[few] / 255.0, y[few] % 2
    for c in [1e-50, 1e-6, 1e-2, 1.0, 1e2, 1e4, 1e6, 1e8, 1e12]:
        for gamma in [1e-8, 1e-6, 1e-5, 1e-3, 0.1, 10.0, 1e3, 1e8]:
            svm = SVC(C=c, gamma=gamma, tol=1e-6).fit(x, y)
            found = [objective(svm, x), svm.score(x, y), svm.n_iter_[0]]
            print("edge", c, gamma, text(found), file=out)


def narrow(out):
    """All ten digits with a kernel so narrow that f32 has no numbers for its values."""
    x, y = digits()
    x = x / 255.0
    for gamma in [10.0, 30.0, 100.0]:
        svm = SVC(C=10.0, gamma=gamma).fit(x[:200], y[:200])
        print("narrow", gamma, *svm.predict(x[200:]), file=out)


def sigmoid(out):
    decisions = np.sin(np.arange(60) * 1.7) * 2 + np.where(np.arange(60) % 2 == 0, 0.6, -0.4)
    first = np.arange(60) % 2 == 0
    high, low = (first.sum() + 1) / (first.sum() + 2), 1 / ((~first).sum() + 2)
    target = np.where(first, high, low)

    def loss(s):
        z = s[0] * decisions + s[1]
        return np.logaddexp(0, z).sum() - ((1 - target) * z).sum()

    found = minimize(loss, [0.0, 0.0], method="BFGS", options={"gtol": 1e-9})
    print("sigmoid", text(found.x), file=out)


with open(HERE / "digits.txt", "w") as out:
    for image, label in zip(*digits()):
        print(label, *image, file=out)
with open(HERE / "recorded.txt", "w") as out:
    machines(out, "machine", np.ones(240))
    machines(out, "weighted", (1 + np.arange(240) % 7) / 4)
    edges(out)
    narrow(out)
    sigmoid(out)
