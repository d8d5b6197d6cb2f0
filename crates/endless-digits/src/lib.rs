//! As many handwritten digits as one wants: those of MNIST, deformed at random.
//!
//! Picture number i is made of training picture i mod 60 000, by a seed. The first 60 000 are MNIST's own; of
//! every later one the strokes are turned, sized, slanted and moved, and bent by a smooth random field
//! (Simard, Steinkraus and Platt 2003, "Best Practices for Convolutional Neural Networks Applied to Visual Document
//! Analysis"), with fields that are made once and taken two by two (Loosli, Canu and Bottou 2007, "Training Invariant
//! Support Vector Machines using Selective Sampling", whose data set is known as `InfiMNIST`). The pictures are
//! not those of `InfiMNIST`, only of its kind.
//!
//! A picture depends on the seed and its number alone, so that a larger set begins with a smaller one.

mod deformation;
mod field;
mod files;
mod shape;

use catalog::{FILES, search_path};
use data::Dataset;
use deformation::Deformation;
use field::Fields;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use shape::SHAPE;
use std::path::PathBuf;

/// The name of the data set.
pub const ID: &str = "endless-digits";
/// Training pictures that the data set of this name has: as many as others have deformed.
pub const IMAGES: u32 = 8_000_000;

/// Where the data set was written, among the places where data sets are looked for.
pub fn find() -> Option<PathBuf> {
    let mut directories = search_path().into_iter().map(|place| place.join(ID));
    directories.find(|directory| FILES.iter().all(|file| directory.join(file).is_file()))
}

/// Digits without end.
#[derive(Debug)]
pub struct EndlessDigits {
    originals: Dataset,
    fields: Fields,
    seed: u64,
}

impl EndlessDigits {
    /// Those of `originals`.
    ///
    /// # Panics
    /// If these are no pictures of 28 × 28 grey levels, or none at all.
    pub fn new(originals: Dataset, seed: u64) -> Self {
        assert!(!originals.is_empty(), "nothing to deform");
        assert_eq!(originals.samples().picture(), Some(SHAPE));
        Self {
            fields: Fields::new(&mut ChaCha8Rng::seed_from_u64(seed)),
            originals,
            seed,
        }
    }

    /// The class of picture number `index`.
    pub fn label(&self, index: usize) -> usize {
        self.originals.labels()[index % self.originals.len()]
    }

    /// The 784 grey levels of picture number `index`, row by row.
    ///
    /// # Panics
    /// If the originals are features, not pixels.
    pub fn picture(&self, index: usize) -> Vec<u8> {
        let pixels = self.originals.samples().pixels().expect("grey levels");
        let original = index % self.originals.len();
        let original = &pixels[original * SHAPE.features()..][..SHAPE.features()];
        if index < self.originals.len() {
            return original.to_vec();
        }
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(index as u64);
        Deformation::draw(&self.fields, &mut random).apply(original)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits() -> EndlessDigits {
        let mnist = catalog::mnist().unwrap();
        EndlessDigits::new(mnist.train.select(&(0..100).collect::<Vec<_>>()), 7)
    }

    #[test]
    fn the_first_are_the_originals_and_all_others_are_new() {
        let digits = digits();
        let pixels = digits.originals.samples().pixels().unwrap();
        assert_eq!(digits.picture(3), &pixels[3 * 784..4 * 784]);
        let of_one: Vec<Vec<u8>> = (0..50)
            .map(|round| digits.picture(3 + 100 * round))
            .collect();
        for (i, a) in of_one.iter().enumerate() {
            assert!(of_one[..i].iter().all(|b| a != b), "{i}");
        }
        assert!((0..50).all(|round| digits.label(3 + 100 * round) == digits.label(3)));
    }

    /// A digit keeps about as much ink as it had, and most of it where it was.
    #[test]
    fn a_deformed_digit_is_like_its_original() {
        let digits = digits();
        let ink = |picture: &[u8]| picture.iter().map(|&grey| f64::from(grey)).sum::<f64>();
        let mut common = 0.0;
        for index in 100..300 {
            let (deformed, original) = (digits.picture(index), digits.picture(index % 100));
            let ratio = ink(&deformed) / ink(&original);
            assert!((0.5..1.8).contains(&ratio), "{index}: {ratio}");
            let both = deformed.iter().zip(&original).map(|(&a, &b)| a.min(b));
            common += ink(&both.collect::<Vec<_>>()) / ink(&original) / 200.0;
        }
        assert!((0.4..0.9).contains(&common), "{common}");
    }

    #[test]
    fn a_seed_makes_the_same_pictures_and_another_one_others() {
        let again = digits();
        assert_eq!(digits().picture(12_345), again.picture(12_345));
        let other = EndlessDigits::new(again.originals.clone(), 8);
        assert_ne!(other.picture(12_345), again.picture(12_345));
    }
}
