//! The check on parameters at the ends of the ranges that their schema declares.

use crate::awkward::all_numbers;
use crate::stopping::called_off;
use crate::stripes;
use classifier::{FitError, ModelEntry, ParameterError, Preset, with_threads};
use data::Dataset;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// A parameter of no upper end, such as epochs, makes a fit without end. After so long it has begun well.
const LONG_ENOUGH: Duration = Duration::from_millis(20);

/// A value of a parameter at, or just beyond, an end of its range.
#[derive(Debug, Clone, PartialEq)]
struct End {
    value: Value,
    is_within: bool,
}

/// Each parameter at each end of its range fits or is refused; beyond the end it is refused.
pub(crate) fn ranges(model: &ModelEntry) {
    let data = stripes();
    let preset = (model.preset)();
    let schema = preset.schema();
    for (name, value) in preset.values() {
        for end in ends(&schema["properties"][&name], &schema, &value) {
            let changed = Map::from_iter([(name.clone(), end.value.clone())]);
            match preset.with(&changed) {
                Ok(_) if !end.is_within => {
                    panic!("{name} = {} is beyond its range, and taken", end.value)
                }
                Ok(recipe) => {
                    fits_or_is_refused(&*recipe, &data, &format!("{name} = {}", end.value));
                }
                Err(error) => in_words(&error, &name),
            }
        }
    }
}

/// A refusal says which parameter it is about.
fn in_words(error: &ParameterError, name: &str) {
    assert_eq!(error.parameter(), name, "the refusal of {name}: {error}");
}

fn fits_or_is_refused(recipe: &dyn Preset, data: &Dataset, what: &str) {
    println!("    {what}");
    let (fitted, _) = called_off(recipe, data, LONG_ENOUGH);
    match fitted {
        Ok(fitted) => all_numbers(&with_threads(1, || fitted.scores(data.samples()))),
        // It began, and may be called off.
        Err(FitError::Cancelled(_)) => (),
        Err(error) => assert!(
            !error.to_string().is_empty(),
            "{what}: refused without words"
        ),
    }
}

/// The values at the ends of what a schema allows, in place of `value`.
fn ends(schema: &Value, root: &Value, value: &Value) -> Vec<End> {
    let definition = schema["$ref"]
        .as_str()
        .and_then(|path| root.pointer(&path[1..]));
    if let Some(definition) = definition {
        return ends(definition, root, value);
    }
    let alternatives = ["anyOf", "oneOf"]
        .into_iter()
        .filter_map(|key| schema[key].as_array());
    let mut all: Vec<End> = alternatives
        .flatten()
        .flat_map(|alternative| ends(alternative, root, value))
        .collect();
    let named = ["enum", "const"]
        .into_iter()
        .filter_map(|key| schema.get(key));
    all.extend(named.flat_map(named_values));
    for kind in kinds(&schema["type"]) {
        all.extend(match kind {
            "boolean" => [json!(false), json!(true)].map(within).into(),
            "integer" => ends_of_integers(schema),
            "number" => ends_of_numbers(schema),
            "array" => lists(&ends(&schema["items"], root, &Value::Null)),
            "object" => ends_of_objects(schema, root, value),
            _ => Vec::new(),
        });
    }
    all
}

