"""Fits one Python peer once and prints what was measured as a line of JSON.

    python peers.py PEER DATA_DIR THREADS

DATA_DIR holds the four MNIST files, decompressed. Threads are set before the libraries load. Every fit
and every prediction begins with the pixels as bytes, as ours do: what a library wants in their place is
part of its time.
"""

import json
import os
import sys
import time

PEER, DATA, THREADS = sys.argv[1], sys.argv[2], int(sys.argv[3])
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(THREADS)

import numpy as np


def read(name, header):
    return np.fromfile(os.path.join(DATA, name), np.uint8)[header:]


def images(name):
    return read(name, 16).reshape(-1, 784)


def reals(pixels, kind=np.float32):
    return pixels.astype(kind) / 255


X, Y = images("train-images-idx3-ubyte"), read("train-labels-idx1-ubyte", 8)
XT, YT = images("t10k-images-idx3-ubyte"), read("t10k-labels-idx1-ubyte", 8)
EPOCHS, BATCH, RATE, NEIGHBOURS = 20, 100, 0.1, 3


def numpy_softmax():
    """The lab's own loop: zero weights, 20 epochs, batches of 100 in the order given."""

    def fit():
        images, one_hot = reals(X), np.eye(10, dtype=np.float32)[Y]
        w, b = np.zeros((784, 10), np.float32), np.zeros(10, np.float32)
        for _ in range(EPOCHS):
            for start in range(0, len(X), BATCH):
                x, y = images[start : start + BATCH], one_hot[start : start + BATCH]
                z = x @ w + b
                z -= z.max(axis=1, keepdims=True)
                e = np.exp(z)
                r = (e / e.sum(axis=1, keepdims=True) - y) / len(x)
                w -= RATE * (x.T @ r)
                b -= RATE * r.sum(axis=0)
        return w, b

    return fit, lambda model: (reals(XT) @ model[0] + model[1]).argmax(axis=1), None


def torch_network(hidden):
    import torch

    torch.set_num_threads(THREADS)
    torch.manual_seed(1)

    def fit():
        x, y = torch.from_numpy(reals(X)), torch.from_numpy(Y.astype(np.int64))
        sizes = [784, *hidden, 10]
        layers = []
        for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
            layers += [torch.nn.ReLU()] * (i > 0) + [torch.nn.Linear(inputs, outputs)]
        if not hidden:
            torch.nn.init.zeros_(layers[0].weight)
            torch.nn.init.zeros_(layers[0].bias)
        model = torch.nn.Sequential(*layers)
        loss = torch.nn.CrossEntropyLoss()
        descent = torch.optim.SGD(model.parameters(), lr=RATE)
        for _ in range(EPOCHS):
            for start in range(0, len(x), BATCH):
                descent.zero_grad()
                loss(model(x[start : start + BATCH]), y[start : start + BATCH]).backward()
                descent.step()
        return model

    def predict(model):
        with torch.no_grad():
            return model(torch.from_numpy(reals(XT))).argmax(dim=1).numpy()

    return fit, predict, None


def jax_softmax():
    """The lab's loop as one compiled function; to compile it is part of the fit."""
    if THREADS == 1:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import jax
    import jax.numpy as jnp

    def step(model, batch):
        (w, b), (x, y) = model, batch
        r = (jax.nn.softmax(x @ w + b) - y) / BATCH
        return (w - RATE * (x.T @ r), b - RATE * r.sum(axis=0)), None

    @jax.jit
    def descend(x, y):
        start = jnp.zeros((784, 10), jnp.float32), jnp.zeros(10, jnp.float32)
        return jax.lax.scan(lambda model, _: jax.lax.scan(step, model, (x, y)), start, length=EPOCHS)[0]

    def fit():
        x, y = reals(X).reshape(-1, BATCH, 784), np.eye(10, dtype=np.float32)[Y].reshape(-1, BATCH, 10)
        return jax.block_until_ready(descend(x, y))

    return fit, lambda model: np.asarray(reals(XT) @ model[0] + model[1]).argmax(axis=1), None


def faiss_neighbours():
    import faiss

    faiss.omp_set_num_threads(THREADS)

    def fit():
        index = faiss.IndexFlatL2(784)
        index.add(reals(X))
        return index

    def predict(index):
        votes = Y[index.search(reals(XT), NEIGHBOURS)[1]]
        counts = (votes[:, :, None] == np.arange(10)).sum(axis=1)
        return counts.argmax(axis=1)

    return fit, predict, None


