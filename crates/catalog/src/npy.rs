//! One array as NumPy writes it.
//!
//! <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>: a magic number, a header
//! that is the text of a Python dictionary with type, order and shape, then the values. Arrays of
//! objects are refused: they are pickles, and reading those runs code.

use crate::LoadError;
use crate::sizes::in_bytes;
use crate::table::{Coded, Interned};
use data::{Buffer, MappedFile};
use std::io::Read;

pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";
/// Longest header; NumPy itself reads 10 000 bytes.
const HEADER: usize = 1 << 16;
/// Most axes of an array.
const AXES: usize = 8;

/// An array of numbers or texts.
#[derive(Debug, PartialEq)]
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    element: Element,
    is_column_major: bool,
    bytes: Buffer<u8>,
}

/// What stands before the values, and how many bytes these take.
struct Head {
    shape: Vec<usize>,
    element: Element,
    is_column_major: bool,
    announced: u64,
}

/// Of what type the values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Element {
    /// NumPy's letter: b truth, u and i whole numbers, f floating-point numbers, S and U text.
    kind: u8,
    /// Bytes of a value.
    size: usize,
    is_big_endian: bool,
}

impl Array {
    /// Reads an array that takes `limit` bytes at most. `name` is for messages.
    pub(crate) fn read(name: &str, mut bytes: impl Read, limit: u64) -> Result<Self, LoadError> {
        let head = Head::read(name, &mut bytes, limit)?;
        let mut body = Vec::new();
        let read = bytes.take(head.announced).read_to_end(&mut body);
        read.map_err(|error| unreadable(name, &error))?;
        head.with(name, body.into())
    }

    /// The same of a plain file, whose values stay in it: they are read when they are looked at.
    pub(crate) fn map(name: &str, file: &MappedFile, limit: u64) -> Result<Self, LoadError> {
        let mut bytes = file.bytes();
        let head = Head::read(name, &mut bytes, limit)?;
        let start = file.bytes().len() - bytes.len();
        let end = file.bytes().len().min(start + head.announced as usize);
        let body = file.values(start..end);
        head.with(name, body.expect("bytes need no alignment"))
    }

    /// Bytes of that shape, the last axis fastest.
    pub(crate) fn of_bytes(shape: Vec<usize>, bytes: Vec<u8>) -> Self {
        Self {
            shape,
            element: Element {
                kind: b'u',
                size: 1,
                is_big_endian: false,
            },
            is_column_major: false,
            bytes: bytes.into(),
        }
    }

    /// Number of rows: the first axis.
    pub(crate) fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(0)
    }

    /// Whether the values are bytes, as those of pictures are.
    pub(crate) fn is_bytes(&self) -> bool {
        self.element.kind == b'u' && self.element.size == 1
    }

    /// The bytes of an array of them, the last axis fastest.
    pub(crate) fn into_bytes(self) -> Buffer<u8> {
        match self.order() {
            None => self.bytes,
            Some(order) => order.map(|at| self.bytes[at]).collect::<Vec<u8>>().into(),
        }
    }

    /// The values as `f32`, the last axis fastest; `None` for text.
    pub(crate) fn to_f32(&self) -> Option<Vec<f32>> {
        if matches!(self.element.kind, b'S' | b'U') {
            return None;
        }
        let size = self.element.size;
        Some(match self.order() {
            None => {
                let values = self.bytes.chunks_exact(size);
                values
                    .map(|value| self.element.number(value) as f32)
                    .collect()
            }
            Some(order) => order.map(|at| self.stored(at) as f32).collect(),
        })
    }

    /// Whether `f32` may not hold its numbers.
    pub(crate) fn is_rounded(&self) -> bool {
        match self.element.kind {
            b'f' => self.element.size > 4,
            b'u' | b'i' => self.element.size > 2,
            _ => false,
        }
    }

    /// One number, the last axis fastest.
    pub(crate) fn number(&self, index: usize) -> f64 {
        self.stored(if self.is_turned() {
            turned(&self.shape, index)
        } else {
            index
        })
    }

    fn stored(&self, at: usize) -> f64 {
        let size = self.element.size;
        self.element.number(&self.bytes[at * size..(at + 1) * size])
    }

    /// One axis of values as names of classes: `3`, `3.0` and `'3'` are the same, and NaN and a text of nothing are
    /// missing.
    pub(crate) fn to_names(&self) -> Result<Coded, String> {
        let values: usize = self.shape.iter().product();
        if values != self.rows() || self.shape.is_empty() {
            return Err(format!(
                "has the shape {:?}; labels are one value per row, and no one-hot rows",
                self.shape
            ));
        }
        let mut names = Interned::default();
        for value in self.bytes.chunks_exact(self.element.size.max(1)) {
            let is_missing = self.element.kind == b'f' && self.element.number(value).is_nan();
            let name = if is_missing {
                String::new()
            } else {
                self.element.text(value)?
            };
            let name = Some(name.trim()).filter(|name| !name.is_empty());
            names.push_option(name);
        }
        Ok(names.into_coded())
    }

    /// For column-major arrays, where each value lies in turn of the last axis.
    fn order(&self) -> Option<impl Iterator<Item = usize> + use<>> {
        if !self.is_turned() {
            return None;
        }
        let shape = self.shape.clone();
        let all: usize = shape.iter().product();
        Some((0..all).map(move |index| turned(&shape, index)))
    }

    fn is_turned(&self) -> bool {
        self.is_column_major && self.shape.len() > 1
    }
}

