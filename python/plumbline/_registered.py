"""Estimators that stand on a model of Plumbline's registry."""

import json
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from plumbline import _native
from plumbline._checked import checked
from plumbline._classes import handed_over, new_samples, training_data
from plumbline._threads import threads


def _plain(value):
    """A number of NumPy's as one of Python's: searches hand those over."""
    return value.item()


class Registered(ClassifierMixin, BaseEstimator):
    """A model by its id. Who derives from it says which, and with which parameters."""

    classes_: NDArray[Any]

    # Whether CSR matrices are taken.
    _takes_sparse = False

    def _recipe(self):
        """The id of the model, and its parameters by the registry's names."""
        raise NotImplementedError

    def _picture(self, features):
        """Rows and columns of each sample as a picture, or None."""
        return None

    @checked
    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit to samples of shape (n_samples, n_features) and their labels.

        uint8 samples are pixels p, of which the model sees p / 255; all others become float32.
        """
        return self._fit(X, y)

    def _fit(self, X, y, sample_weight=None):
        X, places = training_data(self, X, y, sparse=self._takes_sparse)
        weights = self._weights(X, places, sample_weight)
        model, parameters = self._recipe()
        self._bytes = X.dtype == np.uint8
        self._fitted = (model, json.dumps(parameters, default=_plain), self._picture(X.shape[1]))
        self._model = _native.fit(
            model,
            self._fitted[1],
            handed_over(X),
            places,
            weights,
            self._has_intercept(),
            len(self.classes_),
            self._fitted[2],
            self._seed(),
            threads(self.n_jobs),
        )
        return self

    def _weights(self, X, places, sample_weight):
        """What each sample counts, or None where all count 1."""
        return None

    def _has_intercept(self):
        """Whether offsets are learnt, where the model has any."""
        return True

    def _seed(self):
        """The seed of everything random in the fit: the same random_state, the same bits."""
        state = getattr(self, "random_state", None)
        if state is None or isinstance(state, (int, np.integer)):
            return int(state or 0)
        return int(check_random_state(state).randint(2**31))

    def predict(self, X: Any) -> NDArray[Any]:
        """The label of each sample."""
        scores = self._scores(X)
        return self.classes_[scores.argmax(axis=1)]

    def _scores(self, X):
        check_is_fitted(self)
        return self._model.scores(self._new(X), threads(self.n_jobs))

    def _new(self, X):
        """Samples to be judged."""
        return handed_over(new_samples(self, X, sparse=self._takes_sparse))

    def _parameter(self, name):
        """A parameter of the fit, whatever it is set to now; None where the model has none of this name."""
        check_is_fitted(self)
        return json.loads(self._fitted[1]).get(name)

    def certificate(self) -> dict[str, float]:
        """What shows how near the solver came to the optimum: numbers by name."""
        check_is_fitted(self)
        return self._model.certificate()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self._takes_sparse
        return tags

    def __getstate__(self):
        state = dict(super().__getstate__())
        if "_model" in state:
            state["_model"] = self._model.state()
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if "_model" in state:
            model, parameters, picture = self._fitted
            sizes = self.n_features_in_, len(self.classes_)
            count = threads(self.n_jobs)
            self._model = _native.restore(model, parameters, state["_model"], *sizes, picture, count)


class WithProbabilities(Registered):
    """A registered model that has probabilities."""

    def predict_log_proba(self, X: Any) -> NDArray[np.float64]:
        """Logarithms of the class probabilities, shape (n_samples, n_classes)."""
        check_is_fitted(self)
        logs = self._model.log_probabilities(self._new(X), threads(self.n_jobs))
        # Sums of single precision differ from 1 by more than people expect.
        logs = logs.astype(np.float64)
        return logs - np.logaddexp.reduce(logs, axis=1, keepdims=True)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Class probabilities, shape (n_samples, n_classes)."""
        return np.exp(self.predict_log_proba(X))
