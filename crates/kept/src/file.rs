//! The bytes of a file: what is said about the model, and its arrays.

use crate::error::FileError;
use classifier::{Array, State, Values};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Version of the format; files of later ones are refused.
const FORMAT: u64 = 1;
/// Stands in for the checksum while it is computed.
const ZEROS: [u8; 64] = [b'0'; 64];
/// The header is padded to a multiple of this, so that arrays begin aligned.
const ALIGNMENT: usize = 8;
/// Bytes before the header: its length.
const LENGTH: usize = 8;

/// How a header begins, up to the checksum.
fn beginning() -> String {
    format!(r#"{{"__metadata__":{{"plumbline":"{FORMAT}","sha256":""#)
}

/// The bytes of a file.
pub(crate) fn write(about: &str, state: &State) -> Vec<u8> {
    let mut arrays: Vec<(&String, &Array)> = state.arrays().iter().collect();
    // Wide values first, so that every array begins at a multiple of its values' size.
    arrays.sort_by_key(|(name, array)| (std::cmp::Reverse(width(array.values())), *name));
    let zeros = String::from_utf8_lossy(&ZEROS);
    let format = FORMAT.to_string();
    let mut header = Map::new();
    header.insert(
        "__metadata__".to_owned(),
        json!({"plumbline": format, "sha256": zeros, "about": about}),
    );
    let mut end = 0;
    for (name, array) in &arrays {
        let start = end;
        end += array.shape().iter().product::<usize>() * width(array.values());
        let array = json!({
            "dtype": type_of(array.values()),
            "shape": array.shape(),
            "data_offsets": [start, end],
        });
        header.insert((*name).clone(), array);
    }
    let mut header = Value::Object(header).to_string();
    let padding = header.len().next_multiple_of(ALIGNMENT) - header.len();
    header.extend(std::iter::repeat_n(' ', padding));

    let mut bytes = Vec::with_capacity(LENGTH + header.len() + end);
    bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    for (_, array) in &arrays {
        append(array.values(), &mut bytes);
    }
    let place = LENGTH + beginning().len();
    let sum = checksum(&bytes, place);
    bytes[place..place + sum.len()].copy_from_slice(sum.as_bytes());
    bytes
}

/// What is said about the model, once its file is checked.
///
/// # Errors
/// [`FileError`].
pub(crate) fn read_about(bytes: &[u8]) -> Result<String, FileError> {
    let (header, _) = split(bytes)?;
    let Some(metadata) = header.metadata else {
        return Err(other("a safetensors file of another program"));
    };
    let format = metadata.plumbline.parse::<u64>();
    let format = format.map_err(|_| damaged("its format is no number"))?;
    if format > FORMAT {
        return Err(FileError::Newer {
            found: format,
            known: FORMAT,
        });
    }
    let place = LENGTH + beginning().len();
    let begins = bytes[LENGTH..].starts_with(beginning().as_bytes());
    if !begins || bytes.len() < place + ZEROS.len() || checksum(bytes, place) != metadata.sha256 {
        return Err(damaged("its checksum is another"));
    }
    Ok(metadata.about)
}

/// The arrays of a file whose [`read_about`] is fine.
///
/// # Errors
/// [`FileError::Damaged`].
pub(crate) fn read_state(bytes: &[u8]) -> Result<State, FileError> {
    let (header, data) = split(bytes)?;
    let mut entries: Vec<(String, Entry)> = header.arrays.into_iter().collect();
    entries.sort_by_key(|(_, entry)| entry.data_offsets);
    let mut end = 0;
    let mut arrays = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        let [start, next] = entry.data_offsets;
        // One after another, without gaps: so all arrays together are as long as the data.
        let bytes = (start == end).then(|| data.get(start..next)).flatten();
        let bytes = bytes.ok_or_else(|| damaged("its arrays do not lie one after another"))?;
        end = next;
        let values = values(&entry.dtype, bytes).ok_or_else(|| {
            let found = entry.dtype.escape_debug();
            let name = name.escape_debug();
            FileError::Damaged(format!(
                "array {name} is of {found}; F64, F32, I64 and U8 are read"
            ))
        })?;
        let is_whole = bytes.len().is_multiple_of(width(&values));
        let array = Array::new(entry.shape, values).filter(|_| is_whole);
        let array = array.ok_or_else(|| damaged("an array does not fill its shape"))?;
        arrays.push((name, array));
    }
    if end != data.len() {
        return Err(damaged("there is more than its arrays"));
    }
    Ok(arrays.into_iter().collect())
}