/// A schema names one type, or several in a list.
fn kinds(kinds: &Value) -> Vec<&str> {
    match kinds {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn within(value: Value) -> End {
    End {
        value,
        is_within: true,
    }
}

fn beyond(value: Value) -> End {
    End {
        value,
        is_within: false,
    }
}

fn named_values(named: &Value) -> Vec<End> {
    match named {
        Value::Array(values) => values.iter().cloned().map(within).collect(),
        value => vec![within(value.clone())],
    }
}

/// What no schema says is what the type holds: an end is then that of the type.
fn ends_of_integers(schema: &Value) -> Vec<End> {
    let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
    let greatest = match schema["format"].as_str() {
        Some("uint8") => u8::MAX.into(),
        Some("uint16") => u16::MAX.into(),
        Some("uint32") => u32::MAX.into(),
        Some("int32") => i32::MAX as u64,
        Some("int64") => i64::MAX as u64,
        _ => u64::MAX,
    };
    let greatest = schema["maximum"].as_u64().unwrap_or(greatest);
    let below = least.checked_sub(1).map(|value| beyond(json!(value)));
    let above = greatest.checked_add(1).map(|value| beyond(json!(value)));
    let ends = [within(json!(least)), within(json!(greatest))];
    ends.into_iter().chain(below).chain(above).collect()
}

fn ends_of_numbers(schema: &Value) -> Vec<End> {
    let number = |key: &str| schema[key].as_f64();
    let mut all = match (number("minimum"), number("exclusiveMinimum")) {
        (Some(least), _) => vec![beyond(json!(least.next_down())), within(json!(least))],
        (None, Some(limit)) => vec![beyond(json!(limit)), within(json!(next_above(limit)))],
        (None, None) => vec![within(json!(f64::MIN))],
    };
    all.extend(match (number("maximum"), number("exclusiveMaximum")) {
        (Some(greatest), _) => vec![within(json!(greatest)), beyond(json!(greatest.next_up()))],
        (None, Some(limit)) => vec![within(json!(limit.next_down())), beyond(json!(limit))],
        (None, None) => vec![within(json!(f64::MAX))],
    });
    all
}

/// The least normal number above: a subnormal one need not survive arithmetic.
fn next_above(limit: f64) -> f64 {
    if limit == 0.0 {
        f64::MIN_POSITIVE
    } else {
        limit.next_up()
    }
}

/// No element, and one at each end.
fn lists(elements: &[End]) -> Vec<End> {
    let single = |end: &End| End {
        value: json!([end.value]),
        is_within: end.is_within,
    };
    let empty = within(json!([]));
    std::iter::once(empty)
        .chain(elements.iter().map(single))
        .collect()
}

/// One field at an end, the others as they are.
fn ends_of_objects(schema: &Value, root: &Value, value: &Value) -> Vec<End> {
    let (Some(properties), Some(values)) = (schema["properties"].as_object(), value.as_object())
    else {
        return Vec::new();
    };
    let changed = properties.iter().flat_map(|(name, property)| {
        ends(property, root, &value[name]).into_iter().map(|end| {
            let mut values = values.clone();
            values.insert(name.clone(), end.value);
            End {
                value: Value::Object(values),
                ..end
            }
        })
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(schema: &Value) -> [Vec<Value>; 2] {
        let ends = ends(
            schema,
            &json!({"$defs": {"Share": {"maximum": 1, "minimum": 0, "type": "number"}}}),
            &json!({"a": 1, "b": 2}),
        );
        [true, false].map(|is_within| {
            let those = ends.iter().filter(|end| end.is_within == is_within);
            those.map(|end| end.value.clone()).collect()
        })
    }

    #[test]
    fn whole_numbers_end_where_the_schema_says_or_their_type() {
        let schema = json!({"type": "integer", "minimum": 4, "maximum": 16});
        assert_eq!(
            values(&schema),
            [vec![json!(4), json!(16)], vec![json!(3), json!(17)]]
        );
        let schema = json!({"type": "integer", "format": "uint32", "minimum": 0});
        let [within, beyond] = values(&schema);
        assert_eq!(within, [json!(0), json!(u32::MAX)]);
        assert_eq!(beyond, [json!(-1), json!(1_u64 << 32)]);
    }

    #[test]
    fn an_exclusive_end_is_beyond_the_range() {
        let schema = json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1});
        let within = vec![json!(f64::MIN_POSITIVE), json!(1.0_f64.next_down())];
        assert_eq!(values(&schema), [within, vec![json!(0.0), json!(1.0)]]);
    }

    #[test]
    fn definitions_alternatives_lists_and_fields_are_looked_into() {
        let share = json!({"$ref": "#/$defs/Share"});
        assert_eq!(values(&share)[0], [json!(0.0), json!(1.0)]);
        let named = json!({"anyOf": [{"const": "auto"}, {"type": "string", "enum": ["x", "y"]}]});
        assert_eq!(values(&named)[0], [json!("auto"), json!("x"), json!("y")]);
        let list = json!({"type": "array", "items": share});
        assert_eq!(values(&list)[0], [json!([]), json!([0.0]), json!([1.0])]);
        let fields = json!({"type": "object", "properties": {"b": {"type": "boolean"}}});
        assert_eq!(
            values(&fields)[0],
            [json!({"a": 1, "b": false}), json!({"a": 1, "b": true})]
        );
    }
}
