"""What every estimator does with samples and labels before and after a fit."""

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

# What samples may be made of: anything else becomes single precision.
TYPES = (np.float32, np.uint8)


def training_data(estimator, X, y):
    """Samples, and labels as places in `classes_`, which is set."""
    X, y = validate_data(estimator, X, y, dtype=TYPES, order="C")
    check_classification_targets(y)
    estimator.classes_, places = np.unique(y, return_inverse=True)
    if len(estimator.classes_) < 2:
        raise ValueError(
            f"The number of classes has to be greater than one; got {len(estimator.classes_)} class"
        )
    return X, np.ascontiguousarray(places, dtype=np.int64)


def new_samples(estimator, X):
    """Samples to be judged, of the type that the estimator was fitted to."""
    types = TYPES if estimator._bytes else np.float32
    X = validate_data(estimator, X, dtype=types, order="C", reset=False)
    # Who was fitted to pixels p sees p / 255, whatever their type.
    return X / np.float32(255) if estimator._bytes and X.dtype != np.uint8 else X