/// What the header of a safetensors file says.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "__metadata__")]
    metadata: Option<Metadata>,
    #[serde(flatten)]
    arrays: BTreeMap<String, Entry>,
}

/// Our three words.
#[derive(Deserialize)]
struct Metadata {
    plumbline: String,
    sha256: String,
    about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    /// Where its values begin and end, from the end of the header.
    data_offsets: [usize; 2],
}

/// The header, and the bytes behind it.
fn split(bytes: &[u8]) -> Result<(Header, &[u8]), FileError> {
    let Some((length, rest)) = bytes.split_first_chunk::<LENGTH>() else {
        return Err(other("it is too short"));
    };
    if !rest.starts_with(b"{") {
        return Err(other("it does not begin as a safetensors file does"));
    }
    let length = usize::try_from(u64::from_le_bytes(*length)).ok();
    let header = length.and_then(|length| rest.split_at_checked(length));
    let Some((header, data)) = header else {
        return Err(damaged("it ends within its header"));
    };
    let is_ours = header.starts_with(br#"{"__metadata__":{"plumbline":"#);
    match serde_json::from_slice(header) {
        Ok(header) => Ok((header, data)),
        Err(_) if !is_ours => Err(other("its header is not one of this program")),
        Err(error) => Err(FileError::Damaged(records::one_line(&format!(
            "its header: {error}"
        )))),
    }
}

fn other(reason: &str) -> FileError {
    FileError::Other(reason.to_owned())
}

fn damaged(reason: &str) -> FileError {
    FileError::Damaged(reason.to_owned())
}

/// The sum of the bytes with zeros at the place of the sum itself.
fn checksum(bytes: &[u8], place: usize) -> String {
    let sum = Sha256::new()
        .chain_update(&bytes[..place])
        .chain_update(ZEROS)
        .chain_update(&bytes[place + ZEROS.len()..])
        .finalize();
    base16ct::lower::encode_string(&sum)
}

fn width(values: &Values) -> usize {
    match values {
        Values::F64(_) | Values::I64(_) => 8,
        Values::F32(_) => 4,
        Values::U8(_) => 1,
    }
}

fn type_of(values: &Values) -> &'static str {
    match values {
        Values::F64(_) => "F64",
        Values::I64(_) => "I64",
        Values::F32(_) => "F32",
        Values::U8(_) => "U8",
    }
}

fn append(values: &Values, bytes: &mut Vec<u8>) {
    match values {
        Values::F64(values) => bytes.extend(values.iter().flat_map(|value| value.to_le_bytes())),
        Values::I64(values) => bytes.extend(values.iter().flat_map(|value| value.to_le_bytes())),
        Values::F32(values) => bytes.extend(values.iter().flat_map(|value| value.to_le_bytes())),
        Values::U8(values) => bytes.extend_from_slice(values),
    }
}

/// Values of a type by its name in safetensors; a rest of bytes is left out.
fn values(dtype: &str, bytes: &[u8]) -> Option<Values> {
    let eights = bytes.as_chunks::<8>().0.iter();
    let fours = bytes.as_chunks::<4>().0.iter();
    Some(match dtype {
        "F64" => Values::F64(eights.map(|&eight| f64::from_le_bytes(eight)).collect()),
        "I64" => Values::I64(eights.map(|&eight| i64::from_le_bytes(eight)).collect()),
        "F32" => Values::F32(fours.map(|&four| f32::from_le_bytes(four)).collect()),
        "U8" => Values::U8(bytes.to_vec()),
        _ => return None,
    })
}

