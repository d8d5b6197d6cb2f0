"""The lab: MNIST as arrays, and what is said of a student's functions."""

import re

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


def by_columns(z):
    return softmax(z.T).T


def at_labels(p, labels):
    return p[np.arange(len(p)), labels]


def gradients(x, error):
    return x.T @ error / len(x), error.mean(axis=0)


def other_error(error_of):
    """A gradient with another error than softmax(z) − y."""
    return lambda x, labels, w, b: gradients(x, error_of(x @ w + b, np.eye(len(b))[labels]))


SOFTMAX = [
    (lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), "subtract the largest logit of each row"),
    (lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=1, keepdims=True), "of each row"),
    (by_columns, "Each column was normalised"),
    (lambda z: np.exp(z) / np.exp(z).sum(), "All values together were normalised"),
    (lambda z: np.exp(z - z.max(axis=1, keepdims=True)), "not divided by the sum"),
    (lambda z: np.log(softmax(z)), "These are the logarithms"),
    (lambda z: softmax(z.astype(np.float16)), "rounding errors of float16"),
    (lambda z: softmax(z).T, r"of shape \(3, 1\), expected \(1, 3\). Transpose it"),
    (lambda z: None, "is there a return"),
    (lambda z: 0.9 * softmax(z), "All values are 0.9 times ours"),
]

CROSS_ENTROPY = [
    (lambda z, labels: -np.log(at_labels(softmax(z), labels)).mean(), "the log of a softmax that is 0"),
    (lambda z, labels: -np.log(at_labels(softmax(z), labels)).sum(), "mean over the samples is missing"),
    (lambda z, labels: np.log(at_labels(softmax(z), labels)).mean(), "The sign is wrong"),
    (lambda z, labels: -np.log(at_labels(softmax(z), labels) + 1e-12).mean(), "no ŷ were below 1e-12"),
    (lambda z, labels: -np.log(at_labels(softmax(z), labels - 1)).mean(), "off by one"),
    (lambda z, labels: -np.log(at_labels(by_columns(z), labels)).mean(), "normalised by columns"),
    (lambda z, labels: -np.log(softmax(z)[:, labels]).mean(), "every label: index with"),
    (lambda z, labels: -(np.eye(10)[labels] * np.log(softmax(z))).mean(), "over samples and classes"),
    (lambda z, labels: -np.log2(at_labels(softmax(z), labels)).mean(), "to base 2"),
    (lambda z, labels: -np.log(at_labels(z, labels)).mean(), "what is not above 0"),
    (lambda z, labels: -np.log(at_labels(softmax(z), labels)), "The loss is one number"),
]

GRADIENT = [
    (other_error(lambda z, y: y - softmax(z)), "The sign is wrong: the error is ŷ − y"),
    (other_error(lambda z, y: len(z) * (softmax(z) - y)), "∂L/∂W.*mean over the samples is missing"),
    (other_error(lambda z, y: softmax(z)), "labels were not subtracted"),
    (other_error(lambda z, y: z - y), "There is no softmax"),
    (other_error(lambda z, y: by_columns(z) - y), "normalised by columns"),
    (other_error(lambda z, y: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) - y), "subtract the largest"),
    (lambda x, labels, w, b: gradient(x, labels - 1, w, b), "off by one"),
    (lambda x, labels, w, b: gradient(x, labels, w, 0), "The bias is missing from the logits"),
    (lambda *a: gradient(*a)[0], r"expected two arrays.*found an array of shape \(7, 10\)"),
    (lambda *a: gradient(*a)[::-1], "Return ∂L/∂W first"),
    (lambda *a: (gradient(*a)[0], 0 * a[3]), "∂L/∂b .*It is 0: it is the mean"),
    (lambda *a: (gradient(*a)[0], len(a[0]) * gradient(*a)[1]), "∂L/∂b .*over the samples is missing"),
    (lambda *a: (gradient(*a)[0], gradient(*a)[0].mean()), "∂L/∂b .*summed over all axes"),
    (lambda *a: (gradient(*a)[0] + 0.1 * a[2], gradient(*a)[1]), "0.1·W was added, a penalty"),
    (lambda *a: (gradient(*a)[0], gradient(*a)[1] + 0.1 * a[3]), "never has one on the bias"),
]

WRONG = {"softmax": SOFTMAX, "cross_entropy": CROSS_ENTROPY, "gradient": GRADIENT}


@pytest.mark.parametrize(
    "name, function, said",
    [(name, function, said) for name, wrong in WRONG.items() for function, said in wrong],
)
def test_typical_mistakes_are_named(name, function, said):
    with pytest.raises(AssertionError, match=f"{name} of .*{said}"):
        lab.check(named(name, lambda *arguments: function(*arguments)))


@pytest.mark.parametrize(
    "name, function, said",
    [
        ("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=1), r"z \(5, 10\). .*needs keepdims=True"),
        (
            "cross_entropy",
            lambda z, labels: -(np.eye(10)[labels].T * np.log(softmax(z))).sum(axis=1).mean(),
            "one-hot labels are of the shape of z",
        ),
        ("gradient", lambda x, labels, w, b: gradient(x, labels + 1, w, b), "labels count from 0"),
    ],
)
def test_what_a_function_raises_gets_a_note(name, function, said):
    with pytest.raises((ValueError, IndexError)) as raised:
        lab.check(named(name, function))
    assert re.search(said, raised.value.__notes__[0])


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