def neighbours():
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(NEIGHBOURS, algorithm="brute", n_jobs=THREADS)
    return lambda: model.fit(reals(X), Y), lambda model: model.predict(reals(XT)), None


def lightgbm():
    from lightgbm import LGBMClassifier

    # Its own defaults, which are those of boosted-trees.
    model = LGBMClassifier(n_jobs=THREADS, verbose=-1)
    return lambda: model.fit(reals(X), Y), lambda model: model.predict(reals(XT)), None


def torch_lenet():
    """The layers, weights, steps and order of steps of burn-lenet; the pictures come in another random order."""
    import torch
    from torch import nn

    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    epochs, rate = 8, 0.05

    def network():
        layers = [nn.Conv2d(1, 16, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(16, 32, 5), nn.MaxPool2d(2), nn.ReLU()]
        layers += [nn.Flatten(), nn.Linear(512, 128), nn.ReLU(), nn.Linear(128, 10)]
        for layer in layers:
            if hasattr(layer, "weight"):
                nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)
        return nn.Sequential(*layers)

    def pictures(pixels):
        return torch.from_numpy(reals(pixels)).reshape(-1, 1, 28, 28)

    def fit():
        x, y = pictures(X), torch.from_numpy(Y.astype(np.int64))
        model, loss = network(), nn.CrossEntropyLoss()
        descent = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
        steps = epochs * -(-len(x) // BATCH)
        falling = torch.optim.lr_scheduler.LambdaLR(descent, lambda step: 1 - step / steps)
        for _ in range(epochs):
            order = torch.randperm(len(x))
            for start in range(0, len(x), BATCH):
                batch = order[start : start + BATCH]
                descent.zero_grad()
                loss(model(x[batch]), y[batch]).backward()
                descent.step()
                falling.step()
        return model

    def predict(model):
        with torch.no_grad():
            parts = [model(pictures(XT[start : start + 1000])) for start in range(0, len(XT), 1000)]
            return torch.cat(parts).argmax(dim=1).numpy()

    return fit, predict, None


def logistic():
    from sklearn.linear_model import LogisticRegression

    def objective(model):
        """Mean cross-entropy + |W|^2 / (2 c m), as softmax-lbfgs reports it."""
        z = reals(X, np.float64) @ model.coef_.T + model.intercept_
        top = z.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(z - top).sum(axis=1)) + top[:, 0]
        loss = (log_sum - z[np.arange(len(Y)), Y]).mean()
        return loss + (model.coef_.astype(np.float64) ** 2).sum() / 2 / len(Y)

    # Double precision and a cap that is not reached: in single precision, or after the default
    # 100 iterations, it stops far from the optimum.
    model = LogisticRegression(C=1.0, tol=1e-5, max_iter=3000)
    return (
        lambda: model.fit(reals(X, np.float64), Y),
        lambda model: model.predict(reals(XT, np.float64)),
        objective,
    )


def svm():
    from sklearn.svm import SVC

    model = SVC(C=10, gamma=0.02, cache_size=2000)
    return lambda: model.fit(reals(X), Y), lambda model: model.predict(reals(XT)), None


def intelex(task):
    from sklearnex import patch_sklearn

    patch_sklearn(verbose=False)
    return task()


TASKS = {
    "numpy-softmax": numpy_softmax,
    "torch-softmax": lambda: torch_network([]),
    "jax-softmax": jax_softmax,
    "torch-mlp": lambda: torch_network([128]),
    "torch-lenet": torch_lenet,
    "sklearn-logistic": logistic,
    "intelex-logistic": lambda: intelex(logistic),
    "sklearn-svm": svm,
    "intelex-svm": lambda: intelex(svm),
    "faiss-neighbours": faiss_neighbours,
    "intelex-neighbours": lambda: intelex(neighbours),
    "lightgbm": lightgbm,
}

fit, predict, objective = TASKS[PEER]()
start = time.perf_counter()
model = fit()
fitted = time.perf_counter()
labels = predict(model)
done = time.perf_counter()
print(
    json.dumps(
        {
            "fit_seconds": fitted - start,
            "predict_seconds": done - fitted,
            "test_accuracy": float((labels == YT).mean()),
            "objective": objective and float(objective(model)),
            "predictions": labels.tolist(),
        }
    )
)
