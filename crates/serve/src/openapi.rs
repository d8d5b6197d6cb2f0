//! What the API takes and gives, as OpenAPI 3.1, and which models there are.

use crate::limits::Limits;
use crate::models::{Input, Model, Models};
use catalog::Manner;
use kept::About;
use serde_json::{Map, Value, json};
use tables::{Kind, PreparedColumn, Step};

/// The document for all that does not depend on the models.
const DOCUMENT: &str = include_str!("../templates/openapi.json");

/// The OpenAPI document of a server.
pub(crate) fn document(models: &Models, limits: &Limits) -> Value {
    let mut document: Value = serde_json::from_str(DOCUMENT).expect("a test reads it");
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    document["components"]["schemas"]["Question"] = question(&models.input);
    let names: Vec<&str> = models.names().collect();
    let predict = &mut document["paths"]["/v1/predict"]["post"];
    predict["parameters"][0]["schema"] = json!({"type": "string", "enum": names});
    if let Input::Picture { manner, .. } = models.input {
        let picture = json!({"schema": {
            "type": "string",
            "contentMediaType": "image/*",
            "description": format!("A picture of any size up to {} pixels.", limits.picture / 4),
        }});
        let content = &mut predict["requestBody"]["content"];
        for kind in [
            "image/png",
            "image/jpeg",
            "image/bmp",
            match manner {
                Manner::Colour => "image/x-portable-pixmap",
                Manner::Scaled | Manner::Digit => "image/x-portable-graymap",
            },
        ] {
            content[kind] = picture.clone();
        }
    }
    document
}

/// The schema of a question in JSON.
fn question(input: &Input) -> Value {
    let object = |name: &str, schema: Value| {
        json!({
            "type": "object",
            "properties": {name: schema},
            "required": [name],
            "additionalProperties": false,
        })
    };
    let row = |columns: Vec<(&String, Value)>| {
        let names: Vec<&String> = columns.iter().map(|(name, _)| *name).collect();
        let names = json!(names);
        let columns = columns.into_iter();
        let properties: Map<String, Value> = columns
            .map(|(name, schema)| (name.clone(), schema))
            .collect();
        json!({
            "type": "object",
            "properties": properties,
            "required": names,
            "additionalProperties": false,
        })
    };
    match input {
        Input::Picture { shape, manner } => {
            let count = Input::values(*shape, *manner);
            let levels = match manner {
                Manner::Colour => "red, green and blue of each, 0 to 255",
                Manner::Scaled | Manner::Digit => "0 is black, 255 white",
            };
            let pixel = json!({"type": "integer", "minimum": 0, "maximum": 255});
            let pixels = json!({
                "description": format!("Pixels of {shape}, row by row: {levels}."),
                "type": "array",
                "items": pixel,
                "minItems": count,
                "maxItems": count,
            });
            object("pixels", pixels)
        }
        Input::Row(columns) => {
            let columns = columns.iter().map(|(name, kind)| (name, of_kind(*kind)));
            object("row", row(columns.collect()))
        }
        Input::Features(names) => {
            let number = json!({"type": "number", "minimum": -1e30, "maximum": 1e30});
            let names = names.iter().map(|name| (name, number.clone()));
            object("row", row(names.collect()))
        }
    }
}

/// The schema of a value; null is missing.
fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Number => json!({"type": ["number", "null"]}),
        Kind::Boolean => json!({"type": ["boolean", "null"]}),
        Kind::Date => json!({"type": ["string", "null"], "format": "date"}),
        Kind::Category => json!({"type": ["string", "null"]}),
    }
}

/// Which models there are, and what they take.
pub(crate) fn models(models: &Models) -> Value {
    let input = match &models.input {
        Input::Picture { shape, manner } => json!({
            "kind": "picture",
            "rows": shape.rows,
            "columns": shape.columns,
            "colour": *manner == Manner::Colour,
        }),
        Input::Row(_) => {
            let prepared = models.all[0].kept.about.preparation.as_ref();
            let columns = prepared.map_or(&[][..], |prepared| prepared.columns());
            json!({"kind": "row", "columns": columns.iter().map(column).collect::<Vec<_>>()})
        }
        Input::Features(names) => {
            let column = |name: &String| json!({"name": name, "kind": "number"});
            json!({"kind": "row", "columns": names.iter().map(column).collect::<Vec<_>>()})
        }
    };
    let all: Vec<Value> = models.all.iter().map(model).collect();
    json!({"input": input, "classes": models.classes(), "models": all})
}

fn model(model: &Model) -> Value {
    let About {
        model: registered,
        data,
        judged,
        ..
    } = &model.kept.about;
    let accuracy = judged.as_ref().and_then(|judged| judged.metric("accuracy"));
    json!({
        "name": model.name,
        "model": registered,
        "data": data.title,
        "samples": data.samples,
        "accuracy": accuracy.map(|accuracy| accuracy.value.0),
        "judged_on": judged.as_ref().map(|judged| &judged.on),
    })
}

/// A column, with what a form needs: categories, and where numbers usually are.
fn column(column: &PreparedColumn) -> Value {
    let mut described = json!({"name": column.name, "kind": column.kind});
    match &column.step {
        Step::Number {
            fill,
            mean,
            deviation,
            ..
        } => {
            described["used"] = true.into();
            described["usual"] = json!(fill);
            if [*mean, *deviation] != [0.0, 1.0] {
                described["mean"] = json!(mean);
                described["deviation"] = json!(deviation);
            }
        }
        Step::OneHot {
            categories, pooled, ..
        } => {
            described["used"] = true.into();
            described["categories"] = json!(categories);
            described["others"] = (*pooled > 0).into();
        }
        Step::LeftOut(_) => described["used"] = false.into(),
    }
    described
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::PATHS;

    #[test]
    fn the_document_has_every_path_for_programs_and_every_name_that_it_refers_to() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let described = document["paths"].as_object().unwrap();
        let mut expected: Vec<&str> = PATHS.to_vec();
        expected.retain(|path| !["/", "/openapi.json"].contains(path));
        let mut paths: Vec<&str> = described.keys().map(String::as_str).collect();
        paths.sort_unstable();
        expected.sort_unstable();
        assert_eq!(paths, expected);
        for reference in DOCUMENT.split("\"$ref\": \"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn a_question_about_a_table_has_all_of_its_columns() {
        let columns = [("legs", Kind::Number), ("class", Kind::Category)];
        let columns = columns.map(|(name, kind)| (name.to_owned(), kind));
        let schema = question(&Input::Row(columns.to_vec()));
        let row = &schema["properties"]["row"];
        assert_eq!(row["required"], json!(["legs", "class"]));
        assert_eq!(row["properties"]["legs"]["type"], json!(["number", "null"]));
        assert_eq!(row["additionalProperties"], false);
    }
}
