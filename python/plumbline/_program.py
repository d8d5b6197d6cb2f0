"""The program `plumbline`, which this package carries."""

import os
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "bin" / "plumbline"


def program():
    """Where the program is."""
    if not PROGRAM.is_file():
        raise FileNotFoundError(
            f"{PROGRAM}: this installation has no program; build the wheel with python/build-wheel"
        )
    return PROGRAM


def main():
    """The command `plumbline`: the program takes the place of this process."""
    os.execv(program(), ["plumbline", *sys.argv[1:]])
