"""What the program says of predictions: which model is better, by how much, and how sure that is."""

import base64
import csv
import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from plumbline._program import program


class Verdict:
    """The report of a comparison. In a notebook it shows itself; `save` writes the whole page.

    Attributes
    ----------
    words : str
        Who wins and by how much, and what remains open.
    models : pandas.DataFrame
        Accuracy with its 95 % interval, log-loss and macro-F1 of each model, the best first. A list of dicts
        where there is no pandas; so is `pairs`.
    pairs : pandas.DataFrame
        For each pair the difference in accuracy with its simultaneous 95 % interval, the adjusted p value,
        whether the two are different, and the smallest difference that would have been seen.
    report : dict
        All numbers, as `report.json` has them (METHODOLOGY, "`report.json`").
    failures : dict
        Why models have no predictions, by name.
    """

    words: str
    report: dict[str, Any]
    failures: dict[str, str]

    def __init__(self, folder: Any, words: str, failures: dict[str, str] | None = None) -> None:
        self._folder = folder
        self._directory = Path(folder.name) / "verdict"
        self.words = words
        self.failures = dict(failures or {})
        self.report = json.loads((self._directory / "report.json").read_text(encoding="utf-8"))

    @property
    def models(self) -> Any:
        """One row per model, the best first."""
        return _frame(sorted(map(_model, self.report["models"]), key=lambda row: -row["accuracy"]))

    @property
    def pairs(self) -> Any:
        """One row per pair."""
        return _frame(map(_pair, self.report["comparisons"]))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page (`path` ends in .html), or the folder with figures, tables and records."""
        path = Path(path)
        if path.suffix == ".html":
            shutil.copyfile(self._directory / "index.html", path)
        else:
            shutil.copytree(self._directory, path, dirs_exist_ok=True)
        return path

    def __repr__(self) -> str:
        failed = [f"{name} failed: {reason}" for name, reason in self.failures.items()]
        return "\n".join([self.words, *failed])

    def _repr_html_(self) -> str:
        figures = "".join(_image(self._directory / "figures" / name) for name in ("models.svg", "pairs.svg"))
        said = "".join(f"<p>{html.escape(line)}</p>" for line in repr(self).splitlines())
        return f'<div class="plumbline">{said}{figures}</div>'

    def _repr_markdown_(self) -> str:
        rows = [
            f"| {row['model']} | {row['accuracy']:.2%} | {row['low']:.2%} – {row['high']:.2%} |"
            for row in sorted(map(_model, self.report["models"]), key=lambda row: -row["accuracy"])
        ]
        head = ["| model | right | 95 % interval |", "|---|--:|:-:|"]
        return "\n".join([*repr(self).splitlines(), "", *head, *rows])


def _model(model):
    interval = model["accuracy_interval"] or {"low": None, "high": None}
    return {
        "model": model["id"],
        "accuracy": model["accuracy"],
        "low": interval["low"],
        "high": interval["high"],
        "log_loss": model["test_log_loss"],
        "macro_f1": model["macro_f1"],
    }


def _pair(pair):
    interval = pair["difference_interval"] or {"low": None, "high": None}
    return {
        "first": pair["first"],
        "second": pair["second"],
        "difference": pair["difference"],
        "low": interval["low"],
        "high": interval["high"],
        "p_adjusted": pair["p_adjusted"],
        "different": pair["different"],
        "relation": pair["relation"],
        "detectable_difference": pair["detectable_difference"],
    }


def _frame(rows):
    rows = list(rows)
    try:
        import pandas
    except ModuleNotFoundError:
        return rows
    return pandas.DataFrame(rows)


def _image(path):
    if not path.is_file():
        return ""
    drawn = base64.b64encode(path.read_bytes()).decode()
    return f'<img style="max-width:100%" src="data:image/svg+xml;base64,{drawn}" alt="{path.stem}">'


def check_name(name):
    """Refuse the name of a model that is not fit for files and commands."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise ValueError(
            f"the name {name!r}: expected up to 100 letters, digits, hyphens, underscores and dots"
        )


def verdict(truth, files, *, baseline, margin, seed, failures=None):
    """Let the program judge tables: `truth`, and `files` by the name of the model, as lists of columns."""
    folder = tempfile.TemporaryDirectory(prefix="plumbline-")
    at = Path(folder.name)
    write_table(at / "truth.csv", truth)
    command = [program(), "judge", "--results", at, "--name", "verdict", "--seed", str(seed)]
    command += ["--truth", at / "truth.csv"]
    if baseline is not None:
        command += ["--baseline", baseline]
    if margin is not None:
        command += ["--margin", str(margin)]
    for place, (name, columns) in enumerate(files.items()):
        check_name(name)
        write_table(at / f"{place}.csv", columns)
        command.append(f"{name}={at / f'{place}.csv'}")
    run = subprocess.run(command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)
    for table in at.glob("*.csv"):
        table.unlink()
    if run.returncode != 0:
        folder.cleanup()
        said = run.stderr.strip().removeprefix("error: ")
        raise (ValueError if run.returncode == 2 else RuntimeError)(said)
    # After the table and what its stars are, before the paths.
    lines = run.stdout.rpartition("┘\n")[2].removeprefix("* the best of its column\n").splitlines()
    words = "\n".join(line for line in lines if not line.startswith("report: "))
    return Verdict(folder, words, failures)


def write_table(path, columns):
    """Write columns, by name, as CSV."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
