"""Writes recorded.json, which the tests in src/ read: inputs, and what other programs make of them.

    pip install scipy==1.17.1 scikit-learn==1.9.1 statsmodels==0.15.0 mlxtend==0.25.0 baycomp==1.0.3 scikit-posthocs==0.17.1
    python recorded.py
"""

import itertools
import json
import pathlib
import warnings

import baycomp
import numpy as np
import pandas as pd
import sklearn.metrics as m
from mlxtend.evaluate import combined_ftest_5x2cv
from scipy import stats
from scipy.optimize import brentq, minimize_scalar
from scipy.special import log_softmax, logsumexp
from scipy.stats import binom, binomtest, norm, t as student
from scikit_posthocs import posthoc_nemenyi_friedman
from sklearn.dummy import DummyClassifier
from sklearn.isotonic import IsotonicRegression
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.contingency_tables import cochrans_q
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

warnings.simplefilter("ignore")
RECORDED = {}


def plain(value):
    """Of NumPy's types, those of JSON."""
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) else value


def record(name, value):
    RECORDED[name] = plain(value)


# moments.rs
values = [2.5, -1.0, 4.0, 0.5, 3.0, 9.0, 0.0]
record("quantiles", [values, [(q, np.quantile(values, q)) for q in [0.0, 0.025, 0.5, 0.7, 0.99, 1.0]]])

# interval.rs
wilson = [
    (k, n, *binomtest(k, n).proportion_ci(0.95, method="wilson"))
    for k, n in [(9224, 10000), (9999, 10000), (10000, 10000), (0, 12), (5, 12)]
]
record("wilson", wilson)
record(
    "binomial_tail",
    [(k, n, p, binom.sf(k - 1, n, p)) for k, n, p in [(30, 200, 0.115), (50, 200, 0.115), (0, 10, 0.5)]],
)

# binomial.rs
record(
    "binomial",
    [
        (k, n, p, binom.cdf(k, n, p), binom.sf(k, n, p), binom.pmf(k, n, p))
        for k, n, p in [
            (9990, 20_000, 0.5),
            (9990, 20_001, 0.5),
            (49_900, 100_000, 0.5),
            (0, 100_000, 1e-5),
            (3, 100_000, 1e-5),
            (99_998, 100_000, 0.9999),
            (249_999, 500_000, 0.5),
            (499_999, 1_000_000, 0.5),
            (499_000, 1_000_000, 0.5),
            (480_000, 1_000_000, 0.5),
            (510_000, 1_000_000, 0.5),
            (301_000, 1_000_000, 0.3),
            (250_000, 1_000_000, 0.3),
        ]
    ],
)

# paired.rs
mcnemar = []
for first, second in [(80, 30), (12, 3), (500, 450), (1, 0), (700, 60), (250_400, 249_600)]:
    p = binomtest(first, first + second, 0.5).pvalue
    mcnemar.append((first, second, p, p - binom.pmf(min(first, second), first + second, 0.5)))
record("mcnemar", mcnemar)
record("holm", [(p, multipletests(p, method="holm")[1]) for p in [[0.01, 0.04, 0.03, 0.005], [0.9, 0.8]]])


# tango.rs
def tango(b, c, n, confidence):
    """The score interval, with the nuisance parameter from a numerical maximum of the likelihood."""
    z = norm.ppf((1 + confidence) / 2)

    def score(delta):
        log = lambda k, p: k * np.log(np.maximum(p, 1e-300)) if k else 0.0
        loss = lambda q: -(log(b, q + delta) + log(c, q) + log(n - b - c, 1 - 2 * q - delta))
        low, high = max(0.0, -delta), (1 - delta) / 2
        q = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-14}).x
        # The search does not try the ends.
        q = min([q, low, high], key=loss)
        return (b - c - n * delta) / np.sqrt(n * (2 * q + delta * (1 - delta)))

    middle, eps = (b - c) / n, 1e-9
    ends = []
    for low, high, sign in [(-1 + eps, middle - eps, 1), (middle + eps, 1 - eps, -1)]:
        ends.append(brentq(lambda delta: score(delta) - sign * z, low, high, xtol=1e-12))
    return ends


