"""Serves the exported event files with TensorBoard: open_events.py EXPERIMENTS RESULTS."""

import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from server import served

experiments, results = sys.argv[1], pathlib.Path(sys.argv[2])
report = json.loads((results / "mnist/report.json").read_text())
logs = results / "events"
options = ["--format", "tensorboard", "--output", logs, "--results", results]
subprocess.run([experiments, "export", *options], check=True)


def tensorboard(port):
    program = pathlib.Path(sys.executable).parent / "tensorboard"
    # One load and no reload: it answers once all files are read.
    return [
        program, "--logdir", logs, "--host", "127.0.0.1", "--port", str(port),
        "--reload_interval", "0", "--load_fast", "false",
    ]  # fmt: skip


with served(tensorboard, "/data/plugin/scalars/tags") as address:

    def get(path, **query):
        url = f"{address}/data/plugin/{path}?{urllib.parse.urlencode(query)}"
        # It may answer before it has read everything, and does not know the rest until then.
        for _ in range(60):
            try:
                with urllib.request.urlopen(url) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                if error.code != 404:
                    raise
            time.sleep(0.5)
        raise AssertionError(f"not found: {url}")

    tags = json.loads(get("scalars/tags"))
    assert set(tags) == {model["id"] for model in report["models"]}, tags
    for model in report["models"]:
        finished = model["status"] == "finished"
        points = json.loads(get("scalars/scalars", run=model["id"], tag="finished"))
        assert [point[2] for point in points] == [float(finished)]
        if not finished:
            assert "final/accuracy" not in tags[model["id"]]
            continue
        # Each point is wall time, step, value; a value is an f32.
        query = {"run": model["id"], "tag": "accuracy/judged"}
        if model["epochs"]:
            points = json.loads(get("scalars/scalars", **query))
            assert [point[1] for point in points] == [epoch["epoch"] for epoch in model["epochs"]]
            for point, epoch in zip(points, model["epochs"], strict=True):
                assert abs(point[2] - epoch["judged_accuracy"]) < 1e-6
        points = json.loads(get("scalars/scalars", **query | {"tag": "final/accuracy"}))
        assert len(points) == 1
        assert abs(points[0][2] - model["accuracy"]) < 1e-6

    (weights,) = json.loads(get("images/images", run="softmax", tag="weights", sample=0))
    query = dict(urllib.parse.parse_qsl(weights["query"]))
    picture = get("images/individualImage", **query)
    assert picture.startswith(b"\x89PNG")
