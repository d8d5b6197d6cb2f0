//! What a client asks, and the samples that it becomes.

use crate::limits::Limits;
use crate::models::{Input, Model, Models};
use crate::pixels::{self, Pixel};
use crate::refusal::Refusal;
use axum::body::Bytes;
use axum::http::StatusCode;
use catalog::{Manner, ask_picture, ask_row, shown};
use classifier::nearest_name;
use data::{PictureShape, Samples};
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::{Map, Value};
use tables::{Kind, Table};

/// What a client asks, as it came.
pub(crate) struct Question {
    pub(crate) body: Bytes,
    pub(crate) form: Form,
    /// The model that is to be explained.
    pub(crate) explain: Option<String>,
}

/// What the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A question in JSON.
    Json,
    /// The file of a picture.
    Picture,
}

/// A sample, ready for each model.
pub(crate) enum Sample {
    /// Pixels, the same for all.
    Picture(Samples),
    /// A row of a table, which each model prepares as its own training rows were.
    Row(Table),
    /// Numbers, the same for all.
    Features(Samples),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Body {
    pixels: Option<Vec<Pixel>>,
    row: Option<Map<String, Value>>,
}

impl Form {
    /// By the type that the client says; JSON if it says nothing.
    pub(crate) fn of(content_type: Option<&str>) -> Result<Self, Refusal> {
        let Some(said) = content_type else {
            return Ok(Self::Json);
        };
        let kind = said.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/json") {
            return Ok(Self::Json);
        }
        if kind.to_ascii_lowercase().starts_with("image/") {
            return Ok(Self::Picture);
        }
        Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Content-Type",
            format!("a body of type {}", shown(said)),
            "application/json, or image/png, image/jpeg, image/bmp, image/x-portable-graymap or image/x-portable-pixmap",
        ))
    }
}

impl Question {
    /// The sample that is asked about.
    pub(crate) fn sample(&self, models: &Models, limits: &Limits) -> Result<Sample, Refusal> {
        match (self.form, &models.input) {
            (Form::Picture, Input::Picture { shape, manner }) => {
                file(&self.body, *shape, *manner, limits)
            }
            (Form::Picture, _) => Err(Refusal::unanswerable(
                "body",
                "a picture, and these models take rows",
                "JSON with `row`",
            )),
            (Form::Json, input) => json(&self.body, input),
        }
    }
}

fn file(
    body: &[u8],
    shape: PictureShape,
    manner: Manner,
    limits: &Limits,
) -> Result<Sample, Refusal> {
    let expected = "the file of a picture in PNG, JPEG, PGM, PPM or BMP";
    match ask_picture(body, limits.picture, shape, manner) {
        Ok(Some(samples)) => Ok(Sample::Picture(samples)),
        Ok(None) => Err(Refusal::unanswerable(
            "body",
            "the bytes are no picture",
            expected,
        )),
        Err(error) => {
            let most = limits.picture / 4;
            let expected = format!("{expected}, of {most} pixels at most");
            Err(Refusal::unanswerable("body", error.to_string(), expected))
        }
    }
}

fn json(body: &[u8], input: &Input) -> Result<Sample, Refusal> {
    if let Input::Picture { shape, manner } = input
        && let Some(pixels) = pixels::plain(body)
    {
        return picture(pixels, *shape, *manner, input);
    }
    // Serde would take a list for the values of an object, in order.
    if body.trim_ascii_start().first() == Some(&b'[') {
        let expected = input.expected();
        return Err(Refusal::unanswerable("body", "a list", expected));
    }
    let asked: Body = serde_json::from_slice(body).map_err(|error| {
        let status = match error.classify() {
            Category::Data => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::BAD_REQUEST,
        };
        let place = format!("body, line {}, column {}", error.line(), error.column());
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        let what: String = what.chars().take(200).collect();
        Refusal::new(status, place, what, input.expected())
    })?;
    match (input, asked.pixels, asked.row) {
        (Input::Picture { shape, manner }, Some(pixels), None) => {
            let pixels = pixels.into_iter().map(|Pixel(level)| level).collect();
            picture(pixels, *shape, *manner, input)
        }
        (Input::Row(columns), None, Some(row)) => of_table(&row, columns),
        (Input::Features(names), None, Some(row)) => of_numbers(&row, names),
        _ => Err(Refusal::unanswerable(
            "body",
            "not what these models take",
            input.expected(),
        )),
    }
}

