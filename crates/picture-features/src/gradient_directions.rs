//! Gradient-direction features (Liu, Nakashima, Sako and Fujisawa 2003, "Handwritten digit
//! recognition: benchmarking of state-of-the-art techniques", Pattern Recognition 36).

use crate::gradient::{Directions, sobel};
use crate::moments::Moments;
use crate::placement::Placement;
use crate::plane::{LANES, Plane};
use crate::settings::{Normalisation, Settings, Unsuitable};
use crate::windows::Windows;
use data::{PictureShape, Samples};
use rayon::prelude::*;

/// Where in a picture which edges are, and how strong.
///
/// With f the picture, black outside of its frame, and Sobel's masks the gradient g = (f ∗ Sₓ, f ∗ Sᵧ):
///
/// 1. g is split into components along directions eₖ, two of which are not zero: gₖ = max(0, min(g ×
///    eₖ₊₁, eₖ₋₁ × g)) / sin w. Each direction has a plane of its own.
/// 2. Each plane is seen through Gaussian windows, the centres of which are a grid:
///    bₖᵢⱼ = Σ G(r − rᵢ) G(c − cⱼ) gₖ(r, c).
/// 3. xₖᵢⱼ = √(bₖᵢⱼ / b), where b is what a window sees of an edge from black to white along its
///    middle: 8 / (σ √2π). So x is 1 for a long edge, 0 for none, and seldom more than 1; the root
///    makes the values more normal (the paper's variable transformation).
///
/// The grey in step 3 is 1 for white. A picture with `a` times the contrast has √a times the features.
#[derive(Debug, Clone)]
pub struct GradientDirections {
    shape: PictureShape,
    settings: Settings,
    directions: Directions,
    /// Over rows, and over columns.
    windows: [Windows; 2],
    /// b, for white as 1.
    edge: f64,
}

impl GradientDirections {
    /// For pictures of `shape`.
    ///
    /// # Errors
    /// [`Unsuitable`] if a parameter is out of range.
    pub fn new(shape: PictureShape, settings: &Settings) -> Result<Self, Unsuitable> {
        settings.validate()?;
        let (grid, blur) = (settings.grid, settings.blur);
        let padded = Plane::black(shape).width();
        let windows = [
            Windows::new(grid, shape.rows, shape.rows, blur),
            Windows::new(grid, shape.columns, padded, blur),
        ];
        // The narrower window sees more of an edge.
        let deviation = windows[0].deviation.min(windows[1].deviation);
        Ok(Self {
            shape,
            settings: *settings,
            directions: Directions::new(settings.directions),
            windows,
            edge: 8.0 / (deviation * std::f64::consts::TAU.sqrt()),
        })
    }

    /// The shape of the pictures.
    pub fn shape(&self) -> PictureShape {
        self.shape
    }

    /// Features of a picture: directions × grid × grid, in that order.
    pub fn width(&self) -> usize {
        self.settings.directions * self.settings.grid * self.settings.grid
    }

    /// The features of pictures in 8 bits: round(255 x), and 255 where x is above 1; of shape
    /// (pictures, [`width`](Self::width)). Each picture is normalised first.
    ///
    /// # Panics
    /// If `pictures` are not whole ones of the shape that was given to [`new`](Self::new).
    pub fn of_pixels(&self, pictures: &[u8]) -> Vec<u8> {
        self.of(pictures, 255.0, |picture, work| {
            let placement = self.placement(picture);
            placement.place(picture, &mut work.line, &mut work.plane);
        })
    }

    /// The features of real-valued pictures, which are not normalised; of shape (pictures,
    /// [`width`](Self::width)).
    ///
    /// # Panics
    /// If `pictures` are not whole ones of the shape that was given to [`new`](Self::new).
    pub fn of_reals(&self, pictures: &[f32]) -> Vec<f32> {
        self.of(pictures, 1.0, |picture, work| {
            for (row, values) in picture.chunks_exact(self.shape.columns).enumerate() {
                work.plane.row_mut(row).copy_from_slice(values);
            }
        })
    }

    /// The features of samples: in 8 bits where the samples are, shown as one grid below the other;
    /// real numbers where they are. `None` where a sample has not as many values as a picture of the shape
    /// that was given to [`new`](Self::new).
    ///
    /// # Panics
    /// Never.
    pub fn of_samples(&self, samples: &Samples) -> Option<Samples> {
        if samples.features() != self.shape.features() {
            return None;
        }
        let shape = PictureShape {
            rows: self.settings.directions * self.settings.grid,
            columns: self.settings.grid,
        };
        let features = match samples.pixels() {
            Some(pixels) => Samples::from_pixels(shape, self.of_pixels(pixels)),
            None => Samples::from_features(shape.features(), self.of_reals(&samples.to_f32()))
                .and_then(|rows| rows.into_pictures(shape)),
        };
        Some(features.expect("as many features for each picture"))
    }

