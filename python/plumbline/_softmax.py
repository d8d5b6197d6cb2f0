"""Softmax regression."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from plumbline._registered import WithProbabilities


class SoftmaxRegression(WithProbabilities):
    """Softmax (multinomial logistic) regression: to the optimum, or by mini-batch descent.

    Parameters
    ----------
    solver : {"lbfgs", "sgd"}, default="lbfgs"
        "lbfgs" finds the optimum of scikit-learn's LogisticRegression objective, and stops when the
        objective is proven to be within `tol` of it, relatively. "sgd" is the lab's descent, without
        regularisation.
    C : float, default=1.0
        Inverse strength of the l2 penalty ("lbfgs").
    tol : float, default=1e-5
        Largest relative distance from the optimum ("lbfgs").
    max_iter : int, default=1000
        Iterations at most ("lbfgs").
    epochs : int, default=20
        Passes over the samples ("sgd").
    batch_size : int, default=100
        Samples per update ("sgd").
    learning_rate : float, default=0.1
        Step length ("sgd").
    shuffle : bool, default=False
        Whether each epoch visits the samples in a new random order ("sgd").
    random_state : int, RandomState or None, default=None
        Seed of the order. None is 0: the same fit gives the same bits.
    n_jobs : int or None, default=None
        Threads; None and -1 are all processors. The bits do not depend on it.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weights for samples as they were given: one row for two classes.
    intercept_ : ndarray of shape (1,) or (n_classes,)
    n_features_in_ : int

    Notes
    -----
    uint8 samples are pixels p, of which the model sees p / 255; the penalty is on weights of p / 255.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from plumbline import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> SoftmaxRegression().fit(X, y).score(X, y) > 0.95
    True
    """

    def __init__(
        self,
        *,
        solver="lbfgs",
        C=1.0,
        tol=1e-5,
        max_iter=1000,
        epochs=20,
        batch_size=100,
        learning_rate=0.1,
        shuffle=False,
        random_state=None,
        n_jobs=None,
    ):
        self.solver = solver
        self.C = C
        self.tol = tol
        self.max_iter = max_iter
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.shuffle = shuffle
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _recipe(self):
        if self.solver == "lbfgs":
            values = {"c": self.C, "tolerance": self.tol, "iterations": self.max_iter}
            return "softmax-lbfgs", values
        if self.solver == "sgd":
            names = ("epochs", "batch_size", "learning_rate", "shuffle")
            return "softmax", {name: getattr(self, name) for name in names}
        raise ValueError(f'solver = {self.solver!r}: expected "lbfgs" or "sgd"')

    @property
    def n_iter_(self):
        """Iterations, or passes over the samples."""
        return self._parameter("epochs") or int(self.certificate()["iterations"])

    def _linear(self):
        """Weights for samples as they were given, shape (n_features, n_classes), and offsets."""
        check_is_fitted(self)
        weights, offsets = self._model.linear_weights()
        weights = weights.astype(np.float64).reshape(self.n_features_in_, -1)
        return weights / 255 if self._bytes else weights, offsets.astype(np.float64)

    @property
    def coef_(self):
        """Weights, one row per class, or one row for two classes."""
        weights, _ = self._linear()
        return weights.T if len(self.classes_) > 2 else weights[:, 1:].T - weights[:, :1].T

    @property
    def intercept_(self):
        """Offsets, one per class, or one for two classes."""
        _, offsets = self._linear()
        return offsets if len(self.classes_) > 2 else offsets[1:] - offsets[:1]

    def decision_function(self, X):
        """Logits, shape (n_samples, n_classes); for two classes how far the second is ahead."""
        scores = self._scores(X)
        return scores if len(self.classes_) > 2 else scores[:, 1] - scores[:, 0]
