"""`judge` and `compare`: anybody's predictions and anybody's estimators under the verdict."""

import numbers
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _num_samples

from plumbline._verdict import Verdict, check_name, verdict


def judge(
    truth: ArrayLike,
    predictions: Mapping[str, ArrayLike],
    *,
    groups: ArrayLike | None = None,
    baseline: str | None = None,
    margin: float | None = None,
    seed: int = 1,
) -> Verdict:
    """Say which of several classifiers is better, from their predictions of the same samples.

    Parameters
    ----------
    truth : array-like of shape (n_samples,)
        The class of each sample.
    predictions : dict
        For each model by name: classes, shape (n_samples,), or probabilities, shape
        (n_samples, n_classes), whose columns are the sorted classes of `truth`.
    groups : array-like of shape (n_samples,) or None
        Samples of one group are not independent: they are judged as a whole.
    baseline : str or None
        Compare every model with this one only, in place of every pair.
    margin : float or None
        The largest difference in accuracy that does not matter, in points.
    seed : int
        Seed of the test sets that are drawn for intervals.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> import plumbline
    >>> truth = ["cat", "dog"] * 50
    >>> verdict = plumbline.judge(truth, {"good": truth, "poor": ["cat"] * 100})
    >>> print(verdict.words.splitlines()[1])
    good is better than poor by 50.00 points (95 % interval 40.38 to 59.62, p < 10⁻¹⁴).
    """
    truth = np.asarray(truth)
    if truth.ndim != 1:
        raise ValueError(f"truth of shape {truth.shape}: expected one class per sample")
    classes = np.unique(truth)
    files = {
        name: {"id": range(len(truth)), **_columns(name, np.asarray(given), len(truth), classes)}
        for name, given in predictions.items()
    }
    table = {"id": range(len(truth)), "label": truth.tolist()} | _column_of(groups)
    return verdict(table, files, baseline=baseline, margin=margin, seed=seed)


def _column_of(groups):
    return {} if groups is None else {"group": np.asarray(groups).tolist()}


def _columns(name, given, samples, classes):
    """The columns of one model's predictions."""
    if given.shape == (samples,):
        return {"prediction": given.tolist()}
    if given.shape == (samples, len(classes)):
        return _probabilities(given, classes)
    raise ValueError(
        f"predictions of {name} of shape {given.shape}: expected ({samples},), one class per sample, or "
        f"({samples}, {len(classes)}), one probability per sample and class"
    )


def _probabilities(values, classes):
    return {f"probability_{label}": column.tolist() for label, column in zip(classes, values.T)}


def compare(
    estimators: Mapping[str, Any] | Sequence[Any],
    X: Any,
    y: ArrayLike,
    *,
    cv: Any = 5,
    seeds: Sequence[int] = (1,),
    groups: ArrayLike | None = None,
    baseline: str | None = None,
    margin: float | None = None,
    n_jobs: int | None = None,
) -> Verdict:
    """Compare scikit-learn compatible classifiers by cross-validation.

    Every estimator is fitted to the same folds, with every seed; only its predictions reach the verdict.

    Parameters
    ----------
    estimators : dict or list
        Unfitted classifiers by name, or a list of them, which are named by their classes.
    X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
    cv : int or splitter, default=5
        Folds, stratified, of samples in an order drawn from the first seed; or any splitter of
        scikit-learn that judges every sample once.
    seeds : sequence of int, default=(1,)
        Each fit is repeated with every `random_state` set to each of them, those inside of a pipeline, too.
    groups : array-like of shape (n_samples,) or None
        Samples of one group stay together: none is judged by a model that was fitted to others of them, and
        they are judged as a whole.
    baseline, margin
        As in :func:`judge`.
    n_jobs : int or None
        Fits at a time, as joblib takes it.

    Returns
    -------
    Verdict
        An estimator that fails is in its `failures`, and costs nobody else anything.

    Examples
    --------
    >>> import plumbline
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.dummy import DummyClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> trees = plumbline.BoostedTreesClassifier()
    >>> verdict = plumbline.compare({"trees": trees, "dummy": DummyClassifier()}, X, y)
    >>> bool(verdict.pairs["different"][0])
    True
    """
    models = _named(estimators)
    for name in models:
        check_name(name)
    y = np.asarray(y)
    seeds = list(seeds)
    if not seeds:
        raise ValueError("seeds = []: expected one at least")
    folds = _folds(cv, seeds[0], X, y, groups)
    classes = np.unique(y)
    cells = [(name, seed, fold) for name in models for seed in seeds for fold in range(len(folds))]
    results = Parallel(n_jobs=n_jobs)(
        delayed(_cell)(clone(models[name]), seed, X, y, folds[fold], classes) for name, seed, fold in cells
    )
    files, failures = {}, {}
    for name in models:
        own = [(cell, result) for cell, result in zip(cells, results) if cell[0] == name]
        failed = [result for _, result in own if isinstance(result, str)]
        if failed:
            failures[name] = failed[0]
        else:
            files[name] = _joined(own, folds, classes)
    if not files:
        raise RuntimeError("no estimator finished: " + "; ".join(f"{n}: {r}" for n, r in failures.items()))
    fold_of = np.empty(len(y), dtype=int)
    for number, (_, judged) in enumerate(folds):
        fold_of[judged] = number
    table = {"id": range(len(y)), "label": y.tolist(), "fold": fold_of.tolist()} | _column_of(groups)
    return verdict(table, files, baseline=baseline, margin=margin, seed=abs(int(seeds[0])), failures=failures)


