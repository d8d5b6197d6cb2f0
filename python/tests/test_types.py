"""What mypy says of code that uses every public name."""

import re

import pytest

import plumbline

USE = """
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plumbline import (
    BoostedTreesClassifier, KernelSVC, SoftmaxRegression, Verdict, VirtualSVC, compare, judge, lab
)

X, y = np.zeros((10, 4)), np.arange(10) % 2

def linear(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return a @ b.T

svc = KernelSVC(C=2.0, kernel=linear, gamma="scale", class_weight={0: 2.0}, n_jobs=2).fit(X, y)
labels: NDArray[Any] = svc.predict(X)
values: NDArray[np.float64] = svc.decision_function(X)
proof: NDArray[np.float64] = svc.kkt_violation_ + svc.duality_gap_ + svc.intercept_
softmax = SoftmaxRegression(solver="sgd", random_state=1).fit(X, y, sample_weight=np.ones(10))
probabilities: NDArray[np.float64] = softmax.predict_proba(X) + np.exp(softmax.predict_log_proba(X))
weights: NDArray[np.float64] = softmax.coef_ + softmax.intercept_
numbers: dict[str, float] = softmax.certificate()
virtual = VirtualSVC(picture_shape=(2, 2)).fit(X, y)
trees = BoostedTreesClassifier(max_iter=3).fit(X, y)
rounds: int = trees.n_iter_
verdict: Verdict = compare({"a": svc, "b": trees}, X, y, cv=5, seeds=(1, 2), groups=None, n_jobs=1)
other: Verdict = judge(y, {"a": y, "b": y}, baseline="a", margin=1.0)
said: str = verdict.words + verdict.save("report.html").name + verdict.failures.get("a", "")
frames = verdict.models, verdict.pairs, verdict.report["models"]
digits: lab.Mnist = lab.mnist()
loss: float = lab.cross_entropy(lab.softmax([[0.0, 1.0]]), [1])
of_weights, of_biases = lab.gradient(X, y, np.zeros((4, 2)), np.zeros(2))
lab.check(linear)
"""

WRONG = """
from plumbline import KernelSVC, lab
KernelSVC(kernel=3)
KernelSVC(cost=3)
KernelSVC().fit([[1.0], [2.0]])
lab.softmax()
"""


def mypy(tmp_path, code):
    api = pytest.importorskip("mypy.api")
    (tmp_path / "use.py").write_text(code)
    said, _, _ = api.run(["--strict", "--cache-dir", str(tmp_path.parent / "mypy"), str(tmp_path / "use.py")])
    return said


def test_every_public_name_has_types(tmp_path):
    assert all(re.search(rf"\b{name}\b", USE) for name in plumbline.__all__)
    assert mypy(tmp_path, USE).startswith("Success")


def test_wrong_arguments_are_seen(tmp_path):
    said = mypy(tmp_path, WRONG)
    assert [int(line) for line in re.findall(r"use.py:(\d+): error", said)] == [3, 4, 5, 6], said
