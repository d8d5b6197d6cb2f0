//! What a classifier of pictures can see better than pixels.
//!
//! [`deskew`] makes digits upright, and a [`Movement`] moves them. [`GradientDirections`] tells where in
//! a picture which edges are, and how strong: 200 numbers that change little when a stroke moves by a
//! pixel. They are a fixed function of one picture: nothing is learnt, so that nothing can leak from one picture to another.
//!
//! ```
//! use data::PictureShape;
//! use picture_features::{GradientDirections, Settings};
//!
//! // The left half is black, the right half white: the gradient points to the right.
//! let shape = PictureShape { rows: 20, columns: 20 };
//! let picture: Vec<f32> = (0..400).map(|i| if i % 20 < 10 { 0.0 } else { 1.0 }).collect();
//! let features = GradientDirections::new(shape, &Settings::default())?;
//! let values = features.of_reals(&picture);
//! // Direction 0, in the middle of the 5 × 5 windows.
//! assert!((values[2 * 5 + 2] - 1.0).abs() < 0.05, "{}", values[2 * 5 + 2]);
//! # Ok::<(), picture_features::Unsuitable>(())
//! ```

mod gradient;
mod gradient_directions;
mod moments;
mod movement;
mod placement;
mod plane;
mod settings;
mod upright;
mod windows;

pub use gradient_directions::GradientDirections;
pub use movement::Movement;
pub use settings::{Normalisation, Settings, Unsuitable};
pub use upright::deskew;
