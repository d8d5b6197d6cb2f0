"""Parameters are checked, in scikit-learn's words, when a fit begins."""

from collections.abc import Callable
from typing import Any, TypeVar

from sklearn.base import _fit_context

Fit = TypeVar("Fit", bound=Callable[..., Any])


def checked(fit: Fit) -> Fit:
    """The method `fit`, which looks at the parameters by `_parameter_constraints` first."""
    return _fit_context(prefer_skip_nested_validation=True)(fit)
