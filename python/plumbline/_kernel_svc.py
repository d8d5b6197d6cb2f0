"""The exact kernel support vector machine, in place of scikit-learn's SVC."""

import math
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse, vstack
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils import compute_class_weight
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _ovr_decision_function
from sklearn.utils.validation import (
    _check_sample_weight,
    _num_samples,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from plumbline import _native
from plumbline._checked import checked
from plumbline._classes import check_class_weights, handed_over, new_samples, places_of, training_data
from plumbline._fixed import fixed
from plumbline._given import GivenMachine, sigmoid
from plumbline._threads import threads

# A machine sees pixels p as p / 255: kernels of p itself need as much more.
PIXEL = 255.0**2

LARGEST_C = 1e12

# The kernels of samples, which the machine knows, and all that have a name.
OF_SAMPLES = ("rbf", "poly", "linear")
Kernel = Literal["rbf", "poly", "linear", "sigmoid", "precomputed"]


def _has_probabilities(machine):
    if not machine.probability:
        raise AttributeError("predict_proba is not available when probability=False")
    return True


def _variance(X):
    """The variance of all features of all samples together."""
    if not issparse(X):
        return X.var(dtype=np.float64)
    numbers, values = X.shape[0] * X.shape[1], X.data.astype(np.float64)
    mean = values.sum() / numbers
    return (np.square(values - mean).sum() + (numbers - len(values)) * mean**2) / numbers


class KernelSVC(ClassifierMixin, BaseEstimator):
    """C-support vector classification to libsvm's stopping criterion, with a certificate for every pair.

    Takes the place of :class:`sklearn.svm.SVC`: the same parameters, attributes and answers, many times
    faster. What differs stands under Notes.

    Parameters
    ----------
    C : float, default=1.0
        Cost of a margin violation; infinity is taken for 1e12.
    kernel : {"rbf", "poly", "linear", "sigmoid", "precomputed"} or callable, default="rbf"
        The last three hold all kernel values in memory, in double precision.
    degree : int, default=3
        Degree of "poly", 1 to 64; of no effect with other kernels, where it is at least 0 all the same.
    gamma : {"scale", "auto"} or float, default="scale"
        Factor of "rbf", "poly" and "sigmoid": 1 / (n_features * X.var()), 1 / n_features, or this number.
    coef0 : float, default=0.0
        Added in "poly", where it is at least 0, and in "sigmoid".
    shrinking : bool, default=True
        Has no effect: the solver works on sets of its own.
    probability : bool, default=False
        Whether to fit sigmoids for predict_proba: five more fits on four fifths of the samples.
    tol : float, default=1e-3
        Largest violation of the optimality conditions.
    cache_size : float, default=2048
        Memory for samples and kernel rows, in MiB. In single precision no more rows of a pair are kept than
        pay: 1 024, or 5 MiB of them for each feature of a sample that is not 0 (of uint8, for each four),
        whichever is more.
    class_weight : dict, "balanced" or None, default=None
        What C is multiplied with for each class.
    verbose : bool, default=False
        Has no effect.
    max_iter : int, default=-1
        Has no effect: a machine is solved to `tol`, or there is an error.
    decision_function_shape : {"ovr", "ovo"}, default="ovr"
    break_ties : bool, default=False
    random_state : int, RandomState or None, default=None
        Has no effect: nothing is random. The same samples give the same bits.
    n_jobs : int or None, default=None
        Threads; None and -1 are all processors. The bits do not depend on it.

    Attributes
    ----------
    classes_, support_, support_vectors_, n_support_, dual_coef_, intercept_, coef_, class_weight_,
    fit_status_, n_features_in_, n_iter_, shape_fit_
        As in SVC. `n_iter_` counts pairs of samples moved.
    dual_objective_, duality_gap_, kkt_violation_ : ndarray of shape (n_classes * (n_classes - 1) / 2,)
        The certificate: libsvm's objective, how far from the optimum it is at most, and the largest
        violation, each from a gradient computed anew.

    Notes
    -----
    Samples of uint8 stay uint8, with exact inner products; all others become float32. Kernel values are
    float64 where float32 loses what decides, in a fit and in what it predicts.

    Of CSR matrices the machine holds no zeros but those of the features that any of 64 samples has. Then
    `support_vectors_`, `dual_coef_` and `coef_` are CSR matrices, as SVC's.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from plumbline import KernelSVC
    >>> X, y = load_digits(return_X_y=True)
    >>> KernelSVC().fit(X[:1000], y[:1000]).score(X[1000:], y[1000:]) > 0.95
    True
    """

    classes_: NDArray[Any]
    support_: NDArray[np.int32]
    support_vectors_: Any
    n_support_: NDArray[np.int32]
    class_weight_: NDArray[np.float64]
    n_iter_: NDArray[np.int32]
    dual_objective_: NDArray[np.float64]
    duality_gap_: NDArray[np.float64]
    kkt_violation_: NDArray[np.float64]

    _parameter_constraints = {
        "C": [Interval(Real, 0.0, None, closed="right")],
        "kernel": [StrOptions(set(get_args(Kernel))), callable],
        "degree": [Interval(Integral, 0, None, closed="left")],
        "gamma": [StrOptions({"scale", "auto"}), Interval(Real, 0.0, None, closed="neither")],
        "coef0": [Interval(Real, None, None, closed="neither")],
        "shrinking": ["boolean"],
        "probability": ["boolean"],
        "tol": [Interval(Real, 0.0, None, closed="neither")],
        "cache_size": [Interval(Real, 0.0, None, closed="neither")],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "verbose": ["verbose"],
        "max_iter": [Interval(Integral, -1, None, closed="left")],
        "decision_function_shape": [StrOptions({"ovr", "ovo"})],
        "break_ties": ["boolean"],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        C: float = 1.0,
        kernel: Kernel | Callable[[Any, Any], ArrayLike] = "rbf",
        degree: int = 3,
        gamma: float | Literal["scale", "auto"] = "scale",
        coef0: float = 0.0,
        shrinking: bool = True,
        probability: bool = False,
        tol: float = 1e-3,
        cache_size: float = 2048,
        class_weight: dict[Any, float] | Literal["balanced"] | None = None,
        verbose: bool = False,
        max_iter: int = -1,
        decision_function_shape: Literal["ovr", "ovo"] = "ovr",
        break_ties: bool = False,
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.C = C
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.shrinking = shrinking
        self.probability = probability
        self.tol = tol
        self.cache_size = cache_size
        self.class_weight = class_weight
        self.verbose = verbose
        self.max_iter = max_iter
        self.decision_function_shape = decision_function_shape
        self.break_ties = break_ties
        self.random_state = random_state
        self.n_jobs = n_jobs

    @checked
    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit to samples of shape (n_samples, n_features), labels, and what C is multiplied with for each.

        For kernel="precomputed", X are the kernel values of all samples with each other.
        """
        self._check_kernel()
        X, places = self._training_data(X, y)
        self._bytes = getattr(X, "dtype", None) == np.uint8
        self._gamma = self._resolve_gamma(X)
        samples = _num_samples(X)
        self.shape_fit_ = getattr(X, "shape", (samples,))
        weights = self._weights(X, places, sample_weight)
        # As libsvm: what costs nothing is left out.
        kept = np.arange(samples) if weights is None else np.flatnonzero(weights > 0)
        if len(kept) < samples:
            weights = weights[kept]
        if self._is_given():
            self._fit_given(X, places, weights, kept)
        else:
            self._fit_samples(X if len(kept) == samples else X[kept], places[kept], weights)
        self._describe(X, places, kept)
        return self

    def _is_given(self):
        """Whether kernel values are computed here, or by the user."""
        return callable(self.kernel) or self.kernel not in OF_SAMPLES

    def _training_data(self, X, y):
        if callable(self.kernel):
            check_consistent_length(X, y)
            return X, places_of(self, column_or_1d(y, warn=True))
        if self.kernel == "precomputed":
            if issparse(X):
                raise TypeError("Sparse precomputed kernels are not supported.")
            X, y = validate_data(self, X, y, dtype=np.float64, order="C")
            if X.shape[0] != X.shape[1]:
                shape = f"{X.shape[0]}x{X.shape[1]}"
                raise ValueError(f"Precomputed matrix must be a square matrix. Input is a {shape} matrix.")
            return X, places_of(self, y)
        return training_data(self, X, y, sparse=True)

    def _fit_samples(self, X, places, weights):
        of_pixels = self._bytes and self.kernel == "linear"
        self._machine = _native.fit_machine(
            handed_over(X),
            places,
            weights,
            self._function(),
            self._cost() * (PIXEL if of_pixels else 1.0),
            self._gamma * (PIXEL if self._bytes else 1.0),
            float(self.tol),
            math.ceil(self.cache_size),
            bool(self.probability),
            threads(self.n_jobs),
        )

    def _fit_given(self, X, places, weights, kept):
        if callable(self.kernel):
            self._fitted_to = X
            matrix = np.asarray(self.kernel(X, X), dtype=np.float64)
            samples = _num_samples(X)
            if matrix.shape != (samples, samples):
                shape = f"{(samples, samples)}: X.shape[0] should be equal to X.shape[1]"
                raise ValueError(f"The kernel gives an array of shape {matrix.shape}, expected {shape}")
            matrix = matrix[np.ix_(kept, kept)]
        elif self.kernel == "sigmoid":
            matrix = sigmoid(X[kept], X[kept], self._gamma, self.coef0)
        else:
            matrix = X[np.ix_(kept, kept)]
        fitted = _native.fit_precomputed(
            np.ascontiguousarray(matrix),
            places[kept],
            weights,
            self._cost(),
            float(self.tol),
            math.ceil(self.cache_size),
            threads(self.n_jobs),
        )
        counts = np.bincount(places[kept][fitted["support"]], minlength=len(self.classes_))
        self._machine = GivenMachine(fitted, counts)

    def _judged(self, X):
        """What the machine judges: samples, or kernel values of samples with its support vectors."""
        check_is_fitted(self)
        if callable(self.kernel):
            return np.asarray(self.kernel(X, self._fitted_to), dtype=np.float64)[:, self.support_]
        if self.kernel == "precomputed":
            X = validate_data(self, X, dtype=np.float64, reset=False)
            return X[:, self.support_]
        samples = new_samples(self, X, sparse=True)
        if self.kernel == "sigmoid":
            if self._bytes and samples.dtype != np.uint8:
                samples = samples * 255.0
            return sigmoid(samples, self.support_vectors_, self._gamma, self.coef0)
        return handed_over(samples)

    def _check_kernel(self):
        """What no parameter alone says."""
        if self._is_given() and self.probability:
            raise ValueError(f"probability = True: only with the kernels {', '.join(OF_SAMPLES)}")
        if self.kernel == "poly" and not 1 <= self.degree <= 64:
            raise ValueError(
                f"The 'degree' parameter of KernelSVC must be an int in the range [1, 64] with kernel='poly'."
                f" Got {self.degree} instead."
            )
        if self.kernel == "poly" and self.coef0 < 0:
            raise ValueError(f'coef0 = {self.coef0}: expected a number of at least 0 with kernel = "poly"')

    def _weights(self, X, places, sample_weight):
        """What C is multiplied with for each sample, or None where it is 1 for all."""
        self.class_weight_ = compute_class_weight(
            self.class_weight, classes=self.classes_, y=self.classes_[places]
        )
        check_class_weights(self.class_weight_, self.classes_)
        weights = self.class_weight_[places]
        if sample_weight is not None:
            if np.all(np.asarray(sample_weight) <= 0):
                raise ValueError("Invalid input - all samples have zero or negative weights.")
            weights = _check_sample_weight(sample_weight, X, dtype=np.float64) * weights
        elif (weights == 1).all():
            return None
        present = np.unique(places[weights > 0])
        if len(present) == 1:
            raise ValueError("Invalid input - all samples with positive weights belong to the same class.")
        if len(present) < len(self.classes_):
            missing = np.setdiff1d(np.arange(len(self.classes_)), present)[0]
            raise ValueError(f"class {self.classes_[missing]} has no sample with a positive weight")
        return weights

    def _cost(self):
        """C; without a bound, one that no coefficient of samples that can be told apart reaches."""
        return min(float(self.C), LARGEST_C)

    def _resolve_gamma(self, X):
        if callable(self.kernel) or self.kernel == "precomputed":
            return 0.0
        if self.gamma == "scale":
            variance = _variance(X)
            return 1.0 / (X.shape[1] * variance) if variance != 0 else 1.0
        if self.gamma == "auto":
            return 1.0 / X.shape[1]
        return float(self.gamma)

    def _function(self):
        polynomial = self.kernel == "poly"
        return self.kernel, int(self.degree) if polynomial else 0, float(self.coef0) if polynomial else 0.0

    def _describe(self, X, places, kept):
        """The attributes of SVC."""
        support = self._machine.support
        self.support_ = kept[support].astype(np.int32)
        own = callable(self.kernel) or self.kernel == "precomputed"
        self.support_vectors_ = np.empty((0, 0)) if own else X[self.support_]
        self.n_support_ = np.bincount(places[self.support_], minlength=len(self.classes_)).astype(np.int32)
        certificates = self._machine.certificates
        self.dual_objective_, self.duality_gap_, self.kkt_violation_ = certificates[:, :3].T.copy()
        if self.kernel == "linear" and self._bytes:
            self.dual_objective_ /= PIXEL
            self.duality_gap_ /= PIXEL
        self.n_iter_ = certificates[:, 3].astype(np.int32)
        # There would be an error otherwise.
        self.fit_status_ = 0

    @property
    def dual_coef_(self) -> Any:
        """Coefficients of the support vectors, shape (n_classes - 1, n_support_vectors).

        A CSR matrix where `support_vectors_` is one, with every coefficient stored, as in SVC.
        """
        check_is_fitted(self)
        parts = self._machine.parts()
        dual = parts["coefficients"].astype(np.float64) * parts["scale"]
        dual = dual.reshape(len(self.support_), -1).T
        if self.kernel == "linear" and self._bytes:
            dual = dual / PIXEL
        dual = dual if len(self.classes_) > 2 else -dual
        if not issparse(self.support_vectors_):
            return dual
        rows, columns = dual.shape
        places = np.tile(np.arange(columns, dtype=np.int32), rows)
        stored = dual.ravel(), places, np.arange(rows + 1, dtype=np.int32) * columns
        return type(self.support_vectors_)(stored, dual.shape)

    @property
    def intercept_(self) -> NDArray[np.float64]:
        """What is added to the decision value of each pair."""
        check_is_fitted(self)
        rho = self._machine.parts()["rho"]
        return -rho if len(self.classes_) > 2 else rho

    @property
    def coef_(self) -> Any:
        """Weights of the features, one row per pair; for kernel="linear" alone.

        A CSR matrix where `support_vectors_` is one. Its values cannot be written.
        """
        if self.kernel != "linear":
            raise AttributeError("coef_ is only available when using a linear kernel")
        dual, vectors = self.dual_coef_, self.support_vectors_.astype(np.float64)
        if len(self.classes_) == 2:
            return fixed(dual @ vectors)
        ends = np.cumsum(self.n_support_)
        of_class = [slice(end - count, end) for end, count in zip(ends, self.n_support_)]

        def of_pair(a, b):
            return (
                dual[b - 1 : b, of_class[a]] @ vectors[of_class[a]]
                + dual[a : a + 1, of_class[b]] @ vectors[of_class[b]]
            )

        classes = range(len(self.classes_))
        rows = [of_pair(a, b) for a in classes for b in classes[a + 1 :]]
        return fixed(vstack(rows, format="csr") if issparse(dual) else np.vstack(rows))

    def _decide(self, X):
        judged = self._judged(X)
        return self._machine.decide(judged, threads(self.n_jobs))

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Decision values: per class ("ovr") or per pair ("ovo"); for two classes one per sample."""
        decisions = self._decide(X)
        if len(self.classes_) == 2:
            return -decisions.ravel()
        if self.decision_function_shape == "ovr":
            return _ovr_decision_function(decisions < 0, -decisions, len(self.classes_))
        return decisions

    def predict(self, X: Any) -> NDArray[Any]:
        """The label of each sample: the class with most votes, the first of equals."""
        check_is_fitted(self)
        if self.break_ties and self.decision_function_shape == "ovo":
            raise ValueError("break_ties must be False when decision_function_shape is 'ovo'")
        if self.break_ties and len(self.classes_) > 2:
            return self.classes_[self.decision_function(X).argmax(axis=1)]
        judged = self._judged(X)
        return self.classes_[self._machine.classify(judged, threads(self.n_jobs))]

    @available_if(_has_probabilities)
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Class probabilities by Platt's method, shape (n_samples, n_classes)."""
        judged = self._judged(X)
        if isinstance(self._machine, GivenMachine):
            raise NotFittedError("predict_proba is not available for machines of this kernel")
        probabilities = self._machine.probabilities(judged, threads(self.n_jobs))
        if probabilities is None:
            raise NotFittedError("predict_proba is not available when fitted with probability=False")
        return probabilities

    @available_if(_has_probabilities)
    def predict_log_proba(self, X: Any) -> NDArray[np.float64]:
        """Logarithms of :meth:`predict_proba`."""
        return np.log(self.predict_proba(X))

    def __getstate__(self):
        state = dict(super().__getstate__())
        if isinstance(state.get("_machine"), _native.Machine):
            state["_machine"] = self._machine.parts()
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if isinstance(state.get("_machine"), dict):
            self._machine = _native.restore_machine(state["_machine"], threads(self.n_jobs))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.kernel == "precomputed"
        tags.input_tags.sparse = self.kernel != "precomputed"
        return tags
