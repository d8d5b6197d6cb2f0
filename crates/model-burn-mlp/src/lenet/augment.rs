//! Training pictures moved at random, in each epoch anew.

use classifier::generator;
use classifier::schemars::JsonSchema;
use data::PictureShape;
use picture_features::Movement;
use rand::{Rng, RngExt};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What is done to training pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(crate = "classifier::schemars")]
pub enum Augment {
    /// Nothing.
    None,
    /// Moved, scaled and slanted.
    Moved,
}

/// Streams of random numbers from here on are for movements, one for each epoch.
const STREAMS: u64 = 1 << 32;

/// At most so far from where it was, as a share of the side: two pixels of 28.
const SHIFT: f64 = 1.0 / 14.0;

/// At most so much larger or smaller.
const SCALE: f64 = 0.15;

/// At most so much slant: 14°.
const SLANT: f64 = 0.25;

impl Augment {
    /// What one epoch does to each of so many pictures. It depends on nothing but seed and epoch.
    pub(crate) fn movements(
        self,
        pictures: usize,
        shape: PictureShape,
        seed: u64,
        epoch: usize,
    ) -> Vec<Movement> {
        match self {
            Self::None => Vec::new(),
            Self::Moved => {
                let mut random = generator(seed, STREAMS + epoch as u64);
                (0..pictures).map(|_| any(shape, &mut random)).collect()
            }
        }
    }
}

fn any(shape: PictureShape, random: &mut impl Rng) -> Movement {
    let mut within = |bound: f64| random.random_range(-bound..=bound);
    Movement {
        down: within(SHIFT * shape.rows as f64),
        right: within(SHIFT * shape.columns as f64),
        height: 1.0 + within(SCALE),
        width: 1.0 + within(SCALE),
        slant: within(SLANT),
    }
}

/// Pictures in rows, each moved by the movement beside it; as they are, where there are no movements.
pub(crate) fn moved(pictures: Vec<f32>, movements: &[Movement], shape: PictureShape) -> Vec<f32> {
    if movements.is_empty() {
        return pictures;
    }
    let pairs = pictures
        .par_chunks_exact(shape.features())
        .zip(movements)
        .flat_map_iter(|(picture, movement)| movement.apply(picture, shape));
    pairs.collect()
}
