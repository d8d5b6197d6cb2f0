"""Softmax regression in NumPy as a model of Plumbline: see README.md beside this file."""
import json, pathlib, sys
import numpy as np

folder = pathlib.Path(sys.argv[-1])
job = json.loads((folder / "job.json").read_text())
load = lambda name: np.load(folder / f"{name}.npy")
flat = lambda x: x.reshape(len(x), -1).astype(np.float32) / (255 if x.dtype == np.uint8 else 1)
x, y, asked = flat(load("train_x")), load("train_y"), flat(load("predict_x"))
epochs, rate, classes = job["parameters"]["epochs"], job["parameters"]["learning_rate"], len(job["classes"])

def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)

print("plumbline: fit begins")
w, b = np.zeros((x.shape[1], classes), np.float32), np.zeros(classes, np.float32)
for epoch in range(epochs):
    for i in range(0, len(x), 100):
        error = softmax(x[i:i + 100] @ w + b) - np.eye(classes, dtype=np.float32)[y[i:i + 100]]
        w -= rate * x[i:i + 100].T @ error / len(error)
        b -= rate * error.mean(0)
    print(f"plumbline: epoch {epoch + 1} of {epochs}")
print("plumbline: fit ends")
np.save(folder / "probabilities.npy", softmax(asked @ w + b))
