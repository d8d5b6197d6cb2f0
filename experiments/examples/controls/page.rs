//! The page.

use crate::leaks::Leak;
use crate::registry::REGISTRY;
use crate::trials::Ran;
use crate::worlds::{Kind, SAMPLES, World};
use report::thousands;
use runner::{CONTROL_LEVEL, MOST_SHUFFLES};
use statistics::{mean, variance, wilson};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Columns that honest models are summed up in.
const HEAD: &str = "runs | fits | failed | p ≤ 0.0001 | p ≤ 0.01 | p ≤ 0.05 | smallest p | first fit, right ÷ chance |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|";

pub(crate) fn markdown(worlds: &[World], honest: &[Ran], leaking: &[Ran]) -> String {
    let runs = honest.iter().filter(|ran| ran.shuffles.is_ok()).count();
    let failed = honest.iter().filter(|ran| failed(ran)).count();
    let most = wilson(failed, runs, 0.95).high;
    let caught = leaking.iter().filter(|ran| self::failed(ran)).count();
    let mut page = format!(
        "# The control of shuffled labels, tried\n\n**{failed} of {} honest runs failed, and {caught} of {} runs with a planted leak \
         were caught.**\n\n{}",
        thousands(runs),
        thousands(leaking.len()),
        about(worlds)
    );
    write!(
        page,
        "\n## Honest models\n\nThe count alone shows only that fewer than {:.2} % of such runs fail (Wilson, 95 %). {HONEST}\n\n",
        most * 100.0
    )
    .expect("a string takes all");
    honest_tables(&mut page, worlds, honest);
    write!(page, "\n## Planted leaks\n\n{LEAKS}\n\n").expect("a string takes all");
    leak_table(&mut page, worlds, leaking);
    page
}

fn failed(ran: &Ran) -> bool {
    let shuffles = ran.shuffles.as_ref();
    shuffles.is_ok_and(|shuffles| !shuffles.found.passed)
}

fn honest_tables(page: &mut String, worlds: &[World], honest: &[Ran]) {
    let mut table = |name: &str, rows: Vec<(String, Vec<&Ran>)>| {
        writeln!(page, "| {name} | {HEAD}").expect("a string takes all");
        for (name, of) in rows {
            writeln!(page, "| {name} | {} |", row(&of)).expect("a string takes all");
        }
        page.push('\n');
    };
    let kind = |kind: Kind| -> Vec<&Ran> {
        let of = honest.iter();
        of.filter(|ran| worlds[ran.trial.world].kind() == kind)
            .collect()
    };
    let all = ("all".to_owned(), honest.iter().collect());
    let kinds = Kind::ALL.map(|of| (of.title().to_owned(), kind(of)));
    table("data", kinds.into_iter().chain([all]).collect());
    let of_model = |id: &str| {
        honest
            .iter()
            .filter(|ran| ran.trial.model.id == id)
            .collect()
    };
    let models = REGISTRY.models().iter();
    let models = models.map(|model| (format!("`{}`", model.id), of_model(model.id)));
    table(
        "model",
        models
            .filter(|of: &(_, Vec<&Ran>)| !of.1.is_empty())
            .collect(),
    );
    declined(page, worlds, honest);
}

/// What the controls of several runs say.
fn row(ran: &[&Ran]) -> String {
    let p: Vec<f64> = ran.iter().filter_map(|ran| ran.p()).collect();
    let fits: usize = ran
        .iter()
        .filter_map(|ran| Some(ran.shuffles.as_ref().ok()?.recalls.len()))
        .sum();
    let first: Vec<f64> = ran.iter().filter_map(|ran| ran.first()).collect();
    let error = (variance(&first) / first.len().max(1) as f64).sqrt();
    let at_most = |level: f64| {
        let count = p.iter().filter(|&&p| p <= level).count();
        let high = wilson(count, p.len(), 0.95).high;
        format!("{count} (<\u{a0}{:.2}\u{a0}%)", high * 100.0)
    };
    let smallest = p.iter().copied().fold(1.0, f64::min);
    format!(
        "{} | {} | {} | {} | {} | {} | {smallest:.3} | {:.3}\u{a0}±\u{a0}{error:.3}",
        thousands(p.len()),
        thousands(fits),
        ran.iter().filter(|ran| failed(ran)).count(),
        at_most(1e-4),
        at_most(0.01),
        at_most(0.05),
        mean(first.into_iter()),
    )
}