impl Head {
    fn read(name: &str, bytes: &mut impl Read, limit: u64) -> Result<Self, LoadError> {
        let wrong = |reason: String| LoadError::content(name, reason);
        let broken = |error: std::io::Error| unreadable(name, &error);
        let mut start = [0; 8];
        bytes.read_exact(&mut start).map_err(broken)?;
        if !start.starts_with(MAGIC) {
            return Err(wrong(
                "no array of NumPy's; one begins with \\x93NUMPY".to_owned(),
            ));
        }
        let mut length = [0; 4];
        let width = if start[6] == 1 { 2 } else { 4 };
        bytes.read_exact(&mut length[..width]).map_err(broken)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > HEADER {
            return Err(wrong(format!(
                "its header announces {length} bytes; {HEADER} are read"
            )));
        }
        let mut header = vec![0; length];
        bytes.read_exact(&mut header).map_err(broken)?;
        let header = String::from_utf8_lossy(&header).into_owned();
        let (element, is_column_major, shape) = parse(&header).map_err(wrong)?;

        let values = shape.iter().map(|&size| size as u128).product::<u128>();
        let announced = values * element.size as u128;
        if announced > u128::from(limit) {
            let needed = in_bytes(u64::try_from(announced).unwrap_or(u64::MAX));
            return Err(LoadError::Memory {
                file: name.to_owned(),
                needed: format!("an array of {needed}"),
                limit,
            });
        }
        Ok(Self {
            shape,
            element,
            is_column_major,
            announced: announced as u64,
        })
    }

