"""Records what the tests in src/ compare with.

    pip install scipy==1.17.1 scikit-learn==1.9.1 statsmodels==0.15.0 mlxtend==0.25.0 baycomp==1.0.3 scikit-posthocs==0.17.1
    python recorded.py
"""

import warnings

import baycomp
import numpy as np
import sklearn.metrics as m
from mlxtend.evaluate import combined_ftest_5x2cv
from scipy.optimize import brentq, minimize_scalar
from scipy.special import log_softmax
from scipy.stats import (
    binom,
    binomtest,
    bootstrap,
    f as fisher,
    friedmanchisquare,
    norm,
    rankdata,
    studentized_range,
    t as student,
    ttest_1samp,
    ttest_ind,
)
from scikit_posthocs import posthoc_nemenyi_friedman
from sklearn.dummy import DummyClassifier
from statsmodels.stats.contingency_tables import cochrans_q
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("ignore")

print("interval.rs")
for k, n in [(9224, 10000), (9999, 10000), (10000, 10000), (0, 12), (5, 12)]:
    print(k, n, binomtest(k, n).proportion_ci(0.95, method="wilson"))
for k, n, p in [(30, 200, 0.115), (50, 200, 0.115), (0, 10, 0.5)]:
    print(k, n, p, binom.sf(k - 1, n, p))

print("paired.rs")
for first, second in [(80, 30), (12, 3), (500, 450), (1, 0), (700, 60)]:
    p = binomtest(first, first + second, 0.5).pvalue
    mid_p = p - binom.pmf(min(first, second), first + second, 0.5)
    print((first, second, float(p), float(mid_p)))
for p_values in [[0.01, 0.04, 0.03, 0.005], [0.9, 0.8]]:
    print("Holm", multipletests(p_values, method="holm")[1])
i = np.arange(40)
pair = (np.sin(3 * i + 1), 0.5 * np.sin(5 * i) - 0.3)
mean_difference = lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis)
print(
    "bootstrap",
    bootstrap(
        pair, mean_difference, paired=True, method="percentile", n_resamples=1_000_000, batch=10_000, rng=1
    ).confidence_interval,
    (pair[0] - pair[1]).std(),
)

print("confusion.rs")
t = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
p = [0, 0, 1, 1, 1, 1, 3, 2, 0, 1]
print(m.accuracy_score(t, p), m.balanced_accuracy_score(t, p))
for average in ["macro", "weighted", None]:
    print(m.precision_recall_fscore_support(t, p, average=average, zero_division=0))
print(m.cohen_kappa_score(t, p), m.matthews_corrcoef(t, p))

