"""What every estimator does with samples and labels before and after a fit."""

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

# What samples may be made of: anything else becomes single precision.
TYPES = (np.float32, np.uint8)


def training_data(estimator, X, y, *, sparse=False):
    """Samples, and labels as places in `classes_`, which is set."""
    accept = "csr" if sparse else False
    X, y = validate_data(estimator, X, y, dtype=_types(X), order="C", accept_sparse=accept)
    return canonical(X) if issparse(X) else X, places_of(estimator, y)


def _types(X):
    """What samples may be made of; for a frame of bytes bytes, which scikit-learn does not see in polars'."""
    if hasattr(X, "columns") and hasattr(X, "to_numpy") and X[:0].to_numpy().dtype == np.uint8:
        return np.uint8
    return TYPES


def canonical(X):
    """A CSR matrix with the features of each row in order, each once."""
    if not X.has_canonical_format:
        X = X.copy()
        X.sum_duplicates()
    return X


def handed_over(X):
    """Samples as the native half takes them: an array, or what a CSR matrix is made of."""
    if not issparse(X):
        return np.ascontiguousarray(X)
    starts, places = X.indptr.astype(np.uintp), X.indices.astype(np.uint32)
    return starts, places, np.ascontiguousarray(X.data), X.shape[1]


def dense(X):
    """The samples as an array."""
    return np.ascontiguousarray(X.toarray()) if issparse(X) else X


def places_of(estimator, y):
    """Labels as places in `classes_`, which is set."""
    check_classification_targets(y)
    estimator.classes_, places = np.unique(y, return_inverse=True)
    if len(estimator.classes_) < 2:
        raise ValueError(
            f"The number of classes has to be greater than one; got {len(estimator.classes_)} class"
        )
    return np.ascontiguousarray(places, dtype=np.int64)


def check_class_weights(weights, classes):
    """Refuses weights of classes that are negative, infinite or no numbers."""
    for label, weight in zip(classes, weights):
        if not 0 <= weight < np.inf:
            raise ValueError(f"class_weight of class {label} is {weight}: expected at least 0, and finite")


def new_samples(estimator, X, *, sparse=False):
    """Samples to be judged, of the type that the estimator was fitted to."""
    types = _types(X) if estimator._bytes else np.float32
    accept = "csr" if sparse else False
    X = validate_data(estimator, X, dtype=types, order="C", reset=False, accept_sparse=accept)
    X = canonical(X) if issparse(X) else X
    if not estimator._bytes or X.dtype == np.uint8:
        return X
    # Who was fitted to pixels p sees p / 255, whatever their type.
    if not issparse(X):
        return X / np.float32(255)
    X = X.copy()
    X.data /= np.float32(255)
    return X
