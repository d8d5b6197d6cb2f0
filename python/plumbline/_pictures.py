"""Support vector machines that know that their samples are pictures."""

import math
from numbers import Integral, Real
from typing import Literal

from sklearn.utils._param_validation import Interval, StrOptions

from plumbline._registered import Registered


class OfPictures(Registered):
    """A machine for pictures, whose shape is square unless it is said."""

    def _picture(self, features):
        if self.picture_shape is not None:
            rows, columns = self.picture_shape
            if rows * columns != features:
                raise ValueError(
                    f"picture_shape = {self.picture_shape}: expected a shape of {features} features"
                )
            return rows, columns
        side = math.isqrt(features)
        return (side, side) if side * side == features else (1, features)


class VirtualSVC(OfPictures):
    """Virtual support vectors: a kernel SVM fitted twice, then to its support vectors moved by a pixel, too.

    Source: Decoste and Schölkopf 2002, "Training invariant support vector machines".

    Parameters
    ----------
    C : float, default=3.0
        Cost of a margin violation.
    gamma : float or "scale", default=0.04
        Factor of the RBF kernel, for features as the model sees them.
    deskew : bool, default=True
        Whether to make slanted uint8 pictures upright first.
    tol : float, default=1e-3
        Largest violation of the optimality conditions.
    cache_size : int, default=2048
        Memory for samples and kernel rows, in MiB.
    picture_shape : (int, int) or None, default=None
        Rows and columns of each sample; None is a square, or one row where there is none.
    n_jobs : int or None, default=None
        Threads; None and -1 are all processors. The bits do not depend on it.

    Notes
    -----
    uint8 samples are pixels p, of which the model sees p / 255.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from plumbline import VirtualSVC
    >>> X, y = load_digits(return_X_y=True)
    >>> pixels = (X * 15).astype("uint8")
    >>> machine = VirtualSVC(deskew=False, gamma="scale").fit(pixels[:1000], y[:1000])
    >>> machine.score(pixels[1000:], y[1000:]) > 0.95
    True
    """

    _parameter_constraints = {
        "C": [Interval(Real, 0.0, None, closed="neither")],
        "gamma": [StrOptions({"scale"}), Interval(Real, 0.0, None, closed="neither")],
        "deskew": ["boolean"],
        "tol": [Interval(Real, 0.0, None, closed="neither")],
        "cache_size": [Interval(Integral, 1, None, closed="left")],
        "picture_shape": [tuple, list, None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        C: float = 3.0,
        gamma: float | Literal["scale"] = 0.04,
        deskew: bool = True,
        tol: float = 1e-3,
        cache_size: int = 2048,
        picture_shape: tuple[int, int] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.C = C
        self.gamma = gamma
        self.deskew = deskew
        self.tol = tol
        self.cache_size = cache_size
        self.picture_shape = picture_shape
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # Of samples that are no pictures: moving them by a feature moves them to other classes.
        tags.classifier_tags.poor_score = True
        return tags

    def _recipe(self):
        return "virtual-svm", {
            "c": self.C,
            "gamma": self.gamma,
            "deskew": self.deskew,
            "tolerance": self.tol,
            "memory_mb": self.cache_size,
        }
