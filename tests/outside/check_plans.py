"""Holds plans to the published schema, as an editor does: check_plans.py EXPERIMENTS RESULTS."""

import json
import pathlib
import subprocess
import sys
import tomllib

from jsonschema import Draft202012Validator

experiments, results = sys.argv[1], pathlib.Path(sys.argv[2])
schema = json.loads(subprocess.run([experiments, "schema"], check=True, stdout=subprocess.PIPE).stdout)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)


def valid(text):
    return validator.is_valid(tomllib.loads(text))


def runs(text):
    plan = results / "plan.toml"
    plan.write_text(text)
    options = ["--config", plan, "--quiet", "--results", results / "runs"]
    return subprocess.run([experiments, "compare", *options], stderr=subprocess.DEVNULL).returncode == 0


plans = pathlib.Path(__file__).parents[2] / "experiments/plans"
for plan in [*plans.glob("*.toml"), results / "mnist/tuning/plan.toml"]:
    errors = list(validator.iter_errors(tomllib.loads(plan.read_text())))
    assert not errors, f"{plan}: {errors}"

# What the program takes is valid, and what the schema alone can know to be wrong is wrong for both.
PLAN = """
seed = 3
train_limit = 300
[[models]]
model = "softmax"
id = "two-epochs"
epochs = 2
"""
assert valid(PLAN) and runs(PLAN)
for right, wrong in [
    ("seed = 3", "sed = 3"),
    ("seed = 3", "seed = -3"),
    ('"softmax"', '"softmx"'),
    ("epochs = 2", "epoch = 2"),
    ("epochs = 2", "epochs = 0"),
    ("epochs = 2", 'epochs = "two"'),
    ("epochs = 2", "learning_rate = -0.1"),
]:
    plan = PLAN.replace(right, wrong)
    assert not runs(plan), plan
    assert not valid(plan), plan
