"""Trees for tables."""

from numbers import Integral, Real

from sklearn.utils._param_validation import Interval

from plumbline._registered import WithProbabilities


class BoostedTreesClassifier(WithProbabilities):
    """Gradient-boosted trees on features in 256 bins, with the defaults of HistGradientBoostingClassifier.

    Parameters
    ----------
    max_iter : int, default=100
        Rounds: each adds a tree per class, or one tree for two classes.
    learning_rate : float, default=0.1
        The share of its step that each tree takes.
    max_leaf_nodes : int, default=31
        Leaves of a tree at most.
    min_samples_leaf : int, default=20
        Samples of a leaf at least.
    l2_regularization : float, default=0.0
        Added to the curvature of the loss in each leaf.
    n_jobs : int or None, default=None
        Threads; None and -1 are all processors. The bits do not depend on it.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from plumbline import BoostedTreesClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> BoostedTreesClassifier().fit(X, y).score(X, y)
    1.0
    """

    _parameter_constraints = {
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0.0, None, closed="neither")],
        "max_leaf_nodes": [Interval(Integral, 2, None, closed="left")],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "l2_regularization": [Interval(Real, 0.0, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        max_iter: int = 100,
        learning_rate: float = 0.1,
        max_leaf_nodes: int = 31,
        min_samples_leaf: int = 20,
        l2_regularization: float = 0.0,
        n_jobs: int | None = None,
    ) -> None:
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.n_jobs = n_jobs

    @property
    def n_iter_(self) -> int:
        """Rounds."""
        return self._parameter("rounds")

    def _recipe(self):
        return "boosted-trees", {
            "rounds": self.max_iter,
            "learning_rate": self.learning_rate,
            "max_leaves": self.max_leaf_nodes,
            "min_samples_leaf": self.min_samples_leaf,
            "l2": self.l2_regularization,
        }
