"""SoftmaxRegression in the place of LogisticRegression: coefficients, objectives, weights, warnings."""

import itertools
import pickle

import numpy as np
import pytest
from scipy.sparse import csc_array, csr_array, csr_matrix, random_array
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine, make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_class_weight_classifiers

from plumbline import SoftmaxRegression

# The largest relative distance from the optimum that ours may stop at.
TOL = 1e-7
# How far coefficients and probabilities may be apart: near the optimum the objective is flat, so that its
# square root counts, and logits are single precision.
CLOSE = 2e-3


def data(name):
    loaders = {"iris": load_iris, "wine": load_wine, "cancer": load_breast_cancer, "digits": load_digits}
    if name == "many":
        return make_classification(400, 12, n_informative=8, n_classes=5, random_state=0)
    if name == "noisy":
        return make_classification(300, 6, flip_y=0.3, random_state=1)
    X, y = loaders[name](return_X_y=True)
    if name == "digits":
        X, y = X[:500], y[:500]
    return StandardScaler().fit_transform(X), y


def pair(X, y, sample_weight=None, **arguments):
    """Their model, by Newton's method unless its matrix is large, and ours."""
    solver = "newton-cholesky" if X.shape[1] < 50 else "lbfgs"
    theirs = LogisticRegression(solver=solver, tol=1e-10, max_iter=10_000, **arguments)
    theirs.fit(X, y, sample_weight)
    return theirs, SoftmaxRegression(tol=TOL, **arguments).fit(X, y, sample_weight)


def objective(model, X, y, weights):
    """LogisticRegression's, over C and the sum of the weights, in double precision."""
    logits = X @ model.coef_.T + model.intercept_
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    losses = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(y)), y]
    return (weights @ losses + (model.coef_**2).sum() / (2 * model.C)) / weights.sum()


def check_agreement(theirs, ours, X, y, weights):
    best, found = (objective(model, X, y, weights) for model in (theirs, ours))
    # Logits are single precision.
    assert best * (1 - 1e-9) <= found <= best * (1 + 1e-6)
    assert ours.certificate()["objective"] == pytest.approx(found, rel=1e-6, abs=1e-7)
    assert ours.coef_.shape == theirs.coef_.shape and ours.intercept_.shape == theirs.intercept_.shape
    size = max(1, np.abs(theirs.coef_).max())
    assert np.abs(ours.coef_ - theirs.coef_).max() <= CLOSE * size
    # Theirs may be moved by a number that is the same for all classes.
    centred = [
        model.intercept_ - model.intercept_.mean() * (len(model.classes_) > 2) for model in (ours, theirs)
    ]
    assert np.abs(centred[0] - centred[1]).max() <= CLOSE * size
    assert np.abs(ours.predict_proba(X) - theirs.predict_proba(X)).max() <= CLOSE
    assert np.array_equal(ours.predict(X), theirs.predict(X))


GRID = list(itertools.product(["iris", "wine", "cancer", "digits", "many", "noisy"], [0.01, 1.0, 100.0]))


@pytest.mark.parametrize("name, c", GRID)
@pytest.mark.parametrize("fit_intercept", [True, False])
# So near the optimum is not proven where classes are all but separated.
@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_a_grid_agrees_with_logistic_regression(name, c, fit_intercept):
    X, y = data(name)
    theirs, ours = pair(X, y, C=c, fit_intercept=fit_intercept)
    check_agreement(theirs, ours, X, y, np.ones(len(y)))
    assert (ours.intercept_ != 0).all() == fit_intercept


@pytest.mark.parametrize("name", ["iris", "wine", "cancer", "digits", "many", "noisy"])
@pytest.mark.parametrize("c", [0.01, 1.0])
def test_tol_is_proven_on_scaled_features(name, c, recwarn):
    certificate = SoftmaxRegression(C=c).fit(*data(name)).certificate()
    assert certificate["gap_bound"] <= 1e-5 * certificate["objective"]
    assert not recwarn.list


