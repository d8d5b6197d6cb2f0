"""Reads a table once with pandas and prints what was measured as a line of JSON.

    python tables.py HOW FILE

HOW is csv, csv-pyarrow or parquet: what reads FILE. With write, the CSV file is written as Parquet beside it.
"""

import json
import sys
import time

import pandas as pd
import pyarrow  # pandas would load it while it reads.
import pyarrow.csv
import pyarrow.parquet

HOW, FILE = sys.argv[1:]
READERS = {
    "csv": lambda: pd.read_csv(FILE),
    "csv-pyarrow": lambda: pd.read_csv(FILE, engine="pyarrow"),
    "parquet": lambda: pd.read_parquet(FILE),
}

if HOW == "write":
    pd.read_csv(FILE).to_parquet(FILE.removesuffix("csv") + "parquet")
    print("{}")
else:
    start = time.perf_counter()
    table = READERS[HOW]()
    seconds = time.perf_counter() - start
    numbers = table.drop(columns="class")
    said = {"seconds": seconds, "rows": len(table), "columns": numbers.shape[1], "sum": numbers.to_numpy().sum()}
    print(json.dumps(said))
