"""Our models beside scikit-learn's, on the same folds and the same prepared rows, table by table.

    python3 experiments/programs/scikit_learn.py TABLES RESULTS

runs scikit-learn.toml on every table of a directory, and prints for each model the mean accuracy over ten folds, that
of scikit-learn's counterpart, the standard error of the latter, all in percent, and how many of these lie between them.
`python3` must have scikit-learn; `PLUMBLINE` names a program that is built already.

As a model of the plan it copies what a fit is given. Of two folds each is trained on what the other is judged by.
"""
import json, os, pathlib, shlex, shutil, statistics, subprocess, sys, warnings
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = shlex.split(os.environ.get("PLUMBLINE", "cargo run --quiet -p experiments --"))
FOLDS = 10
# The column of classes, where it is not called class.
LABELS = {"Glass": "Type", "LetterRecognition": "lettr", "Satellite": "classes", "Zoo": "type"}


def keep(folder):
    """Copies the arrays of a fit, unless there is one to the same rows: controls change labels. Answers with the first class."""
    job = json.loads((folder / "job.json").read_text())
    to = pathlib.Path(job["parameters"]["to"])
    arrays = [np.load(folder / f"{name}.npy") for name in ["train_x", "train_y", "predict_x"]]
    kept = sorted(to.glob("*.npz")) if to.exists() else []
    if not any(np.array_equal(arrays[0], np.load(path)["arr_0"]) for path in kept):
        to.mkdir(parents=True, exist_ok=True)
        np.savez(to / f"{len(kept):02}.npz", *arrays)
    np.save(folder / "predictions.npy", np.zeros(job["predict"], np.int64))


def counterparts():
    """Of each model of the plan the same of scikit-learn, with the same parameters."""
    from sklearn import discriminant_analysis, dummy, ensemble, linear_model, naive_bayes, neighbors, neural_network, svm

    def network(hidden):
        return neural_network.MLPClassifier(
            hidden, solver="sgd", momentum=0.0, alpha=0.0, batch_size=100, learning_rate_init=0.1, max_iter=200,
            n_iter_no_change=200, random_state=1,
        )

    return {
        "softmax": network(()),
        "softmax-lbfgs": linear_model.LogisticRegression(C=1.0, max_iter=1000),
        "burn-mlp": network((128,)),
        "kernel-svm": svm.SVC(C=10.0, gamma=0.02),
        "linfa-svm-rbf": svm.SVC(C=5.0, gamma=0.02),
        "linfa-svm-linear": svm.SVC(C=1.0, kernel="linear"),
        "linfa-logistic": linear_model.LogisticRegression(C=1.0, max_iter=1000),
        "boosted-trees": ensemble.HistGradientBoostingClassifier(early_stopping=False, random_state=1),
        "random-forest": ensemble.RandomForestClassifier(random_state=1),
        "neighbours": neighbors.KNeighborsClassifier(3),
        "discriminant": discriminant_analysis.LinearDiscriminantAnalysis("lsqr", "auto"),
        "naive-bayes": naive_bayes.GaussianNB(),
        "nearest-centroid": neighbors.NearestCentroid(),
        "majority": dummy.DummyClassifier(),
    }


def theirs(estimator, folder):
    """The accuracies of an estimator on the folds, which come after the controls."""
    folds = [list(np.load(path).values()) for path in sorted(folder.glob("*.npz"))[-FOLDS:]]
    for fold, (x, y, asked) in enumerate(folds):
        truth = folds[fold ^ 1][1]
        yield 100 * np.mean(estimator.fit(x, y).predict(asked) == truth)


def ours(table, results):
    """Runs the plan on a table: the accuracies of each model on the folds."""
    name = table.stem.lower()
    subprocess.run(
        [*PROGRAM, "compare", "--quiet", "--config", HERE / "scikit-learn.toml", "--set", f"kept.to={results / name / 'folds'}",
         "--data", table, "--label", LABELS.get(table.stem, "Class"), "--dataset", name, "--results", results],
        check=True,
    )
    report = json.loads((results / name / "report.json").read_text())
    return {model["id"]: [100 * fit["accuracy"] for fit in model.get("fits") or []] for model in report["models"]}


def compare(table, results):
    """Prints a row for each model."""
    found = ours(table, results)
    for model, estimator in counterparts().items():
        other = list(theirs(estimator, results / table.stem.lower() / "folds"))
        mean, other_mean = statistics.mean(found[model]), statistics.mean(other)
        error = statistics.stdev(other) / FOLDS**0.5
        # Without a spread, equal means are not apart.
        apart = abs(mean - other_mean) / max(error, 1e-9)
        print(f"| {table.stem} | {model} | {mean:.2f} | {other_mean:.2f} | {error:.2f} | {apart:.2f} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        keep(pathlib.Path(sys.argv[1]))
        sys.exit()
    warnings.simplefilter("ignore")
    tables, results = (pathlib.Path(path).resolve() for path in sys.argv[1:])
    print("| table | model | ours | scikit-learn's | standard error | apart |\n|---|---|--:|--:|--:|--:|")
    for table in sorted(tables.glob("*.csv"), key=lambda table: table.stat().st_size):
        compare(table, results)
