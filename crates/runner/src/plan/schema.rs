//! The JSON Schema of plans, for completion in editors.

use crate::{Options, Registry};
use classifier::ModelEntry;
use classifier::schemars::schema_for;
use serde_json::{Map, Value, json};

/// The JSON Schema of a plan with these models.
pub fn plan_schema(registry: Registry) -> Value {
    let mut definitions = Map::new();
    let registered = registry.models().iter();
    let mut models: Vec<Value> = registered
        .map(|entry| model(entry, &mut definitions))
        .collect();
    models.push(command());
    let mut schema = schema_for!(Options).to_value();
    schema["title"] = "A comparison of classifiers".into();
    schema["$defs"] = Value::Object(definitions);
    schema["required"] = json!(["models"]);
    schema["properties"]["models"] = json!({
        "type": "array",
        "minItems": 1,
        "description": "What to compare, in the order of the report.",
        "items": {"oneOf": models},
    });
    schema
}

/// The schema of a `[[models]]` table for a program of the user's, whose parameters have any names.
fn command() -> Value {
    let value = json!({"type": ["number", "string", "boolean", "array"]});
    json!({
        "type": "object",
        "title": "a program",
        "required": ["command", "id"],
        "not": {"required": ["model"]},
        "additionalProperties": value,
        "properties": {
            "command": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string"},
                "description": "The program and its arguments, run in the plan's directory.",
            },
            "id": {"type": "string", "description": "Name in this comparison."},
            "train_limit": {"type": "integer", "minimum": 1, "description": "Train on as many samples only."},
            "search": search(),
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
        json!({"type": "integer", "minimum": 1, "description": "Train on as many samples only."}),
    );
    properties.insert("search".to_owned(), search());
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

/// The schema of what `tune` searches.
fn search() -> Value {
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
    json!({
        "type": "object",
        "description": "What `tune` searches: for each parameter a list or a range.",
        "additionalProperties": domain,
    })
}
