"""Typical mistakes in softmax, cross-entropy and gradient, as formulas: who gets their numbers has made them.

Each is a pair: what it is called, and a function of the same arguments that gives the wrong result.
"""

import numpy as np

STABLE = "take z − max − log Σ exp(z − max) of each row"


def _exp(z):
    return np.exp(z - z.max(axis=1, keepdims=True))


def _softmax(z):
    return _exp(z) / _exp(z).sum(axis=1, keepdims=True)


def _one_hot(labels, classes):
    return np.eye(classes)[labels]


def _at_labels(z, labels):
    """log ŷ of the label of each sample, shape (m,)."""
    shifted = z - z.max(axis=1, keepdims=True)
    return (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))[np.arange(len(z)), labels]


def _loss(z, labels):
    return -_at_labels(z, labels).mean()


def _squares(z, labels):
    return (_softmax(z) - _one_hot(labels, z.shape[1])) ** 2


def _gradients(x, error):
    return x.T @ error / len(x), error.mean(axis=0)


def _error(x, labels, w, b):
    """ŷ − y, shape (m, k)."""
    return _softmax(x @ w + b) - _one_hot(labels, len(b))


def _of_error(change):
    """The gradients with another error than ŷ − y: `change` makes it of ŷ and y."""

    def wrong(x, labels, w, b):
        predicted = _softmax(x @ w + b)
        return _gradients(x, change(predicted, _one_hot(labels, len(b))))

    return wrong


def _shifted_labels(by):
    return lambda x, labels, w, b: _gradients(x, _error(x, (labels + by) % len(b), w, b))


SOFTMAX = [
    ("Each column was normalised: sum over the classes of a row, axis=1", lambda z: _softmax(z.T).T),
    (
        "All values together were normalised: sum over the classes of each row, axis=1",
        lambda z: np.exp(z) / np.exp(z).sum(),
    ),
    ("exp was not divided by the sum of its row", np.exp),
    ("exp was not divided by the sum of its row", _exp),
    ("The logits were divided by their sum: exp is missing", lambda z: z / z.sum(axis=1, keepdims=True)),
    ("These are the logarithms: exp of them is the softmax", lambda z: np.log(_softmax(z))),
    ("This is the softmax of −z: the sign of the logits is wrong", lambda z: _softmax(-z)),
    ("This is a sigmoid of each logit: classes share one sum", lambda z: 1 / (1 + np.exp(-z))),
    ("2 was raised to the logits: take np.exp", lambda z: 2.0**z / (2.0**z).sum(axis=1, keepdims=True)),
]

CROSS_ENTROPY = [
    ("The sign is wrong: the loss is −log ŷ", lambda z, labels: -_loss(z, labels)),
    ("The mean over the samples is missing: divide by m", lambda z, labels: _loss(z, labels) * len(z)),
    (
        "The sign is wrong, and the mean over the samples is missing",
        lambda z, labels: -_loss(z, labels) * len(z),
    ),
    (
        "The mean is over samples and classes: sum over the classes, then divide by m",
        lambda z, labels: _loss(z, labels) / z.shape[1],
    ),
    ("The logarithm is to base 2: take np.log", lambda z, labels: _loss(z, labels) / np.log(2)),
    ("The logarithm is to base 10: take np.log", lambda z, labels: _loss(z, labels) / np.log(10)),
    (
        "Every sample was paired with every label: index with [np.arange(m), labels], not with [:, labels]",
        lambda z, labels: -np.mean([_at_labels(z, np.full(len(z), label)) for label in labels]),
    ),
    ("The labels are off by one: they count from 0", lambda z, labels: _loss(z, (labels - 1) % z.shape[1])),
    ("The labels are off by one: they count from 0", lambda z, labels: _loss(z, (labels + 1) % z.shape[1])),
    ("The class with the largest logit was taken, not the label", lambda z, _: _loss(z, z.argmax(axis=1))),
    (
        "There is no logarithm: this is −ŷ, not −log ŷ",
        lambda z, labels: -np.exp(_at_labels(z, labels)).mean(),
    ),
    (
        "There is no softmax: these are logarithms of the logits",
        lambda z, labels: -np.log(z[np.arange(len(z)), labels]).mean(),
    ),
    ("There is no softmax: these are the logits", lambda z, labels: -z[np.arange(len(z)), labels].mean()),
    (
        "Softmax was normalised by columns: sum over the classes of a row, axis=1",
        lambda z, labels: -np.log(_softmax(z.T).T[np.arange(len(z)), labels]).mean(),
    ),
    (
        "Softmax was taken twice: the arguments are logits",
        lambda z, labels: _loss(_softmax(z), labels),
    ),
    (
        "The logarithm is of the mean: take the mean of the logarithms",
        lambda z, labels: -np.log(np.exp(_at_labels(z, labels)).mean()),
    ),
    ("This is the squared error", lambda z, labels: _squares(z, labels).sum() / len(z)),
    ("This is the squared error", lambda z, labels: _squares(z, labels).mean()),
]

