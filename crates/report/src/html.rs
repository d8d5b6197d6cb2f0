//! The same report as one HTML file that needs nothing else.

use crate::figures::Figure;
use crate::markdown::{self, View};
use crate::{ImagesRecord, ModelSummary, Report, ReportError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pulldown_cmark::html::push_html;
use pulldown_cmark::{Event, Options, Parser};
use serde::Serialize;
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../templates/report.html.jinja");

/// Images in a row of the sprite.
const PER_ROW: usize = 64;

/// What the template is filled with.
#[derive(Serialize)]
struct HtmlView<'a> {
    #[serde(flatten)]
    view: View<'a>,
    /// SVG figures by name.
    inline: BTreeMap<&'a str, String>,
    /// Weights as `data:` addresses, by model.
    weight_images: Vec<(String, String)>,
    matrices: Vec<Matrix<'a>>,
    /// What the plan's author makes of it, as HTML.
    analysis: String,
    /// JSON for the script; empty without images.
    data: String,
}

/// A confusion matrix.
#[derive(Serialize)]
struct Matrix<'a> {
    id: &'a str,
    rows: &'a [Vec<usize>],
}

/// The images that some model got wrong, for the script.
#[derive(Serialize)]
struct Data<'a> {
    rows: usize,
    columns: usize,
    per_row: usize,
    class_names: &'a [String],
    /// Position of each among the images that are judged.
    images: &'a [u32],
    labels: Vec<u16>,
    /// Mean probability of the answers of the models that have probabilities.
    confidence: Vec<f32>,
    models: Vec<Predictions<'a>>,
    /// All images in one PNG, as a `data:` address.
    sprite: String,
}

/// What a model takes these images for.
#[derive(Serialize)]
struct Predictions<'a> {
    id: &'a str,
    predictions: Vec<u16>,
}

/// Fills in the template.
pub(crate) fn page(report: &Report, figures: &[Figure]) -> Result<String, ReportError> {
    let svgs = figures.iter().filter(|figure| has_extension(figure, "svg"));
    let text = |figure: &Figure| String::from_utf8_lossy(&figure.bytes).into_owned();
    let weights = figures.iter().filter_map(|figure| {
        let model = figure.name.strip_prefix("weights-")?.strip_suffix(".png")?;
        Some((model.to_owned(), address(&figure.bytes)))
    });
    let matrices = report.finished().filter_map(|model| {
        Some(Matrix {
            id: &model.id,
            rows: model.confusion.as_ref()?.rows(),
        })
    });
    let view = HtmlView {
        view: markdown::view(report, figures),
        inline: svgs
            .map(|figure| (figure.name.as_str(), text(figure)))
            .collect(),
        weight_images: weights.collect(),
        analysis: report.analysis.as_deref().map_or_else(String::new, prose),
        matrices: matrices.collect(),
        data: match &report.images {
            Some(images) => data(report, images)?,
            None => String::new(),
        },
    };
    markdown::fill("report.html", TEMPLATE, view)
        .map_err(|error| ReportError::render("index.html", &error))
}

/// Markdown as HTML. HTML in it is text: a report runs nothing but its own script.
fn prose(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        event => event,
    });
    let mut html = String::new();
    push_html(&mut html, events);
    html
}

fn has_extension(figure: &Figure, extension: &str) -> bool {
    std::path::Path::new(&figure.name)
        .extension()
        .is_some_and(|of_figure| of_figure == extension)
}

fn data(report: &Report, images: &ImagesRecord) -> Result<String, ReportError> {
    let pick = |predictions: &[u16]| -> Vec<u16> {
        let indices = images.indices.iter();
        indices.map(|&index| predictions[index as usize]).collect()
    };
    let models: Vec<&ModelSummary> = report.finished().collect();
    let with_probabilities: Vec<&Vec<f32>> = models
        .iter()
        .filter_map(|model| model.confidence.as_ref())
        .collect();
    let confidence = |&index: &u32| {
        let sum: f32 = with_probabilities
            .iter()
            .map(|all| all[index as usize])
            .sum();
        // Three digits order them as well.
        (sum / with_probabilities.len().max(1) as f32 * 1e3).round() / 1e3
    };
    let data = Data {
        rows: report.dataset.rows,
        columns: report.dataset.columns,
        per_row: PER_ROW,
        class_names: &report.dataset.class_names,
        images: &images.indices,
        labels: pick(&report.labels),
        confidence: images.indices.iter().map(confidence).collect(),
        models: models
            .iter()
            .map(|model| Predictions {
                id: &model.id,
                predictions: pick(&model.predictions),
            })
            .collect(),
        sprite: address(&sprite(
            images,
            report.dataset.rows,
            report.dataset.columns,
        )?),
    };
    let json =
        serde_json::to_string(&data).map_err(|error| ReportError::render("index.html", &error))?;
    // Nothing in the text may end the script element.
    Ok(json.replace('<', "\\u003c"))
}

/// All images side by side, grey.
fn sprite(images: &ImagesRecord, rows: usize, columns: usize) -> Result<Vec<u8>, ReportError> {
    let lines = images.indices.len().div_ceil(PER_ROW).max(1);
    let (width, height) = (PER_ROW * columns, lines * rows);
    let mut pixels = vec![0; width * height];
    for (position, image) in images.pixels.chunks_exact(rows * columns).enumerate() {
        let (left, top) = (position % PER_ROW * columns, position / PER_ROW * rows);
        for (row, line) in image.chunks_exact(columns).enumerate() {
            let start = (top + row) * width + left;
            pixels[start..start + columns].copy_from_slice(line);
        }
    }
    let failed = |error: png::EncodingError| ReportError::render("index.html", &error);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

/// A PNG as a `data:` address.
fn address(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_set_and_runs_nothing() {
        let html = prose("It is **better**:\n\n- by a point\n\n<script>alert(1)</script>");
        assert!(html.contains("<strong>better</strong>"), "{html}");
        assert!(html.contains("<li>by a point</li>"), "{html}");
        assert!(!html.contains("<script>"), "{html}");
    }
}
