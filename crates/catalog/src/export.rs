//! A data set as one NPZ file, for NumPy: `x_train`, `y_train`, `x_test`, `y_test`, as Keras names them.

use crate::npy::MAGIC;
use crate::{Content, LoadError, Loaded};
use data::{Dataset, Samples};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The bytes of an NPZ file with all samples and labels: pictures as uint8, shape (samples, rows, columns),
/// features as float32, shape (samples, features), labels as int64, places in the sorted classes.
///
/// # Errors
/// [`LoadError`] if it is a table, whose columns are not numbers before they are prepared.
pub fn to_npz(loaded: &Loaded) -> Result<Vec<u8>, LoadError> {
    let Content::Samples { train, test } = &loaded.content else {
        let reason =
            "a table, which has categories and missing values; its CSV file is what to read";
        return Err(LoadError::content(&loaded.origin, reason));
    };
    let written = write(&[("train", train), ("test", test.handed_over())]);
    written.map_err(|error| LoadError::content(&loaded.origin, error.to_string()))
}

fn write(splits: &[(&str, &Dataset)]) -> std::io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // As NumPy's savez: whoever wants it smaller has compressors.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (split, data) in splits {
        archive.start_file(format!("x_{split}.npy"), options)?;
        let (kind, shape) = layout(data.samples());
        archive.write_all(&header(kind, &shape))?;
        match data.samples().pixels() {
            Some(pixels) => archive.write_all(pixels)?,
            None => archive.write_all(bytemuck::cast_slice(&data.samples().to_f32()))?,
        }
        archive.start_file(format!("y_{split}.npy"), options)?;
        archive.write_all(&header("<i8", &[data.len()]))?;
        for &label in data.labels() {
            archive.write_all(&(label as i64).to_le_bytes())?;
        }
    }
    Ok(archive.finish()?.into_inner())
}

/// `NumPy`'s name of the type, and the shape.
fn layout(samples: &Samples) -> (&'static str, Vec<usize>) {
    let (rows, features) = (samples.len(), samples.features());
    match (samples.pixels(), samples.picture()) {
        (None, _) => ("<f4", vec![rows, features]),
        (Some(_), Some(shape)) => ("|u1", vec![rows, shape.rows, shape.columns]),
        (Some(_), None) => ("|u1", vec![rows, features]),
    }
}

/// The header of an array in row-major order, of format 1.0, padded to 64 bytes.
fn header(kind: &str, shape: &[usize]) -> Vec<u8> {
    let axes: Vec<String> = shape.iter().map(usize::to_string).collect();
    // A comma after the last, without which Python takes one number for no tuple.
    let axes = axes.join(", ");
    let text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({axes},), }}");
    let length = (MAGIC.len() + 4 + text.len() + 1).next_multiple_of(64) - MAGIC.len() - 4;
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((length as u16).to_le_bytes());
    bytes.extend(format!("{text:<width$}\n", width = length - 1).bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, load};

    #[test]
    fn what_is_written_is_read_again() {
        let mnist = Loaded::from(crate::mnist().unwrap());
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("mnist.npz");
        std::fs::write(&file, to_npz(&mnist).unwrap()).unwrap();
        let again = load(&file, &Options::default()).unwrap();
        let (Content::Samples { train, test }, Content::Samples { train: x, test: y }) =
            (&mnist.content, &again.content)
        else {
            panic!("pictures are no tables");
        };
        assert_eq!(train.samples().pixels(), x.samples().pixels());
        assert_eq!(train.labels(), x.labels());
        assert_eq!(test.samples().picture(), y.samples().picture());
        assert_eq!(test.look().labels(), y.look().labels());
    }
}
