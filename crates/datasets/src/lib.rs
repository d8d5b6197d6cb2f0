//! Labelled images for classifiers: the types, the files they come from, and the
//! checks that stand between the two.
//!
//! ```
//! let mnist = datasets::mnist()?;
//! assert_eq!(mnist.train.len(), 60_000);
//! assert_eq!(mnist.test.images().features(), 784);
//! # Ok::<(), datasets::DataError>(())
//! ```

mod catalog;
mod dataset;
mod directory;
#[cfg(feature = "download")]
mod download;
mod error;
mod folds;
mod idx;
mod images;
mod mnist;
mod sealed;
mod subset;

pub use catalog::{CATALOG, CatalogEntry, Location, cache_dir, search_path};
pub use dataset::{Dataset, Splits};
pub use directory::{FILES, load_directory};
#[cfg(feature = "download")]
pub use download::{Transfer, download};
pub use error::DataError;
pub use folds::stratified_folds;
pub use idx::{MAX_FILE_BYTES, read_images, read_labels};
pub use images::{ImageShape, Images};
pub use mnist::mnist;
pub use sealed::Sealed;
pub use subset::stratified_subset;
