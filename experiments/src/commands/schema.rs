//! `schema`: the JSON Schema of plans, for completion in editors.

use crate::registry::MODELS;
use classifier::ModelEntry;
use serde_json::{Map, Value, json};

/// Runs the command.
pub(crate) fn run() {
    println!("{:#}", plan());
}

/// The schema of a plan with the models of this build.
fn plan() -> Value {
    let mut definitions = Map::new();
    let models: Vec<Value> = MODELS
        .iter()
        .map(|entry| model(entry, &mut definitions))
        .collect();
    let count = |what: &str| json!({"type": "integer", "minimum": 1, "description": what});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A comparison of classifiers",
        "type": "object",
        "additionalProperties": false,
        "$defs": definitions,
        "required": ["models"],
        "properties": {
            "question": {"type": "string", "description": "What the comparison is to answer; the report prints it."},
            "analysis": {"type": "string", "description": "What you make of it, in Markdown; the report prints it."},
            "dataset": {"type": "string", "description": "Data set by name; `datasets` lists them."},
            "data_dir": {"type": "string", "description": "Directory of the four files, relative to the plan."},
            "seed": {"type": "integer", "minimum": 0, "default": 1, "description": "Seed of everything random."},
            "seeds": {"type": "integer", "minimum": 1, "maximum": u16::MAX, "description": "Fits of every model whose result depends on the seed."},
            "calibrate": count("Hold out as many training images to scale probabilities on."),
            "sizes": {
                "type": "array",
                "items": {"type": "integer", "minimum": 1},
                "description": "Training sizes of a learning curve.",
            },
            "validation": count("Judge on as many held-out training images in place of the test images."),
            "cv": {
                "type": ["integer", "string"],
                "description": "Cross-validate on the training images: K folds, or \"RxK\" for R repetitions.",
            },
            "train_limit": count("Train every model on as many images only."),
            "models": {
                "type": "array",
                "minItems": 1,
                "description": "What to compare, in the order of the report.",
                "items": {"oneOf": models},
            },
        },
    })
}

/// The schema of a `[[models]]` table for one registered model; what it refers to joins
/// `definitions`.
fn model(entry: &ModelEntry, definitions: &mut Map<String, Value>) -> Value {
    let schema = (entry.preset)().schema();
    let mut properties = Map::new();
    properties.insert(
        "model".to_owned(),
        json!({"const": entry.id, "description": entry.summary}),
    );
    properties.insert(
        "id".to_owned(),
        json!({"type": "string", "description": "Name in this comparison."}),
    );
    properties.insert(
        "train_limit".to_owned(),
        json!({"type": "integer", "minimum": 1, "description": "Train on as many images only."}),
    );
    let numbers = json!({"type": "number"});
    let domain = json!({"oneOf": [
        {"type": "array", "minItems": 1},
        {
            "type": "object",
            "required": ["from", "to"],
            "additionalProperties": false,
            "properties": {"from": numbers, "to": numbers, "scale": {"enum": ["linear", "log"]}},
        },
    ]});
    properties.insert(
        "search".to_owned(),
        json!({
            "type": "object",
            "description": "What `tune` searches: for each parameter a list or a range.",
            "additionalProperties": domain,
        }),
    );
    if let Some(Value::Object(parameters)) = schema.get("properties") {
        properties.extend(parameters.clone());
    }
    if let Some(Value::Object(of_model)) = schema.get("$defs") {
        definitions.extend(of_model.clone());
    }
    json!({
        "type": "object",
        "title": entry.id,
        "required": ["model"],
        "additionalProperties": false,
        "properties": properties,
    })
}