@pytest.mark.parametrize("name", ["cancer", "noisy", "many", "wine"])
@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 3.0, 1: 0.25}])
@pytest.mark.parametrize("weighted", [False, True])
def test_weights_of_classes_and_samples_are_those_of_logistic_regression(name, class_weight, weighted):
    X, y = data(name)
    # Classes of very unequal size.
    kept = (y > 0) | (np.arange(len(y)) % 5 == 0)
    X, y = X[kept], y[kept]
    sample_weight = np.random.default_rng(0).integers(0, 5, len(y)) / 2 if weighted else None
    theirs, ours = pair(X, y, sample_weight, C=0.5, class_weight=class_weight)
    weights = np.ones(len(y)) if sample_weight is None else sample_weight
    if class_weight == "balanced":
        counts = np.bincount(y, weights)
        of_classes = counts.sum() / (len(counts) * counts)
    else:
        of_classes = np.array([(class_weight or {}).get(label, 1.0) for label in np.unique(y)])
    weights = weights * of_classes[y]
    check_agreement(theirs, ours, X, y, weights)
    if (weights != 1).any():
        # The weights have a say in it.
        plain = SoftmaxRegression(C=0.5, tol=TOL).fit(X, y)
        assert np.abs(plain.predict_proba(X) - ours.predict_proba(X)).max() > 10 * CLOSE


def test_labels_that_are_no_numbers_have_weights_by_name():
    X, y = data("noisy")
    names = np.array(["no", "yes"])[y]
    by_name, by_number = (
        SoftmaxRegression(class_weight=weights).fit(X, labels)
        for weights, labels in [({"no": 1, "yes": 4}, names), ({0: 1, 1: 4}, y)]
    )
    assert np.array_equal(by_name.coef_, by_number.coef_)
    with pytest.raises(ValueError, match="not in class_weight"):
        SoftmaxRegression(class_weight={"no": 1, "maybe": 4}).fit(X, names)


def test_a_weight_is_as_good_as_a_repetition():
    X, y = data("many")
    weights = np.random.default_rng(1).integers(0, 4, len(X))
    model = SoftmaxRegression(tol=TOL)
    weighted = clone(model).fit(X, y, weights)
    repeated = clone(model).fit(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    assert np.abs(weighted.coef_ - repeated.coef_).max() <= CLOSE


@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 2.0, 1: 1.0, 2: 0.5}])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_descent_with_weights_is_the_formula(class_weight, weighted):
    X, y = data("wine")
    weights = np.random.default_rng(2).uniform(0, 2, len(y)) if weighted else None
    arguments = dict(epochs=3, batch_size=16, learning_rate=0.05, class_weight=class_weight)
    model = SoftmaxRegression(solver="sgd", **arguments).fit(X, y, weights)
    counts = np.ones(len(y)) if weights is None else weights
    if class_weight == "balanced":
        sums = np.bincount(y, counts)
        counts = counts * (sums.sum() / (3 * sums))[y]
    elif class_weight:
        counts = counts * np.array([2.0, 1.0, 0.5])[y]
    W, b = np.zeros((X.shape[1], 3)), np.zeros(3)
    for _ in range(3):
        for start in range(0, len(y), 16):
            x, labels, count = X[start : start + 16], y[start : start + 16], counts[start : start + 16]
            z = x @ W + b
            residuals = np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))
            residuals[np.arange(len(labels)), labels] -= 1
            residuals *= count[:, None] / len(labels)
            W, b = W - 0.05 * x.T @ residuals, b - 0.05 * residuals.sum(axis=0)
    assert np.abs(model.coef_ - W.T).max() < 1e-5
    assert np.abs(model.intercept_ - b).max() < 1e-5


def test_the_descent_has_no_intercept_if_it_is_not_asked_for():
    X, y = data("wine")
    model = SoftmaxRegression(solver="sgd", fit_intercept=False, epochs=1, batch_size=len(y)).fit(X, y)
    residuals = np.full((len(y), 3), 1 / 3)
    residuals[np.arange(len(y)), y] -= 1
    assert np.abs(model.coef_ + 0.1 * residuals.T @ X / len(y)).max() < 1e-6
    assert (model.intercept_ == 0).all()


def test_the_descent_comes_to_weights_far_apart_with_epochs_enough():
    check_class_weight_classifiers(
        "SoftmaxRegression", SoftmaxRegression(solver="sgd", learning_rate=1e-5, epochs=2000)
    )


