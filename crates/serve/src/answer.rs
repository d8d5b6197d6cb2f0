//! What the models answer to a question.

use crate::limits::Limits;
use crate::models::{Model, Models};
use crate::question::{Form, Question, Sample};
use crate::refusal::Refusal;
use catalog::shown;
use data::Samples;
use kept::{Answers, Method, Said};
use serde::Serialize;

/// What all models answer.
#[derive(Serialize)]
pub(crate) struct Reply<'a> {
    /// The picture that the models saw, made of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Picture>,
    answers: Vec<Answer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explained>,
}

#[derive(Serialize)]
struct Picture {
    rows: usize,
    columns: usize,
    /// Of one in colour, red, green and blue of each.
    pixels: Vec<u8>,
}

/// What one model answers.
#[derive(Serialize)]
struct Answer<'a> {
    model: &'a str,
    #[serde(flatten)]
    said: Said<'a>,
}

/// What spoke for the answer of one model.
#[derive(Serialize)]
struct Explained {
    model: String,
    class: String,
    method: Method,
    /// Names of the parts of a row; the parts of a picture are its pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<String>>,
    values: Vec<f32>,
}

/// The answer of all models to a question, as JSON.
pub(crate) fn answer(
    models: &Models,
    question: &Question,
    limits: &Limits,
) -> Result<Vec<u8>, Refusal> {
    let explained = question.explain.as_deref();
    let explained = explained.map(|name| find(models, name)).transpose()?;
    let sample = question.sample(models, limits)?;
    let (mut all, mut explanation) = (Vec::with_capacity(models.all.len()), None);
    for (place, model) in models.all.iter().enumerate() {
        let samples = sample.of(model)?;
        let answers = Answers::new(&model.kept, &samples);
        if explained == Some(place) {
            explanation = Some(explain(model, &samples, answers.class(0)));
        }
        all.push(answers);
    }
    let answers = models.names().zip(&all).map(|(model, answers)| Answer {
        model,
        said: answers.said(0),
    });
    let reply = Reply {
        input: match question.form {
            Form::Picture => picture(&sample),
            Form::Json => None,
        },
        answers: answers.collect(),
        explanation,
    };
    serde_json::to_vec(&reply).map_err(|error| Refusal::failed(&error.to_string()))
}

fn picture(sample: &Sample) -> Option<Picture> {
    let Sample::Picture(samples) = sample else {
        return None;
    };
    let (shape, _) = samples.pictures()?;
    Some(Picture {
        rows: shape.rows,
        columns: shape.columns,
        pixels: samples.pixels()?.to_vec(),
    })
}

fn explain(model: &Model, samples: &Samples, class: usize) -> Explained {
    let explanation = model.kept.explain(samples, 0, class);
    Explained {
        model: model.name.clone(),
        class: model.kept.about.classes[class].clone(),
        method: explanation.method,
        parts: model.kept.parts(),
        values: explanation.values,
    }
}

fn find(models: &Models, name: &str) -> Result<usize, Refusal> {
    let found = models.names().position(|known| known == name);
    found.ok_or_else(|| {
        let what = format!("no model is called {}", shown(name));
        let names: Vec<&str> = models.names().collect();
        Refusal::unanswerable("explain", what, names.join(", "))
    })
}