    /// The array, once its bytes are there.
    fn with(self, name: &str, bytes: Buffer<u8>) -> Result<Array, LoadError> {
        if bytes.len() as u64 != self.announced {
            let reason = format!(
                "its header announces {} bytes of values, and {} follow",
                self.announced,
                bytes.len()
            );
            return Err(LoadError::content(name, reason));
        }
        Ok(Array {
            shape: self.shape,
            element: self.element,
            is_column_major: self.is_column_major,
            bytes,
        })
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> LoadError {
    if error.kind() == std::io::ErrorKind::UnexpectedEof {
        let reason = "it ends before its header does; write it again";
        return LoadError::content(name, reason);
    }
    LoadError::content(name, format!("it cannot be read ({error})"))
}

/// Where a value of a column-major array lies.
fn turned(shape: &[usize], mut index: usize) -> usize {
    let mut at = 0;
    // The stride of the last axis is the product of all others.
    let mut stride: usize = shape.iter().product();
    for &size in shape.iter().rev() {
        stride /= size;
        at += index % size * stride;
        index /= size;
    }
    at
}

impl Element {
    fn of(descr: &str) -> Result<Self, String> {
        let mut letters = descr.chars();
        let order = letters.next().unwrap_or(' ');
        let kind = letters.next().unwrap_or(' ');
        let size: Option<usize> = letters.as_str().parse().ok();
        let size = size.filter(|size| *size <= 1 << 16);
        if kind == 'O' {
            return Err("holds Python objects; reading those runs code, so write numbers or text (dtype other than object)".to_owned());
        }
        let size = match (kind, size) {
            ('b' | 'u' | 'i', Some(size @ 1)) | ('u' | 'i' | 'f', Some(size @ (2 | 4 | 8))) => size,
            ('S', Some(size)) if size > 0 => size,
            ('U', Some(size)) if size > 0 => 4 * size,
            _ => {
                return Err(format!(
                    "holds values of type {descr}; truth values, whole numbers, floating-point numbers up to 64 bits and text are read"
                ));
            }
        };
        Ok(Self {
            kind: kind as u8,
            size,
            is_big_endian: order == '>',
        })
    }

    /// The bits of a whole or floating-point number.
    fn bits(self, value: &[u8]) -> u64 {
        let fold = |bits: u64, byte: &u8| (bits << 8) | u64::from(*byte);
        if self.is_big_endian {
            value.iter().fold(0, fold)
        } else {
            value.iter().rev().fold(0, fold)
        }
    }

    fn whole(self, value: &[u8]) -> i128 {
        let bits = self.bits(value);
        if self.kind == b'i' {
            let unused = 64 - 8 * self.size as u32;
            i128::from((bits << unused) as i64 >> unused)
        } else {
            i128::from(bits)
        }
    }

    fn number(self, value: &[u8]) -> f64 {
        match (self.kind, self.size) {
            (b'f', 8) => f64::from_bits(self.bits(value)),
            (b'f', 4) => f64::from(f32::from_bits(self.bits(value) as u32)),
            (b'f', _) => half(self.bits(value) as u16),
            _ => self.whole(value) as f64,
        }
    }

    fn text(self, value: &[u8]) -> Result<String, String> {
        match self.kind {
            b'b' => Ok((value[0] != 0).to_string()),
            b'S' => {
                let end = value
                    .iter()
                    .rposition(|&byte| byte != 0)
                    .map_or(0, |at| at + 1);
                Ok(String::from_utf8_lossy(&value[..end]).into_owned())
            }
            b'U' => {
                let one = Self { size: 4, ..self };
                let letters = value.chunks_exact(4).map(|letter| one.bits(letter) as u32);
                let letters = letters.take_while(|&letter| letter != 0);
                letters
                    .map(|letter| {
                        char::from_u32(letter)
                            .ok_or_else(|| "holds a letter that Unicode does not have".to_owned())
                    })
                    .collect()
            }
            b'f' => {
                let number = self.number(value);
                if number.is_finite() && number.fract() == 0.0 && number.abs() < 1e15 {
                    Ok((number as i64).to_string())
                } else {
                    Err(format!("holds {number}; the numbers of classes are whole"))
                }
            }
            _ => Ok(self.whole(value).to_string()),
        }
    }
}

/// IEEE 754 binary16.
pub(crate) fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    sign * match exponent {
        0 => fraction * 2.0_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2.0_f64.powi(exponent - 15),
    }
}

/// The entries of `{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }`.
fn parse(header: &str) -> Result<(Element, bool, Vec<usize>), String> {
    let value = |key: &str| {
        let at = header.find(&format!("'{key}':"))? + key.len() + 3;
        Some(header[at..].trim_start())
    };
    let unreadable = || "its header is not that of an array".to_owned();
    let descr = value("descr").ok_or_else(unreadable)?;
    if descr.starts_with('[') {
        return Err(
            "holds records of several fields; write each field as an array of its own".to_owned(),
        );
    }
    let descr = descr
        .strip_prefix('\'')
        .and_then(|rest| rest.split('\'').next());
    let element = Element::of(descr.ok_or_else(unreadable)?)?;
    let is_column_major = value("fortran_order")
        .ok_or_else(unreadable)?
        .starts_with("True");
    let shape = value("shape").and_then(|rest| rest.strip_prefix('(')?.split(')').next());
    let axes = shape.ok_or_else(unreadable)?.split(',').map(str::trim);
    let sizes = axes
        .filter(|axis| !axis.is_empty())
        .map(|axis| axis.trim_end_matches('L').parse());
    let shape: Vec<usize> = sizes.collect::<Result<_, _>>().map_err(|_| unreadable())?;
    if shape.len() > AXES {
        return Err(format!("has {} axes; {AXES} are read", shape.len()));
    }
    Ok((element, is_column_major, shape))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn npy(descr: &str, order: &str, shape: &str, body: &[u8]) -> Vec<u8> {
        let header =
            format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = [MAGIC, &[1, 0]].concat();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(body);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Array, LoadError> {
        Array::read("X", bytes, 1 << 20)
    }

    #[test]
    fn values_that_stay_in_their_file_are_those_that_are_read() {
        let whole = npy("|u1", "False", "(2, 3)", &[1, 2, 3, 4, 5, 6]);
        for length in (0..=whole.len()).chain([whole.len() + 1]) {
            let mut bytes = whole.clone();
            bytes.resize(length, 0);
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            let mapped = Array::map("X", &MappedFile::open(&file).unwrap(), 1 << 20);
            let [mapped, read] =
                [mapped, read(&bytes)].map(|array| array.map_err(|e| e.to_string()));
            assert_eq!(mapped, read, "{length} bytes");
        }
    }

    #[test]
    fn numbers_of_all_types_are_read() {
        for (descr, body, expected) in [
            ("|u1", vec![200, 1], [200.0, 1.0]),
            ("|i1", vec![200, 1], [-56.0, 1.0]),
            ("|b1", vec![0, 1], [0.0, 1.0]),
            ("<i2", vec![0xfe, 0xff, 1, 0], [-2.0, 1.0]),
            (">u2", vec![1, 0, 0, 2], [256.0, 2.0]),
            ("<f2", vec![0x00, 0x3e, 0x00, 0xc0], [1.5, -2.0]),
            (
                "<f4",
                [1.5_f32, -2.0].map(f32::to_le_bytes).concat(),
                [1.5, -2.0],
            ),
            (
                ">f8",
                [1.5_f64, -2.0].map(f64::to_be_bytes).concat(),
                [1.5, -2.0],
            ),
        ] {
            let array = read(&npy(descr, "False", "(2,)", &body)).unwrap();
            assert_eq!(array.to_f32().unwrap(), expected, "{descr}");
        }
    }

    #[test]
    fn column_major_arrays_are_turned() {
        let array = read(&npy("|u1", "True", "(2, 3)", &[1, 4, 2, 5, 3, 6])).unwrap();
        assert_eq!(array.to_f32().unwrap(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(array.into_bytes()[..], [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn classes_are_named_by_their_numbers_or_texts() {
        let text: Vec<u8> = "ab\0é\0\0"
            .chars()
            .flat_map(|c| (c as u32).to_le_bytes())
            .collect();
        let names = read(&npy("<U3", "False", "(2,)", &text))
            .unwrap()
            .to_names()
            .unwrap();
        assert_eq!(names.names, ["ab", "é"]);
        let body = [3.0_f64, -1.0, 3.0].map(f64::to_le_bytes).concat();
        let names = read(&npy("<f8", "False", "(3, 1)", &body))
            .unwrap()
            .to_names()
            .unwrap();
        assert_eq!(
            (names.names.len(), &names.codes[..]),
            (2, &[Some(0), Some(1), Some(0)][..])
        );
        let missing = [f64::NAN, 1.0].map(f64::to_le_bytes).concat();
        let missing = read(&npy("<f8", "False", "(2,)", &missing)).unwrap();
        assert_eq!(missing.to_names().unwrap().codes, [None, Some(0)]);
        let missing = read(&npy("|S2", "False", "(2,)", b"\0\0a\0")).unwrap();
        assert_eq!(missing.to_names().unwrap().codes, [None, Some(0)]);
        let one_hot = read(&npy("|u1", "False", "(1, 2)", &[0, 1])).unwrap();
        assert!(one_hot.to_names().unwrap_err().contains("no one-hot rows"));
        let fraction = read(&npy("<f4", "False", "(1,)", &0.5_f32.to_le_bytes())).unwrap();
        assert!(fraction.to_names().unwrap_err().contains("whole"));
    }

    #[test]
    fn objects_records_and_lies_are_refused() {
        let refusal = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        assert!(
            refusal(&npy("|O", "False", "(2,)", b"\x80\x04")).contains("reading those runs code")
        );
        assert!(refusal(&npy("<c8", "False", "(1,)", &[0; 8])).contains("type <c8"));
        let short = refusal(&npy("<f8", "False", "(2,)", &[0; 12]));
        assert_eq!(
            short,
            "X: its header announces 16 bytes of values, and 12 follow"
        );
        let large = refusal(&npy("<f8", "False", "(99999, 99999)", &[]));
        assert!(large.contains("an array of 80.0 GB"), "{large}");
        let overflow = refusal(&npy(
            "<f8",
            "False",
            "(18446744073709551615, 18446744073709551615)",
            &[],
        ));
        assert!(overflow.contains("the memory that is free"), "{overflow}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes: Vec<u8>, at: usize, byte: u8) {
            let _ = read(&bytes).map(|array| array.to_f32());
            bytes = npy("<f4", "True", "(2, 2)", &[0; 16]);
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(array) = read(&bytes) {
                let _ = (array.to_f32(), array.to_names());
            }
        }
    }
}
