//! A model card: what there is to know of a kept model, in Markdown (Mitchell et al. 2019, "Model cards for
//! model reporting", as far as a program can know it).

use crate::about::{About, in_words};
use records::disturbs;
use serde_json::{Map, Value};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Where the card of the model in a file is: beside it.
pub fn card_of(file: &Path) -> PathBuf {
    file.with_extension("md")
}

/// The card of the model of a file of this name.
pub fn card(about: &About, file: &str) -> String {
    let mut page = format!("# {}\n\n", escaped(&about.id));
    let _ = writeln!(page, "{}\n", model(about, file));
    page.push_str("## Data\n\n");
    let _ = writeln!(page, "{}\n", data(about));
    if let Some(judged) = &about.judged {
        let (samples, confidence) = (judged.samples, 100.0 * judged.confidence);
        let _ = writeln!(
            page,
            "## Quality\n\nOn {samples} {}.\n",
            escaped(&judged.on)
        );
        let _ = writeln!(
            page,
            "| metric | value | {confidence:.0} % interval |\n|---|--:|---|"
        );
        for metric in &judged.metrics {
            let name = escaped(&metric.heading());
            let (value, interval) = (metric.value.0, metric.interval_in_words());
            let _ = writeln!(page, "| {name} | {value:.4} | {interval} |");
        }
        page.push('\n');
    }
    if let Some(learnt) = &about.calibration {
        let _ = writeln!(page, "## Calibration\n\n{}.\n", escaped(&learnt.in_words()));
    }
    section(&mut page, "Parameters", "parameter", &about.parameters);
    section(&mut page, "Certificate", "value", &about.certificate);
    page.push_str(LIMITS);
    page
}

const LIMITS: &str = "## Limits\n\nThe intervals are for samples drawn as those above were. On data of another \
origin the model may be much worse: `experiments evaluate` tells. Nothing here says whether the model is fair \
to people, or fit for a purpose.\n";

fn model(about: &About, file: &str) -> String {
    let About {
        model,
        seed,
        program,
        ..
    } = about;
    format!(
        "Model `{model}`, fitted with seed {seed} by Plumbline {}. Use it with `experiments predict --model {} INPUT`.",
        escaped(program),
        escaped(file),
    )
}

fn data(about: &About) -> String {
    let trained = &about.data;
    let rows = || format!("rows of {} features", about.features);
    let kind = about.pictures().map_or_else(rows, in_words);
    let classes: Vec<String> = about.classes.iter().map(|name| escaped(name)).collect();
    let shown = classes
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let more = if classes.len() > 20 { ", …" } else { "" };
    format!(
        "Fitted to {} training samples of {}: {kind}, of {} classes ({shown}{more}). SHA-256 of samples and \
         labels: `{}`, `{}`.",
        trained.samples,
        escaped(&trained.title),
        classes.len(),
        escaped(&trained.sha256[0]),
        escaped(&trained.sha256[1]),
    )
}

fn section(page: &mut String, title: &str, heading: &str, values: &Map<String, Value>) {
    if values.is_empty() {
        return;
    }
    let _ = writeln!(page, "## {title}\n\n| {heading} | |\n|---|---|");
    for (name, value) in values {
        let _ = writeln!(
            page,
            "| {} | {} |",
            escaped(name),
            escaped(&value.to_string())
        );
    }
    page.push('\n');
}

/// Text from a file, which must not become anything but text.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '|' | '`' | '*' | '[' | ']' | '\\' => escaped.extend(['\\', c]),
            c if disturbs(c) => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
