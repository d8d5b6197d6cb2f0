"""Our models beside scikit-learn's, on the same folds and the same prepared rows, table by table.

    python3 experiments/programs/scikit_learn.py TABLES RESULTS [PAGE]

runs scikit-learn.toml on every table of a directory, and prints for each model the mean accuracy over ten folds, that
of scikit-learn's counterpart, the standard error of the latter, all in percent, and how many of these lie between them.
PAGE is a page in Markdown to write from it, with all values in a file of JSON beside it. `python3` must have
scikit-learn; `PLUMBLINE` names a program that is built already. What a run has fitted, the next one does not fit again.

As a model of the plan it copies what a fit is given. Of two folds each is trained on what the other is judged by.
"""
import json, os, pathlib, shlex, statistics, subprocess, sys, time, tomllib, warnings

# Threads of scikit-learn wait for each other while other programs run: one thread for both sides. NumPy reads this once.
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = shlex.split(os.environ.get("PLUMBLINE", "cargo run --quiet -p experiments --"))
FOLDS = 10
# The column of classes, where it is not called class.
LABELS = {"Glass": "Type", "LetterRecognition": "lettr", "Satellite": "classes", "Zoo": "type"}
# Where rows are few, a seed matters as much as the folds: models with a seed are fitted with ten, for with three equal
# models are too often apart. Where they are many, it matters less, and one is enough.
FEW, SEEDS = 700, 10
STOCHASTIC = ["softmax", "burn-mlp", "random-forest"]
# Of tables with more rows than this, these are left out, for they are slow on them: each is fitted ten times, and up to
# 24 times more to random labels, which is the runner's control.
MANY = 10_000
SLOW = ["burn-mlp", "linfa-svm-rbf", "linfa-svm-linear", "boosted-trees", "random-forest"]


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


def rows(table):
    with table.open() as lines:
        return sum(1 for _ in lines) - 1


def models(table):
    """The ids of the models that a table of this size is for."""
    plan = tomllib.loads((HERE / "scikit-learn.toml").read_text())
    ids = [model.get("id") or model["model"] for model in plan["models"]]
    return [model for model in ids if rows(table) <= MANY or model not in SLOW]


def seeds(table):
    """How many seeds the models of a table are fitted with."""
    return SEEDS if rows(table) <= FEW else 1


def ours(table, results):
    """Runs the plan on a table: of each model the accuracies, a row for each seed, and the seconds of a fit."""
    name = table.stem.lower()
    plan = ["--config", HERE / "scikit-learn.toml", "--models", ",".join(models(table)), "--seeds", str(seeds(table))]
    data = ["--data", table, "--label", LABELS.get(table.stem, "Class"), "--dataset", name]
    folds = ["--set", f"kept.to={results / name / 'folds'}"]
    subprocess.run([*PROGRAM, "compare", "--quiet", "--threads", "1", *plan, *data, *folds, "--results", results], check=True)
    report = json.loads((results / name / "report.json").read_text())
    return {model["id"]: of_fits(model) for model in report["models"]}


def of_fits(model):
    """The accuracies of a model of a report, a row of all folds for each seed, and the seconds of a fit."""
    fits, others = model.get("fits") or [], model.get("other_seeds") or []
    by_seed = {}
    for fit in fits + others:
        by_seed.setdefault(json.dumps(fit["cell"]["role"]), []).append(100 * fit["accuracy"])
    return {"accuracies": list(by_seed.values()), "seconds": statistics.median(fit["fit_seconds"] for fit in fits)}


def of_estimator(estimator, folds, seeds):
    """The same of an estimator. As in our runs, every repetition of the folds has seeds of its own."""
    accuracies, seconds = [], []
    for offset in range(seeds):
        accuracies.append([])
        for fold, (x, y, asked) in enumerate(folds):
            if "random_state" in estimator.get_params():
                estimator.set_params(random_state=1 + fold // 2 + FOLDS // 2 * offset)
            begin = time.perf_counter()
            estimator.fit(x, y)
            seconds.append(time.perf_counter() - begin)
            truth = folds[fold ^ 1][1]
            # What is asked beyond these is about the importance of columns.
            accuracies[-1].append(100 * float(np.mean(estimator.predict(asked[: len(truth)]) == truth)))
    return {"accuracies": accuracies, "seconds": statistics.median(seconds)}


def theirs(table, results):
    """The same of scikit-learn's counterparts, each kept as soon as it is known."""
    from counterparts import counterparts

    folder = results / table.stem.lower()
    # The folds come after the controls.
    folds = [list(np.load(path).values()) for path in sorted((folder / "folds").glob("*.npz"))[-FOLDS:]]
    estimators = counterparts(len(np.unique(np.concatenate([y for _, y, _ in folds]))))
    path = folder / "counterparts.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    wanted = [model for model in models(table) if model in estimators]
    for model in wanted:
        if model not in found:
            found[model] = of_estimator(estimators[model], folds, seeds(table) if model in STOCHASTIC else 1)
            path.write_text(json.dumps(found))
    return {model: found[model] for model in wanted}


def pair(found, other):
    """What is recorded of a model and its counterpart. Accuracies of folds are means over seeds."""
    of_folds = [np.mean(each["accuracies"], 0) for each in [found, other]]
    mean, other_mean = (float(np.mean(each)) for each in of_folds)
    error = statistics.stdev(of_folds[1]) / FOLDS**0.5
    values = {
        "ours": mean, "scikit_learn": other_mean, "standard_error": error,
        # Without a spread, equal means are not apart.
        "apart": abs(mean - other_mean) / max(error, 1e-6),
        "ours_by_fold": of_folds[0], "scikit_learn_by_fold": of_folds[1],
        "ours_by_seed": np.mean(found["accuracies"], 1), "scikit_learn_by_seed": np.mean(other["accuracies"], 1),
        "ours_seconds": found["seconds"], "scikit_learn_seconds": other["seconds"],
    }
    return {key: np.round(value, 6).tolist() for key, value in values.items()}


def compare(table, results):
    """Prints a row for each model of a table, and answers with what is recorded."""
    found, others = ours(table, results), theirs(table, results)
    pairs = {model: pair(found[model], other) for model, other in others.items()}
    for model, values in pairs.items():
        row = [values[key] for key in ["ours", "scikit_learn", "standard_error", "apart"]]
        print(f"| {table.stem} | {model} | " + " | ".join(f"{value:.2f}" for value in row) + " |", flush=True)
    return pairs


def main(tables, results, page=None):
    warnings.simplefilter("ignore")
    tables, results = (pathlib.Path(path).resolve() for path in [tables, results])
    by_size = sorted(tables.glob("*.csv"), key=rows)
    many = [table.stem for table in by_size if rows(table) > MANY]
    print(f"Left out on {', '.join(many)}, for they take too long: {', '.join(SLOW)}.\n" if many else "")
    print("| table | model | ours | scikit-learn's | standard error | apart |\n|---|---|--:|--:|--:|--:|")
    recorded = {table.stem: compare(table, results) for table in by_size}
    if page:
        from scikit_learn_page import write

        limits = {"few": FEW, "seeds": SEEDS, "many": MANY, "large": many, "slow": SLOW}
        write(pathlib.Path(page), recorded, limits)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        keep(pathlib.Path(sys.argv[1]))
    else:
        main(*sys.argv[1:])