cases = [(12, 3, 100, 0.95), (0, 0, 20, 0.95), (1, 0, 50, 0.95), (43, 0, 60, 0.99), (700, 650, 10000, 0.95)]
cases += [(80, 30, 1000, 0.9), (2, 5, 12, 0.95), (30, 20, 60, 1 - 0.05 / 36)]
record("tango", [(*case, *tango(*case)) for case in cases])

# pairs.rs: five classifiers, of which the last two are alike.
columns = np.array([(np.arange(120) * step + 3) % 17 > limit for step, limit in [(3, 1), (5, 4), (7, 3), (4, 6)]])
columns = np.vstack([columns, columns[3]])
rows = []
for i, j in itertools.combinations(range(5), 2):
    b, c = (columns[i] & ~columns[j]).sum(), (columns[j] & ~columns[i]).sum()
    p = binomtest(int(b), int(b + c), 0.5).pvalue if b + c else 1.0
    rows.append((i, j, p, min(1.0, 6 * p)))
record("all_pairs", [columns, rows])

# bootstrap.rs
i = np.arange(40)
pair = (np.sin(3 * i + 1), 0.5 * np.sin(5 * i) - 0.3)
mean_difference = lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis)
interval = stats.bootstrap(
    pair, mean_difference, paired=True, method="percentile", n_resamples=1_000_000, batch=10_000, rng=1
).confidence_interval
record("bootstrap", [*pair, *interval, (pair[0] - pair[1]).std()])
rng = np.random.default_rng(1)
# Orthogonal columns of equal spread, so that the bootstrap of their means is nearly of independent ones.
q, _ = np.linalg.qr(rng.normal(size=(300, 5)) - 0.0)
q -= q.mean(axis=0)
q, _ = np.linalg.qr(q[:, :4])
record("tukey", [(q * np.sqrt(300) + [0, 0.1, 0.3, 0.2]).T, stats.studentized_range.ppf(0.95, 4, np.inf) / np.sqrt(2)])

# clustered.rs
clustered = []
for groups, skew in [(8, 2), (12, 4)]:
    rng = np.random.default_rng(groups)
    group = np.repeat(np.arange(groups), rng.integers(1, 6, groups))
    lean = rng.normal(size=groups)[group]
    first = rng.normal(size=len(group)) + lean > -1.0
    second = rng.normal(size=len(group)) * skew / 2 + lean > 0.2
    d = first.astype(int) - second
    sums = np.bincount(group, d).astype(int)
    sizes = np.bincount(group)
    n, delta = len(group), d.mean()
    factor = groups / (groups - 1)
    z = delta / (np.sqrt(factor * (sums**2).sum()) / n)
    signs = np.array(list(itertools.product([-1, 1], repeat=groups)))
    exact = (abs(signs @ abs(sums)) >= abs(sums.sum())).mean()
    error = np.sqrt(factor * ((sums - sizes * delta) ** 2).sum()) / n
    clustered.append(
        (first, second, group, [delta, z, 2 * norm.sf(abs(z)), exact], student.interval(0.95, groups - 1, delta, error))
    )
record("clustered", clustered)

compared = []
for groups, lead, tests in [(12, 0.0, 1), (14, 1.5, 1), (16, 1.2, 3), (16, 0.3, 6)]:
    rng = np.random.default_rng(int(100 * lead) + groups)
    group = np.repeat(np.arange(groups), rng.integers(1, 9, groups))
    lean = rng.normal(size=groups)[group]
    first = rng.normal(size=len(group)) + lean + lead > -0.6
    second = rng.normal(size=len(group)) + lean > -0.6
    d = first.astype(int) - second
    sums, sizes = np.bincount(group, d).astype(int), np.bincount(group)

    def error(sums, share):
        return np.sqrt(groups / (groups - 1) * ((sums - sizes * share) ** 2).sum()) / len(group)

    signs = np.array(list(itertools.product([-1, 1], repeat=groups)))
    exact = (abs(signs @ abs(sums)) >= abs(sums.sum())).mean()
    freedom, of_pair = groups - 1, error(sums, d.mean())
    p = max(exact, 2 * student.sf(abs(d.mean()) / of_pair, freedom))
    low, high = student.interval(1 - 0.05 / tests, freedom, d.mean(), of_pair)
    low, high = max(low, -1), min(high, 1)
    if p * tests > 0.05:
        low, high = min(low, 0), max(high, 0)
    share = first.mean()
    wide = student.ppf(0.975, freedom) / norm.ppf(0.975)
    effective = share * (1 - share) / (wide * error(np.bincount(group, first), share)) ** 2
    effective = int(min(max(effective, 1), len(group)))
    z, n = norm.ppf(0.975), effective
    centre = (share + z**2 / 2 / n) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / 4 / n**2) / (1 + z**2 / n)
    compared.append((first, second, group, tests, p, [low, high], [centre - half, centre + half]))
