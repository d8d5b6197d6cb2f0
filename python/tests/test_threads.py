"""Estimators in several threads at once, with the interpreter's lock or without: the bits are the same."""

import os
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.datasets import load_digits

import plumbline

THREADS = 6

ESTIMATORS = [
    plumbline.KernelSVC(),
    plumbline.KernelSVC(kernel="poly", probability=True),
    plumbline.KernelSVC(kernel="sigmoid"),
    plumbline.SoftmaxRegression(),
    plumbline.SoftmaxRegression(solver="sgd", shuffle=True, random_state=3),
    plumbline.VirtualSVC(),
    plumbline.BoostedTreesClassifier(max_iter=10),
]


def digits(sparse=False):
    X, y = load_digits(return_X_y=True)
    X = (X[:500] * 15).astype(np.uint8)
    return csr_matrix(X) if sparse else X, y[:500]


def values(estimator, X):
    """What an estimator says, as finely as it says it."""
    names = ("decision_function", "predict_proba", "predict")
    return getattr(estimator, next(name for name in names if hasattr(estimator, name)))(X)


def fit(estimator, sparse=False):
    X, y = digits(sparse)
    return estimator.fit(X[:300], y[:300])


def at_once(tasks):
    """What each of the tasks gives, begun together in a thread of its own each."""
    barrier = Barrier(len(tasks))

    def run(task):
        barrier.wait(timeout=120)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this interpreter has a lock")
def test_a_free_threaded_interpreter_stays_so():
    script = "import sys, plumbline; assert not sys._is_gil_enabled()"
    # By itself: what tests import beside it may have called for the lock. That is a warning.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON_GIL"}
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_one_model_is_fitted_and_judges_in_several_threads_at_once(estimator):
    X, _ = digits()
    alone = values(fit(clone(estimator).set_params(n_jobs=1)), X)
    shared = fit(clone(estimator).set_params(n_jobs=2))
    fits = [lambda n=n: values(fit(clone(estimator).set_params(n_jobs=1 + n % 2)), X) for n in range(THREADS)]
    judgements = [lambda: values(shared, X)] * THREADS
    assert all(np.array_equal(found, alone) for found in at_once(fits + judgements))


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_one_estimator_may_be_fitted_to_the_same_by_several_threads_at_once(estimator):
    X, _ = digits()
    shared = fit(clone(estimator).set_params(n_jobs=1))
    alone = values(shared, X)
    found = at_once([lambda: values(fit(shared), X)] * THREADS)
    assert all(np.array_equal(one, alone) for one in [*found, values(shared, X)])


def test_different_estimators_are_fitted_and_judge_at_once():
    X, _ = digits()
    sparse = [estimator for estimator in ESTIMATORS if estimator.__sklearn_tags__().input_tags.sparse]
    cases = [(estimator, False) for estimator in ESTIMATORS] + [(estimator, True) for estimator in sparse]
    assert len(cases) == 12
    tasks = [lambda case=case: values(fit(clone(case[0]), case[1]), X) for case in cases]
    alone = [task() for task in tasks]
    for _ in range(3):
        assert all(np.array_equal(a, b) for a, b in zip(at_once(tasks), alone))


def test_mnist_is_written_once_by_several_threads(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for x_train, _, _, y_test in at_once([plumbline.lab.mnist] * 3):
        assert x_train[0].sum() == 27525 and y_test[:3].tolist() == [7, 2, 1]
    assert [path.name for path in (tmp_path / "plumbline").iterdir()] == ["mnist.npz"]
