//! Ranges of parameters: the JSON Schema of a field says its range once; check and message come from it.

use serde_json::Value;
use std::fmt;

/// What would be right in place of `value`, where it is out of the range that its schema says. `definitions` are
/// what the schema refers to (`$defs`). Says nothing about types: those are serde's.
pub(crate) fn expected_instead(
    schema: &Value,
    definitions: &Value,
    value: &Value,
) -> Option<String> {
    let schema = resolved(schema, definitions);
    if let Some(items) = value.as_array() {
        let wrong = |item| expected_instead(&schema["items"], definitions, item);
        return items
            .iter()
            .find_map(wrong)
            .map(|expected| format!("each to be {expected}"));
    }
    let number = value.as_f64()?;
    let choices = schema["anyOf"].as_array();
    let choices = choices.map_or(std::slice::from_ref(schema), Vec::as_slice);
    let choices = choices.iter().map(|choice| resolved(choice, definitions));
    let (numbers, words): (Vec<&Value>, Vec<&Value>) =
        choices.partition(|choice| is_number(choice));
    let range = Range::of(numbers.first()?);
    if range.contains(number) {
        return None;
    }
    let words = words.iter().flat_map(|choice| listed(choice));
    Some(words.fold(range.to_string(), |text, word| format!("{text}, or {word}")))
}

/// The schema that a reference stands for.
fn resolved<'a>(schema: &'a Value, definitions: &'a Value) -> &'a Value {
    let name = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next());
    name.map_or(schema, |name| &definitions[name])
}

fn is_number(schema: &Value) -> bool {
    let kind = &schema["type"];
    let kinds = kind
        .as_array()
        .map_or(std::slice::from_ref(kind), Vec::as_slice);
    kinds
        .iter()
        .any(|kind| kind == "number" || kind == "integer")
}

/// The words that a schema takes: one alone, those of a list, or each with its description.
fn listed(schema: &Value) -> Vec<&Value> {
    let described = schema["oneOf"].as_array().into_iter().flatten();
    let alone = described
        .chain([schema])
        .filter_map(|choice| choice.get("const"));
    alone
        .chain(schema["enum"].as_array().into_iter().flatten())
        .collect()
}

/// The numbers that a schema takes.
struct Range {
    whole: bool,
    least: Option<f64>,
    above: Option<f64>,
    most: Option<f64>,
    below: Option<f64>,
}

impl Range {
    fn of(schema: &Value) -> Self {
        let bound = |name: &str| schema[name].as_f64();
        Self {
            whole: schema["type"].to_string().contains("integer"),
            least: bound("minimum"),
            above: bound("exclusiveMinimum"),
            most: bound("maximum"),
            below: bound("exclusiveMaximum"),
        }
    }

    fn contains(&self, number: f64) -> bool {
        self.least.is_none_or(|least| number >= least)
            && self.above.is_none_or(|above| number > above)
            && self.most.is_none_or(|most| number <= most)
            && self.below.is_none_or(|below| number < below)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.whole {
            "a whole number"
        } else {
            "a number"
        })?;
        let upper = self.most.is_some() || self.below.is_some();
        match (self.least, self.above) {
            (Some(least), _) if upper => write!(f, " from {least}")?,
            (Some(least), _) => write!(f, " of at least {least}")?,
            (None, Some(above)) => write!(f, " above {above}")?,
            (None, None) => {}
        }
        match (self.most, self.below) {
            (Some(most), _) => write!(f, " to {most}"),
            (None, Some(below)) if self.least.is_some() => write!(f, " to below {below}"),
            (None, Some(below)) => write!(f, " and below {below}"),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::{JsonSchema, schema_for};
    use serde_json::json;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Ranges {
        #[schemars(range(min = 1))]
        epochs: usize,
        #[schemars(range(min = 1, max = 64))]
        degree: Option<u32>,
        #[schemars(extend("exclusiveMinimum" = 0))]
        rate: f64,
        #[schemars(range(min = 0), extend("exclusiveMaximum" = 1))]
        momentum: f64,
        #[schemars(inner(range(min = 1)))]
        hidden: Vec<usize>,
        factor: Factor,
        any: f64,
    }

    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Factor {
        Value(#[schemars(extend("exclusiveMinimum" = 0))] f64),
        FromData(FromData),
    }

    #[derive(JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum FromData {
        /// As the data are scaled.
        #[expect(dead_code, reason = "only its schema is looked at")]
        Scale,
    }

    fn expected(name: &str, value: &Value) -> Option<String> {
        let schema = schema_for!(Ranges).to_value();
        expected_instead(&schema["properties"][name], &schema["$defs"], value)
    }

    #[test]
    fn values_within_their_range_pass() {
        for (name, value) in [
            ("epochs", json!(1)),
            ("degree", json!(64)),
            ("degree", json!(null)),
            ("rate", json!(1e-300)),
            ("momentum", json!(0)),
            ("hidden", json!([])),
            ("hidden", json!([3, 1])),
            ("factor", json!("scale")),
            ("factor", json!(0.5)),
            ("any", json!(-1e300)),
        ] {
            assert_eq!(expected(name, &value), None, "{name} = {value}");
        }
    }

    #[test]
    fn whatever_is_out_of_range_is_told_the_range() {
        for (name, value, right) in [
            ("epochs", json!(0), "a whole number of at least 1"),
            ("degree", json!(65), "a whole number from 1 to 64"),
            ("rate", json!(0), "a number above 0"),
            ("momentum", json!(1), "a number from 0 to below 1"),
            (
                "hidden",
                json!([3, 0]),
                "each to be a whole number of at least 1",
            ),
            ("factor", json!(-1), "a number above 0, or \"scale\""),
        ] {
            assert_eq!(expected(name, &value).as_deref(), Some(right), "{name}");
        }
    }
}
