"""The lab: MNIST as arrays, and what is said of a student's functions."""

import numpy as np
import pytest

from plumbline import lab


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(z, labels):
    shifted = z - z.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(z)), labels].mean()


def gradient(x, labels, w, b):
    error = softmax(x @ w + b)
    error[np.arange(len(x)), labels] -= 1
    return x.T @ error / len(x), error.mean(axis=0)


@pytest.mark.parametrize("function", [softmax, cross_entropy, gradient])
def test_what_is_right_is_called_right(function, capsys):
    lab.check(function)
    assert capsys.readouterr().out.startswith(f"{function.__name__} is right: ")


def named(name, function):
    function.__name__ = name
    return function


@pytest.mark.parametrize(
    "wrong, said",
    [
        (
            named("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
            "subtract the largest",
        ),
        (named("softmax", lambda z: softmax(z.T).T), "normalise rows"),
        (named("softmax", lambda z: softmax(z)[0]), "shape"),
        (named("cross_entropy", lambda z, l: cross_entropy(z, l) * len(z)), "5 times ours"),
        (named("cross_entropy", lambda z, l: -cross_entropy(z, l)), "-1 times ours"),
        (named("gradient", lambda *a: gradient(*a)[0]), "expected two arrays"),
        (named("gradient", lambda *a: (gradient(*a)[0] * 5, gradient(*a)[1])), "∂L/∂W.*5 times ours"),
        (named("gradient", lambda *a: (gradient(*a)[0], gradient(*a)[1] * 0)), "∂L/∂b"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(wrong, said):
    with pytest.raises(AssertionError, match=said):
        lab.check(wrong)


def test_arrays_without_values_are_refused():
    for wrong in (
        lambda: lab.softmax(np.zeros((2, 0))),
        lambda: lab.cross_entropy(np.zeros((0, 3)), []),
        lambda: lab.gradient(np.zeros((0, 2)), [], np.zeros((2, 3)), np.zeros(3)),
    ):
        with pytest.raises(ValueError, match="expected rows and columns"):
            wrong()


def test_other_names_are_refused():
    with pytest.raises(ValueError, match="expected a function called softmax"):
        lab.check(np.dot)


def test_mnist_is_there(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for _ in range(2):
        x_train, y_train, x_test, y_test = lab.mnist()
        assert x_train.shape == (60000, 784) and x_test.shape == (10000, 784)
        assert x_train.dtype == np.uint8 and y_train[:5].tolist() == [5, 0, 4, 1, 9]
        assert y_test[:3].tolist() == [7, 2, 1]
    assert x_train[0].sum() == 27525
