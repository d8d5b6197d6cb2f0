"""Verdicts on any predictions and any estimators."""

import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris, load_wine
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline

import plumbline


def test_judge_aligns_labels_and_probabilities():
    numbers = np.random.default_rng(0)
    truth = numbers.integers(0, 3, 500)
    probabilities = numbers.dirichlet([1, 1, 1], 500)
    probabilities[np.arange(400), truth[:400]] += 2
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    guess = numbers.integers(0, 3, 500)
    verdict = plumbline.judge(truth, {"sure": probabilities, "guess": guess})
    accuracy = {row["id"]: row["accuracy"] for row in verdict.report["models"]}
    assert accuracy["guess"] == np.mean(guess == truth)
    assert accuracy["sure"] == np.mean(probabilities.argmax(axis=1) == truth)
    assert verdict.words.startswith("sure gets ")
    assert bool(verdict.pairs["different"].iloc[0])


def test_classes_may_be_any_text_and_names_what_fits_files():
    truth = np.array(["a,b", 'say "c"', "été", "a,b"] * 20)
    verdict = plumbline.judge(truth, {"right": truth, "rolled": np.roll(truth, 1)})
    assert verdict.report["dataset"]["class_names"] == ["a,b", 'say "c"', "été"]
    with pytest.raises(ValueError, match="the name 'a b': expected"):
        plumbline.judge(truth, {"a b": truth})


def test_predictions_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"predictions of b of shape \(3,\): expected \(4,\)"):
        plumbline.judge([0, 1, 0, 1], {"a": [0, 1, 0, 1], "b": [0, 1, 0]})


def test_what_the_program_refuses_is_an_error_in_its_words():
    with pytest.raises(ValueError, match="there is no model c"):
        plumbline.judge([0, 1] * 10, {"a": [0, 1] * 10, "b": [0, 0] * 10}, baseline="c")


class Broken(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        raise RuntimeError("out of order")


class Unsure(DummyClassifier):
    def predict_proba(self, X):
        return super().predict_proba(X) * np.nan


def test_probabilities_that_are_none_cost_nobody_else_anything():
    X, y = load_iris(return_X_y=True)
    with pytest.warns(UserWarning, match="do not sum to 1"):
        verdict = plumbline.compare({"unsure": Unsure(), "dummy": DummyClassifier()}, X, y, cv=3)
    assert list(verdict.models["model"]) == ["dummy"]
    assert list(verdict.failures) == ["unsure"]


def test_seeds_reach_what_is_inside_of_a_pipeline():
    X, y = load_iris(return_X_y=True)
    inner = make_pipeline(DummyClassifier(strategy="uniform"))
    runs = [plumbline.compare({"a": inner}, X, y, cv=3).report["models"][0]["accuracy"] for _ in range(2)]
    assert runs[0] == runs[1]


def test_folds_that_part_a_group_are_refused():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=r"group \d+ is on both sides of a fold"):
        plumbline.compare(
            [DummyClassifier()],
            X,
            y,
            cv=KFold(3, shuffle=True, random_state=0),
            groups=np.arange(len(y)) // 5,
        )


def test_compare_leaves_a_failure_out_and_says_so():
    X, y = load_iris(return_X_y=True)
    models = {"regression": LogisticRegression(max_iter=500), "dummy": DummyClassifier(), "broken": Broken()}
    with pytest.warns(UserWarning, match="out of order"):
        verdict = plumbline.compare(models, X, y, cv=4, seeds=(1, 2))
    assert verdict.failures == {"broken": "RuntimeError: out of order"}
    assert "broken failed: RuntimeError: out of order" in repr(verdict)
    assert list(verdict.models["model"]) == ["regression", "dummy"]


def test_the_same_comparison_has_the_same_numbers():
    X, y = load_wine(return_X_y=True)
    models = [plumbline.KernelSVC(), plumbline.BoostedTreesClassifier(), plumbline.KernelSVC(C=10.0)]

    def numbers(n_jobs):
        report = plumbline.compare(models, X, y, n_jobs=n_jobs).report
        for model in report["models"]:
            del model["predictions"]["file"]  # in a folder of its own
        return json.dumps([report["models"], report["comparisons"]])

    assert numbers(1) == numbers(2)
    assert "KernelSVC-2" in numbers(1)


def test_groups_stay_together():
    X, y = load_iris(return_X_y=True)
    groups = np.arange(len(y)) // 5
    seen = []

    class Watching(DummyClassifier):
        def fit(self, X, y):
            seen.append(set(X[:, -1]))
            return super().fit(X, y)

        def predict(self, X):
            assert not seen[-1] & set(X[:, -1])
            return super().predict(X)

    with_groups = np.column_stack([X, groups])
    plumbline.compare({"a": Watching(), "b": DummyClassifier()}, with_groups, y, groups=groups, cv=3)
    assert len(seen) == 3


def test_samples_of_one_group_count_as_one():
    truth = np.repeat([0, 1] * 10, 50)
    groups = np.arange(len(truth)) // 50
    # Ten groups, in each of which all answers of b are wrong.
    b = np.where(groups % 2 == 0, truth, 1 - truth)
    alone = plumbline.judge(truth, {"a": truth, "b": b})
    together = plumbline.judge(truth, {"a": truth, "b": b}, groups=groups)
    widths = [(v.pairs["high"] - v.pairs["low"]).iloc[0] for v in (alone, together)]
    assert widths[1] > 3 * widths[0]


def test_folds_that_judge_a_sample_twice_are_refused():
    from sklearn.model_selection import ShuffleSplit

    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="every sample exactly once"):
        plumbline.compare([DummyClassifier()], X, y, cv=ShuffleSplit(3))


def test_a_verdict_shows_and_saves_itself(tmp_path):
    truth = ["cat", "dog"] * 50
    verdict = plumbline.judge(truth, {"good": truth, "poor": ["cat"] * 100}, margin=1.0)
    assert "data:image/svg+xml" in verdict._repr_html_()
    assert "| good | 100.00% |" in verdict._repr_markdown_()
    page = verdict.save(tmp_path / "report.html").read_text()
    assert "<html" in page and "plumbline judge" in page
    assert (verdict.save(tmp_path / "report") / "report.json").is_file()