record("compare_groups", compared)


# power.rs
def power(n, differing, difference, alpha):
    """Of McNemar's exact test, over the number k of differing samples."""
    total = 0.0
    chances = binom.pmf(np.arange(n + 1), n, differing)
    for k in np.flatnonzero(chances >= 1e-18):
        b = np.arange(k + 1)
        p = np.minimum(1, 2 * binom.cdf(np.minimum(b, k - b), k, 0.5))
        total += chances[k] * binom.pmf(b, k, (1 + difference / differing) / 2)[p <= alpha].sum()
    return total


cases = [(10_000, 0.02, 0.004, 0.05), (10_000, 0.02, 0.0057, 0.05 / 36), (10_000, 0.0008, 0.0008, 0.05)]
cases += [(300_000, 0.02, 0.0012, 0.05 / 190), (10_000, 0.0007, 0.0007, 0.05), (50, 0.3, -0.2, 0.05), (20, 1.0, 0.5, 0.05), (30, 0.5, 0.0, 0.05)]
record("mcnemar_power", [(*case, power(*case)) for case in cases])
needed = []
for difference, differing, alpha in [(0.1, 0.2, 0.05), (0.02, 0.05, 0.05), (0.3, 0.3, 0.01)]:
    spread = norm.isf(alpha / 2) * np.sqrt(differing) + norm.ppf(0.8) * np.sqrt(differing - difference**2)
    n = int(np.ceil((spread / difference) ** 2))
    needed.append((difference, differing, alpha, next(n for n in itertools.count(n) if power(n, differing, difference, alpha) >= 0.8)))
record("samples_needed", needed)


def t_power(delta, freedom, alpha):
    critical = student.isf(alpha / 2, freedom)
    # SciPy has no number for a lower tail that is too small.
    return stats.nct.sf(critical, freedom, delta) + np.nan_to_num(stats.nct.cdf(-critical, freedom, delta))


cases = [(2.5, 4, 0.05), (0.0, 9, 0.05), (3.0, 1, 0.05), (20.0, 1, 0.05), (2.8, 500, 0.05), (5.0, 7.3, 0.05 / 36)]
record("t_power", [(*case, t_power(*case)) for case in cases])
solve = lambda n, alpha: TTestPower().solve_power(nobs=n, alpha=alpha, power=0.8)
record("detectable_effect", [(n, alpha, solve(n, alpha)) for n, alpha in [(5, 0.05), (10, 0.05), (30, 0.01)]])

# confusion.rs
t = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
p = [0, 0, 1, 1, 1, 1, 3, 2, 0, 1]
averages = [m.precision_recall_fscore_support(t, p, average=a, zero_division=0)[:3] for a in ["macro", "weighted"]]
record(
    "confusion",
    [
        t,
        p,
        [m.accuracy_score(t, p), m.balanced_accuracy_score(t, p), *averages[0], *averages[1]]
        + [m.cohen_kappa_score(t, p), m.matthews_corrcoef(t, p)],
        list(zip(*m.precision_recall_fscore_support(t, p, average=None, zero_division=0))),
    ],
)

