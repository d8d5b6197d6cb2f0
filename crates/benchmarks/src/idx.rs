//! Data sets as the four plain files that Python, and `compare --data-dir`, read.

use crate::error::BenchmarkError;
use data::Dataset;
use std::path::Path;

/// Writes the images and labels of one split, `train` or `t10k`.
pub(crate) fn write(directory: &Path, prefix: &str, split: &Dataset) -> Result<(), BenchmarkError> {
    let shape = split.samples().shown_shape();
    let pixels = split
        .samples()
        .pixels()
        .ok_or_else(|| BenchmarkError::failed(prefix, "not of pixels"))?;
    let labels: Vec<u8> = split.labels().iter().map(|&label| label as u8).collect();
    let images = [split.len(), shape.rows, shape.columns];
    file(
        directory,
        &format!("{prefix}-images-idx3-ubyte"),
        &images,
        pixels,
    )?;
    file(
        directory,
        &format!("{prefix}-labels-idx1-ubyte"),
        &[split.len()],
        &labels,
    )
}

/// Writes an IDX file of bytes.
fn file(directory: &Path, name: &str, sizes: &[usize], bytes: &[u8]) -> Result<(), BenchmarkError> {
    let sizes: Vec<u32> = sizes.iter().map(|&size| size as u32).collect();
    let content = [&catalog::idx_header(&sizes), bytes].concat();
    let path = directory.join(name);
    std::fs::write(&path, content).map_err(BenchmarkError::at(&path))
}

/// Writes `data` with `copies` moved copies of every training image, each by a pixel: right, left,
/// down.
pub(crate) fn write_with_copies(
    directory: &Path,
    data: &catalog::Splits,
    copies: usize,
) -> Result<(), BenchmarkError> {
    let (train, shape) = (&data.train, data.train.samples().shown_shape());
    let pixels = train
        .samples()
        .pixels()
        .ok_or_else(|| BenchmarkError::failed("train", "not of pixels"))?;
    let mut all = pixels.to_vec();
    let mut labels = train.labels().to_vec();
    for copy in 0..copies {
        for image in pixels.chunks_exact(shape.features()) {
            // Moved in memory: what leaves a row enters the next, where MNIST is black.
            let mut moved = image.to_vec();
            match copy % 3 {
                0 => moved.rotate_right(1),
                1 => moved.rotate_left(1),
                _ => moved.rotate_right(shape.columns),
            }
            all.extend_from_slice(&moved);
        }
        labels.extend_from_slice(train.labels());
    }
    let images = data::Samples::from_pixels(shape, all)?;
    let train = Dataset::new(images, labels, train.class_names().clone())?;
    write(directory, "train", &train)?;
    write(directory, "t10k", data.test.look())
}
