//! Data sets by name or from files, and the checks that stand between files and labelled images.
//! Their test images are under a seal.
//!
//! ```
//! let mnist = catalog::mnist()?;
//! assert_eq!(mnist.train.len(), 60_000);
//! assert_eq!(mnist.test.samples().features(), 784);
//! # Ok::<(), catalog::LoadError>(())
//! ```

mod directory;
#[cfg(feature = "download")]
mod download;
mod entries;
mod error;
mod idx;
mod mnist;
mod sealed;
mod splits;

pub use directory::{FILES, load_directory};
#[cfg(feature = "download")]
pub use download::{Transfer, download};
pub use entries::{CATALOG, CatalogEntry, Location, cache_dir, search_path};
pub use error::LoadError;
pub use idx::{MAX_FILE_BYTES, read_images, read_labels};
pub use mnist::mnist;
pub use sealed::Sealed;
pub use splits::Splits;
