"""Exports to an MLflow tracking server, twice: open_tracking.py EXPERIMENTS RESULTS."""

import json
import pathlib
import subprocess
import sys
import tempfile

from mlflow.tracking import MlflowClient
from server import served

experiments, results = sys.argv[1], pathlib.Path(sys.argv[2])
report = json.loads((results / "mnist/report.json").read_text())


def mlflow(home):
    def command(port):
        program = [sys.executable, "-m", "mlflow", "server", "--workers", "1"]
        store = ["--backend-store-uri", f"sqlite:///{home}/mlflow.db"]
        artifacts = ["--artifacts-destination", f"{home}/artifacts"]
        return [*program, *store, *artifacts, "--host", "127.0.0.1", "--port", str(port)]

    return command


def export(address):
    options = ["--format", "mlflow", "--tracking-uri", address, "--results", results]
    subprocess.run([experiments, "export", *options], check=True)


with tempfile.TemporaryDirectory() as home, served(mlflow(home), "/health") as address:
    export(address)
    export(address)
    client = MlflowClient(tracking_uri=address)
    experiment = client.get_experiment_by_name("plumbline/mnist")
    runs = client.search_runs([experiment.experiment_id])
    logged = {run.info.run_name: run for run in runs}
    assert len(runs) == len(report["models"]), "a second export logs nothing"
    for model in report["models"]:
        run = logged[model["id"]]
        assert run.data.params["seed"] == str(report["seed"])
        if model["status"] != "finished":
            assert run.info.status == "FAILED"
            assert "accuracy" not in run.data.metrics
            continue
        assert run.info.status == "FINISHED"
        assert run.data.metrics["accuracy"] == model["accuracy"]
        for name, value in model["hyperparameters"].items():
            assert run.data.params[name] == (value if isinstance(value, str) else json.dumps(value))
        assert run.data.tags["plumbline.run"] == report["run"]
        history = client.get_metric_history(run.info.run_id, "epoch_judged_accuracy")
        logged_epochs = [(point.step, point.value) for point in history]
        epochs = [(epoch["epoch"], epoch["judged_accuracy"]) for epoch in model["epochs"]]
        assert sorted(logged_epochs) == epochs
