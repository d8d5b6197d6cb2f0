"""Writes the NumPy, Parquet and svmlight files of this directory, for tests/files.rs: python3 files.py
(NumPy 2.4, pandas 3.1, pyarrow 26, scikit-learn 1.9)."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet
from sklearn.datasets import dump_svmlight_file

pixels = np.arange(6 * 2 * 3, dtype=np.uint8).reshape(6, 2, 3)
labels = np.array([7, 3, 7, 3, 7, 3])
np.savez_compressed("keras.npz", x_train=pixels, y_train=labels, x_test=pixels[:2], y_test=labels[:2])
rows = np.asfortranarray(np.arange(12.0).reshape(6, 2))
np.savez("rows.npz", X=rows, y=np.array(["b", "a"] * 3), people=np.array([1, 1, 2, 2, 3, 3]))
incomplete = rows.copy()
incomplete[3, 1] = np.nan
np.savez("missing.npz", X=incomplete, y=np.array(["b", "a"] * 3))
np.savez("objects.npz", X=rows, y=np.array(["b", 1] * 3, dtype=object))

table = pd.DataFrame(
    {
        "age": [1.5, None, 3.0, 4.0],
        "count": [1, 2, 3, 4],
        "member": [True, False, None, True],
        "port": ["S", None, "C", "é"],
        "day": pd.to_datetime(["1970-01-02", "1970-01-03 12:00", None, "2024-02-29"], format="ISO8601"),
        "class": pd.Categorical(["no", "yes", "no", "yes"]),
    }
).astype({"member": "boolean"})
table.to_parquet("table.parquet")
table.to_parquet("gzip.parquet", compression="gzip", index=True)
for compression in ["brotli", "lz4", "zstd"]:
    table.to_parquet(f"{compression}.parquet", compression=compression)
pd.DataFrame({"class": [1, 2], "list": [[1, 2], [3]]}).to_parquet("nested.parquet")
pd.DataFrame(
    {
        "small": pd.array([0, 4_000_000_000, 7, 1], dtype="uint32"),
        "large": pd.array([0, 2**64 - 2**12, 7, 1], dtype="uint64"),
        "class": pd.array([3_000_000_000, 4_000_000_000] * 2, dtype="uint32"),
    }
).to_parquet("unsigned.parquet")

dump_svmlight_file(np.array([[0.0, 1.5], [2.0, 0.0], [0.0, 0.0], [1.0, 1.0]]), [1, -1, 1, -1], "rows.svmlight", zero_based=False)
# Bytes that are no text, infinities, labels with blanks and without a value, and a nested column.
pd.DataFrame(
    {
        "bytes": [bytes([200 + row % 3]) for row in range(12)],
        "infinite": [float("inf")] + [1.0] * 11,
        "list": [[1, 2]] * 12,
        "class": ["a", " a", "b", "b ", "", "NA"] * 2,
    }
).to_parquet("odd.parquet")

# Numbers that are stored as bytes.
prices = [Decimal("0.30"), Decimal("-12.34"), None]
price, large, larger = (pa.decimal128(7, 2), pa.decimal128(38, 2), pa.decimal256(70, 2))
times = pd.to_datetime(["1970-01-01 12:00", "1969-12-31", None, "2020-01-01 06:00"], format="ISO8601")
numbers = {
    "price": pa.array([*prices, Decimal("99999.99")], price),
    "large": pa.array([*prices, Decimal(10**30)], large),
    "larger": pa.array([*prices, Decimal(10**60)], larger),
    "half": pa.array([np.float16(0.5), np.float16(-2.0), None, np.float16(1000.0)], pa.float16()),
    "when": pa.array(times, pa.timestamp("ns")),
    "class": pa.array([1, 2, 1, 2]),
}
parquet.write_table(pa.table(numbers), "bytes.parquet", use_deprecated_int96_timestamps=True)
# DuckDB's and Spark's: small decimals as whole numbers.
whole = {"whole": numbers["price"], **numbers}
parquet.write_table(pa.table(whole), "whole.parquet", store_decimal_as_integer=True, use_deprecated_int96_timestamps=True)
# Whole numbers as decimals, which differ in a bit that an f64 does not have: eight bytes and sixteen.
exact = [Decimal(2**53 + row % 2) for row in range(8)]
exact = {"class": pa.array(exact, pa.decimal128(38, 0)), "number": pa.array(exact, pa.decimal128(18, 0))}
parquet.write_table(pa.table(exact), "exact.parquet", store_decimal_as_integer=True)
