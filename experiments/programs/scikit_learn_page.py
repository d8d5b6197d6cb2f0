"""The page of scikit_learn.py and the values that it is written from."""
import importlib.metadata, json, platform, statistics

TITLE = "# Our models beside scikit-learn's\n"
METHOD = """
## How this was measured

```sh
{command}
```

The tables are ten of UCI's, as the R package mlbench has them, each a CSV file in `tables`; the versions are {versions}. Each of our
models has a [counterpart](../experiments/programs/counterparts.py) in scikit-learn with the same objective, start and parameters. Both
are fitted to the same prepared rows of the same folds (5×2). Accuracies are means over the ten folds, in per cent. The standard error is
that of scikit-learn's mean over the folds: it says how far the mean would move with other rows. Models with a seed are fitted with
{seeds} seeds to tables of up to {few} rows, with one seed to others. [All values](scikit-learn.json).

Fits take one thread each, on a machine that was busy with other work: only the ratio of the two times of a row means something. On
the small tables the times of scikit-learn are mostly those of Python and of starting a fit.
"""
LEFT_OUT = """
Left out on {tables}: {models}. They are slow on a table of more than {many} rows: each is fitted ten times,
and up to 24 times more to random labels, which is the control that every comparison makes.
"""
SCRIPT = "experiments/programs/scikit_learn.py"


def chance(values):
    """How probably equal models lie more than a standard error apart, by the spread of both over seeds; None without seeds."""
    both = [values["ours_by_seed"], values["scikit_learn_by_seed"]]
    if any(len(means) < 2 for means in both):
        return None
    spread = sum(statistics.variance(means) / len(means) for means in both) ** 0.5
    return 2 * statistics.NormalDist().cdf(-values["standard_error"] / spread) if spread else 0.0


def summary(pairs, seeds):
    """How many pairs are within a standard error, and how many would not be if all models were equal."""
    near = sum(values["apart"] <= 1 for _, _, values in pairs)
    equal = sum(values["ours_by_fold"] == values["scikit_learn_by_fold"] for _, _, values in pairs)
    chances = [found for _, _, values in pairs if (found := chance(values)) is not None]
    return (
        f"\n**{near} of {len(pairs)} pairs are within one standard error**; {equal} have the same accuracy in every fold. Of the "
        f"{len(chances)} pairs with {seeds} seeds, {sum(chances):.2f} would be outside by chance if the models were equal.\n"
    )


def boosting(pairs):
    """What is asked of boosted trees."""
    trees = [values for _, model, values in pairs if model == "boosted-trees"]
    ahead = statistics.mean(values["ours"] - values["scikit_learn"] for values in trees)
    ratios = [values["ours_seconds"] / values["scikit_learn_seconds"] for values in trees]
    return (
        f"\n`boosted-trees` is on average {abs(ahead):.2f} points {'above' if ahead >= 0 else 'below'} "
        f"`HistGradientBoostingClassifier` over {len(trees)} tables, and a fit takes {min(ratios):.2f} to {max(ratios):.2f} of its time "
        f"(median {statistics.median(ratios):.2f}). [The other table, and LightGBM](../crates/model-trees/README.md#measured), were "
        "measured by another script.\n"
    )


def reason(table, model, values):
    """Of a pair that is off, what the seeds say."""
    text = f"- {table}, `{model}`: {values['apart']:.1f} standard errors, {values['ours'] - values['scikit_learn']:+.2f} points."
    found = chance(values)
    if not found:
        return text
    ours, others = (sorted(values[key]) for key in ["ours_by_seed", "scikit_learn_by_seed"])
    return (
        f"{text} With one seed each, ours gets {ours[0]:.2f} to {ours[-1]:.2f}, scikit-learn's {others[0]:.2f} to {others[-1]:.2f}; "
        f"equal models are off in {100 * found:.0f} % of such comparisons."
    )


def rows(pairs):
    yield "\n| table | model | ours | scikit-learn's | standard error | apart | fit time × ours |\n|---|---|--:|--:|--:|--:|--:|\n"
    for table, model, values in pairs:
        numbers = " | ".join(f"{values[key]:.2f}" for key in ["ours", "scikit_learn", "standard_error", "apart"])
        yield f"| {table} | {model} | {numbers} | {values['scikit_learn_seconds'] / values['ours_seconds']:.1f} × |\n"


def write(page, recorded, limits):
    """Writes the page, and the values beside it."""
    versions = {"Python": platform.python_version()} | {name: importlib.metadata.version(name) for name in ["scikit-learn", "numpy"]}
    command = f"python3 {SCRIPT} tables target/scikit-learn results/{page.name}"
    pairs = [(table, model, values) for table, models in recorded.items() for model, values in models.items()]
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    parts = [TITLE, summary(pairs, limits["seeds"]), boosting(pairs), METHOD.format(command=command, versions=named, **limits)]
    if limits["large"]:
        parts.append(LEFT_OUT.format(models=", ".join(f"`{model}`" for model in limits["slow"]), tables=", ".join(limits["large"]), **limits))
    off = [pair for pair in pairs if pair[2]["apart"] > 1]
    parts += ["\nPairs that are off:\n\n", *(reason(*pair) + "\n" for pair in off)] if off else []
    page.write_text("".join([*parts, *rows(pairs)]))
    lines = [json.dumps({"table": table, "model": model} | values) for table, model, values in pairs]
    head = json.dumps({"command": command, "versions": versions})
    page.with_suffix(".json").write_text(head[:-1] + ', "pairs": [\n' + ",\n".join(lines) + "\n]}\n")
