"""Writes the notebooks from what stands here: `python write.py` (needs nbformat)."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HERE = Path(__file__).parent

LAB = """
# The lab: softmax regression by hand
You write the formulas in NumPy; `plumbline.lab` gives you MNIST and says whether they are right.
---
import numpy as np
from plumbline import lab

x_train, y_train, x_test, y_test = lab.mnist()
x_train.shape, y_train[:10]
---
## Softmax and cross-entropy
With logits $Z = XW + b$, $\\hat y_j = e^{z_j} / \\sum_l e^{z_l}$. Subtract the largest logit of each row first: nothing changes, and
nothing overflows.
---
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels]).mean()


lab.check(softmax)
lab.check(cross_entropy)
---
## The gradient
$\\partial L / \\partial W = X^T (\\hat Y - Y) / m$, and $\\partial L / \\partial b$ is the mean of the rows of $\\hat Y - Y$.
---
def gradient(x, labels, w, b):
    error = softmax(x @ w + b)
    error[np.arange(len(x)), labels] -= 1
    return x.T @ error / len(x), error.mean(axis=0)


lab.check(gradient)
---
## 20 epochs
Batches of 100, a learning rate of 0.1, from zero weights: 784 · 10 + 10 = 7 850 parameters.
---
w, b = np.zeros((784, 10), dtype=np.float32), np.zeros(10, dtype=np.float32)
x = x_train.astype(np.float32) / 255
for _ in range(20):
    for start in range(0, len(x), 100):
        dw, db = gradient(x[start : start + 100], y_train[start : start + 100], w, b)
        w -= 0.1 * dw
        b -= 0.1 * db
by_hand = softmax(x_test / 255 @ w + b)
print(f"{(by_hand.argmax(axis=1) == y_test).mean():.2%} of the test images right")
---
## The same, fast, and the optimum
---
from plumbline import SoftmaxRegression, judge

descent = SoftmaxRegression(solver="sgd").fit(x_train, y_train)
optimum = SoftmaxRegression().fit(x_train, y_train)
verdict = judge(
    y_test,
    {
        "by-hand": by_hand.argmax(axis=1),
        "descent": descent.predict(x_test),
        "optimum": optimum.predict(x_test),
    },
)
verdict
"""

SVC = """
# In place of SVC
`KernelSVC` has the parameters, attributes and answers of scikit-learn's `SVC`, and comes with a proof of its optimum.
---
import time

from plumbline import KernelSVC, lab
from sklearn.svm import SVC

x_train, y_train, x_test, y_test = lab.mnist()
some = slice(0, 6000)


def timed(machine, x):
    start = time.perf_counter()
    machine.fit(x[some], y_train[some])
    return machine, time.perf_counter() - start


theirs, their_time = timed(SVC(C=10, gamma=0.02), x_train / 255)
ours, our_time = timed(KernelSVC(C=10, gamma=0.02 / 255**2), x_train)
print(f"6 000 images: SVC {their_time:.1f} s, KernelSVC {our_time:.2f} s")
---
The samples stay bytes: γ is for pixels from 0 to 255. The answers are the same.
---
agree = theirs.predict(x_test / 255) == ours.predict(x_test)
assert agree.mean() > 0.999
print(f"{agree.mean():.2%} of the test images get the same label")
---
Each pair of classes has a certificate, from a gradient computed anew.
---
print(f"largest violation of the optimality conditions: {ours.kkt_violation_.max():.2e}, tol = {ours.tol}")
assert ours.kkt_violation_.max() <= ours.tol
---
Everything of scikit-learn that takes an estimator takes this one.
---
from sklearn.model_selection import GridSearchCV

search = GridSearchCV(KernelSVC(), {"C": [1, 10], "gamma": [1e-7, 3e-7]}, cv=3)
search.fit(x_train[:3000], y_train[:3000])
search.best_params_, round(search.best_score_, 3)
"""

JUDGE = """
# Judging two PyTorch nets
Whatever made the predictions, `plumbline.judge` says whether they really differ. With PyTorch there, two nets are trained here; without
it, scikit-learn's `MLPClassifier` stands in.
---
import importlib.util
import warnings

import numpy as np
import plumbline

x_train, y_train, x_test, y_test = plumbline.lab.mnist()
x, labels = x_train[:5000].astype(np.float32) / 255, y_train[:5000]
x_judged = x_test.astype(np.float32) / 255


def with_torch(hidden, seed):
    import torch

    torch.manual_seed(seed)
    net = torch.nn.Sequential(torch.nn.Linear(784, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 10))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(labels)
    for _ in range(10):
        for rows in torch.randperm(len(x)).split(100):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(net(inputs[rows]), targets[rows]).backward()
            optimiser.step()
    with torch.no_grad():
        return net(torch.from_numpy(x_judged)).softmax(dim=1).numpy()


def with_scikit_learn(hidden, seed):
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(hidden, max_iter=10, batch_size=100, random_state=seed)
    return net.fit(x, labels).predict_proba(x_judged)


if importlib.util.find_spec("torch"):
    net = with_torch
else:
    warnings.simplefilter("ignore")
    net = with_scikit_learn
net.__name__
---
Probabilities, one row per image, one column per class. A margin says which difference does not matter to you, in points.
---
verdict = plumbline.judge(y_test, {"narrow": net(16, 1), "wide": net(128, 1)}, margin=0.5)
verdict
---
verdict.pairs
---
The whole report, with calibration, confusion matrices and the pictures of every figure:
---
verdict.save("report.html")
"""


def write(name, text):
    cells = []
    for number, part in enumerate(text.strip().split("\n---\n")):
        prose = part.startswith("#") or (part[0].isupper() and "\n" not in part.replace("\n", " ", 2))
        cell = new_markdown_cell(part) if prose else new_code_cell(part)
        cell.id = f"{name}-{number}"
        cells.append(cell)
    nbformat.write(new_notebook(cells=cells), HERE / f"{name}.ipynb")


for name, text in [("lab", LAB), ("svc", SVC), ("judge", JUDGE)]:
    write(name, text)
