//! What a trained model is made of, for a file: named arrays, and nothing that could run.

use data::PictureShape;
use std::collections::BTreeMap;

/// The arrays of a trained model by name. What else it is made of are its parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    arrays: BTreeMap<String, Array>,
}

/// How many features and classes a model was fitted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Values of each sample.
    pub features: usize,
    /// Classes, whether or not each occurred.
    pub classes: usize,
}

/// Values in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    shape: Vec<usize>,
    values: Values,
}

/// The values of an array, of one of four types.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// 32-bit floating point.
    F32(Vec<f32>),
    /// 64-bit floating point.
    F64(Vec<f64>),
    /// Bytes.
    U8(Vec<u8>),
    /// Whole numbers.
    I64(Vec<i64>),
}

/// A type that arrays are made of.
pub trait Element: Copy {
    /// What messages call it.
    const NAME: &'static str;

    /// Values of this type.
    fn wrap(values: Vec<Self>) -> Values;

    /// The values, if they are of this type.
    fn unwrap(values: Values) -> Option<Vec<Self>>;

    /// Whether it is neither NaN nor infinite.
    fn is_number(self) -> bool;
}

macro_rules! element {
    ($type:ty, $variant:ident, $name:literal, $is_number:expr) => {
        impl Element for $type {
            const NAME: &'static str = $name;

            fn wrap(values: Vec<Self>) -> Values {
                Values::$variant(values)
            }

            fn unwrap(values: Values) -> Option<Vec<Self>> {
                match values {
                    Values::$variant(values) => Some(values),
                    _ => None,
                }
            }

            fn is_number(self) -> bool {
                $is_number(self)
            }
        }
    };
}

element!(f32, F32, "f32", f32::is_finite);
element!(f64, F64, "f64", f64::is_finite);
element!(u8, U8, "u8", |_| true);
element!(i64, I64, "i64", |_| true);

/// Why a model was not kept, or not made from what was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Its crate says nothing of how it is kept.
    #[error("this model cannot be kept yet")]
    Unkept,
    /// An array is not there.
    #[error("array {name} is missing")]
    Missing {
        /// Its name.
        name: String,
    },
    /// An array is of another type.
    #[error("array {name} is of {found}; {expected} is needed")]
    Type {
        /// Its name.
        name: String,
        /// Its type.
        found: &'static str,
        /// The model's type.
        expected: &'static str,
    },
    /// An array is of another shape.
    #[error("array {name} has shape {found:?}; {expected} is needed")]
    Shape {
        /// Its name.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// What would be right.
        expected: String,
    },
    /// A value is not possible.
    #[error("value {index} of array {name} is {value}; {expected} is needed")]
    Value {
        /// The array.
        name: String,
        /// Index of the value in row-major order.
        index: usize,
        /// The value.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// The arrays do not fit together.
    #[error("{reason}")]
    Unfit {
        /// What the model's crate says.
        reason: String,
    },
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::U8(values) => values.len(),
            Self::I64(values) => values.len(),
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::F32(_) => f32::NAME,
            Self::F64(_) => f64::NAME,
            Self::U8(_) => u8::NAME,
            Self::I64(_) => i64::NAME,
        }
    }
}

impl Array {
    /// Values of a shape; `None` if there are more or fewer than it holds.
    pub fn new(shape: Vec<usize>, values: Values) -> Option<Self> {
        (product(&shape) == Some(values.len())).then_some(Self { shape, values })
    }

    /// Its shape; empty for a single number.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Its values, row by row.
    pub fn values(&self) -> &Values {
        &self.values
    }
}

fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |all, &n| all.checked_mul(n))
}

impl State {
    /// With one more array.
    ///
    /// # Panics
    /// If the values do not fill the shape, or the name is taken.
    #[must_use]
    pub fn with<T: Element>(mut self, name: &str, shape: &[usize], values: Vec<T>) -> Self {
        let array = Array::new(shape.to_vec(), T::wrap(values));
        let array = array.unwrap_or_else(|| panic!("{name}: values that fill {shape:?}"));
        let before = self.arrays.insert(name.to_owned(), array);
        assert!(before.is_none(), "{name}: one array of this name");
        self
    }

    /// With one more list of places.
    ///
    /// # Panics
    /// As [`with`](Self::with).
    #[must_use]
    pub fn with_indices(self, name: &str, indices: &[usize]) -> Self {
        let values: Vec<i64> = indices.iter().map(|&index| index as i64).collect();
        self.with(name, &[values.len()], values)
    }

