"""Attributes that are computed for each reader."""

from scipy.sparse import issparse


def fixed(array):
    """The array or CSR matrix, which is made anew for each reader: writing into it would change nothing."""
    (array.data if issparse(array) else array).flags.writeable = False
    return array
