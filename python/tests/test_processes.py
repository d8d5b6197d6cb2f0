"""Estimators in other processes: the bits are the same."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

import plumbline

ESTIMATORS = [
    plumbline.KernelSVC(),
    plumbline.KernelSVC(kernel="poly", probability=True),
    plumbline.SoftmaxRegression(),
    plumbline.SoftmaxRegression(solver="sgd", shuffle=True, random_state=3),
    plumbline.VirtualSVC(),
    plumbline.BoostedTreesClassifier(max_iter=10),
]


def digits():
    X, y = load_digits(return_X_y=True)
    return (X[:500] * 15).astype(np.uint8), y[:500]


def values(estimator, X):
    """What an estimator says, as finely as it says it."""
    names = ("decision_function", "predict_proba", "predict")
    return getattr(estimator, next(name for name in names if hasattr(estimator, name)))(X)


def fit(estimator):
    """The estimator, fitted here."""
    X, y = digits()
    return clone(estimator).fit(X[:300], y[:300])


def judge(estimator):
    X, _ = digits()
    return values(estimator, X)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
# Python warns of forks while there are threads, which is what is tried.
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_other_processes_fit_and_judge_bit_by_bit_alike(estimator, method):
    # Fitted here first: a process that is forked afterwards has none of the threads.
    here = clone(estimator).set_params(n_jobs=2)
    fitted = fit(here)
    expected = judge(fitted)
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        judged, fitted_there = pool.submit(judge, fitted), pool.submit(fit, here)
        assert np.array_equal(judged.result(timeout=120), expected)
        assert np.array_equal(judge(fitted_there.result(timeout=120)), expected)
