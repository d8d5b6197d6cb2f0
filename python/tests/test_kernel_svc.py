"""KernelSVC in the place of SVC: labels, coefficients, objectives, attributes."""

import itertools
import pickle

import numpy as np
import pytest
from scipy.sparse import csr_array, csr_matrix, issparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine, make_classification
from sklearn.preprocessing import StandardScaler, normalize
from sklearn.svm import SVC

from plumbline import KernelSVC

# Both are solved to this; ours from samples in single precision.
TOL = 1e-6
CLOSE = 2e-3


def data(name):
    loaders = {"iris": load_iris, "wine": load_wine, "cancer": load_breast_cancer}
    if name == "many":
        return make_classification(400, 12, n_informative=8, n_classes=5, random_state=0)
    X, y = loaders[name](return_X_y=True)
    return StandardScaler().fit_transform(X), y


def pair(X, y, sample_weight=None, **arguments):
    """Their machine and ours, which show the decision of every pair of classes: the rest are votes."""
    arguments["decision_function_shape"] = "ovo"
    theirs = SVC(tol=TOL, **arguments).fit(X, y, sample_weight)
    return theirs, KernelSVC(tol=TOL, **arguments).fit(X, y, sample_weight)


def objective(machine, X, kernel):
    """The dual objective of two classes."""
    alpha = machine.dual_coef_[0]
    support = X[machine.support_].astype(float)
    return 0.5 * alpha @ kernel(support) @ alpha - np.abs(alpha).sum()


GRID = list(
    itertools.product(
        ["iris", "wine", "cancer", "many"],
        ["rbf", "linear", "poly"],
        [0.1, 1.0, 100.0],
        ["scale", 0.02],
    )
)


@pytest.mark.parametrize("name, kernel, c, gamma", GRID)
def test_a_grid_agrees_with_svc(name, kernel, c, gamma):
    X, y = data(name)
    theirs, ours = pair(X, y, kernel=kernel, C=c, gamma=gamma, coef0=1.0)
    assert np.array_equal(theirs.predict(X), ours.predict(X))
    assert np.abs(theirs.intercept_ - ours.intercept_).max() <= CLOSE * max(
        1, np.abs(theirs.intercept_).max()
    )
    decided = theirs.decision_function(X)
    assert np.abs(decided - ours.decision_function(X)).max() <= CLOSE * max(1, np.abs(decided).max())
    if len(ours.classes_) == 2 and kernel == "rbf":
        # Of two machines the better has the smaller objective: ours is no worse by more than this.
        distance = ((X[:, None] - X[None]) ** 2).sum(axis=2)
        ranges = np.exp(-ours._gamma * distance)
        of = lambda machine: objective(  # noqa: E731
            machine, np.arange(len(X)), lambda rows: ranges[np.ix_(rows.astype(int), rows.astype(int))]
        )
        assert of(ours) <= of(theirs) + 1e-5 * abs(of(theirs))
        assert ours.dual_objective_[0] == pytest.approx(of(ours), rel=1e-4)


@pytest.mark.parametrize("classes", [2, 3])
def test_attributes_are_those_of_svc(classes):
    X, y = load_iris(return_X_y=True)
    X, y = X[y < classes], y[y < classes]
    theirs, ours = pair(X, y, kernel="linear")
    for name in ("classes_", "n_support_", "support_", "shape_fit_", "class_weight_"):
        assert np.array_equal(getattr(theirs, name), getattr(ours, name)), name
    for name in ("dual_coef_", "intercept_", "coef_", "support_vectors_"):
        a, b = getattr(theirs, name), getattr(ours, name)
        assert a.shape == b.shape, name
        assert np.allclose(a, b, atol=1e-3), name
    for shape in ("ovr", "ovo"):
        theirs.decision_function_shape = ours.decision_function_shape = shape
        assert np.allclose(theirs.decision_function(X), ours.decision_function(X), atol=1e-3)


def test_weights_of_classes_and_samples_are_those_of_svc():
    X, y = data("many")
    weights = np.random.default_rng(0).integers(0, 4, len(X)) / 2
    theirs, ours = pair(X, y, weights, class_weight={0: 3.0, 2: 0.5})
    assert np.allclose(theirs.decision_function(X), ours.decision_function(X), atol=CLOSE)
    assert np.array_equal(theirs.class_weight_, ours.class_weight_)
    theirs, ours = pair(X[y < 2], y[y < 2], class_weight="balanced")
    assert np.allclose(theirs.decision_function(X), ours.decision_function(X), atol=CLOSE)


