//! Data sets by name or from files, and the checks that stand between files and labelled images.
//! Their test images are under a seal.
//!
//! ```
//! let mnist = catalog::mnist()?;
//! assert_eq!(mnist.train.len(), 60_000);
//! assert_eq!(mnist.test.samples().features(), 784);
//! # Ok::<(), catalog::LoadError>(())
//! ```

mod arff;
mod arrays;
mod asked;
mod asked_one;
mod classes;
mod delimited;
mod directory;
#[cfg(feature = "download")]
mod download;
mod encodings;
mod entries;
mod equal_rows;
mod error;
mod export;
mod fingerprint;
mod format;
mod found;
mod held;
mod idx;
mod idx_names;
mod inspect;
mod lines;
mod load;
mod location;
mod memory;
mod mnist;
mod moved_pictures;
mod name;
mod named_tables;
mod near_pictures;
mod npy;
mod options;
mod parquet;
mod picture_blocks;
mod pictures;
mod read_values;
mod rounding;
mod sealed;
mod sealed_table;
mod sizes;
mod source;
mod spelling;
mod splits;
mod svmlight;
mod table;
mod telling;
mod turns;
mod values;

pub use asked::{Asked, Fitted, ask, loose_pictures, stored};
pub use asked_one::{ask_picture, ask_row};
pub use directory::load_directory;
#[cfg(feature = "download")]
pub use download::{Transfer, download};
pub use entries::{CATALOG, CatalogEntry};
pub use error::{LoadError, shown};
pub use export::to_npz;
pub use held::{HeldDirectory, sweep_directories};
pub use idx::{idx_header, read_images, read_labels};
pub use idx_names::FILES;
pub use inspect::{ClassCounts, ColumnSummary, Inspection, NEAR, Near, Same, inspect};
pub use load::{Content, Loaded, load};
pub use location::{Location, cache_dir, search_path};
pub use memory::MAX_FILE_BYTES;
pub use memory::available_memory;
pub use mnist::mnist;
pub use moved_pictures::Moved;
pub use name::name_of;
pub use named_tables::{TABLES, TableEntry};
pub use options::Options;
pub use pictures::Manner;
pub use read_values::{line_of_row, read_values};
pub use sealed::Sealed;
pub use sealed_table::SealedTable;
pub use sizes::{in_bytes, in_free_bytes};
pub use splits::Splits;
pub use table::class_order;
pub use telling::{is_learnt_from, tells};
pub use turns::Turn;
pub use values::{ColumnValues, UNNAMED, Values, Wanted};
