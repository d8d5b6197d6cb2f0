//! The same report as one HTML file that needs nothing else, and loads nothing else.

use crate::error::ReportError;
use crate::figure::Figure;
use crate::figures;
use crate::glossary::glossary;
use crate::numbers::thousands;
use crate::prose;
use crate::room;
use crate::sprite::{PER_ROW, Sprite};
use crate::template::{fill, in_words_of};
use crate::view::View;
use analysis::{ModelSummary, Report};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use records::ImagesRecord;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../templates/report.html.jinja");
/// The colours of every page, as variables, on light ground and on dark.
const COLOURS: &str = include_str!("../templates/colours.css");
const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = include_str!("../templates/report.js");

/// What the template is filled with.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    view: View<'a>,
    /// What the page may do: run its own script, and show pictures that it holds.
    policy: String,
    script: &'static str,
    style: String,
    /// SVG figures by name, for a page and for a phone.
    inline: BTreeMap<&'a str, [String; 2]>,
    /// The marker of each model, as SVG.
    markers: BTreeMap<&'a str, String>,
    /// Weights as `data:` addresses, by model.
    weight_images: Vec<(String, String)>,
    /// What the plan's author makes of it, as HTML.
    analysis: String,
    /// JSON for the script; empty without images.
    data: String,
    /// What words mean.
    glossary: Vec<(&'static str, &'static str)>,
    /// How many of how many images are in it, where these are not all.
    first_images: Option<(String, String)>,
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
    models: Vec<OfModel<'a>>,
    /// All images in one PNG, as a `data:` address.
    sprite: String,
}

/// What a model takes these images for.
#[derive(Serialize)]
struct OfModel<'a> {
    id: &'a str,
    predictions: Vec<u16>,
    /// Its largest probability for each, in %, if it has probabilities.
    #[serde(skip_serializing_if = "Option::is_none")]
    probabilities: Option<Vec<u8>>,
}

/// Fills in the template.
pub(crate) fn page<'a>(report: &'a Report, drawn: &'a [Figure]) -> Result<String, ReportError> {
    let svgs = drawn.iter().filter(|figure| has_extension(figure, "svg"));
    // Their style sheet is in the page.
    let style = figures::style();
    let text = |figure: &Figure| {
        let wide = String::from_utf8_lossy(&figure.bytes);
        let narrow = figure.narrow.as_deref().unwrap_or_default();
        [&wide, narrow].map(|svg| svg.replacen(&style, "", 1))
    };
    let looks = figures::Looks::of_report(report);
    let marker = |model: &'a ModelSummary| {
        let svg = figures::marker(looks.of(&model.id));
        (model.id.as_str(), svg)
    };
    let weights = drawn.iter().filter_map(|figure| {
        let model = figure.name.strip_prefix("weights-")?.strip_suffix(".png")?;
        Some((model.to_owned(), address(&figure.bytes)))
    });
    let images = report.images.as_ref();
    let sprite = images.map(|images| Sprite::new(images, &report.dataset));
    let sprite = images.zip(sprite.transpose()?);
    let first_images = sprite.as_ref().and_then(|(images, sprite)| {
        let (shown, all) = (sprite.images, images.indices.len());
        (shown < all).then(|| (thousands(shown), thousands(all)))
    });
    let data = sprite.map(|(images, sprite)| data(report, images, &sprite));
    let page = Page {
        view: View::new(report, drawn),
        policy: policy(),
        script: SCRIPT,
        inline: svgs
            .map(|figure| (figure.name.as_str(), text(figure)))
            .collect(),
        weight_images: weights.collect(),
        style: figures::rules() + &room::rules() + COLOURS + STYLE,
        glossary: glossary().collect(),
        markers: report.models.iter().map(marker).collect(),
        analysis: report
            .analysis
            .as_deref()
            .map_or_else(String::new, prose::html),
        data: data.transpose()?.unwrap_or_default(),
        first_images,
    };
    let template = in_words_of(TEMPLATE, report.dataset.words());
    fill("index.html", &template, page).map_err(|error| ReportError::render("index.html", &error))
}

/// The variables of [`page_colours`] with the colours of the models of a page, in their order.
pub fn model_colours<'a>(ids: impl IntoIterator<Item = &'a str> + Clone) -> Vec<String> {
    let looks = figures::Looks::new(ids.clone());
    let ids = ids.into_iter();
    ids.map(|id| looks.of(id).variable()).collect()
}

/// The beginning of the style sheet of any page that looks like a report: its colours as variables, and those that
/// models may have.
pub fn page_colours() -> String {
    COLOURS.to_owned() + &figures::model_variables()
}

/// The content security policy: nothing is loaded, and no script runs but the page's own.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
    format!(
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; base-uri 'none'"
    )
}

fn has_extension(figure: &Figure, extension: &str) -> bool {
    std::path::Path::new(&figure.name)
        .extension()
        .is_some_and(|of_figure| of_figure == extension)
}

fn data(report: &Report, images: &ImagesRecord, sprite: &Sprite) -> Result<String, ReportError> {
    let shown = &images.indices[..sprite.images];
    let pick = |predictions: &[u16]| -> Vec<u16> {
        let indices = shown.iter();
        indices.map(|&index| predictions[index as usize]).collect()
    };
    let percents = |all: &[f32]| -> Vec<u8> {
        let indices = shown.iter();
        let percent = |&index: &u32| (100.0 * all[index as usize]).round() as u8;
        indices.map(percent).collect()
    };
    let with_probabilities: Vec<&Vec<f32>> = report
        .finished()
        .filter_map(|(_, of)| of.shown.confidence.as_ref())
        .collect();
    let confidence = |&index: &u32| {
        let models = with_probabilities.iter();
        let sum: f32 = models.map(|all| all[index as usize]).sum();
        // Three digits order them as well.
        (sum / with_probabilities.len().max(1) as f32 * 1e3).round() / 1e3
    };
    let data = Data {
        rows: sprite.height,
        columns: sprite.width,
        per_row: PER_ROW,
        class_names: &report.dataset.class_names,
        images: shown,
        labels: pick(&report.labels),
        confidence: shown.iter().map(confidence).collect(),
        models: report
            .finished()
            .map(|(model, of)| OfModel {
                id: &model.id,
                predictions: pick(&of.shown.predictions),
                probabilities: of.shown.confidence.as_deref().map(percents),
            })
            .collect(),
        sprite: address(&sprite.png),
    };
    let json =
        serde_json::to_string(&data).map_err(|error| ReportError::render("index.html", &error))?;
    // Nothing in the text may end the script element.
    Ok(json.replace('<', "\\u003c"))
}

/// A PNG as a `data:` address.
fn address(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}