# `forty` of recorded.rs.
labels = np.array([(i * i + i // 3) % 4 for i in range(40)])
logits = np.array(
    [[2 * np.sin(3 * i + 7 * j + 1) + 0.8 * (j == labels[i]) for j in range(4)] for i in range(40)]
)
logs = log_softmax(logits, axis=1).astype(np.float32).astype(np.float64)
probabilities = np.exp(logs)

print("probabilities.rs")
print(m.log_loss([0, 2, 1], [[0.7, 0.2, 0.1], [0.05, 0.05, 0.9], [0.4, 0.35, 0.25]]))
print("log-loss", m.log_loss(labels, probabilities))
print("Brier", m.brier_score_loss(labels, probabilities, scale_by_half=False))
for k in [1, 2]:
    print("top", k, m.top_k_accuracy_score(labels, probabilities, k=k))
# scikit-learn wants rows that sum to 1 in double precision.
normal = probabilities / probabilities.sum(axis=1, keepdims=True)
print("AUC", m.roc_auc_score(labels, normal, multi_class="ovr", average="macro"))

print("calibration.rs")
confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
bins = np.digitize(confidence, np.linspace(0, 1, 16), right=True)
print(
    "ECE",
    sum((bins == b).mean() * abs(confidence[bins == b].mean() - right[bins == b].mean()) for b in set(bins)),
)
loss = lambda T: -log_softmax(logs / T, axis=1)[np.arange(40), labels].mean()
best = minimize_scalar(loss, bounds=(0.01, 100), method="bounded", options={"xatol": 1e-10})
print("temperature", best.x, best.fun)

print("several.rs")
right = np.array([[(i * (2 * k + 1) + i // 7) % (k + 3) > 0 for k in range(1, 5)] for i in range(200)])
q = cochrans_q(right.astype(int))
print(q.statistic, q.pvalue)


def power(n, differing, alpha, difference):
    """Of McNemar's exact test, over the number m of differing images."""
    total = 0.0
    for m in range(int(2 * n * differing) + 41):
        b = np.arange(m + 1)
        p = 2 * binom.cdf(np.minimum(b, m - b), m, 0.5)
        split = binom.pmf(b, m, (1 + difference / differing) / 2)
        total += binom.pmf(m, n, differing) * split[p < alpha].sum()
    return total


n = 10_000
for differing, alpha in [(0.02, 0.05), (0.02, 0.05 / 36), (0.0061, 0.05 / 36)]:
    missing = (
        lambda d: d * np.sqrt(n)
        - norm.isf(alpha / 2) * np.sqrt(differing)
        - norm.ppf(0.8) * np.sqrt(differing - d * d)
    )
    delta = brentq(missing, 0, differing, xtol=1e-15)
    print(delta, power(n, differing, alpha, delta))
for differing, alpha in [(0.0008, 0.05), (0.0007, 0.05), (0.0016, 0.05 / 36)]:
    print("all on one side", power(n, differing, alpha, differing))

print("resampled.rs")
d = np.array([0.012, 0.018, -0.004, 0.009, 0.021, 0.015, 0.002, 0.011, 0.007, 0.019])
# baycomp takes the scores of both and reports (left, rope, right) for y − x.
print(baycomp.CorrelatedTTest.probs(np.zeros(10), d, rope=0.005, runs=1))
for test_to_train in [0.1 / 0.9, 1.0]:
    error = np.sqrt((1 / 10 + test_to_train) * d.var(ddof=1))
    print(2 * student.sf(abs(d.mean() / error), 9), student.interval(0.95, 9, d.mean(), error))
scores = iter([score for pair in d for score in (pair, 0.0)])
print(
    combined_ftest_5x2cv(
        DummyClassifier(), DummyClassifier(), np.zeros((40, 1)), labels, scoring=lambda *_: next(scores)
    )
)

print("seeds.rs")
first = np.array([0.9731, 0.9718, 0.9745, 0.9722, 0.9739])
second = np.array([0.9712, 0.9725, 0.9708, 0.9716, 0.9719])
print(ttest_ind(first, second, equal_var=False))
print(ttest_1samp(first, 0.9717))
deviation = np.sqrt(first.var(ddof=1) + second.var(ddof=1))
for more, alpha in [(0, 0.05), (-0.001, 0.05), (-0.00149, 0.05), (0.1, 0.05), (0, 0.005)]:
    difference = first.mean() - second.mean() + more
    n = np.arange(2, 1_000_000)
    t = student.ppf(1 - alpha / 2, n - 1) + student.ppf(0.8, n - 1)
    print(more, alpha, n[n >= (t * deviation / difference) ** 2][0])

print("ranks.rs")
scores = np.array(
    [
        [0.97, 0.95, 0.92, 0.82],
        [0.88, 0.89, 0.84, 0.80],
        [0.91, 0.91, 0.85, 0.70],
        [0.99, 0.97, 0.95, 0.95],
        [0.76, 0.74, 0.75, 0.60],
        [0.93, 0.90, 0.88, 0.85],
    ]
)
n, k = scores.shape
print("ranks", np.mean([rankdata(-row) for row in scores], axis=0))
test = friedmanchisquare(*scores.T)
f = (n - 1) * test.statistic / (n * (k - 1) - test.statistic)
print(test, f, fisher.sf(f, k - 1, (k - 1) * (n - 1)))
for q, count in [(3.5, 3), (1.0, 5), (4.2, 9)]:
    print(q, count, studentized_range.sf(q, count, np.inf))
print(posthoc_nemenyi_friedman(scores).to_numpy())
print(studentized_range.ppf(0.95, k, np.inf) * np.sqrt(k * (k + 1) / (12 * n)))
