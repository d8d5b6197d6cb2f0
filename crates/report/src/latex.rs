//! The table of models for a paper, as LaTeX.

use crate::numbers::{Amount, four};
use crate::warnings::warnings;
use analysis::{Finished, Metric, ModelSummary, Report};
use records::one_line;
use std::fmt::Write;

/// The table of models for `\usepackage{booktabs}`.
pub fn latex(report: &Report) -> String {
    let shown: Vec<&Column> = COLUMNS.iter().filter(|of| of.is_shown(report)).collect();
    let (columns, headings) = (shown.len() + 1, shown.iter().map(|of| of.heading));
    let headings: Vec<&str> = std::iter::once("model").chain(headings).collect();
    let mut text = format!(
        "\\begin{{tabular}}{{l{}}}\n\\toprule\n{} \\\\\n\\midrule\n",
        "r".repeat(shown.len()),
        headings.join(" & ")
    );
    for model in &report.models {
        let _ = writeln!(text, "{} \\\\", latex_row(model, &shown).join(" & "));
    }
    for warning in warnings(report) {
        let plain = escape(&warning.to_string());
        let _ = writeln!(
            text,
            "\\multicolumn{{{columns}}}{{l}}{{\\emph{{{plain}}}}} \\\\"
        );
    }
    text.push_str("\\bottomrule\n\\end{tabular}\n");
    text
}

/// A column of numbers.
struct Column {
    heading: &'static str,
    /// `None` where there is no such number.
    cell: fn(&Finished) -> Option<String>,
}

const COLUMNS: [Column; 5] = [
    Column {
        heading: "parameters",
        cell: |of| of.cost.parameters.map(|count| count.to_string()),
    },
    Column {
        heading: "right, \\%",
        cell: |of| Some(format!("{:.2}", of.quality.accuracy * 100.0)),
    },
    Column {
        heading: "95\\,\\% interval",
        cell: |of| {
            let interval = of.quality.accuracy_interval;
            let [low, high] = [interval.low, interval.high].map(|end| end * 100.0);
            Some(format!("{low:.2}--{high:.2}"))
        },
    },
    Column {
        heading: "log-loss",
        cell: |of| of.quality.metrics.get(Metric::LogLoss).map(four),
    },
    Column {
        heading: "fit",
        cell: |of| {
            let fit = Amount::seconds(of.cost.fit_seconds?);
            Some(format!(
                "{}\\,{}",
                fit.number,
                fit.unit.replace('µ', "$\\mu$")
            ))
        },
    },
];

impl Column {
    /// Of predictions that were made elsewhere, a column that would be empty is left out.
    fn is_shown(&self, report: &Report) -> bool {
        !report.is_judged_only() || report.finished().any(|(_, of)| (self.cell)(of).is_some())
    }
}

fn latex_row(model: &ModelSummary, shown: &[&Column]) -> Vec<String> {
    let name = escape(&model.id);
    let Some(of) = &model.finished else {
        let (status, columns) = (escape(model.status.name()), shown.len());
        return vec![name, format!("\\multicolumn{{{columns}}}{{l}}{{{status}}}")];
    };
    let cell = |column: &&Column| (column.cell)(of).unwrap_or_else(|| "--".to_owned());
    let cells = shown.iter().map(cell);
    std::iter::once(name).chain(cells).collect()
}

/// Text on one line that LaTeX prints as it is.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in one_line(text).chars() {
        match letter {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', letter]),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '\\' => escaped.push_str("\\textbackslash{}"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::report;
    use records::Outcome;
    use records::examples::{CELL, fit, run};

    #[test]
    fn names_and_warnings_are_text() {
        assert_eq!(escape("a_b {5 %}"), "a\\_b \\{5 \\%\\}");
        assert_eq!(
            escape("~^\\"),
            "\\textasciitilde{}\\textasciicircum{}\\textbackslash{}"
        );
        let reason = "w_0 & w_1:\n\n#3 at 5 % of $x".to_owned();
        let failed = fit("m_1", CELL, Outcome::Failed { reason });
        let table = latex(&report(vec![failed], run(&["m_1"], &[0, 1])));
        for part in [
            "m\\_1 & \\multicolumn{5}{l}{failed} \\\\\n",
            "without m\\_1 (failed: w\\_0 \\& w\\_1: \\#3 at 5 \\% of \\$x).}} \\\\\n",
        ] {
            assert!(table.contains(part), "{part}: {table}");
        }
    }
}
