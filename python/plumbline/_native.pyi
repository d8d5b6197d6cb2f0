"""The native half: arrays in, arrays out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.uint8] | NDArray[np.float32]
# Where each row begins, which features it has, their values; features per sample.
Rows = tuple[NDArray[np.uintp], NDArray[np.uint32], Samples, int]
Floats = NDArray[np.float64]

class Model:
    def scores(self, x: Samples | Rows, threads: int) -> NDArray[np.float32]: ...
    def log_probabilities(self, x: Samples | Rows, threads: int) -> NDArray[np.float32] | None: ...
    def linear_weights(self) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None: ...
    def certificate(self) -> dict[str, float]: ...
    def state(self) -> dict[str, NDArray[Any]]: ...

class Machine:
    support: NDArray[np.int32]
    certificates: Floats
    def decide(self, x: Samples | Rows, threads: int) -> Floats: ...
    def classify(self, x: Samples | Rows, threads: int) -> NDArray[np.int64]: ...
    def probabilities(self, x: Samples | Rows, threads: int) -> Floats | None: ...
    def parts(self) -> dict[str, Any]: ...

def fit(
    id: str,
    parameters: str,
    x: Samples | Rows,
    y: NDArray[np.int64],
    weights: Floats | None,
    intercept: bool,
    classes: int,
    shape: tuple[int, int] | None,
    seed: int,
    threads: int,
) -> Model: ...
def restore(
    id: str,
    parameters: str,
    state: dict[str, NDArray[Any]],
    features: int,
    classes: int,
    shape: tuple[int, int] | None,
    threads: int,
) -> Model: ...
def fit_machine(
    x: Samples | Rows,
    y: NDArray[np.int64],
    weights: Floats | None,
    kernel: tuple[str, int, float],
    c: float,
    gamma: float,
    tolerance: float,
    memory_mb: int,
    probability: bool,
    threads: int,
) -> Machine: ...
def fit_precomputed(
    kernel: Floats,
    y: NDArray[np.int64],
    weights: Floats | None,
    c: float,
    tolerance: float,
    memory_mb: int,
    threads: int,
) -> dict[str, NDArray[Any]]: ...
def restore_machine(parts: dict[str, Any], threads: int) -> Machine: ...
def softmax(z: Floats) -> Floats: ...
def cross_entropy(z: Floats, labels: NDArray[np.int64]) -> float: ...
def gradient(x: Floats, labels: NDArray[np.int64], w: Floats, b: Floats) -> tuple[Floats, Floats]: ...
