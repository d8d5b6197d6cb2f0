"""Our trees beside scikit-learn's on tables: accuracy over 5x2 cross-validation, and time to fit.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 lightgbm==4.7.0 pandas==3.1.1
    cargo build --release -p model-trees --example answer
    venv/bin/python crates/model-trees/examples/scikit.py target/release/examples/answer DIRECTORY_OF_CSV

Each training half is prepared once, and all models are fitted to the same values, one after the other, on
OMP_NUM_THREADS threads, or one. The class is the column Class, Type, classes, type or lettr.
"""

import json
import os

# Before OpenMP is loaded. Its threads spin while they wait for each other, which takes minutes where
# other programs use the machine: so one thread each, unless told otherwise.
THREADS = int(os.environ.setdefault("OMP_NUM_THREADS", "1"))

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder


def read(path):
    table = pd.read_csv(path)
    label = next(c for c in ["Class", "Type", "classes", "type", "lettr"] if c in table)
    y = np.unique(table.pop(label).astype(str), return_inverse=True)[1]
    for column in table.select_dtypes(bool):
        table[column] = table[column].astype(float)
    return table, y


def preparation():
    words = make_column_selector(dtype_exclude=np.number)
    one_hot = OneHotEncoder(min_frequency=5, handle_unknown="infrequent_if_exist", sparse_output=False)
    return make_column_transformer(
        (SimpleImputer(strategy="median", add_indicator=True), make_column_selector(dtype_include=np.number)),
        (make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"), one_hot), words),
    )


def theirs(seed):
    return {
        "HistGradientBoosting": HistGradientBoostingClassifier(early_stopping=False),
        "LightGBM": LGBMClassifier(n_jobs=THREADS, verbose=-1),
        "RandomForest": RandomForestClassifier(n_jobs=THREADS, random_state=seed),
    }


def fit(model, x_train, y_train, x_test, y_test):
    started = time.perf_counter()
    model.fit(x_train, y_train)
    seconds = time.perf_counter() - started
    p = model.predict_proba(x_test)
    right = np.mean(model.classes_[p.argmax(1)] == y_test)
    return {"accuracy": right, "log_loss": log_loss(y_test, p, labels=model.classes_), "fit": seconds}


def main(answer, tables, only):
    ours = subprocess.Popen([answer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(model, seed, file):
        print(model, THREADS, seed, file, file=ours.stdin, flush=True)
        return json.loads(ours.stdout.readline())

    print("| table | model | accuracy | SE | log-loss | fit, s (median) |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "fold.npz"
        for path in sorted(Path(tables).glob("*.csv")):
            if only and path.stem not in only:
                continue
            table, y = read(path)
            results = {}
            folds = RepeatedStratifiedKFold(n_splits=2, n_repeats=5, random_state=1)
            for seed, (train, test) in enumerate(folds.split(table, y)):
                prepare = preparation().fit(table.iloc[train])
                # Ours reads f32; both are given the same values.
                x_train, x_test = (prepare.transform(table.iloc[i]).astype(np.float32) for i in (train, test))
                np.savez(file, x_train=x_train, y_train=y[train], x_test=x_test, y_test=y[test])
                for name in ["boosted-trees", "random-forest"]:
                    results.setdefault(name, []).append(ask(name, seed, file))
                for name, model in theirs(seed).items():
                    results.setdefault(name, []).append(fit(model, x_train, y[train], x_test, y[test]))
            for name, fits in results.items():
                accuracy, loss, seconds = (np.array([f[k] for f in fits]) for k in ["accuracy", "log_loss", "fit"])
                error = accuracy.std(ddof=1) / np.sqrt(len(fits))
                print(
                    f"| {path.stem} | {name} | {accuracy.mean():.4f} | {error:.4f} | {loss.mean():.4f} "
                    f"| {np.median(seconds):.3f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
