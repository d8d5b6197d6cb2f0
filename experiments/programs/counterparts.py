"""Of each model of scikit-learn.toml the same of scikit-learn: the same objective, start and parameters."""
import numpy as np
from sklearn import covariance, discriminant_analysis, dummy, ensemble, linear_model, naive_bayes, neighbors, neural_network, svm


class Network(neural_network.MLPClassifier):
    """Plain stochastic gradient descent that starts as ours does: from biases of zero, and from weights of zero where there
    is one layer, otherwise as He et al. 2015 draw them. It goes on from one epoch, whose result it overwrites."""

    def fit(self, x, y):
        epochs, random = self.max_iter, np.random.default_rng(self.random_state)
        self.set_params(max_iter=1, warm_start=False)
        super().fit(x, y)
        for weights, biases in zip(self.coefs_, self.intercepts_):
            bound = np.sqrt(6 / len(weights)) if len(self.coefs_) > 1 else 0.0
            weights[:] = random.uniform(-bound, bound, weights.shape)
            biases[:] = 0.0
        self.set_params(max_iter=epochs, warm_start=True)
        return super().fit(x, y)


class Given:
    """What scikit-learn asks for the covariance of each class: always the same."""

    def __init__(self, covariance):
        self.covariance_ = covariance

    def fit(self, _):
        return self


class Discriminant(discriminant_analysis.LinearDiscriminantAnalysis):
    """Ledoit and Wolf's shrinkage of the correlations within all classes together. That of `shrinkage="auto"` is found for
    each class by itself, from as few rows as it has."""

    def fit(self, x, y):
        means = np.array([x[y == label].mean(0) for label in np.unique(y)])
        within = x - means[np.searchsorted(np.unique(y), y)]
        deviations = within.std(0)
        varies = deviations > 1e-6
        shrunk, amount = covariance.ledoit_wolf(within[:, varies] / deviations[varies], assume_centered=True)
        correlations = max(amount, 1e-10) * np.eye(len(varies))
        correlations[np.ix_(varies, varies)] = shrunk
        # A feature that varies between classes only counts as ours does.
        between = x.std(0)
        deviations = np.where(varies, deviations, np.where(between > 0, between, 1.0))
        self.covariance_estimator = Given(correlations * np.outer(deviations, deviations))
        return super().fit(x, y)


def counterparts(classes):
    """By the ids of the models. Of two classes scikit-learn has one output, the difference of our two: at the optimum the
    square of the difference is twice that of both, and a step changes it twice as much."""
    two = 2.0 if classes == 2 else 1.0
    logistic = linear_model.LogisticRegression(C=1.0 * two, max_iter=10_000)

    def network(hidden, rate):
        return Network(
            hidden, solver="sgd", momentum=0.0, alpha=0.0, batch_size=100, learning_rate_init=rate, max_iter=200,
            n_iter_no_change=200,
        )

    return {
        "softmax": network((), 0.1 * two),
        "softmax-lbfgs": logistic,
        "burn-mlp": network((128,), 0.1),
        "kernel-svm": svm.SVC(C=10.0, gamma=0.02),
        "linfa-svm-rbf": svm.SVC(C=5.0, gamma=0.02, break_ties=True),
        "linfa-svm-linear": svm.SVC(C=1.0, kernel="linear", break_ties=True),
        "linfa-logistic": logistic,
        "boosted-trees": ensemble.HistGradientBoostingClassifier(early_stopping=False),
        "random-forest": ensemble.RandomForestClassifier(),
        "neighbours": neighbors.KNeighborsClassifier(3),
        "discriminant": Discriminant("lsqr"),
        "naive-bayes": naive_bayes.GaussianNB(),
        "nearest-centroid": neighbors.NearestCentroid(),
        "majority": dummy.DummyClassifier(),
    }
