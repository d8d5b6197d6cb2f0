"""Plumbline: compare classifiers honestly.

Estimators for scikit-learn (`KernelSVC`, `SoftmaxRegression`, `VirtualSVC`, `BoostedTreesClassifier`),
verdicts on any models (`compare`, `judge`), and the lab (`plumbline.lab`).
"""

from plumbline import lab
from plumbline._judge import compare, judge
from plumbline._kernel_svc import KernelSVC
from plumbline._pictures import VirtualSVC
from plumbline._softmax import SoftmaxRegression
from plumbline._trees import BoostedTreesClassifier
from plumbline._verdict import Verdict

__all__ = [
    "BoostedTreesClassifier",
    "KernelSVC",
    "SoftmaxRegression",
    "Verdict",
    "VirtualSVC",
    "compare",
    "judge",
    "lab",
]