impl Input {
    /// What a question in JSON looks like.
    pub(crate) fn expected(&self) -> String {
        match self {
            Self::Picture { shape, manner } => {
                let count = Self::values(*shape, *manner);
                let numbers = match manner {
                    Manner::Colour => "0 to 255: red, green and blue of each pixel",
                    Manner::Scaled | Manner::Digit => "0, black, to 255, white",
                };
                format!("{{\"pixels\": [{count} whole numbers from {numbers}]}}")
            }
            Self::Row(_) => "{\"row\": {column: value}} with every column of GET /v1/models".into(),
            Self::Features(_) => {
                "{\"row\": {name: number}} with every name of GET /v1/models".into()
            }
        }
    }
}

fn picture(
    pixels: Vec<u8>,
    shape: PictureShape,
    manner: Manner,
    input: &Input,
) -> Result<Sample, Refusal> {
    let (found, expected) = (pixels.len(), Input::values(shape, manner));
    let made = match manner {
        Manner::Colour => Samples::from_colour_pixels,
        Manner::Scaled | Manner::Digit => Samples::from_pixels,
    };
    if found == expected
        && let Ok(samples) = made(shape, pixels)
    {
        return Ok(Sample::Picture(samples));
    }
    let what = match manner {
        Manner::Colour => format!("{found} values, and the models see {shape} pixels in colour"),
        Manner::Scaled | Manner::Digit => {
            format!("{found} pixels, and the models see {shape}")
        }
    };
    Err(Refusal::unanswerable("pixels", what, input.expected()))
}

fn of_table(row: &Map<String, Value>, columns: &[(String, Kind)]) -> Result<Sample, Refusal> {
    check_names(row, columns.iter().map(|(name, _)| name.as_str()))?;
    let mut words = Vec::with_capacity(columns.len());
    for (name, _) in columns {
        words.push(word(name, &row[name])?);
    }
    let columns = columns.iter().zip(&words);
    let cells = columns.map(|((name, kind), word)| (name.as_str(), *kind, word.as_deref()));
    match ask_row(cells) {
        Ok(table) => Ok(Sample::Row(table)),
        Err(error) => Err(Refusal::unanswerable(
            "row",
            error.to_string(),
            "a value of the kind that GET /v1/models gives; null where it is missing",
        )),
    }
}

/// A value as a file of text would have it; `None` where it is missing.
fn word(name: &str, value: &Value) -> Result<Option<String>, Refusal> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(truth) => Ok(Some(truth.to_string())),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Array(_) | Value::Object(_) => Err(Refusal::unanswerable(
            in_row(name),
            "a list or an object",
            "a number, a truth value, a text, or null where it is missing",
        )),
    }
}

fn of_numbers(row: &Map<String, Value>, names: &[String]) -> Result<Sample, Refusal> {
    check_names(row, names.iter().map(String::as_str))?;
    let mut values = Vec::with_capacity(names.len());
    for name in names {
        match row[name].as_f64().map(|number| number as f32) {
            Some(number) if number.is_finite() => values.push(number),
            _ => {
                let what = "not a number that fits into 32 bits";
                return Err(Refusal::unanswerable(in_row(name), what, "a number"));
            }
        }
    }
    match Samples::from_features(names.len(), values) {
        Ok(samples) => Ok(Sample::Features(samples)),
        Err(error) => {
            let expected = "a number for each name";
            Err(Refusal::unanswerable("row", error.to_string(), expected))
        }
    }
}

/// Refuses a name that is too much, and one that lacks.
fn check_names<'a>(
    row: &Map<String, Value>,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Refusal> {
    if let Some(lacking) = names.clone().find(|name| !row.contains_key(*name)) {
        let what = "it is not there";
        let expected = "a value, or null where it is missing";
        return Err(Refusal::unanswerable(in_row(lacking), what, expected));
    }
    if row.len() == names.clone().count() {
        return Ok(());
    }
    let known: std::collections::HashSet<&str> = names.clone().collect();
    let unknown = row.keys().find(|name| !known.contains(name.as_str()));
    let unknown = unknown.map_or("", String::as_str);
    let expected = match nearest_name(unknown, names) {
        Some(nearest) => format!("did you mean {}?", shown(nearest)),
        None => "the columns of GET /v1/models, and no others".to_owned(),
    };
    let what = "no column of these models";
    Err(Refusal::unanswerable(in_row(unknown), what, expected))
}