def _named(estimators):
    """The estimators by name."""
    if isinstance(estimators, Mapping):
        return estimators
    named = {}
    for estimator in estimators:
        name = type(estimator).__name__
        count = sum(other.rpartition("-")[0] == name or other == name for other in named)
        named[f"{name}-{count + 1}" if count else name] = estimator
    return named


def _folds(cv, seed, X, y, groups):
    """Pairs of places: what is fitted, and what is judged."""
    if isinstance(cv, numbers.Integral):
        splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
        cv = splitter(int(cv), shuffle=True, random_state=seed)
    folds = list(cv.split(X, y, groups))
    judged = np.concatenate([judged for _, judged in folds])
    if not np.array_equal(np.sort(judged), np.arange(_num_samples(X))):
        raise ValueError(f"cv = {cv}: expected folds that judge every sample exactly once")
    for fitted, judged in folds if groups is not None else []:
        parted = np.intersect1d(np.asarray(groups)[fitted], np.asarray(groups)[judged])
        if len(parted):
            raise ValueError(f"cv = {cv}: group {parted[0]} is on both sides of a fold")
    return folds


def _cell(estimator, seed, X, y, fold, classes):
    """Predictions and probabilities of one fit, or why there are none."""
    fitted, judged = fold
    random = [key for key in estimator.get_params() if re.search(r"(^|__)random_state$", key)]
    estimator.set_params(**dict.fromkeys(random, seed))
    try:
        estimator.fit(_safe_indexing(X, fitted), y[fitted])
        samples = _safe_indexing(X, judged)
        predictions = np.asarray(estimator.predict(samples)).reshape(len(judged))
        probabilities = None
        if hasattr(estimator, "predict_proba") and hasattr(estimator, "classes_"):
            values = np.zeros((len(judged), len(classes)))
            values[:, np.searchsorted(classes, estimator.classes_)] = estimator.predict_proba(samples)
            if not (np.abs(values.sum(axis=1) - 1) < 1e-3).all():
                raise ValueError("probabilities of a sample do not sum to 1")
            probabilities = values
        return predictions, probabilities
    except Exception as error:
        warnings.warn(f"{type(estimator).__name__} failed: {error}", stacklevel=2)
        return f"{type(error).__name__}: {error}".splitlines()[0]


def _joined(own, folds, classes):
    """The columns of one model's predictions in all folds with all seeds."""
    places = [folds[fold][1] for (_, _, fold), _ in own]
    columns = {
        "id": np.concatenate(places).tolist(),
        "seed": np.repeat([seed for (_, seed, _), _ in own], [len(p) for p in places]).tolist(),
        "prediction": np.concatenate([predictions for _, (predictions, _) in own]).tolist(),
    }
    if all(probabilities is not None for _, (_, probabilities) in own):
        values = np.concatenate([probabilities for _, (_, probabilities) in own])
        columns |= _probabilities(values, classes)
    return columns