/// The same bytes with the checksum that they should have, if there is room for one.
#[cfg(test)]
pub(crate) fn with_right_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let place = LENGTH + beginning().len();
    if bytes.len() >= place + ZEROS.len() {
        let sum = checksum(&bytes, place);
        bytes[place..place + sum.len()].copy_from_slice(sum.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        State::default()
            .with("pixels", &[3], vec![0_u8, 128, 255])
            .with("w", &[1, 2], vec![f32::NAN, -0.0])
            .with("rho", &[], vec![0.1_f64 + 0.2])
            .with_indices("classes", &[1, 7])
    }

    fn read(bytes: &[u8]) -> Result<(String, State), FileError> {
        Ok((read_about(bytes)?, read_state(bytes)?))
    }

    /// A file with a header of one's own, whose checksum is right.
    fn forged(change: impl Fn(&mut Value), data: &[u8]) -> Vec<u8> {
        let bytes = write("{}", &State::default());
        let mut header: Value = serde_json::from_slice(&bytes[LENGTH..]).unwrap();
        header["__metadata__"]["sha256"] = String::from_utf8_lossy(&ZEROS).into();
        change(&mut header);
        let header = header.to_string();
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(data);
        with_right_checksum(bytes)
    }

    #[test]
    fn arrays_and_words_come_back_bit_by_bit() {
        let bytes = write("a \"word\" – ü", &state());
        assert_eq!(bytes, write("a \"word\" – ü", &state()));
        let (about, found) = read(&bytes).unwrap();
        assert_eq!(about, "a \"word\" – ü");
        // NaN is not equal to itself.
        assert_eq!(format!("{found:?}"), format!("{:?}", state()));
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = write("{}", &state());
        for end in 0..bytes.len() {
            assert!(
                read(&bytes[..end]).is_err(),
                "{end} of {} bytes",
                bytes.len()
            );
        }
        let longer = [&bytes[..], b"x"].concat();
        assert!(read(&longer).is_err());
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let bytes = write("{\"name\": \"\\u001f\"}", &state());
        for bit in 0..8 * bytes.len() {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&bytes).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn what_lies_in_the_header_is_refused_however_right_its_checksum_is() {
        let entry = |dtype: &'static str, shape: Value, offsets: Value| {
            move |header: &mut Value| {
                header["w"] = json!({"dtype": dtype, "shape": shape, "data_offsets": offsets});
            }
        };
        let said = |bytes: Vec<u8>| read(&bytes).unwrap_err().to_string();
        assert!(read(&forged(entry("F32", json!([1]), json!([0, 4])), &[0; 4])).is_ok());
        let shape = said(forged(entry("F32", json!([2]), json!([0, 4])), &[0; 4]));
        assert!(shape.starts_with("damaged: "), "{shape}");
        let gap = said(forged(entry("U8", json!([1]), json!([1, 2])), &[0; 2]));
        assert_eq!(gap, "damaged: its arrays do not lie one after another");
        let more = said(forged(entry("U8", json!([1]), json!([0, 1])), &[0; 2]));
        assert_eq!(more, "damaged: there is more than its arrays");
        let back = said(forged(entry("U8", json!([1]), json!([2, 1])), &[0; 2]));
        assert!(back.starts_with("damaged"), "{back}");
        let huge = json!([1_u64 << 40, 1_u64 << 40]);
        assert!(said(forged(entry("F32", huge, json!([0, 4])), &[0; 4])).starts_with("damaged"));
        let far = json!([0, 1_u64 << 50]);
        let shape = json!([1_u64 << 48]);
        assert!(said(forged(entry("F32", shape, far), &[0; 4])).starts_with("damaged"));
        let kind = said(forged(entry("BF16", json!([2]), json!([0, 4])), &[0; 4]));
        assert_eq!(
            kind,
            "damaged: array w is of BF16; F64, F32, I64 and U8 are read"
        );
        let newer = said(forged(
            |header| header["__metadata__"]["plumbline"] = "2".into(),
            &[],
        ));
        let expected = "kept in format 2, and this program reads formats up to 1; use a newer one";
        assert_eq!(newer, expected);
    }

    #[test]
    fn other_files_are_named_for_what_they_are() {
        let said = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        for bytes in [&b""[..], b"short", b"\x93NUMPY\x01\x00v\x00", &[0xff; 64]] {
            assert!(said(bytes).starts_with("no kept model"), "{}", said(bytes));
        }
        let theirs = br#"{"__metadata__":{"format":"pt"}}"#;
        let mut bytes = (theirs.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(theirs);
        let expected = "no kept model (its header is not one of this program)";
        assert_eq!(said(&bytes), expected);
        let theirs = b"{}      ";
        let mut bytes = (theirs.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(theirs);
        let expected = "no kept model (a safetensors file of another program)";
        assert_eq!(said(&bytes), expected);
        // A header that would be larger than memory.
        bytes[..8].copy_from_slice(&(1_u64 << 60).to_le_bytes());
        assert!(said(&bytes).starts_with("damaged"), "{}", said(&bytes));
    }
}
