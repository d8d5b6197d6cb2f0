"""Machines for kernel values that Python computes: functions, matrices, and the sigmoid kernel."""

import numpy as np

from plumbline._classes import dense


class GivenMachine:
    """A machine that decides by kernel values of samples with its support vectors."""

    def __init__(self, fitted, counts):
        self.support = fitted["support"]
        self.certificates = fitted["certificates"]
        self._counts = counts
        self._coefficients = fitted["coefficients"].reshape(len(self.support), -1)
        self._rho = fitted["rho"]

    def decide(self, kernel, _threads):
        """Decision values, shape (samples, pairs), above 0 for the first class of a pair."""
        ends = np.cumsum(self._counts)
        # Shape (samples, classes, classes − 1): the sums over the support vectors of each class.
        sums = [
            kernel[:, end - count : end] @ self._coefficients[end - count : end]
            for end, count in zip(ends, self._counts)
        ]
        pairs = [sums[a][:, b - 1] + sums[b][:, a] for a, b in self._pairs()]
        return np.stack(pairs, axis=1) - self._rho

    def classify(self, kernel, threads):
        """The class numbers with most votes, the first of equals."""
        votes = np.zeros((len(kernel), len(self._counts)), dtype=int)
        for decision, (a, b) in zip(self.decide(kernel, threads).T, self._pairs()):
            votes[decision > 0, a] += 1
            votes[decision <= 0, b] += 1
        return votes.argmax(axis=1)

    def parts(self):
        """What the attributes of SVC are made of."""
        return {"coefficients": self._coefficients.ravel(), "scale": 1.0, "rho": self._rho}

    def _pairs(self):
        classes = range(len(self._counts))
        return [(a, b) for a in classes for b in classes[a + 1 :]]


def sigmoid(X, Z, gamma, coef0):
    """tanh(γ x·z + coef0) of all rows of X with all rows of Z, in double precision."""
    values = dense(X.astype(np.float64) @ Z.astype(np.float64).T)
    # In their place: the first touch of more memory takes longer than all of this.
    values *= gamma
    values += coef0
    return np.tanh(values, out=values)