    fn placement(&self, picture: &[u8]) -> Placement {
        let moments = match self.settings.normalisation {
            Normalisation::None => None,
            Normalisation::Upright | Normalisation::Size { .. } => Moments::of(picture, self.shape),
        };
        match (moments, self.settings.normalisation) {
            (Some(moments), Normalisation::Size { size, aspect }) => {
                Placement::sized(&moments, self.shape, size, aspect)
            }
            (Some(moments), _) => Placement::upright(&moments, self.shape),
            (None, _) => Placement::as_it_is(),
        }
    }

    /// Features of pictures in which white is `white`, each of which `place` puts into the plane.
    fn of<T: Value>(
        &self,
        pictures: &[T],
        white: f64,
        place: impl Fn(&[T], &mut Work) + Sync,
    ) -> Vec<T> {
        let (pixels, width) = (self.shape.features(), self.width());
        assert!(
            pictures.len().is_multiple_of(pixels),
            "pictures of {}",
            self.shape
        );
        let mut features = vec![T::default(); pictures.len() / pixels * width];
        let scale = (1.0 / (white * self.edge)) as f32;
        let pairs = features
            .par_chunks_exact_mut(width)
            .zip(pictures.par_chunks_exact(pixels));
        pairs.with_min_len(64).for_each_init(
            || Work::new(self),
            |work, (features, picture)| {
                place(picture, work);
                pulp::Arch::new().dispatch(See {
                    features,
                    scale,
                    work,
                    of: self,
                });
            },
        );
        features
    }
}

/// What one thread works with.
struct Work {
    plane: Plane,
    line: Vec<f32>,
    /// Gradients of a row.
    x: Vec<f32>,
    y: Vec<f32>,
    /// Of shape (directions, columns).
    components: Vec<f32>,
    /// Of shape (grid, directions, columns): seen through the windows over rows.
    bands: Vec<f32>,
}

impl Work {
    fn new(of: &GradientDirections) -> Self {
        let plane = Plane::black(of.shape);
        let (width, settings) = (plane.width(), of.settings);
        let row = vec![0.0; width];
        Self {
            plane,
            line: Vec::new(),
            x: row.clone(),
            y: row,
            components: vec![0.0; settings.directions * width],
            bands: vec![0.0; settings.grid * settings.directions * width],
        }
    }
}

/// Steps 1 to 3 for the picture in the plane, with the instructions that the processor has.
struct See<'a, T> {
    features: &'a mut [T],
    /// 1/b in units of the plane's grey.
    scale: f32,
    work: &'a mut Work,
    of: &'a GradientDirections,
}

impl<T: Value> pulp::WithSimd for See<'_, T> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Work {
            plane,
            x,
            y,
            components,
            bands,
            ..
        } = self.work;
        let ([over_rows, over_columns], grid) = (&self.of.windows, self.of.settings.grid);
        bands.fill(0.0);
        for row in 0..self.of.shape.rows {
            sobel(plane.around(row), x, y);
            self.of.directions.split(x, y, components);
            let weights = over_rows.at(row);
            for (band, &weight) in bands.chunks_exact_mut(components.len()).zip(weights) {
                for (sum, &component) in band.iter_mut().zip(&*components) {
                    *sum += weight * component;
                }
            }
        }
        let width = x.len();
        for (i, band) in bands.chunks_exact(components.len()).enumerate() {
            for (k, band) in band.chunks_exact(width).enumerate() {
                let seen: [f32; LANES] = over_columns.see(band);
                let features = &mut self.features[(k * grid + i) * grid..][..grid];
                for (feature, seen) in features.iter_mut().zip(seen) {
                    *feature = T::of((seen * self.scale).sqrt());
                }
            }
        }
    }
}

/// How a feature is kept.
trait Value: Copy + Default + Send + Sync {
    /// The nearest to `feature`, which is at least 0.
    fn of(feature: f32) -> Self;
}

impl Value for f32 {
    fn of(feature: f32) -> Self {
        feature
    }
}