    /// With the shape of the pictures that the model was fitted to, as the array `picture`.
    ///
    /// # Panics
    /// As [`with`](Self::with).
    #[must_use]
    pub fn with_picture(self, shape: PictureShape) -> Self {
        self.with_indices("picture", &[shape.rows, shape.columns])
    }

    /// With the arrays of a part, each named `name/…`.
    ///
    /// # Panics
    /// If such a name is taken.
    #[must_use]
    pub fn with_nested(mut self, name: &str, part: Self) -> Self {
        for (inner, array) in part.arrays {
            let before = self.arrays.insert(format!("{name}/{inner}"), array);
            assert!(before.is_none(), "{name}: one part of this name");
        }
        self
    }

    /// Takes out the arrays of a part; none, if there is none.
    #[must_use]
    pub fn take_nested(&mut self, name: &str) -> Self {
        let prefix = format!("{name}/");
        let names = self.arrays.keys().filter(|key| key.starts_with(&prefix));
        let names: Vec<String> = names.cloned().collect();
        let taken = names.into_iter().filter_map(|name| {
            let array = self.arrays.remove(&name)?;
            Some((name[prefix.len()..].to_owned(), array))
        });
        taken.collect()
    }

    /// All arrays by name.
    pub fn arrays(&self) -> &BTreeMap<String, Array> {
        &self.arrays
    }

    /// Whether there is an array of that name.
    pub fn has(&self, name: &str) -> bool {
        self.arrays.contains_key(name)
    }

    /// Takes an array out, whose values must all be finite.
    ///
    /// # Errors
    /// [`StateError`] if it is not there, of another type, or not finite.
    pub fn take<T: Element + ToString>(&mut self, name: &str) -> Result<Taken<T>, StateError> {
        let taken = self.take_any::<T>(name)?;
        let wrong = |value: &T| !value.is_number();
        taken.refuse(wrong, "a finite number")
    }

    /// Takes an array out, whose values may be NaN or infinite.
    ///
    /// # Errors
    /// [`StateError`] if it is not there or of another type.
    pub fn take_any<T: Element>(&mut self, name: &str) -> Result<Taken<T>, StateError> {
        let name = name.to_owned();
        let Some(Array { shape, values }) = self.arrays.remove(&name) else {
            return Err(StateError::Missing { name });
        };
        let found = values.type_name();
        match T::unwrap(values) {
            Some(values) => Ok(Taken {
                name,
                shape,
                values,
            }),
            None => Err(StateError::Type {
                name,
                found,
                expected: T::NAME,
            }),
        }
    }

    /// Takes out a list of whole numbers from 0 to `below`.
    ///
    /// # Errors
    /// [`StateError`] if it is not there, no list, or a number is out of range.
    pub fn take_indices(&mut self, name: &str, below: usize) -> Result<Vec<usize>, StateError> {
        let taken = self.take::<i64>(name)?;
        let wrong = |&value: &i64| usize::try_from(value).map_or(true, |value| value >= below);
        let taken = taken.refuse(wrong, &format!("a whole number from 0 to below {below}"))?;
        let values = taken.list()?.into_iter();
        Ok(values.map(|value| value as usize).collect())
    }

    /// Takes out what [`with_picture`](Self::with_picture) put in.
    ///
    /// # Errors
    /// [`StateError`] if it is not there, or no shape of pictures of so many pixels.
    pub fn take_picture(&mut self, pixels: usize) -> Result<PictureShape, StateError> {
        let unfit = |reason: String| StateError::Unfit { reason };
        let [rows, columns] = self.take_indices("picture", usize::MAX)?[..] else {
            return Err(unfit("`picture` is rows and columns".to_owned()));
        };
        if rows.checked_mul(columns) != Some(pixels) {
            return Err(unfit(format!(
                "pictures of {rows} × {columns} have not {pixels} pixels"
            )));
        }
        Ok(PictureShape { rows, columns })
    }
}

impl FromIterator<(String, Array)> for State {
    fn from_iter<I: IntoIterator<Item = (String, Array)>>(arrays: I) -> Self {
        let arrays = arrays.into_iter().collect();
        Self { arrays }
    }
}

/// An array that was taken out, before its shape is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken<T> {
    name: String,
    shape: Vec<usize>,
    values: Vec<T>,
}

impl<T> Taken<T> {
    /// Its values, if it is of this shape.
    ///
    /// # Errors
    /// [`StateError::Shape`].
    pub fn of_shape(self, shape: &[usize]) -> Result<Vec<T>, StateError> {
        let fits = self.shape == shape;
        self.values_if(fits, || format!("{shape:?}"))
    }

