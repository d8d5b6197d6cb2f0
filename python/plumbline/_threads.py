"""How many threads an estimator may use."""

import os

import joblib


def threads(n_jobs):
    """The number that `n_jobs` stands for: joblib's rules, and never more than OMP_NUM_THREADS.

    joblib sets that variable in the processes that it starts, so that a search with several jobs does not
    start several times as many threads as there are processors.

    >>> threads(1)
    1
    """
    count = joblib.effective_n_jobs(-1 if n_jobs is None else n_jobs)
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return min(count, int(limit)) if limit.isdigit() and int(limit) > 0 else count
