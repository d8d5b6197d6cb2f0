//! MNIST, inside the binary.
//!
//! © Yann LeCun and Corinna Cortes, derived from NIST Special Databases 1 and 3, distributed
//! under CC BY-SA 3.0: see `data/mnist/NOTICE`.

use crate::directory::{Bytes, assemble_published};
use crate::{CATALOG, FILES, LoadError, Splits};

/// The gzipped files, in the order of [`FILES`].
pub(crate) const BYTES: [&[u8]; 4] = [
    include_bytes!("../data/mnist/train-images-idx3-ubyte.gz"),
    include_bytes!("../data/mnist/train-labels-idx1-ubyte.gz"),
    include_bytes!("../data/mnist/t10k-images-idx3-ubyte.gz"),
    include_bytes!("../data/mnist/t10k-labels-idx1-ubyte.gz"),
];

/// Compressed size of what the binary carries.
pub(crate) const EMBEDDED_BYTES: usize =
    BYTES[0].len() + BYTES[1].len() + BYTES[2].len() + BYTES[3].len();

/// The 60 000 training and 10 000 test images of MNIST, checked against the published sums.
///
/// # Errors
/// [`LoadError::Checksum`] if the binary was built from damaged files.
pub fn mnist() -> Result<Splits, LoadError> {
    let bytes = BYTES.map(Bytes::Embedded);
    let files = [0, 1, 2, 3].map(|i| (FILES[i], &bytes[i]));
    assemble_published(&CATALOG[0], "shipped with Plumbline".to_owned(), files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mnist_is_what_was_published() {
        let mnist = mnist().unwrap();
        assert_eq!(mnist.train.len(), 60_000);
        assert_eq!(mnist.test.len(), 10_000);
        assert_eq!(mnist.train.labels()[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
        assert_eq!(
            mnist.test.look().class_counts(),
            [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
        );
        let lit = mnist
            .train
            .samples()
            .pixels()
            .unwrap()
            .iter()
            .filter(|&&p| p > 0)
            .count();
        assert_eq!(lit, 8_994_156);
    }
}
