//! What is made of the columns of a table before a model sees them.

use crate::graph::{Graph, Type};
use tables::{Preparation, Step};

/// Adds an input for each column that is used, and what is made of it; gives the features, shape (samples, features).
pub(crate) fn features(graph: &mut Graph, preparation: &Preparation) -> String {
    let mut parts = Vec::new();
    for column in preparation.columns() {
        match &column.step {
            Step::Number { .. } if !column.features.is_empty() => {
                let input = graph.input(&input_name(&column.name), Type::F64, 1);
                number(graph, &input, &column.step, &mut parts);
            }
            Step::OneHot {
                categories,
                pooled,
                missing,
            } => {
                let input = graph.input(&input_name(&column.name), Type::String, 1);
                let shared = [
                    categories.len(),
                    categories.len() + usize::from(*pooled > 0),
                ];
                parts.push(one_hot(graph, &input, categories, shared, *missing));
            }
            Step::Number { .. } | Step::LeftOut(_) => (),
        }
    }
    match &parts[..] {
        [one] => one.clone(),
        _ => graph.beside(&parts),
    }
}

/// A column may be called as the graph calls what it makes.
fn input_name(column: &str) -> String {
    let taken = ["label", "scores", "probabilities"].contains(&column);
    let ours = column.starts_with("value ") || column.starts_with("constant ");
    if taken || ours {
        format!("column {column}")
    } else {
        column.to_owned()
    }
}

fn number(graph: &mut Graph, input: &str, step: &Step, parts: &mut Vec<String>) {
    let &Step::Number {
        fill,
        mean,
        deviation,
        value,
        indicator,
    } = step
    else {
        return;
    };
    let is_missing = graph.node("IsNaN", &[input]);
    if value {
        let filled = match fill {
            None => input.to_owned(),
            Some(fill) => {
                let fill = graph.numbers(&[], &[fill]);
                graph.node("Where", &[&is_missing, &fill, input])
            }
        };
        let mean = graph.numbers(&[], &[mean]);
        let deviation = graph.numbers(&[], &[deviation]);
        let centred = graph.node("Sub", &[&filled, &mean]);
        let standard = graph.node("Div", &[&centred, &deviation]);
        let ends = [f32::MIN, f32::MAX].map(|end| graph.numbers(&[], &[f64::from(end)]));
        let clipped = graph.node("Clip", &[&standard, &ends[0], &ends[1]]);
        parts.push(graph.cast(&clipped, Type::F32));
    }
    if indicator {
        parts.push(graph.cast(&is_missing, Type::F32));
    }
}

/// One feature for each category, one for all others if they share one, one for missing values.
fn one_hot(
    graph: &mut Graph,
    input: &str,
    categories: &[String],
    [other, of_missing]: [usize; 2],
    has_missing: bool,
) -> String {
    let width = of_missing + usize::from(has_missing);
    let known = categories.iter().cloned().zip(0..);
    // Who has no feature of its own has a number beyond them.
    let none = width as i64;
    let number_of_missing = if has_missing { of_missing as i64 } else { none };
    let known: Vec<(String, i64)> = known.chain([(String::new(), number_of_missing)]).collect();
    let other = if other < of_missing {
        other as i64
    } else {
        none
    };
    let numbers = graph.numbered(input, &known, other);
    let all: Vec<i64> = (0..width as i64).collect();
    let all = graph.numbers(&[1, width], &all);
    let hits = graph.node("Equal", &[&numbers, &all]);
    graph.cast(&hits, Type::F32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tables::{Column, Settings, Table};

    #[test]
    fn every_column_that_is_used_is_an_input_of_its_own() {
        let size = Column::numbers("label", vec![1.0, f64::NAN, 3.0, 5.0]).unwrap();
        let names = ["red", "blue"].map(str::to_owned);
        let codes = [Some(0), Some(1), None, Some(0)];
        let colour = Column::categories("colour", codes, names.into()).unwrap();
        let same = Column::numbers("same", vec![7.0; 4]).unwrap();
        let classes = ["no", "yes"].map(str::to_owned);
        let targets = data::Targets::new(vec![0, 1, 1, 0], classes.into()).unwrap();
        let table = Table::new(vec![size, colour, same], targets).unwrap();
        let settings = Settings {
            rare_below: 1,
            ..Settings::default()
        };
        let preparation = Preparation::learn(&table, &settings).unwrap();
        let mut graph = Graph::default();
        let all = features(&mut graph, &preparation);
        graph.output(
            &all,
            "scores",
            Type::F32,
            Some(preparation.features().len()),
        );
        let graph = graph.finish("test", "1").graph.unwrap();
        let inputs: Vec<&str> = graph.input.iter().map(|input| &input.name[..]).collect();
        assert_eq!(inputs, ["column label", "colour"]);
        let operators: Vec<&str> = graph.node.iter().map(|node| &node.op_type[..]).collect();
        assert_eq!(
            operators.iter().filter(|o| **o == "LabelEncoder").count(),
            1
        );
        assert_eq!(operators[operators.len() - 2..], ["Concat", "Identity"]);
        let written: std::collections::HashSet<&String> =
            graph.node.iter().flat_map(|node| &node.output).collect();
        let constants = graph.initializer.iter().map(|constant| &constant.name);
        let constants: Vec<&String> = constants
            .chain(graph.input.iter().map(|i| &i.name))
            .collect();
        let unknown = graph.node.iter().flat_map(|node| &node.input);
        let unknown = unknown.filter(|name| !written.contains(name) && !constants.contains(name));
        assert_eq!(unknown.count(), 0);
    }
}
