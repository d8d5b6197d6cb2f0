"""Softmax regression."""

import warnings
from numbers import Integral, Real
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import compute_class_weight
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from plumbline._checked import checked
from plumbline._classes import check_class_weights
from plumbline._fixed import fixed
from plumbline._registered import WithProbabilities


class SoftmaxRegression(WithProbabilities):
    """Softmax (multinomial logistic) regression: to the optimum, or by mini-batch descent.

    With `solver="lbfgs"` it takes the place of :class:`sklearn.linear_model.LogisticRegression` with its l2
    penalty. What differs stands under Notes.

    Parameters
    ----------
    solver : {"lbfgs", "sgd"}, default="lbfgs"
        "lbfgs" finds the optimum of LogisticRegression's objective, and stops when the objective is proven
        to be within `tol` of it, relatively. "sgd" is the lab's descent, without regularisation.
    C : float, default=1.0
        Inverse strength of the l2 penalty, finite ("lbfgs").
    tol : float, default=1e-5
        Largest relative distance from the optimum ("lbfgs").
    max_iter : int, default=1000
        Iterations at most ("lbfgs").
    fit_intercept : bool, default=True
        Whether there is an intercept, which is not penalised.
    epochs : int, default=20
        Passes over the samples ("sgd").
    batch_size : int, default=100
        Samples per update ("sgd").
    learning_rate : float, default=0.1
        Step length ("sgd").
    shuffle : bool, default=False
        Whether each epoch visits the samples in a new random order ("sgd").
    class_weight : dict, "balanced" or None, default=None
        What the samples of each class count, times `sample_weight`. "balanced" makes all classes count the
        same, and all samples together as much as before.
    random_state : int, RandomState or None, default=None
        Seed of the order. None is 0: the same fit gives the same bits.
    n_jobs : int or None, default=None
        Threads; None and -1 are all processors. The bits do not depend on it.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weights for samples as they were given: one row for two classes. Read-only.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        Read-only.
    n_iter_ : ndarray of shape (1,)
        Iterations ("lbfgs"), or passes over the samples ("sgd").
    n_features_in_ : int

    Notes
    -----
    uint8 samples are pixels p, of which the model sees p / 255; the penalty is on weights of p / 255. All
    others become float32. CSR matrices stay sparse, with the same bits as dense samples; a fit keeps 480
    bytes for each weight ("lbfgs"). Weights of samples below 0 are refused.

    Not there is what LogisticRegression has beside the l2 penalty (`penalty`, `l1_ratio`, C = infinity), and
    `warm_start`, `dual`, `intercept_scaling`, `verbose`, `sparsify`, callbacks and its other solvers. Its
    `tol` bounds the gradient, this one the objective. Coefficients are float64 and cannot be written.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from plumbline import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> SoftmaxRegression().fit(X, y).score(X, y) > 0.95
    True
    """

    _takes_sparse = True

    _parameter_constraints = {
        "solver": [StrOptions({"lbfgs", "sgd"})],
        "C": [Interval(Real, 0.0, None, closed="neither")],
        "tol": [Interval(Real, 0.0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "fit_intercept": ["boolean"],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0.0, None, closed="neither")],
        "shuffle": ["boolean"],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        solver: Literal["lbfgs", "sgd"] = "lbfgs",
        C: float = 1.0,
        tol: float = 1e-5,
        max_iter: int = 1000,
        fit_intercept: bool = True,
        epochs: int = 20,
        batch_size: int = 100,
        learning_rate: float = 0.1,
        shuffle: bool = False,
        class_weight: dict[Any, float] | Literal["balanced"] | None = None,
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.solver = solver
        self.C = C
        self.tol = tol
        self.max_iter = max_iter
        self.fit_intercept = fit_intercept
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.shuffle = shuffle
        self.class_weight = class_weight
        self.random_state = random_state
        self.n_jobs = n_jobs

    @checked
    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit to samples of shape (n_samples, n_features), their labels, and what each of them counts.

        For "lbfgs" a weight is as good as a repetition; for "sgd" it multiplies the sample's part of the
        update from its batch.
        """
        self._fit(X, y, sample_weight)
        if self.solver == "lbfgs":
            self._warn_if_far()
        return self

    def _warn_if_far(self):
        certificate = self.certificate()
        distance = certificate["gap_bound"] / certificate["objective"]
        if not distance <= self.tol:
            message = (
                f"lbfgs failed to converge after {int(certificate['iterations'])} iterations: the objective "
                f"may be {distance:.1e} of itself above the optimum, and tol is {self.tol:g}. Scale the "
                "features, or increase max_iter or tol: logits are single precision."
            )
            warnings.warn(message, ConvergenceWarning, stacklevel=3)

    def _recipe(self):
        if self.solver == "lbfgs":
            # Of two classes LogisticRegression penalises the difference of the weights, which share it here.
            share = 2 if len(self.classes_) == 2 else 1
            values = {"c": self.C / share, "tolerance": self.tol, "iterations": self.max_iter}
            return "softmax-lbfgs", values
        names = ("epochs", "batch_size", "learning_rate", "shuffle")
        return "softmax", {name: getattr(self, name) for name in names}

    def _weights(self, X, places, sample_weight):
        if sample_weight is None and self.class_weight is None:
            return None
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        if not (weights > 0).any():
            raise ValueError("All sample weights are zero: no class has a sample that counts")
        of_classes = self._of_classes(places, weights)
        check_class_weights(of_classes, self.classes_)
        return weights * of_classes[places]

    def _has_intercept(self):
        return bool(self.fit_intercept)

    def _of_classes(self, places, weights):
        """What the samples of each class count."""
        if self.class_weight != "balanced":
            return compute_class_weight(self.class_weight, classes=self.classes_, y=self.classes_[places])
        counts = np.bincount(places, weights)
        # A class whose samples all count nothing counts nothing.
        shares = np.divide(counts.sum(), counts, out=np.zeros_like(counts), where=counts > 0)
        return shares / len(counts)

    @property
    def n_iter_(self) -> NDArray[np.int32]:
        """Iterations, or passes over the samples, as an array of shape (1,)."""
        count = self._parameter("epochs") or int(self.certificate()["iterations"])
        return fixed(np.array([count], dtype=np.int32))

    def _linear(self):
        """Weights for samples as they were given, shape (n_features, n_classes), and offsets."""
        check_is_fitted(self)
        weights, offsets = self._model.linear_weights()
        weights = weights.astype(np.float64).reshape(self.n_features_in_, -1)
        return weights / 255 if self._bytes else weights, offsets.astype(np.float64)

    @property
    def coef_(self) -> NDArray[np.float64]:
        """Weights, one row per class, or one row for two classes."""
        weights, _ = self._linear()
        return fixed(weights.T if len(self.classes_) > 2 else weights[:, 1:].T - weights[:, :1].T)

    @property
    def intercept_(self) -> NDArray[np.float64]:
        """Offsets, one per class, or one for two classes."""
        _, offsets = self._linear()
        return fixed(offsets if len(self.classes_) > 2 else offsets[1:] - offsets[:1])

    def decision_function(self, X: Any) -> NDArray[np.float32]:
        """Logits, shape (n_samples, n_classes); for two classes how far the second is ahead."""
        scores = self._scores(X)
        return scores if len(self.classes_) > 2 else scores[:, 1] - scores[:, 0]