GRADIENT = [
    ("The sign is wrong: the error is ŷ − y, not y − ŷ", _of_error(lambda predicted, y: y - predicted)),
    (
        "The mean over the samples is missing: divide by m",
        lambda x, *rest: tuple(len(x) * part for part in _gradients(x, _error(x, *rest))),
    ),
    (
        "The sign is wrong, and the mean over the samples is missing",
        lambda x, *rest: tuple(-len(x) * part for part in _gradients(x, _error(x, *rest))),
    ),
    (
        "The mean is over samples and classes: divide by m alone",
        lambda *given: tuple(part / len(given[3]) for part in _gradients(given[0], _error(*given))),
    ),
    (
        "It was divided by m twice",
        lambda x, *rest: tuple(part / len(x) for part in _gradients(x, _error(x, *rest))),
    ),
    ("It is 0: it is the mean of ŷ − y over the samples", lambda x, labels, w, b: (0 * w, 0 * b)),
    ("The labels were not subtracted: the error is ŷ − y", _of_error(lambda predicted, y: predicted)),
    (
        "This is a gradient of the squared error",
        _of_error(lambda predicted, y: (predicted - y) * predicted * (1 - predicted)),
    ),
    (
        "This is a sigmoid of each logit: classes share one sum",
        lambda x, labels, w, b: _gradients(x, 1 / (1 + np.exp(-x @ w - b)) - _one_hot(labels, len(b))),
    ),
    (
        "The bias is missing from the logits: they are xW + b",
        lambda x, labels, w, b: _gradients(x, _error(x, labels, w, 0 * b)),
    ),
    (
        "There is no softmax: the error is ŷ − y, not z − y",
        lambda x, labels, w, b: _gradients(x, x @ w + b - _one_hot(labels, len(b))),
    ),
    ("The labels are off by one: they count from 0", _shifted_labels(-1)),
    ("The labels are off by one: they count from 0", _shifted_labels(1)),
    (
        "Softmax was normalised by columns: sum over the classes of a row, axis=1",
        lambda x, labels, w, b: _gradients(x, _softmax((x @ w + b).T).T - _one_hot(labels, len(b))),
    ),
]

OF_FUNCTION = {"softmax": SOFTMAX, "cross_entropy": CROSS_ENTROPY, "gradient": GRADIENT}


def shape(given, expected, arguments):
    """What explains that a result has another shape; an empty string if nothing simple does."""
    if given.ndim == 0 and np.isnan(given):
        return ". The function returned nothing: is there a return?"
    if given.T.shape == expected.shape:
        return ". Transpose it" if given.ndim > 1 else ""
    if given.size == expected.size:
        return ". The values are as many: drop the axis of length 1, or reshape"
    if given.shape == (len(arguments[0]),):
        one = expected.ndim == 0
        return (
            ". The loss is one number, the mean over the samples" if one else ". Sum over the samples, axis=0"
        )
    if given.ndim == 0:
        return ". It was summed over all axes: say which axis"
    return ""


def explain(function, part, given, expected, arguments):
    """What explains all of the difference of a part of the result; an empty string if nothing simple does."""
    if not np.isfinite(given).all():
        return _not_finite(function, arguments[0])
    return (
        _named(function, part, given, expected, arguments)
        or _penalty(function, part, given, expected, arguments)
        or _kept_from_0(function, given, expected)
        or _factor(given, expected)
    )


def _not_finite(function, first):
    if np.abs(first).max() < 100 and function != "gradient":
        return (
            ". Not a finite number, with small logits: a logarithm of what is not above 0, or a division by 0"
        )
    if function == "cross_entropy":
        return f". Not a finite number: the log of a softmax that is 0; {STABLE}"
    return ". Not a finite number: subtract the largest logit of each row before exp"


def _named(function, part, given, expected, arguments):
    with np.errstate(all="ignore"):
        for mistake, formula in OF_FUNCTION[function]:
            result = formula(*arguments)
            wrong = np.asarray(result[part] if isinstance(result, tuple) else result)
            # What cannot be told from the right result explains nothing.
            if _alike(given, wrong) and not _alike(expected, wrong):
                return f". {mistake}"
    return ""


def _alike(one, other):
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-6, atol=1e-9, equal_nan=True)


def _penalty(function, part, given, expected, arguments):
    """Whether the difference is a multiple of the parameters."""
    if function != "gradient":
        return ""
    of, name = arguments[2 + part], "Wb"[part]
    if not of.any():
        return ""
    factor = ((given - expected) * of).sum() / (of * of).sum()
    if not np.allclose(given - expected, factor * of, rtol=1e-6, atol=1e-9 * np.abs(of).max()):
        return ""
    never = ", and never has one on the bias" if name == "b" else ""
    return f". {factor:.4g}·{name} was added, a penalty: this loss has none{never}"


def _kept_from_0(function, given, expected):
    if function == "cross_entropy" and expected > 100 and given < expected / 5:
        least = np.exp(-given)
        return f". As if no ŷ were below {least:.1g}: do not clip ŷ nor add to it, {STABLE}"
    return ""


def _factor(given, expected):
    ratio = given[expected != 0] / expected[expected != 0]
    if len(ratio) and np.ptp(ratio) < 1e-6 * abs(ratio[0]):
        return f". All values are {ratio[0]:.6g} times ours"
    return ""