# Four classes of forty samples, whose probabilities are single precision in the tests.
labels = np.array([(i * i + i // 3) % 4 for i in range(40)])
logits = np.array(
    [[2 * np.sin(3 * i + 7 * j + 1) + 0.8 * (j == labels[i]) for j in range(4)] for i in range(40)]
)
logs = log_softmax(logits, axis=1).astype(np.float32).astype(np.float64)
probabilities = np.exp(logs)
record("forty", [logs.ravel(), labels])

# probabilities.rs
three = [[0.7, 0.2, 0.1], [0.05, 0.05, 0.9], [0.4, 0.35, 0.25]]
record("log_loss", [np.ravel(three), [0, 2, 1], m.log_loss([0, 2, 1], three)])
# scikit-learn wants rows that sum to 1 in double precision.
normal = probabilities / probabilities.sum(axis=1, keepdims=True)
record(
    "scores",
    [
        m.log_loss(labels, probabilities),
        m.brier_score_loss(labels, probabilities, scale_by_half=False),
        m.top_k_accuracy_score(labels, probabilities, k=1),
        m.top_k_accuracy_score(labels, probabilities, k=2),
        m.roc_auc_score(labels, normal, multi_class="ovr", average="macro"),
    ],
)

# areas.rs
record("average_precision", m.average_precision_score(np.eye(4)[labels], probabilities, average="macro"))

# curves.rs
rates, recalls = [0.0, 0.1, 0.25, 0.5, 1.0], [0.05, 0.2, 0.5, 0.8, 1.0]
roc, precision = [], []
for c in range(4):
    f, t, _ = m.roc_curve(labels == c, logs[:, c], drop_intermediate=False)
    # At a rate that several thresholds have, the largest.
    roc.append([max(t[f == r]) if r in f else np.interp(r, f, t) for r in rates])
    p, r, _ = m.precision_recall_curve(labels == c, logs[:, c])
    # Recall falls along the arrays: the last that is enough is the first threshold that reaches it.
    precision.append([p[np.flatnonzero(r >= wanted - 1e-12)[-1]] for wanted in recalls])
record("curves", [np.mean(roc, axis=0), np.mean(precision, axis=0)])


def delong(first, second, members):
    """Over all pairs of a sample inside and one outside."""
    wins = lambda scores: np.heaviside(scores[members][:, None] - scores[~members][None, :], 0.5)
    psi = [wins(first), wins(second)]
    areas = np.array([of.mean() for of in psi])
    inside = np.cov([of.mean(axis=1) for of in psi]) / members.sum()
    outside = np.cov([of.mean(axis=0) for of in psi]) / (~members).sum()
    covariance = inside + outside
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    statistic = (areas[0] - areas[1]) / error
    # Brunner and Munzel's degrees of freedom, of the difference between the two placements of each sample.
    part = [of[0, 0] + of[1, 1] - 2 * of[0, 1] for of in (inside, outside)]
    counts = [members.sum() - 1, (~members).sum() - 1]
    freedom = sum(part) ** 2 / sum(of**2 / count for of, count in zip(part, counts))
    return areas, np.sqrt(np.diag(covariance)), [error, statistic, freedom, 2 * student.sf(abs(statistic), freedom)]


cases = []
for seed, share in [(1, 0.5), (2, 0.2)]:
    rng = np.random.default_rng(seed)
    members = rng.random(60) < share
    common = rng.normal(size=60)
    first = np.round(common + 1.5 * members + 0.5 * rng.normal(size=60), 1)
    second = np.round(common + 0.3 * members + rng.normal(size=60), 1)
    cases.append((first, second, members, *delong(first, second, members)))
record("delong", cases)


def newcombe(area, members, others, confidence):
    z = norm.ppf((1 + confidence) / 2)

    def beyond(at):
        alike = (1 - at) / (2 - at) + at / (1 + at)
        variance = at * (1 - at) / (members * others) * (1 + ((members + others) / 2 - 1) * alike)
        return (at - area) ** 2 - z**2 * variance

    # The ends themselves are solutions, too.
    inside = min(max(area, 1e-12), 1 - 1e-12)
    low = brentq(beyond, 1e-9, inside, xtol=1e-14) if area > 0 else 0.0
    high = brentq(beyond, inside, 1 - 1e-9, xtol=1e-14) if area < 1 else 1.0
    return area, members, others, confidence, [low, high]


cases = [(0.5, 5, 95, 0.95), (0.93, 40, 60, 0.95), (1.0, 5, 20, 0.95), (0.0, 3, 3, 0.95), (0.7, 500, 12, 0.9)]
record("newcombe", [newcombe(*of) for of in cases])

# calibration.rs
confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels


def by_bin(probability, outcome, number=15):
    bins = np.digitize(probability, np.linspace(0, 1, number + 1), right=True)
    return [(probability[bins == b], outcome[bins == b].astype(float)) for b in set(bins)]


plain_error = sum(len(p) * abs(p.mean() - y.mean()) for p, y in by_bin(confidence, right)) / 40
debiased = 0.0
for p, y in by_bin(confidence, right):
    gap, error = abs(p.mean() - y.mean()), np.sqrt(y.mean() * (1 - y.mean()) / len(y))
    expected = stats.foldnorm.mean(gap / error, scale=error) if error else gap
    debiased += len(p) / 40 * (2 * gap - expected)
classes = [
    sum(len(p) * abs(p.mean() - y.mean()) for p, y in by_bin(probabilities[:, k], labels == k)) / 40 for k in range(4)
]
record("calibration_errors", [plain_error, max(0, debiased), np.mean(classes)])
tilt = 1 - 2 * confidence
z = ((right - confidence) * tilt).sum() / np.sqrt((tilt**2 * confidence * (1 - confidence)).sum())
record("spiegelhalter", [z, 2 * norm.sf(abs(z))])


# temperature.rs
def loss(log_temperature):
    """Of the samples, and of two more whose classes the probabilities themselves decide."""
    scaled = logs / np.exp(log_temperature)
    scaled = scaled - logsumexp(scaled, axis=1, keepdims=True)
    return -scaled[np.arange(40), labels].sum() - 2 * (probabilities * scaled).sum(axis=1).mean()


best = minimize_scalar(loss, bounds=(-5, 5), method="bounded", options={"xatol": 1e-10}).x
h = 1e-3
curvature = (loss(best + h) - 2 * loss(best) + loss(best - h)) / h**2
scaled = log_softmax(logs / np.exp(best), axis=1)
record("temperature", [np.exp(best), 1 / np.sqrt(curvature), -scaled[np.arange(40), labels].mean()])

# corp.rs
rng = np.random.default_rng(4)
forecast = np.round(rng.random(80), 2)
outcome = rng.random(80) < forecast**1.5
fitted = IsotonicRegression(y_min=0, y_max=1).fit_transform(forecast, outcome)
base = outcome.mean()
calibrated = m.brier_score_loss(outcome, fitted)
record(
    "corp",
    [
        forecast,
        outcome,
        fitted,
        [m.brier_score_loss(outcome, forecast) - calibrated, base * (1 - base) - calibrated, base * (1 - base)],
    ],
)
record("band", [0.8, 200, *(binom.ppf([0.05, 0.95], 200, 0.8) / 200)])

# several.rs
right = np.array([[(i * (2 * k + 1) + i // 7) % (k + 3) > 0 for k in range(1, 5)] for i in range(200)])
q = cochrans_q(right.astype(int))
record("cochran", [right.T, q.statistic, q.pvalue])

# resampled.rs
d = np.array([0.012, 0.018, -0.004, 0.009, 0.021, 0.015, 0.002, 0.011, 0.007, 0.019])
folds = []
for ratio in [0.1 / 0.9, 1.0]:
    error = np.sqrt((1 / 10 + ratio) * d.var(ddof=1))
    # baycomp takes the scores of both and reports (left, rope, right) for y − x, of one ratio only.
    left, not_right = student.cdf([-0.005, 0.005], 9, d.mean(), error)
    posterior = (left, not_right - left, 1 - not_right)
    if ratio < 1:
        posterior = baycomp.CorrelatedTTest.probs(np.zeros(10), d, rope=0.005, runs=1)
    share = 0.9 + d.mean()
    logit = student.interval(0.95, 9, np.log(share / (1 - share)), error / (share * (1 - share)))
    folds.append(
        (
            ratio,
            posterior,
            2 * student.sf(abs(d.mean() / error), 9),
            student.interval(0.95, 9, d.mean(), error),
            1 / (1 + np.exp(-np.array(logit))),
        )
    )
record("folds", [d, folds])
scores = iter([score for pair in d for score in (pair, 0.0)])
f, p = combined_ftest_5x2cv(
    DummyClassifier(), DummyClassifier(), np.zeros((40, 1)), labels, scoring=lambda *_: next(scores)
)
record("five_by_two", [d.reshape(5, 2), f, p])

# spread.rs
accuracies = np.array([0.9731, 0.9718, 0.9745, 0.9722, 0.9739])
deviation = accuracies.std(ddof=1)
ends = deviation * np.sqrt(4 / stats.chi2.ppf([0.975, 0.025], 4))
record("spread", [accuracies, deviation, *ends])

# seeds.rs
first = accuracies
second = np.array([0.9712, 0.9725, 0.9708, 0.9716, 0.9719])
record("accuracies_over_seeds", [first, second])
tests = []
for test, mean in [
    (stats.ttest_rel(first, second), first.mean() - second.mean()),
    (stats.ttest_1samp(first - second[0], 0.0), first.mean() - second[0]),
]:
    tests.append((mean, test.statistic, test.pvalue, *test.confidence_interval(0.95)))
record("seed_tests", tests)
deviation = (first - second).std(ddof=1)
settled = []
for more, alpha in [(0, 0.05), (-0.001, 0.05), (-0.0014, 0.05), (0.01, 0.05), (0, 0.005)]:
    difference = first.mean() - second.mean() + more
    for n in itertools.count(2):
        if t_power(abs(difference) / (deviation / np.sqrt(n)), n - 1, alpha) >= 0.8:
            break
    settled.append((more, alpha, n))
record("seeds_to_settle", settled)

# crossed.rs
crossed = []
for seed, wobble in [(1, 1.0), (2, 0.2)]:
    rng = np.random.default_rng(seed)
    s, n = 4, 12
    lean, drift = 1.5 * rng.normal(size=n), wobble * rng.normal(size=(2, s, 1))
    a, b = (rng.normal(size=(s, n)) * wobble + lean + drift[k] > limit for k, limit in [(0, -1.2), (1, 0.0)])
    frame = pd.DataFrame(
        {
            "d": (a.astype(int) - b).ravel(),
            "seed": np.repeat(np.arange(s), n),
            "sample": np.tile(np.arange(n), s),
        }
    )
    squares = anova_lm(ols("d ~ C(seed) + C(sample)", frame).fit())
    by_seed, by_sample, rest = squares["mean_sq"]
    df = squares["df"].to_numpy()
    total = by_seed + by_sample - rest
    if total > max(by_seed, by_sample):
        freedom = total**2 / (np.array([by_seed, by_sample, rest]) ** 2 / df).sum()
    else:
        freedom = df[0] if by_seed > by_sample else df[1]
        total = max(by_seed, by_sample)
    error = np.sqrt(total / (s * n))
    of_seeds, of_samples = max(0, (by_seed - rest) / n), max(0, (by_sample - rest) / s)
    mean = frame.d.mean()
    # The mean, and a new fit: of seeds, samples and the rest.
    parts = np.array([by_seed, by_sample, rest]) * [1 + s, 2, -2] / (s * n)
    largest = parts[:2].argmax()
    next_freedom = df[largest]
    following = parts[largest]
    if parts.sum() > following:
        following = parts.sum()
        next_freedom = following**2 / (parts**2 / df).sum()
    following = np.sqrt(following)
    crossed.append(
        (
            a,
            b,
            [mean, error, of_seeds, of_samples, rest],
            student.interval(0.95, freedom, mean, error),
            np.clip(student.interval(0.95, next_freedom, mean, following), -1, 1),
        )
    )
record("crossed", crossed)

# looks.rs: the models that could have been, counted as whole numbers.
looks = []
for n, k, values, confidence in [(10_000, 1, 0, 0.95), (10_000, 100, 0, 0.95), (10_000, 30, 2, 0.95), (500, 4, 501, 0.9)]:
    models = k if values == 0 else sum(values**j for j in range(k))
    looks.append((n, k, values, confidence, np.sqrt(np.log(models / (1 - confidence)) / (2 * n))))
record("looks", looks)

# ranks.rs
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
record("scores_of_data_sets", scores)


def friedman(scores):
    n, k = scores.shape
    ranks = np.array([stats.rankdata(-row) for row in scores])
    test = stats.friedmanchisquare(*scores.T) if k > 2 else None
    middle = (k + 1) / 2
    ties = sum((np.unique(row, return_counts=True)[1] ** 3 - np.unique(row, return_counts=True)[1]).sum() for row in ranks)
    chi = 12 * n * ((ranks.mean(axis=0) - middle) ** 2).sum() / (k * (k + 1)) / (1 - ties / (n * k * (k * k - 1)))
    if test is not None:
        assert abs(chi - test.statistic) < 1e-9
    f = (n - 1) * chi / (n * (k - 1) - chi)
    # All orders in each data set but the first, which by symmetry may stay.
    sums = {tuple(ranks[0]): 1}
    for row in ranks[1:]:
        following = {}
        for total, count in sums.items():
            for order in itertools.permutations(row):
                key = tuple(np.add(total, order))
                following[key] = following.get(key, 0) + count
        sums = following
    square = lambda total: np.sum(np.square(total))
    observed = square(ranks.sum(axis=0))
    exact = sum(count for total, count in sums.items() if square(total) >= observed) / sum(sums.values())
    return (
        scores,
        ranks.mean(axis=0),
        [chi, stats.chi2.sf(chi, k - 1)],
        [f, stats.f.sf(f, k - 1, (k - 1) * (n - 1))],
        exact,
    )


three = np.array([[3, 2, 1], [3, 1, 2], [2, 3, 1], [3, 2, 1], [3, 3, 1]]) / 10
two = np.array([[2, 1], [2, 1], [1, 2], [2, 1], [2, 1], [2, 1]]) / 10
record("friedman", [friedman(scores), friedman(three), friedman(two)])


def critical_difference(k, n, alpha):
    ranges = {}
    for orders in itertools.product(itertools.permutations(range(1, k + 1)), repeat=n):
        sums = np.sum(orders, axis=0)
        ranges[np.ptp(sums)] = ranges.get(np.ptp(sums), 0) + 1
    total = sum(ranges.values())
    enough = [r for r in ranges if sum(ranges[s] for s in ranges if s >= r) <= alpha * total]
    return min(enough) / n if enough else None


cases = [(2, 5, 0.05), (2, 6, 0.05), (3, 4, 0.05), (3, 5, 0.05), (3, 3, 0.01)]
record("critical_difference", [(*case, critical_difference(*case)) for case in cases])
record(
    "studentised_range",
    [(q, k, stats.studentized_range.sf(q, k, np.inf)) for q, k in [(3.5, 3), (1.0, 5), (4.2, 9)]],
)
record("demsar", [(k, stats.studentized_range.ppf(0.95, k, np.inf) / np.sqrt(2)) for k in range(2, 11)])
table = posthoc_nemenyi_friedman(scores).to_numpy()
pairs = [(i, j, table[i, j]) for i, j in itertools.combinations(range(4), 2)]
record("nemenyi", [pairs, stats.studentized_range.ppf(0.95, 4, np.inf) * np.sqrt(4 * 5 / (12 * 6))])

# signed_ranks.rs
wilcoxon = []
for differences in [d, [0.1, 0.2, -0.3, 0.4, 0.5, 0.6], [0.1, 0.1, -0.1, 0.0, 0.2, 0.3, -0.1], [-0.5, 0.25]]:
    kept = np.array([x for x in differences if x])
    ranks = stats.rankdata(abs(kept))
    signs = np.array(list(itertools.product([0, 1], repeat=len(kept))))
    positive, sums = ranks[kept > 0].sum(), signs @ ranks
    p = min(1.0, 2 * min((sums <= positive).mean(), (sums >= positive).mean()))
    test = stats.wilcoxon(kept, method=stats.PermutationMethod(n_resamples=np.inf))
    assert abs(test.pvalue - p) < 1e-12
    wilcoxon.append((differences, positive, p))
record("wilcoxon", wilcoxon)
posterior = lambda rope: baycomp.SignedRankTest.probs(np.zeros(10), d, rope=rope, nsamples=1_000_000, random_state=1)
record("signed_rank", [d, [(rope, posterior(rope)) for rope in [0.005, 0.01]]])

lines = (f"{json.dumps(name)}: {json.dumps(value, allow_nan=False)}" for name, value in RECORDED.items())
path = pathlib.Path(__file__).with_name("recorded.json")
path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
