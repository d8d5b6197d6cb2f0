//! `evaluate`: how good a kept model is on the test samples of a data set, and whether it was as good before.

use crate::cli::EvaluateArgs;
use crate::failure::Failure;
use crate::{keeping, output, source};
use catalog::Content;
use kept::{Comparison, JudgedAbout, MetricAbout};
use report::{TextColumn, TextTable};
use runner::Options;

/// Runs the command.
pub(crate) fn run(arguments: &EvaluateArgs) -> Result<(), Failure> {
    let kept = keeping::load(&arguments.model)?;
    let mirror = arguments.data.known.mirror.as_deref();
    let data = source::load(&arguments.data.change(Options::default()), mirror, true)?;
    let test = match &data.content {
        Content::Samples { test, .. } => test,
        Content::Table { test, .. } => &test.prepared(kept.preparation(&data.title)?)?,
    };
    kept.check(test.samples(), &data.title)?;
    kept.check_classes(test.class_names(), &data.title)?;
    let (scores, logs) = kept.predict(test.samples());
    let (predictions, classes) = (scores.labels(), test.classes());
    let truth = test.look();
    let groups = truth
        .groups()
        .map(|groups| groups.iter().map(|&group| group as usize));
    let groups: Option<Vec<usize>> = groups.map(Iterator::collect);
    let [_, _, samples, labels] = data.sha256.clone();
    let now = keeping::judged(
        "test samples",
        Some([samples, labels]),
        [truth.labels(), &predictions],
        logs.as_ref().map(classifier::Scores::values),
        classes,
        groups.as_deref(),
    );
    let then = kept.about.judged.as_ref();
    output::line(format_args!(
        "{} on {} test samples of {}",
        kept.about.id, now.samples, data.title
    ));
    let rows = now.beside(then);
    output::table(&table(&rows));
    output::line(in_words(&now, then, &rows));
    Ok(())
}

fn table(rows: &[Comparison]) -> TextTable {
    let mut table = TextTable::new(vec![
        TextColumn::name("metric", 0),
        TextColumn::number("now", 0),
        TextColumn::text("95 % interval"),
        TextColumn::number("at training", 1),
        TextColumn::text("now − then"),
    ]);
    for row in rows {
        let MetricAbout {
            value, low, high, ..
        } = &row.now;
        table.add_row([
            row.now.heading(),
            format!("{:.4}", value.0),
            format!("{:.4} to {:.4}", low.0, high.0),
            row.then
                .as_ref()
                .map_or("–".to_owned(), |then| format!("{:.4}", then.value.0)),
            row.difference.map_or("–".to_owned(), |interval| {
                format!("{:+.4} to {:+.4}", interval.low, interval.high)
            }),
        ]);
    }
    table
}

/// Whether the model is as good as it was.
fn in_words(now: &JudgedAbout, then: Option<&JudgedAbout>, rows: &[Comparison]) -> String {
    let Some(then) = then else {
        return "how good it was at training is not in its file".to_owned();
    };
    if now.is_of_the_samples_of(then) {
        return if now.metrics == then.metrics {
            "these are the samples that it was judged on at training, and every metric is the same"
                .to_owned()
        } else {
            "these are the samples that it was judged on at training, and metrics are not the same: \
             the program or the machine computes otherwise"
                .to_owned()
        };
    }
    let different = rows.iter().filter(|row| row.differs());
    let different: Vec<String> = different.map(|row| row.now.heading()).collect();
    if different.is_empty() {
        "no metric can be told from what it was at training".to_owned()
    } else {
        format!(
            "other than at training: {} (each 95 % interval excludes 0)",
            different.join(", ")
        )
    }
}