/// Models that could not be fitted, with the reason.
fn declined(page: &mut String, worlds: &[World], honest: &[Ran]) {
    let mut reasons: BTreeMap<(&str, String, &str), usize> = BTreeMap::new();
    for ran in honest {
        if let Err(reason) = &ran.shuffles {
            let world = worlds[ran.trial.world].title();
            *reasons
                .entry((ran.trial.model.id, world, reason))
                .or_default() += 1;
        }
    }
    for ((model, world, reason), count) in reasons {
        writeln!(
            page,
            "`{model}` was not fitted in {count} runs on {world}: {reason}."
        )
        .expect("a string takes all");
    }
}

fn leak_table(page: &mut String, worlds: &[World], leaking: &[Ran]) {
    let mut models: Vec<&str> = leaking.iter().map(|ran| ran.trial.model.id).collect();
    models.dedup();
    models.truncate(models.len() / Leak::ALL.len());
    let (names, line) = (models.join("` | `"), "--:|".repeat(models.len()));
    writeln!(page, "| leak | data | `{names}` |\n|---|---|{line}").expect("a string takes all");
    for leak in Leak::ALL {
        for (place, world) in worlds.iter().enumerate() {
            let of = leaking.iter();
            let of = of.filter(|ran| ran.trial.leak == Some(leak) && ran.trial.world == place);
            let of: Vec<&Ran> = of.collect();
            let caught = |model: &&str| {
                let of: Vec<&&Ran> = of
                    .iter()
                    .filter(|ran| ran.trial.model.id == *model)
                    .collect();
                format!(
                    "{} of {}",
                    of.iter().filter(|ran| failed(ran)).count(),
                    of.len()
                )
            };
            if !of.is_empty() {
                let cells: Vec<String> = models.iter().map(caught).collect();
                writeln!(
                    page,
                    "| {} | {} | {} |",
                    in_words(leak),
                    world.title(),
                    cells.join(" | ")
                )
                .expect("a string takes all");
            }
        }
    }
}

fn in_words(leak: Leak) -> &'static str {
    match leak {
        Leak::LabelsInFeatures => "labels in features",
        Leak::Remembered => "remembers the true labels",
        Leak::JudgedInTraining => "judged samples in training",
    }
}

/// What was done, and on which data.
fn about(worlds: &[World]) -> String {
    let tables = worlds.iter().filter(|world| world.kind() == Kind::Tables);
    let tables: Vec<String> = tables.map(World::title).collect();
    format!(
        "A control fits every model of a comparison to labels drawn at random. After this, the model must not know the true labels
(*Controls* in [METHODOLOGY](../METHODOLOGY.md)). This page says how often the control fails honest models, and how often it catches
leaks. It is written by

```sh
cargo run -p experiments --example controls -- tables results/controls.md
```

Here `tables` is a directory with a CSV file of each of these tables: {}. The example runs the control
as comparisons run it: registered models with their defaults; {SAMPLES} samples to fit and {SAMPLES} to judge (fewer where a table is
smaller); at most {MOST_SHUFFLES} fits; a level of 1 in {}. Each run draws its own samples and its own labels. *Clusters* are groups of samples
that are much nearer to each other than to other groups: two clusters of two classes, six of three, ten of ten. Random labels move
all predictions of a cluster together.
",
        tables.join(", "),
        thousands((1.0 / CONTROL_LEVEL).round() as usize)
    )
}

const HONEST: &str = "A proof says more: fewer than 1 in 10\u{a0}000 comparisons of twenty models fail. It needs one thing: on average, a fit to \
                      random labels is no better than chance. The last column tests this: the share right of the first fit, divided by \
                      chance, ± its standard error. The p value of a run is 1 divided by the largest evidence in that run. If the proof \
                      holds, p ≤ 0.05 in at most 5 % of runs, and so on. In brackets is the upper end of Wilson's 95 % interval for this \
                      share. Most runs end after the first fit or two, as soon as the evidence is small.";

const LEAKS: &str = "How many of the runs were caught. *Labels in features*: the features contain the label of each sample: of a training sample \
                     the one that was drawn, of a judged sample the true one. *Remembers the true labels*: the model ignores what it is fitted \
                     to, and predicts from the true labels, which it learnt before. It is caught as soon as it is clearly better than chance. \
                     *Judged samples in training*: the judged samples, with their true labels, are among those that the model is fitted to. \
                     Not every leak is one to this control: a label that the data hold from the beginning, or a test row among the training \
                     rows of a file, was there before the labels were drawn. `compare` and `datasets inspect` look for those.";
