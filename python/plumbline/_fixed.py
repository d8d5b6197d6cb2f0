"""Attributes that are computed for each reader."""


def fixed(array):
    """The array, which is made anew for each reader: writing into it would change nothing."""
    array.flags.writeable = False
    return array