fn in_row(name: &str) -> String {
    format!("row, {}", shown(name))
}

impl Sample {
    /// The sample as a model takes it.
    pub(crate) fn of(&self, model: &Model) -> Result<Samples, Refusal> {
        match self {
            Self::Picture(samples) | Self::Features(samples) => Ok(samples.clone()),
            Self::Row(table) => {
                let prepared = model.kept.preparation("row").map(|preparation| {
                    preparation.check_filled(table.columns())?;
                    preparation.apply(table)
                });
                let problem = match prepared {
                    Ok(Ok(samples)) => return Ok(samples),
                    Ok(Err(error)) => error.to_string(),
                    Err(error) => error.to_string(),
                };
                let place = format!("row, for {}", model.name);
                let expected = "a row as the training rows were";
                Err(Refusal::unanswerable(place, problem, expected))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUT: Input = Input::Picture {
        shape: PictureShape {
            rows: 1,
            columns: 3,
        },
        manner: Manner::Scaled,
    };

    fn status(body: &str, input: &Input) -> u16 {
        json(body.as_bytes(), input).map_or_else(|refusal| refusal.status, |_| 200)
    }

    #[test]
    fn pixels_are_whole_numbers_however_json_writes_them() {
        let Ok(Sample::Picture(samples)) = json(br#"{"pixels":[0,7.0,2.55e2]}"#, &INPUT) else {
            panic!("a picture");
        };
        assert_eq!(samples.pixels(), Some(&[0, 7, 255][..]));
        for (body, expected) in [
            (r#"{"pixels":[0,1]}"#, 422),
            (r#"{"pixels":[0,1,256]}"#, 422),
            (r#"{"pixels":[0,1,-1]}"#, 422),
            (r#"{"pixels":[0,1,1.5]}"#, 422),
            (r#"{"pixels":[0,1,"1"]}"#, 422),
            (r#"{"pixels":[0,1,2],"row":{}}"#, 422),
            (r#"{"pixels":[0,1,2],"more":1}"#, 422),
            ("[[0,1,2],null]", 422),
            (r#"{"pixels":[0,1,2]"#, 400),
        ] {
            assert_eq!(status(body, &INPUT), expected, "{body}");
        }
    }

    #[test]
    fn a_pixel_in_colour_has_three_values() {
        let input = Input::Picture {
            shape: PictureShape {
                rows: 1,
                columns: 2,
            },
            manner: Manner::Colour,
        };
        let asked = json(br#"{"pixels":[1,2,3,4,5,6]}"#, &input);
        let Ok(Sample::Picture(samples)) = asked else {
            panic!("a picture");
        };
        assert_eq!(samples.pixels(), Some(&[1, 2, 3, 4, 5, 6][..]));
        assert!(samples.colour_picture().is_some());
        let Err(refused) = json(br#"{"pixels":[1,2]}"#, &input) else {
            panic!("too few");
        };
        assert_eq!(
            (refused.status, refused.what.as_str()),
            (422, "2 values, and the models see 1 × 2 pixels in colour")
        );
    }

    #[test]
    fn a_row_of_numbers_has_every_name_and_only_finite_numbers() {
        let input = Input::Features(vec!["a".to_owned(), "b".to_owned()]);
        for (body, expected) in [
            (r#"{"row":{"b":1,"a":2}}"#, 200),
            (r#"{"row":{"a":1}}"#, 422),
            (r#"{"row":{"a":1,"b":null}}"#, 422),
            (r#"{"row":{"a":1,"b":1e300}}"#, 422),
            (r#"{"row":{"a":1,"b":2,"c":3}}"#, 422),
            (r#"{"pixels":[1,2]}"#, 422),
        ] {
            assert_eq!(status(body, &input), expected, "{body}");
        }
    }

    #[test]
    fn types_of_bodies_are_recognised_whatever_their_case() {
        assert_eq!(Form::of(None), Ok(Form::Json));
        let with = "Application/JSON; charset=utf-8";
        assert_eq!(Form::of(Some(with)), Ok(Form::Json));
        assert_eq!(Form::of(Some("Image/PNG")), Ok(Form::Picture));
        assert_eq!(Form::of(Some("text/plain")).unwrap_err().status, 415);
    }
}
