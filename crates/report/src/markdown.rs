//! The Markdown page of a report.

use crate::error::ReportError;
use crate::figure::Figure;
use crate::prose;
use crate::template::{fill, in_words_of};
use crate::view::View;
use analysis::Report;
use serde::Serialize;

const TEMPLATE: &str = include_str!("../templates/report.md.jinja");

/// What the template of the page is filled with.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    view: View<'a>,
    /// What the plan's author makes of it, as Markdown.
    analysis: Option<String>,
    methodology: Option<&'a str>,
}

/// Fills in the template. `methodology` is where METHODOLOGY.md is, seen from the page.
pub(crate) fn page(
    report: &Report,
    figures: &[Figure],
    methodology: Option<&str>,
) -> Result<String, ReportError> {
    let page = Page {
        view: View::new(report, figures),
        analysis: report.analysis.as_deref().map(prose::markdown),
        methodology,
    };
    let template = in_words_of(TEMPLATE, report.dataset.words());
    fill("README.md", &template, page).map_err(|error| ReportError::render("README.md", &error))
}
