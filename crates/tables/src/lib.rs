//! Tables: columns of numbers, categories, truth values and dates, with missing values; and
//! [`Preparation`], which is learnt from training rows and turns any rows into features.
//!
//! ```
//! use tables::{Column, Preparation, Settings, Table};
//!
//! let age = Column::numbers("age", vec![20.0, f64::NAN, 60.0, 40.0])?;
//! let names = ["no", "yes"].map(str::to_owned);
//! let targets = data::Targets::new(vec![0, 1, 1, 0], names.into())?;
//! let table = Table::new(vec![age], targets)?;
//!
//! // Row 3 is not learnt from: the median of 20 and 60 is 40 whatever it holds.
//! let preparation = Preparation::learn(&table.select(&[0, 1, 2]), &Settings::default())?;
//! let samples = preparation.apply(&table)?;
//! assert_eq!(preparation.features(), ["age", "age is missing"]);
//! assert_eq!(samples.to_f32()[2..4], [0.0, 1.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod column;
mod day;
mod error;
mod groups;
mod learn;
mod moments;
mod number;
mod preparation;
mod settings;
mod table;

pub use column::{Categories, Column, Kind, Values};
pub use day::date;
pub use error::TableError;
pub use groups::Groups;
pub use number::number;
pub use preparation::{LeftOut, Preparation, PreparedColumn, Step};
pub use settings::{Columns, Settings};
pub use table::Table;
