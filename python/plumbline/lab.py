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

from plumbline import _mistakes, _native
from plumbline._program import program

# How far a value may be from ours, as a part of the largest of them.
TOLERANCE = 1e-6

# Beside what a function of the user's raises.
HINTS = {
    "softmax": "A sum of rows that is to divide them needs keepdims=True",
    "cross_entropy": "A sum of rows needs keepdims=True; one-hot labels are of the shape of z",
    "gradient": "One-hot labels are of the shape of xW + b, one row per sample; labels count from 0",
}


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

    Raises AssertionError with the first place where it is wrong, and with the mistake if it is a typical one.
    What your function raises itself gets a note that says the shapes of its arguments.

    >>> def softmax(z):
    ...     return np.exp(z) / np.exp(z).sum()
    >>> check(softmax)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AssertionError: softmax of 5 rows ... All values together were normalised: sum over the classes of ...
    """
    name = getattr(function, "__name__", repr(function))
    cases = {"softmax": _softmax_cases, "cross_entropy": _loss_cases, "gradient": _gradient_cases}.get(name)
    if cases is None:
        raise ValueError(f"{name}: expected a function called softmax, cross_entropy or gradient")
    count = 0
    for about, arguments, expected in cases():
        _compare(name, about, _called(function, name, about, arguments), expected, arguments)
        count += 1
    print(f"{name} is right: {count} of {count} cases agree.")


def _called(function, name, about, arguments):
    """What the function makes of copies of the arguments."""
    try:
        with np.errstate(all="ignore"):
            return function(*(np.copy(argument) for argument in arguments))
    except Exception as error:
        names = {"softmax": "z", "cross_entropy": "z labels", "gradient": "x labels w b"}[name].split()
        shapes = ", ".join(f"{each} {argument.shape}" for each, argument in zip(names, arguments))
        error.add_note(f"{name} of {about}: {shapes}. {HINTS[name]}")
        raise


def _compare(name, about, given, expected, arguments):
    """Say what is wrong first: the number of results, a shape, a value."""
    parts = ("∂L/∂W", "∂L/∂b") if isinstance(expected, tuple) else ("the result",)
    if isinstance(expected, tuple) and not (isinstance(given, (tuple, list)) and len(given) == 2):
        found = (
            f"an array of shape {np.shape(given)}" if isinstance(given, np.ndarray) else type(given).__name__
        )
        raise AssertionError(f"{name} of {about}: expected two arrays, ∂L/∂W and ∂L/∂b, found {found}")
    pairs = zip(given, expected) if isinstance(expected, tuple) else [(given, expected)]
    for number, (part, (mine, ours)) in enumerate(zip(parts, pairs)):
        type_of = getattr(mine, "dtype", None)
        mine, ours = np.asarray(mine, dtype=np.float64), np.asarray(ours)
        if mine.shape != ours.shape:
            swapped = len(parts) == 2 and np.shape(given[1]) == ours.shape and mine.ndim == 1
            hint = ". Return ∂L/∂W first" if swapped else _mistakes.shape(mine, ours, arguments)
            raise AssertionError(
                f"{name} of {about}: {part} is of shape {mine.shape}, expected {ours.shape}{hint}"
            )
        error = np.abs(mine - ours) / max(np.abs(ours).max(), 1e-300)
        wrong = ~(error <= TOLERANCE)
        if wrong.any():
            place = tuple(int(i) for i in np.argwhere(wrong)[0])
            where = f" at {place}" if place else ""
            if type_of in (np.float16, np.float32) and error.max() < 0.01:
                hint = f". These are rounding errors of {type_of}: compute in float64, as the arguments are"
            else:
                hint = _mistakes.explain(name, number, mine, ours, arguments)
            raise AssertionError(
                f"{name} of {about}: {part}{where} is {mine[place]:.6g}, expected {ours[place]:.6g}{hint}"
            )


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
    labels = np.array([3, 0, 8, 3, 1])
    for about, z in [
        ("5 rows of 10 logits", _numbers(5, 10)),
        ("equal logits", np.zeros((5, 10))),
        ("a confident mistake", np.tile(9 * [0.0] + [1000.0], (5, 1))),
    ]:
        yield about, (z, labels), cross_entropy(z, labels)


def _gradient_cases():
    labels = np.array([3, 0, 9, 3, 1])
    x, w, b = np.abs(_numbers(5, 7)), _numbers(7, 10), _numbers(10)
    for about, at in [
        ("5 samples at zero weights", (np.zeros_like(w), np.zeros_like(b))),
        ("5 samples", (w, b)),
        ("one sample", (w, b)),
        ("5 samples with large logits", (1000 * w, b)),
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
