//! A graph while it is made: nodes, constants, inputs and outputs.

use crate::proto::{
    Attribute, Dimension, GraphProto, Model, Node, Opset, Shape, Tensor, TensorType, TypeProto,
    ValueInfo,
};

/// Of ONNX 1.10 (2021); `onnxruntime` 1.9 and later run it.
const OPSET: i64 = 15;
const IR_VERSION: i64 = 8;
/// Operators of classical machine learning, for the numbers of categories.
const ML: &str = "ai.onnx.ml";

/// Types of tensors, by ONNX's numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Type {
    F32 = 1,
    U8 = 2,
    I64 = 7,
    String = 8,
    F64 = 11,
}

/// Numbers that constants are made of.
pub(crate) trait Element: Copy {
    const TYPE: Type;
    fn append(self, bytes: &mut Vec<u8>);
}

macro_rules! element {
    ($number:ty, $kind:ident) => {
        impl Element for $number {
            const TYPE: Type = Type::$kind;
            fn append(self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_le_bytes());
            }
        }
    };
}

element!(f32, F32);
element!(f64, F64);
element!(i64, I64);
element!(u8, U8);

#[derive(Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    constants: Vec<Tensor>,
    inputs: Vec<ValueInfo>,
    outputs: Vec<ValueInfo>,
}

impl Graph {
    /// An input of shape (samples, `width`); gives its name.
    pub(crate) fn input(&mut self, name: &str, of: Type, width: usize) -> String {
        self.inputs.push(value(name, of, Some(width)));
        name.to_owned()
    }

    /// Gives a value out under a name, of shape (samples, `width`) or (samples).
    pub(crate) fn output(&mut self, from: &str, name: &str, of: Type, width: Option<usize>) {
        self.outputs.push(value(name, of, width));
        self.push("Identity", &[from], name.to_owned(), Vec::new(), "");
    }

    /// A constant of numbers; its name.
    pub(crate) fn numbers<T: Element>(&mut self, shape: &[usize], values: &[T]) -> String {
        let mut bytes = Vec::new();
        for &value in values {
            value.append(&mut bytes);
        }
        self.constant(shape, T::TYPE, Some(bytes), Vec::new())
    }

    /// A constant of strings; its name.
    pub(crate) fn strings(&mut self, shape: &[usize], values: &[String]) -> String {
        let strings = values.iter().map(|value| value.as_bytes().to_vec());
        self.constant(shape, Type::String, None, strings.collect())
    }

    /// The value of an operator; its name.
    pub(crate) fn node(&mut self, operator: &str, inputs: &[&str]) -> String {
        self.with(operator, inputs, Vec::new(), "")
    }

    pub(crate) fn cast(&mut self, from: &str, to: Type) -> String {
        self.with("Cast", &[from], vec![whole("to", to as i64)], "")
    }

    /// An operator along an axis.
    pub(crate) fn along(&mut self, operator: &str, from: &str, axis: i64) -> String {
        self.with(operator, &[from], vec![whole("axis", axis)], "")
    }

    /// Values side by side.
    pub(crate) fn beside(&mut self, all: &[String]) -> String {
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        self.with("Concat", &all, vec![whole("axis", 1)], "")
    }

    /// The sum of each row, shape (samples, 1).
    pub(crate) fn sum_of_rows(&mut self, from: &str) -> String {
        let axis = self.numbers(&[1], &[1_i64]);
        self.node("ReduceSum", &[from, &axis])
    }

    /// The column of the largest value of each row, the first of equals, shape (samples) or (samples, 1).
    pub(crate) fn best(&mut self, scores: &str, keeps_shape: bool) -> String {
        let attributes = vec![whole("axis", 1), whole("keepdims", keeps_shape.into())];
        self.with("ArgMax", &[scores], attributes, "")
    }

    /// The number of each string, or `other`.
    pub(crate) fn numbered(
        &mut self,
        strings: &str,
        known: &[(String, i64)],
        other: i64,
    ) -> String {
        let keys = known
            .iter()
            .map(|(key, _)| key.as_bytes().to_vec())
            .collect();
        let values = known.iter().map(|(_, value)| *value).collect();
        let attributes = vec![
            Attribute {
                name: "keys_strings".to_owned(),
                strings: keys,
                kind: 8,
                ..Attribute::default()
            },
            Attribute {
                name: "values_int64s".to_owned(),
                ints: values,
                kind: 7,
                ..Attribute::default()
            },
            whole("default_int64", other),
        ];
        self.with("LabelEncoder", &[strings], attributes, ML)
    }

    /// The file's contents.
    pub(crate) fn finish(self, name: &str, version: &str) -> Model {
        let opset = |domain: &str, version| Opset {
            domain: domain.to_owned(),
            version,
        };
        Model {
            ir_version: IR_VERSION,
            producer_name: "plumbline".to_owned(),
            producer_version: version.to_owned(),
            graph: Some(GraphProto {
                node: self.nodes,
                name: name.to_owned(),
                initializer: self.constants,
                input: self.inputs,
                output: self.outputs,
            }),
            opset_import: vec![opset("", OPSET), opset(ML, 2)],
        }
    }

    fn constant(
        &mut self,
        shape: &[usize],
        of: Type,
        raw_data: Option<Vec<u8>>,
        string_data: Vec<Vec<u8>>,
    ) -> String {
        let name = format!("constant {}", self.constants.len());
        self.constants.push(Tensor {
            dims: shape.iter().map(|&n| n as i64).collect(),
            data_type: of as i32,
            string_data,
            name: name.clone(),
            raw_data,
        });
        name
    }

    fn with(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<Attribute>,
        domain: &str,
    ) -> String {
        let name = format!("value {}", self.nodes.len());
        self.push(operator, inputs, name.clone(), attributes, domain);
        name
    }

    fn push(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: String,
        attribute: Vec<Attribute>,
        domain: &str,
    ) {
        self.nodes.push(Node {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![output],
            op_type: operator.to_owned(),
            attribute,
            domain: domain.to_owned(),
        });
    }
}

fn whole(name: &str, value: i64) -> Attribute {
    Attribute {
        name: name.to_owned(),
        i: Some(value),
        kind: 2,
        ..Attribute::default()
    }
}

fn value(name: &str, of: Type, width: Option<usize>) -> ValueInfo {
    let samples = Dimension {
        param: Some("samples".to_owned()),
        value: None,
    };
    let width = width.map(|width| Dimension {
        param: None,
        value: Some(width as i64),
    });
    ValueInfo {
        name: name.to_owned(),
        kind: Some(TypeProto {
            tensor: Some(TensorType {
                elem_type: of as i32,
                shape: Some(Shape {
                    dim: std::iter::once(samples).chain(width).collect(),
                }),
            }),
        }),
    }
}