    /// Its values, if it is made of any number of rows of this width.
    ///
    /// # Errors
    /// [`StateError::Shape`].
    pub fn rows_of(self, width: usize) -> Result<Vec<T>, StateError> {
        let fits = self.shape.len() == 2 && self.shape[1] == width;
        self.values_if(fits, || format!("rows of {width}"))
    }

    /// Its values, if it has one dimension.
    ///
    /// # Errors
    /// [`StateError::Shape`].
    pub fn list(self) -> Result<Vec<T>, StateError> {
        let fits = self.shape.len() == 1;
        self.values_if(fits, || "one dimension".to_owned())
    }

    /// Refuses the array if any of its values is wrong.
    ///
    /// # Errors
    /// [`StateError::Value`] with the first.
    pub fn refuse(self, wrong: impl Fn(&T) -> bool, expected: &str) -> Result<Self, StateError>
    where
        T: ToString,
    {
        match self.values.iter().position(wrong) {
            None => Ok(self),
            Some(index) => Err(StateError::Value {
                value: self.values[index].to_string(),
                name: self.name,
                index,
                expected: expected.to_owned(),
            }),
        }
    }

    fn values_if(self, fits: bool, expected: impl Fn() -> String) -> Result<Vec<T>, StateError> {
        if fits {
            return Ok(self.values);
        }
        Err(StateError::Shape {
            name: self.name,
            found: self.shape,
            expected: expected(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        State::default()
            .with("w", &[2, 2], vec![1.0_f32, 2.0, 3.0, f32::NAN])
            .with("b", &[2], vec![0.5_f64, 1.5])
            .with_indices("classes", &[0, 3])
    }

    #[test]
    fn parts_come_back_apart() {
        let mut both = State::default().with_nested("1", state());
        both = both.with_nested("10", state()).with("w", &[], vec![1_u8]);
        let part = both.take_nested("1");
        assert_eq!(format!("{part:?}"), format!("{:?}", state()));
        assert_eq!(both.arrays().len(), 4);
        assert!(both.take_nested("2").arrays().is_empty());
    }

    #[test]
    fn arrays_come_back_as_they_were_put_in() {
        let mut state = state();
        let biases = state.take::<f64>("b").unwrap().of_shape(&[2]);
        assert_eq!(biases.unwrap(), [0.5, 1.5]);
        assert_eq!(state.take_indices("classes", 4).unwrap(), [0, 3]);
        let weights = state.take_any::<f32>("w").unwrap().rows_of(2).unwrap();
        assert!(weights[3].is_nan() && state.arrays().is_empty());
    }

    #[test]
    fn a_picture_has_as_many_pixels_as_a_sample_has_values() {
        let shape = PictureShape {
            rows: 2,
            columns: 3,
        };
        let state = State::default().with_picture(shape);
        assert_eq!(state.clone().take_picture(6).unwrap(), shape);
        let said = |state: &State| state.clone().take_picture(5).unwrap_err().to_string();
        let reason = "pictures of 2 × 3 have not 5 pixels";
        assert!(said(&state).contains(reason), "{}", said(&state));
        let line = State::default().with_indices("picture", &[5]);
        assert!(said(&line).contains("rows and columns"), "{}", said(&line));
    }

    #[test]
    fn what_is_wrong_with_an_array_is_named() {
        let said = |error: StateError| error.to_string();
        let error = state().take::<f32>("v").unwrap_err();
        assert_eq!(said(error), "array v is missing");
        let error = state().take::<f32>("b").unwrap_err();
        assert_eq!(said(error), "array b is of f64; f32 is needed");
        let error = state().take::<f32>("w").unwrap_err();
        let expected = "value 3 of array w is NaN; a finite number is needed";
        assert_eq!(said(error), expected);
        let error = state().take::<f64>("b").unwrap().of_shape(&[3]);
        let expected = "array b has shape [2]; [3] is needed";
        assert_eq!(said(error.unwrap_err()), expected);
        let error = state().take_indices("classes", 3).unwrap_err();
        let expected = "value 1 of array classes is 3; a whole number from 0 to below 3 is needed";
        assert_eq!(said(error), expected);
    }

    #[test]
    fn a_shape_that_lies_or_overflows_is_no_array() {
        let four = || Values::U8(vec![0; 4]);
        assert!(Array::new(vec![2, 2], four()).is_some());
        assert!(Array::new(vec![2, 3], four()).is_none());
        assert!(Array::new(vec![usize::MAX, 2], four()).is_none());
    }
}
