//! The table of models for a paper, as LaTeX.

use crate::{ModelSummary, Report, Status, warnings};
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
        let plain = warning.replace("**", "").replace('%', "\\%");
        let _ = writeln!(text, "\\multicolumn{{6}}{{l}}{{\\emph{{{plain}}}}} \\\\");
    }
    text.push_str("\\bottomrule\n\\end{tabular}\n");
    text
}

fn latex_row(model: &ModelSummary) -> Vec<String> {
    let name = model.id.replace('_', "\\_");
    if model.status != Status::Finished {
        let status = model.status.name();
        return vec![name, format!("\\multicolumn{{5}}{{l}}{{{status}}}")];
    }
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "--".to_owned());
    vec![
        name,
        or_dash(model.parameters.map(|n| n.to_string())),
        or_dash(model.test_accuracy.map(|a| format!("{:.2}", a * 100.0))),
        or_dash(
            model
                .test_accuracy_interval
                .map(|i| format!("{:.2}--{:.2}", i.low * 100.0, i.high * 100.0)),
        ),
        or_dash(model.test_log_loss.map(|loss| format!("{loss:.4}"))),
        or_dash(model.fit_seconds.map(|seconds| format!("{seconds:.2}"))),
    ]
}
