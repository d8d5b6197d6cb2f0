//! The table of models for a paper, as LaTeX.

use crate::escape::one_line;
use crate::numbers::four;
use crate::warnings::warnings;
use analysis::{Metric, ModelSummary, Report};
use std::fmt::Write;

/// The table of models for `\usepackage{booktabs}`.
pub fn latex(report: &Report) -> String {
    let mut text = String::from(
        "\\begin{tabular}{lrrrrr}\n\\toprule\n\
         model & parameters & right, \\% & 95\\,\\% interval & log-loss & fit, s \\\\\n\\midrule\n",
    );
    for model in &report.models {
        let _ = writeln!(text, "{} \\\\", latex_row(model).join(" & "));
    }
    for warning in warnings(report) {
        let plain = escape(&warning.to_string());
        let _ = writeln!(text, "\\multicolumn{{6}}{{l}}{{\\emph{{{plain}}}}} \\\\");
    }
    text.push_str("\\bottomrule\n\\end{tabular}\n");
    text
}

fn latex_row(model: &ModelSummary) -> Vec<String> {
    let name = escape(&model.id);
    let Some(of) = &model.finished else {
        let status = escape(model.status.name());
        return vec![name, format!("\\multicolumn{{5}}{{l}}{{{status}}}")];
    };
    let interval = of.quality.accuracy_interval;
    let loss = of.quality.metrics.get(Metric::LogLoss);
    vec![
        name,
        of.cost
            .parameters
            .map_or_else(|| "--".to_owned(), |count| count.to_string()),
        format!("{:.2}", of.quality.accuracy * 100.0),
        format!("{:.2}--{:.2}", interval.low * 100.0, interval.high * 100.0),
        loss.map_or_else(|| "--".to_owned(), four),
        format!("{:.2}", of.cost.fit_seconds),
    ]
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