@pytest.mark.parametrize("container", [csr_matrix, csr_array, csc_array])
@pytest.mark.parametrize("bytes", [False, True])
@pytest.mark.parametrize("solver", ["lbfgs", "sgd"])
def test_sparse_samples_are_as_good_as_dense_ones(solver, bytes, container):
    X, y = data("many")
    X[np.abs(X) < 1] = 0
    X = (np.abs(X) * 50).clip(0, 255).astype(np.uint8) if bytes else X
    rows, weights = container(X), 1.0 + y
    for arguments, counts in [({}, None), ({"fit_intercept": False, "class_weight": "balanced"}, weights)]:
        model = SoftmaxRegression(solver=solver, **arguments)
        dense, sparse = clone(model).fit(X, y, counts), clone(model).fit(rows, y, counts)
        assert np.array_equal(dense.coef_, sparse.coef_)
        assert np.array_equal(dense.intercept_, sparse.intercept_)
        again = pickle.loads(pickle.dumps(sparse))
        for one, samples in itertools.product([dense, sparse, again], [X, rows]):
            assert np.array_equal(one.predict_proba(samples), dense.predict_proba(X))
            assert np.array_equal(one.decision_function(samples), dense.decision_function(X))
        # Judged as real numbers, bytes are not exact.
        assert np.allclose(sparse.predict_proba(rows.astype(float)), dense.predict_proba(X), atol=1e-5)


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
@pytest.mark.parametrize("solver", ["lbfgs", "sgd"])
def test_zeros_of_a_sparse_matrix_take_no_memory(solver):
    # With its zeros it is 48 GB.
    numbers = np.random.default_rng(0)
    X = random_array((40_000, 300_000), density=1e-5, format="csr", rng=numbers, dtype=np.float32)
    y = numbers.integers(0, 3, 40_000)
    model = SoftmaxRegression(solver=solver, epochs=2, max_iter=2).fit(X, y)
    assert model.predict_proba(X).shape == (40_000, 3)


def test_a_text_like_matrix_agrees_with_logistic_regression():
    numbers = np.random.default_rng(0)
    X = random_array((1_000, 20_000), density=0.002, format="csr", rng=numbers)
    y = (X[:, :300].sum(axis=1) > X[:, 300:600].sum(axis=1)).astype(int)
    theirs = LogisticRegression(C=3.0, tol=1e-6, max_iter=1_000).fit(X, y)
    ours = SoftmaxRegression(C=3.0, tol=TOL).fit(X, y)
    assert np.abs(theirs.predict_proba(X) - ours.predict_proba(X)).max() <= CLOSE


def test_bytes_are_a_255th_of_the_numbers_that_they_are():
    X, y = load_digits(return_X_y=True)
    pixels = (X * 15).astype(np.uint8)
    exact = SoftmaxRegression(tol=TOL).fit(pixels, y)
    scaled = SoftmaxRegression(tol=TOL).fit(pixels / 255.0, y)
    assert np.abs(exact.coef_ * 255 - scaled.coef_).max() <= CLOSE
    assert np.abs(exact.predict_proba(pixels) - scaled.predict_proba(pixels / 255.0)).max() <= CLOSE


def test_a_fit_that_stops_before_the_optimum_says_so(recwarn):
    X, y = data("many")
    SoftmaxRegression().fit(X, y)
    assert not recwarn.list
    with pytest.warns(ConvergenceWarning, match="failed to converge after 2 iterations.*tol is 1e-05"):
        stopped = SoftmaxRegression(max_iter=2).fit(X, y)
    assert stopped.n_iter_.tolist() == [2]
    # What it says is true.
    optimum = SoftmaxRegression(tol=TOL).fit(X, y).certificate()["objective"]
    certificate = stopped.certificate()
    assert optimum < certificate["objective"] <= optimum + certificate["gap_bound"]


def test_what_is_computed_for_each_reader_cannot_be_written():
    model = SoftmaxRegression().fit(*data("noisy"))
    for name in ("coef_", "intercept_", "n_iter_"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(model, name)[...] = 0


@pytest.mark.parametrize(
    "arguments, said",
    [
        ({"C": np.inf}, "'C' parameter of SoftmaxRegression"),
        ({"solver": "saga"}, "'solver' parameter"),
        ({"solver": "sgd", "batch_size": 0}, "'batch_size' parameter"),
        ({"class_weight": {1: -2.0}}, "class_weight of class 1 is -2.0: expected at least 0"),
        ({"class_weight": {0: np.nan}}, "class_weight of class 0 is nan: expected at least 0, and finite"),
        ({"class_weight": {1: np.inf}}, "class_weight of class 1 is inf: expected at least 0, and finite"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(arguments, said):
    X, y = data("noisy")
    with pytest.raises(ValueError, match=said):
        SoftmaxRegression(**arguments).fit(X, y)


@pytest.mark.parametrize("value, said", [(-1.0, "Negative values"), (0.0, "zero"), (np.nan, "NaN")])
def test_weights_that_say_nothing_are_refused(value, said):
    X, y = data("noisy")
    with pytest.raises(ValueError, match=said):
        SoftmaxRegression().fit(X, y, np.full(len(y), value))
