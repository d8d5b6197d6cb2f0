"""Frames of pandas and polars, as samples and as what a pipeline hands on."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import plumbline

ESTIMATORS = [
    plumbline.KernelSVC(),
    plumbline.KernelSVC(kernel="sigmoid"),
    plumbline.SoftmaxRegression(),
    plumbline.SoftmaxRegression(solver="sgd", learning_rate=0.01),
    plumbline.VirtualSVC(),
    plumbline.BoostedTreesClassifier(),
]

NAMES = [f"pixel{i}" for i in range(64)]


def frame_of(library, X, y):
    """The samples as a frame, and the labels as a column."""
    frames = pytest.importorskip(library)
    if library == "polars":
        return frames.DataFrame(X, schema=NAMES, orient="row"), frames.Series("digit", y)
    return frames.DataFrame(X, columns=NAMES), frames.Series(y, name="digit")


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("uint8", [False, True])
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_frames_are_as_good_as_arrays(estimator, uint8, library):
    X, y = load_digits(return_X_y=True)
    X = (X[:600] * 15).astype(np.uint8) if uint8 else X[:600]
    frame, labels = frame_of(library, X, y[:600])
    of_array = clone(estimator).fit(X[:400], y[:400])
    of_frame = clone(estimator).fit(frame[:400], labels[:400])
    assert of_frame.feature_names_in_.tolist() == NAMES
    assert np.array_equal(of_array.predict(X), of_frame.predict(frame))
    for values in ("decision_function", "predict_proba"):
        if hasattr(of_array, values):
            assert np.array_equal(getattr(of_array, values)(X), getattr(of_frame, values)(frame))
    with pytest.raises(ValueError, match="feature names"):
        of_frame.predict(frame[NAMES[::-1]])


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_a_pipeline_may_hand_on_frames(estimator, library):
    X, y = load_digits(return_X_y=True)
    frame, labels = frame_of(library, X[:600], y[:600])
    plain = make_pipeline(StandardScaler(), clone(estimator)).fit(X[:400], y[:400])
    framed = make_pipeline(StandardScaler(), clone(estimator)).set_output(transform=library)
    framed.fit(frame[:400], labels[:400])
    assert type(framed[0].transform(frame)) is type(frame)
    assert framed[-1].feature_names_in_.tolist() == NAMES
    assert np.array_equal(plain.predict(X[:600]), framed.predict(frame))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_labels_and_weights_may_be_columns(library):
    X, y = load_digits(return_X_y=True)
    X, y = X[:300], y[:300]
    frame, labels = frame_of(library, X, y)
    weights = 1 + y / 10
    for estimator in (plumbline.KernelSVC(), plumbline.SoftmaxRegression()):
        column = type(labels)(weights)
        of_array = clone(estimator).fit(X, y, weights)
        of_frame = clone(estimator).fit(frame, labels, column)
        assert np.array_equal(of_array.decision_function(X), of_frame.decision_function(frame))
