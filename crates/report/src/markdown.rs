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
    let page = fill("README.md", &template, page);
    let page = page.map_err(|error| ReportError::render("README.md", &error))?;
    Ok(with_contents(&page))
}

/// The page with a line of links to its sections before the first of them. What the plan's author wrote
/// stands above.
fn with_contents(page: &str) -> String {
    let Some(first) = page.rfind("\n## Models\n") else {
        return page.to_owned();
    };
    let (head, sections) = page.split_at(first + 1);
    let headings = sections.lines().filter_map(|line| line.strip_prefix("## "));
    let link = |heading: &str| format!("[{heading}](#{})", anchor(heading));
    let links: Vec<String> = headings.map(link).collect();
    format!("{head}{}\n\n{sections}", links.join(" · "))
}

/// Where code hosts let a link to a heading lead.
fn anchor(heading: &str) -> String {
    let kept = |letter: char| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        letter => letter.is_alphanumeric().then_some(letter),
    };
    heading.to_lowercase().chars().filter_map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_link_the_sections_and_not_what_the_author_wrote() {
        let page = "# MNIST\n\n## Of mine\n\n## Models\n\n### Small\n\n## Several fits\n\n## By age (years)\n";
        let line =
            "[Models](#models) · [Several fits](#several-fits) · [By age (years)](#by-age-years)";
        let expected = page.replace("## Models", &format!("{line}\n\n## Models"));
        assert_eq!(with_contents(page), expected);
        assert_eq!(with_contents("# None\n"), "# None\n");
    }
}