@pytest.mark.parametrize("kernel", ["precomputed", "sigmoid", "callable"])
def test_kernels_of_others_agree_with_svc(kernel):
    X, y = data("many")
    # Above 0: where a sample is left out, SVC's support_ counts those that are left.
    weights = np.random.default_rng(0).integers(1, 4, len(X)) / 2

    def product(a, b):
        return (a @ b.T / 12 + 1) ** 2

    samples = product(X, X) if kernel == "precomputed" else X
    # A small factor: of a larger one the sigmoid is no kernel, and there is no single optimum.
    arguments = {"kernel": product if kernel == "callable" else kernel, "gamma": 0.01, "C": 0.1}
    theirs, ours = pair(samples, y, weights, **arguments)
    assert np.array_equal(theirs.predict(samples), ours.predict(samples))
    assert np.allclose(theirs.decision_function(samples), ours.decision_function(samples), atol=CLOSE)
    assert np.allclose(theirs.intercept_, ours.intercept_, atol=CLOSE)
    assert np.array_equal(theirs.n_support_, ours.n_support_)
    again = pickle.loads(pickle.dumps(ours)) if kernel != "callable" else ours
    assert np.array_equal(again.decision_function(samples), ours.decision_function(samples))


def text(samples, features, words, bytes=False):
    """Word counts of documents on three topics, or their square roots in rows of length 1."""
    random = np.random.default_rng(0)
    y = random.integers(0, 3, samples)
    common = np.minimum(random.zipf(1.2, (samples, words)) - 1, features - 1)
    of_topic = 3 * random.integers(0, features // 30, (samples, words)) + y[:, None]
    places = np.where(random.random((samples, words)) < 0.2, of_topic, common).ravel()
    rows = np.repeat(np.arange(samples), words)
    X = csr_matrix((np.ones(len(rows)), (rows, places)), (samples, features))
    X.sum_duplicates()
    if bytes:
        return X.minimum(255).astype(np.uint8), y
    return normalize(X.sqrt()), y


@pytest.mark.parametrize("features", [60, 20_000])
@pytest.mark.parametrize("bytes", [False, True])
@pytest.mark.parametrize("kernel", ["rbf", "linear", "poly", "sigmoid"])
def test_sparse_samples_are_as_good_as_dense_ones(features, bytes, kernel):
    rows, y = text(200, features, 30, bytes)
    X = rows.toarray()
    machine = KernelSVC(kernel=kernel, gamma=0.001 if bytes else 0.5)
    dense, sparse = clone(machine).fit(X, y), clone(machine).fit(rows, y)
    assert np.array_equal(dense.support_, sparse.support_)
    assert issparse(sparse.support_vectors_)
    assert np.array_equal(dense.support_vectors_, sparse.support_vectors_.toarray())
    assert np.array_equal(dense.dual_coef_, sparse.dual_coef_.toarray())
    if kernel == "linear":
        assert np.allclose(dense.coef_, sparse.coef_.toarray())
    again = pickle.loads(pickle.dumps(sparse))
    for one, samples in itertools.product(
        [dense, sparse, again], [X, rows, X.astype(float), csr_array(rows)]
    ):
        decided, expected = one.decision_function(samples), dense.decision_function(X)
        # Judged as real numbers, bytes are not exact.
        assert np.allclose(decided, expected, atol=1e-4 if samples.dtype == float else 1e-12)


def test_a_text_like_matrix_agrees_with_svc():
    X, y = text(1_000, 20_000, 60)
    theirs, ours = pair(X[:800], y[:800], C=3.0)
    assert ours._gamma == pytest.approx(theirs._gamma)
    assert np.array_equal(theirs.predict(X), ours.predict(X))
    decided = theirs.decision_function(X)
    assert np.abs(decided - ours.decision_function(X)).max() <= CLOSE * max(1, np.abs(decided).max())
    assert np.allclose(theirs.dual_coef_.sum(), ours.dual_coef_.sum(), atol=CLOSE)


@pytest.mark.parametrize("container", [csr_matrix, csr_array, lambda rows: csr_matrix(rows).tocsc()])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("kernel", ["linear", "rbf", "sigmoid"])
def test_attributes_of_sparse_samples_are_those_of_svc(kernel, classes, container):
    X, y = text(300, 3_000, 30)
    X, y = container(X[y < classes]), y[y < classes]
    theirs, ours = pair(X, y, kernel=kernel, gamma=0.1)
    names = ["support_vectors_", "dual_coef_"] + (["coef_"] if kernel == "linear" else [])
    for name in names:
        a, b = getattr(theirs, name), getattr(ours, name)
        # SVC gives matrices whatever the samples are; ours are arrays where those are.
        assert type(b) is (csr_array if container is csr_array else csr_matrix) and a.format == "csr", name
        assert a.shape == b.shape and a.nnz == b.nnz, name
        assert b.indices.dtype == np.int32, name
        assert np.allclose(a.toarray(), b.toarray(), atol=1e-3), name
    if kernel == "linear":
        with pytest.raises(ValueError, match="read-only"):
            ours.coef_.data[0] = 1
        decided = ours.decision_function(X).reshape(X.shape[0], -1)
        assert np.allclose((X @ ours.coef_.T).toarray() + ours.intercept_, decided, atol=1e-5)
    else:
        assert not hasattr(ours, "coef_")


def test_zeros_of_a_sparse_matrix_take_no_memory():
    # With its zeros it is 800 MB.
    X, y = text(2_000, 100_000, 50)
    machine = KernelSVC(cache_size=64).fit(X, y)
    assert machine.score(X, y) > 0.9
    assert len(pickle.dumps(machine)) < 10_000_000


def test_features_of_a_row_may_be_in_any_order():
    X, y = text(200, 3_000, 30)
    # Backwards, and every feature twice, half of it each time.
    order = np.concatenate([np.tile(np.arange(a, b)[::-1], 2) for a, b in itertools.pairwise(X.indptr)])
    mixed = csr_matrix((0.5 * X.data[order], X.indices[order], 2 * X.indptr), X.shape)
    before = mixed.indices.copy()
    ours = KernelSVC().fit(mixed, y).decision_function(mixed)
    assert np.array_equal(ours, KernelSVC().fit(X, y).decision_function(X))
    assert np.array_equal(mixed.indices, before)


def test_a_weight_is_as_good_as_a_repetition():
    X, y = data("iris")
    weights = np.random.default_rng(1).integers(0, 4, len(X))
    machine = KernelSVC(tol=TOL, gamma=0.3, decision_function_shape="ovo")
    weighted = clone(machine).fit(X, y, weights)
    repeated = clone(machine).fit(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    assert np.allclose(weighted.decision_function(X), repeated.decision_function(X), atol=CLOSE)


def test_weights_that_leave_no_class_out_are_needed():
    X, y = data("iris")
    with pytest.raises(ValueError, match="class 0 has no sample with a positive weight"):
        KernelSVC(class_weight={0: 0}).fit(X, y)
    with pytest.raises(ValueError, match="zero"):
        KernelSVC().fit(X, y, np.zeros(len(X)))
    with pytest.raises(ValueError, match="same class"):
        KernelSVC().fit(X, y, (y == 1).astype(float))


@pytest.mark.parametrize("kernel", ["rbf", "linear", "poly"])
def test_bytes_are_the_numbers_that_they_are(kernel):
    X, y = load_digits(return_X_y=True)
    X = (X * 15).astype(np.uint8)
    arguments = dict(kernel=kernel, C=2.0 if kernel == "rbf" else 1e-6, gamma="scale")
    theirs, ours = pair(X[:600].astype(float), y[:600], **arguments)
    exact = KernelSVC(tol=TOL, decision_function_shape="ovo", **arguments).fit(X[:600], y[:600])
    assert ours._gamma == pytest.approx(theirs._gamma) and exact._gamma == pytest.approx(theirs._gamma)
    decided = theirs.decision_function(X[600:].astype(float))
    for machine, samples in [(ours, X.astype(float)), (exact, X), (exact, X.astype(float))]:
        assert np.allclose(decided, machine.decision_function(samples[600:]), atol=CLOSE), (kernel, machine)
    assert exact.support_vectors_.dtype == np.uint8
    assert np.allclose(
        exact.dual_coef_.sum(), theirs.dual_coef_.sum(), atol=1e-3 * abs(theirs.dual_coef_).sum()
    )


def test_probabilities_are_near_those_of_svc():
    X, y = data("many")
    ours = KernelSVC(probability=True).fit(X, y).predict_proba(X)
    with pytest.warns(FutureWarning):
        theirs = SVC(probability=True, random_state=0).fit(X, y).predict_proba(X)
    assert np.allclose(ours.sum(axis=1), 1)
    assert np.abs(ours - theirs).mean() < 0.03


def test_certificates_say_how_near_the_optimum_is():
    X, y = data("many")
    machine = KernelSVC().fit(X, y)
    assert machine.kkt_violation_.shape == (10,) and (machine.kkt_violation_ <= 1e-3).all()
    assert (machine.duality_gap_ >= -1e-6).all() and (machine.duality_gap_ < 0.1).all()


@pytest.mark.parametrize(
    "arguments, said",
    [
        ({"C": 0.0}, "'C' parameter"),
        ({"kernel": "nonsense"}, "'kernel' parameter"),
        ({"gamma": "nonsense"}, "'gamma' parameter"),
        ({"kernel": "poly", "degree": 0}, "'degree' parameter"),
        ({"kernel": "poly", "degree": 65}, "'degree' parameter"),
        ({"degree": -1}, "'degree' parameter"),
        ({"degree": 2.5}, "'degree' parameter"),
        ({"class_weight": {0: np.nan}}, "class_weight of class 0 is nan: expected at least 0, and finite"),
        ({"class_weight": {1: np.inf}}, "class_weight of class 1 is inf: expected at least 0, and finite"),
        ({"class_weight": {2: -1.0}}, "class_weight of class 2 is -1.0: expected at least 0, and finite"),
        ({"kernel": "poly", "coef0": -1.0}, "coef0 = -1.0: expected a number of at least 0"),
        ({"kernel": "sigmoid", "probability": True}, "probability = True: only with"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(arguments, said):
    X, y = data("iris")
    with pytest.raises(ValueError, match=said):
        KernelSVC(**arguments).fit(X, y)


@pytest.mark.parametrize("degree", [0, 65])
def test_without_a_polynomial_any_degree_is_as_good_as_with_svc(degree):
    X, y = data("iris")
    SVC(degree=degree).fit(X, y)
    plain, other = KernelSVC().fit(X, y), KernelSVC(degree=degree).fit(X, y)
    assert np.array_equal(plain.decision_function(X), other.decision_function(X))
