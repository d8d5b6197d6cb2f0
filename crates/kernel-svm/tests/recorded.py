"""Records what machine.rs compares with: scikit-learn (libsvm) and SciPy on the same data.

    pip install scikit-learn==1.9.1 scipy==1.17.1
    python recorded.py
"""

import numpy as np
from scipy.optimize import minimize
from sklearn.svm import SVC


def pixels(samples, features):
    i, j = np.mgrid[:samples, :features]
    noise = (i * i * 31 + j * j * 17 + i * j * 13) % 97
    return (noise + (i % 3) * (j % 5) * 30).astype(np.uint8)


x, y = pixels(240, 13), np.arange(240) % 3
unit = x / 255.0
for name, arguments in {
    "rbf": dict(kernel="rbf", C=2.0, gamma=1.5),
    "scale": dict(kernel="rbf", C=10.0, gamma="scale"),
    "polynomial": dict(kernel="poly", C=0.5, gamma=0.7, degree=3, coef0=1.0),
    "linear": dict(kernel="linear", C=4.0),
}.items():
    svm = SVC(tol=1e-8, decision_function_shape="ovo", **arguments).fit(unit, y)
    objectives = []
    for a, b in [(0, 1), (0, 2), (1, 2)]:
        pair = SVC(tol=1e-8, **{**arguments, "gamma": svm._gamma}).fit(
            unit[(y == a) | (y == b)], y[(y == a) | (y == b)]
        )
        alpha, support = np.abs(pair.dual_coef_[0]), pair.support_
        # The decision without its intercept is the sum over y alpha K.
        z = unit[(y == a) | (y == b)][support]
        output = pair.decision_function(z) - pair.intercept_[0]
        objectives.append(0.5 * (pair.dual_coef_[0] * output).sum() - alpha.sum())
    decisions = svm.decision_function(pixels(250, 13)[240:] / 255.0)
    print(name, "gamma", svm._gamma, "support", list(svm.n_support_))
    print("  objectives", objectives)
    print("  decisions", decisions[:3].ravel().tolist())

decisions = np.sin(np.arange(60) * 1.7) * 2 + np.where(np.arange(60) % 2 == 0, 0.6, -0.4)
first = np.arange(60) % 2 == 0
high, low = (first.sum() + 1) / (first.sum() + 2), 1 / ((~first).sum() + 2)
target = np.where(first, high, low)
loss = lambda s: np.logaddexp(0, s[0] * decisions + s[1]).sum() - (
    (1 - target) * (s[0] * decisions + s[1])
).sum()
print("sigmoid", minimize(loss, [0.0, 0.0], method="BFGS", options={"gtol": 1e-9}).x.tolist())