impl Value for u8 {
    fn of(feature: f32) -> Self {
        (255.0 * feature).round() as Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: PictureShape = PictureShape {
        rows: 30,
        columns: 30,
    };

    fn features() -> GradientDirections {
        GradientDirections::new(SHAPE, &Settings::default()).unwrap()
    }

    /// White where `x cos θ + y sin θ` from the middle is above 0, with one pixel of grey between.
    fn half_white(degrees: f32) -> Vec<f32> {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let pixel = |i: usize| {
            let (y, x) = ((i / 30) as f32 - 14.5, (i % 30) as f32 - 14.5);
            (x * cosine + y * sine + 0.5).clamp(0.0, 1.0)
        };
        (0..900).map(pixel).collect()
    }

    /// What the window in the middle sees in each direction.
    fn middle(picture: &[f32]) -> Vec<f32> {
        let values = features().of_reals(picture);
        values.chunks_exact(25).map(|windows| windows[12]).collect()
    }

    #[test]
    fn an_edge_is_seen_in_its_own_direction_and_turns_with_it() {
        for direction in 0..8 {
            let seen = middle(&half_white(45.0 * direction as f32));
            assert!(
                (seen[direction] - 1.0).abs() < 0.05,
                "{direction}: {seen:?}"
            );
            for (other, &value) in seen.iter().enumerate() {
                assert!(other == direction || value < 0.35, "{direction}: {seen:?}");
            }
        }
    }

    #[test]
    fn between_two_directions_both_see_the_same() {
        let seen = middle(&half_white(22.5));
        assert!(
            (seen[0] - seen[1]).abs() < 0.02 && seen[0] > 0.6,
            "{seen:?}"
        );
    }

    #[test]
    fn features_grow_with_the_root_of_the_contrast() {
        let picture = half_white(70.0);
        let dim: Vec<f32> = picture.iter().map(|grey| 0.25 * grey).collect();
        let (bright, dim) = (features().of_reals(&picture), features().of_reals(&dim));
        for (bright, dim) in bright.iter().zip(dim) {
            assert!((0.5 * bright - dim).abs() < 1e-5, "{dim} for {bright}");
        }
    }

    /// A bright bar of 2 × half by 2 × tall pixels, about (row, column).
    fn bar((row, column): (usize, usize), (half, tall): (usize, usize)) -> Vec<u8> {
        let mut picture = vec![0; 900];
        for r in row - tall..row + tall {
            picture[r * 30 + column - half..][..2 * half].fill(240);
        }
        picture
    }

    #[test]
    fn normalised_pictures_do_not_depend_on_place_or_size() {
        let settings = Settings {
            normalisation: Normalisation::Size {
                size: 0.2,
                aspect: 0.5,
            },
            ..Settings::default()
        };
        let features = GradientDirections::new(SHAPE, &settings).unwrap();
        let here = features.of_pixels(&bar((15, 15), (2, 8)));
        assert_eq!(features.of_pixels(&bar((12, 9), (2, 8))), here);
        let distance = |a: &[u8], b: &[u8]| -> u64 {
            a.iter()
                .zip(b)
                .map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2))
                .sum()
        };
        let larger = bar((15, 15), (3, 12));
        let as_they_are = Settings {
            normalisation: Normalisation::None,
            ..settings
        };
        let plain = GradientDirections::new(SHAPE, &as_they_are).unwrap();
        let without = distance(
            &plain.of_pixels(&larger),
            &plain.of_pixels(&bar((15, 15), (2, 8))),
        );
        let with = distance(&features.of_pixels(&larger), &here);
        assert!(20 * with < without, "{with} with, {without} without");
    }

    #[test]
    fn samples_keep_their_kind_and_those_of_another_width_have_none() {
        let samples = Samples::from_pixels(SHAPE, bar((15, 15), (2, 8))).unwrap();
        let seen = features().of_samples(&samples).unwrap();
        assert_eq!(seen.features(), 200);
        assert_eq!(seen.picture().unwrap().to_string(), "40 × 5");
        let colour = Samples::from_colour_pixels(SHAPE, vec![0; 2700]).unwrap();
        assert_eq!(features().of_samples(&colour), None);
        let rows = Samples::from_features(900, vec![0.0; 900]).unwrap();
        assert_eq!(features().of_samples(&rows).unwrap().pixels(), None);
    }

    #[test]
    fn a_black_picture_has_no_edges_and_a_dot_is_no_error() {
        let settings = Settings {
            normalisation: Normalisation::Size {
                size: 0.2,
                aspect: 0.5,
            },
            ..Settings::default()
        };
        let features = GradientDirections::new(SHAPE, &settings).unwrap();
        assert_eq!(features.of_pixels(&[0; 900]), [0; 200]);
        let mut dot = vec![0; 900];
        dot[0] = 255;
        assert!(features.of_pixels(&dot).iter().any(|&value| value > 0));
    }
}
