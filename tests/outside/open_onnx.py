"""Runs exported graphs with ONNX Runtime beside `predict`, on all test rows: open_onnx.py EXPERIMENTS DIRECTORY MNIST."""

import csv
import gzip
import math
import pathlib
import subprocess
import sys

import numpy as np
import onnxruntime

experiments, directory, mnist = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])


def ours(model, data):
    """Labels and probabilities, as `predict` says."""
    command = [experiments, "predict", "--model", model, "--format", "csv", data]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = list(csv.reader(text.splitlines()))
    labels = [row[1] for row in rows[1:]]
    return labels, np.array([[float(p) for p in row[2:]] for row in rows[1:]])


def compare(name, data, inputs):
    model, graph = directory / f"{name}.safetensors", directory / f"{name}.onnx"
    subprocess.run([experiments, "export", "--format", "onnx", "--model", model, "--output", graph], check=True)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    found = dict(zip(names, session.run(None, inputs(session))))
    labels, probabilities = ours(model, data)
    assert found["label"].tolist() == labels, name
    kind = "log-probabilities"
    if not probabilities.size:
        kind, scores = "scores", np.fromfile(directory / f"{name}.scores", "<f4").reshape(len(labels), -1)
        difference = scores - found["scores"]
        if name == "nearest-centroid":
            # The graph leaves out −‖x‖²/2, which is the same for every class.
            difference -= difference.mean(axis=1, keepdims=True)
        worst = float(np.max(np.abs(difference) / np.maximum(1.0, np.abs(scores))))
    else:
        # Logarithms are the scores, up to what all classes share; what underflows in 32 bits is left out.
        shown = (probabilities > 1e-30) & (found["probabilities"] > 1e-30)
        logs = [np.log(p[shown]) for p in (probabilities, found["probabilities"].astype(float))]
        worst = float(np.max(np.abs(logs[0] - logs[1]) / np.maximum(1.0, np.abs(logs[0]))))
    assert worst <= 1e-5, (name, worst)
    print(f"{name}: {len(labels)} labels are the same; {kind} differ by up to {worst:.1e}")


def pixels(session):
    raw = gzip.decompress((mnist / "t10k-images-idx3-ubyte.gz").read_bytes())
    return {"pixels": np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784)}


def columns(session):
    rows = list(csv.DictReader((directory / "table.csv").open()))
    inputs = {}
    for wanted in session.get_inputs():
        values = [row[wanted.name] for row in rows]
        if wanted.type == "tensor(double)":
            numbers = [float(value) if value else math.nan for value in values]
            inputs[wanted.name] = np.array(numbers).reshape(-1, 1)
        else:
            inputs[wanted.name] = np.array(values, object).reshape(-1, 1)
    return inputs


for name in ["softmax", "calibrated", "burn-mlp", "nearest-centroid", "kernel-svm", "discriminant", "naive-bayes"]:
    compare(name, mnist, pixels)
compare("table", directory / "table.csv", columns)
