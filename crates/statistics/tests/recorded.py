"""Records what src/paired.rs compares with.

    pip install scipy==1.17.1
    python recorded.py
"""

from scipy.stats import binom, binomtest

for first, second in [(80, 30), (12, 3), (500, 450), (1, 0), (700, 60)]:
    p = binomtest(first, first + second, 0.5).pvalue
    mid_p = p - binom.pmf(min(first, second), first + second, 0.5)
    print((first, second, float(p), float(mid_p)))
