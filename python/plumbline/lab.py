"""The lab: MNIST as arrays, the formulas of softmax regression, and checks of your own.

Write `softmax`, `cross_entropy` and `gradient` in NumPy, and let :func:`check` say where they are wrong.

>>> import numpy as np
>>> from plumbline import lab
>>> def softmax(z):
...     e = np.exp(z - z.max(axis=1, keepdims=True))
...     return e / e.sum(axis=1, keepdims=True)
>>> lab.check(softmax)
softmax is right: 4 of 4 cases agree.
"""

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from plumbline import _native
from plumbline._program import program

# How far a value may be from ours, as a part of the largest of them.
TOLERANCE = 1e-6


class Mnist(NamedTuple):
    """60 000 training and 10 000 test images of 28 × 28 pixels from 0 to 255, one a row, and their digits."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def mnist() -> Mnist:
    """MNIST as arrays: images of shape (60000, 784) and (10000, 784), uint8; labels int64."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "plumbline"
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / "mnist.npz"
    if not file.is_file():
        part = cache / f"mnist-{os.getpid()}-{threading.get_ident()}.npz"
        subprocess.run([program(), "datasets", "export", "mnist", "--out", part], check=True)
        part.replace(file)
    with np.load(file) as arrays:
        images = [arrays[name].reshape(-1, 784) for name in ("x_train", "x_test")]
        labels = [arrays[name].astype(np.int64) for name in ("y_train", "y_test")]
    return Mnist(images[0], labels[0], images[1], labels[1])


def softmax(z: ArrayLike) -> np.ndarray:
    """Softmax of each row of the logits `z`, shape (m, k).

    >>> softmax([[0.0, 0.0]])
    array([[0.5, 0.5]])
    """
    return _native.softmax(_matrix(z))


def cross_entropy(z: ArrayLike, labels: ArrayLike) -> float:
    """Mean cross-entropy −(1/m) Σ log ŷ of the logits `z`, shape (m, k), at `labels`, shape (m,), in nats.

    >>> round(cross_entropy([[0.0, 0.0]], [1]), 4)
    0.6931
    """
    logits = _matrix(z)
    return _native.cross_entropy(logits, _labels(labels, *logits.shape))


def gradient(x: ArrayLike, labels: ArrayLike, w: ArrayLike, b: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """∂L/∂W, shape (d, k), and ∂L/∂b, shape (k,), of the mean cross-entropy of softmax(xW + b).

    `x` is of shape (m, d), `labels` (m,), `w` (d, k), `b` (k,).
    """
    samples, weights = _matrix(x), _matrix(w)
    offsets = np.ascontiguousarray(b, dtype=np.float64)
    if samples.shape[1] != weights.shape[0] or offsets.shape != weights.shape[1:]:
        shapes = f"x {samples.shape}, w {weights.shape}, b {offsets.shape}"
        raise ValueError(f"{shapes}: expected (m, d), (d, k), (k,)")
    return _native.gradient(samples, _labels(labels, len(samples), weights.shape[1]), weights, offsets)


def check(function: Callable) -> None:
    """Say whether your `softmax`, `cross_entropy` or `gradient`, by its name, is right, and if not where.

    Raises AssertionError with the first place where it is wrong.
    """
    name = function.__name__
    cases = {"softmax": _softmax_cases, "cross_entropy": _loss_cases, "gradient": _gradient_cases}.get(name)
    if cases is None:
        raise ValueError(f"{name}: expected a function called softmax, cross_entropy or gradient")
    count = 0
    for about, arguments, expected in cases():
        with np.errstate(all="ignore"):
            given = function(*(np.copy(argument) for argument in arguments))
        _compare(name, about, given, expected)
        count += 1
    print(f"{name} is right: {count} of {count} cases agree.")


def _compare(name, about, given, expected):
    """Say what is wrong first: the number of results, a shape, a value."""
    parts = ("∂L/∂W", "∂L/∂b") if isinstance(expected, tuple) else ("the result",)
    if isinstance(expected, tuple) and not (isinstance(given, tuple) and len(given) == 2):
        raise AssertionError(f"{name} of {about}: expected two arrays, ∂L/∂W and ∂L/∂b")
    pairs = zip(given, expected) if isinstance(expected, tuple) else [(given, expected)]
    for part, (mine, ours) in zip(parts, pairs):
        mine, ours = np.asarray(mine, dtype=np.float64), np.asarray(ours)
        if mine.shape != ours.shape:
            raise AssertionError(f"{name} of {about}: {part} is of shape {mine.shape}, expected {ours.shape}")
        error = np.abs(mine - ours)
        wrong = ~(error <= TOLERANCE * max(np.abs(ours).max(), 1e-300))
        if wrong.any():
            place = tuple(int(i) for i in np.argwhere(wrong)[0])
            where = f" at {place}" if place else ""
            hint = _hint(mine, ours)
            raise AssertionError(
                f"{name} of {about}: {part}{where} is {mine[place]:.6g}, expected {ours[place]:.6g}{hint}"
            )


def _hint(mine, ours):
    """What explains all of the difference, if something simple does."""
    if not np.isfinite(mine).all():
        return ". Not a finite number: subtract the largest logit of each row before exp"
    ratio = mine[ours != 0] / ours[ours != 0]
    if len(ratio) and np.ptp(ratio) < 1e-6 * abs(ratio[0]):
        return f". All values are {ratio[0]:.6g} times ours: a factor, such as 1/m or a sign, is missing"
    if mine.ndim == 2 and np.allclose(mine.sum(axis=0), 1) and not np.allclose(mine.sum(axis=1), 1):
        return ". The columns sum to 1: normalise rows (axis=1)"
    return ""


def _numbers(*shape):
    return np.random.default_rng(0).normal(size=shape)


def _softmax_cases():
    for about, z in [
        ("one row", np.array([[0.0, 1.0, 2.0]])),
        ("5 rows of 10 logits", _numbers(5, 10)),
        ("equal logits", np.zeros((2, 4))),
        ("large logits", np.array([[1000.0, 999.0], [-1000.0, -1001.0]])),
    ]:
        yield about, (z,), softmax(z)


def _loss_cases():
    labels = np.array([3, 0, 9, 3, 1])
    for about, z in [
        ("5 rows of 10 logits", _numbers(5, 10)),
        ("equal logits", np.zeros((5, 10))),
        ("a confident mistake", np.tile([1000.0] + 9 * [0.0], (5, 1))),
    ]:
        yield about, (z, labels), cross_entropy(z, labels)


def _gradient_cases():
    labels = np.array([3, 0, 9, 3, 1])
    x, w, b = np.abs(_numbers(5, 7)), _numbers(7, 10), _numbers(10)
    for about, at in [
        ("5 samples at zero weights", (np.zeros_like(w), np.zeros_like(b))),
        ("5 samples", (w, b)),
        ("one sample", (w, b)),
    ]:
        m = 1 if about == "one sample" else 5
        yield about, (x[:m], labels[:m], *at), gradient(x[:m], labels[:m], *at)


def _matrix(values):
    values = np.ascontiguousarray(values, dtype=np.float64)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(f"an array of shape {values.shape}: expected rows and columns")
    return values


def _labels(labels, rows, classes):
    labels = np.ascontiguousarray(labels, dtype=np.int64)
    if labels.shape != (rows,) or (labels < 0).any() or (labels >= classes).any():
        raise ValueError(f"expected {rows} labels from 0 to {classes - 1}")
    return labels
