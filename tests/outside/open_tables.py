"""Opens the exported CSV and Parquet tables with pandas: open_tables.py EXPERIMENTS RESULTS."""

import json
import math
import pathlib
import subprocess
import sys

import pandas

experiments, results = sys.argv[1], pathlib.Path(sys.argv[2])
report = json.loads((results / "mnist/report.json").read_text())


def exported(table):
    frames = []
    for form, read in [("csv", pandas.read_csv), ("parquet", pandas.read_parquet)]:
        file = results / f"{table}.{form}"
        options = ["--format", form, "--table", table, "--output", file, "--results", results]
        subprocess.run([experiments, "export", *options], check=True)
        frames.append(read(file))
    csv, parquet = frames
    assert list(csv.columns) == list(parquet.columns), table
    for name in csv.columns:
        # CSV has no types: a column of digits is read as numbers, an empty one as nothing.
        if parquet[name].dtype.kind in "fi":
            assert csv[name].dropna().tolist() == parquet[name].dropna().tolist(), name
        else:
            assert csv[name].astype(str).tolist() == parquet[name].astype(str).tolist(), name
    return parquet


models = exported("models").set_index("id")
assert list(models.index) == [model["id"] for model in report["models"]]
for model in report["models"]:
    row = models.loc[model["id"]]
    for key in ["status", "train_images"]:
        assert row[key] == model[key], key
    measured = {**model, **model.get("metrics", {})}
    for key in ["parameters", "accuracy", "log_loss", "macro_f1", "fit_seconds"]:
        value = measured.get(key)
        value = math.nan if value is None else float(value)
        assert row[key] == value or math.isnan(row[key]) and math.isnan(value), key

epochs = exported("epochs")
for model in report["models"]:
    of_model = epochs[epochs["id"] == model["id"]]
    assert of_model["epoch"].tolist() == [epoch["epoch"] for epoch in model.get("epochs", [])]
    accuracies = [epoch["judged_accuracy"] for epoch in model.get("epochs", [])]
    assert of_model["judged_accuracy"].tolist() == accuracies

predictions = exported("predictions")
probabilities = [name for name in predictions.columns if name.startswith("probability_")]
assert len(probabilities) == report["dataset"]["classes"]
for model in report["models"]:
    of_model = predictions[predictions["id"] == model["id"]]
    if model["status"] != "finished":
        assert of_model.empty
        continue
    assert len(of_model) == report["dataset"]["test"]
    assert (of_model["truth"] == of_model["predicted"]).mean() == model["accuracy"]
    if model["metrics"]["log_loss"] is not None:
        assert ((of_model[probabilities].sum(axis="columns") - 1).abs() < 1e-5).all()
        likeliest = of_model[probabilities].idxmax(axis="columns").str.removeprefix("probability_")
        assert (likeliest == of_model["predicted"]).all()
