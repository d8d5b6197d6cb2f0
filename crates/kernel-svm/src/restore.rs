//! Takes fitted machines apart, and puts them together again.

use crate::kernel::Function;
use crate::machine::{Decide, Machine, Support};
use crate::numbers::Numbers;
use crate::parts::{Parts, Places};
use crate::probability::Sigmoid;
use crate::real::Real;
use crate::sparse::Layout;
use crate::{Error, SupportVectorMachine};
use inner_products::{Feature, PIXELS};
use rayon::prelude::*;
use std::sync::Arc;

impl SupportVectorMachine {
    /// All that the machine is made of.
    pub fn parts(&self) -> Parts {
        let sigmoids = self.sigmoids.as_ref();
        let machine = self.machine.taken_apart(self.features);
        Parts {
            features: self.features,
            classes: self.classes.clone(),
            kernel: machine.kernel,
            gamma: self.gamma,
            counts: machine.counts,
            vectors: machine.vectors,
            places: machine.places,
            coefficients: machine.coefficients,
            scale: machine.scale,
            rho: machine.rho,
            sigmoids: sigmoids.map(|all| all.iter().map(|one| [one.a, one.b]).collect()),
            certificates: self.certificates.clone(),
            support: self.support.clone(),
        }
    }

    /// The machine that is made of `parts`; it decides as the first one did, bit by bit.
    ///
    /// # Errors
    /// [`Error::Parts`] or [`Error::Sparse`] if they do not fit together, or are not finite.
    pub fn from_parts(parts: Parts) -> Result<Self, Error> {
        use Numbers::{Bytes, Double, Single};
        let layout = parts.check()?;
        let machine: Arc<dyn Decide> = match (&parts.vectors, &parts.coefficients) {
            (Bytes(vectors), Single(alphas)) => Arc::new(parts.machine(layout, vectors, alphas)),
            (Bytes(vectors), Double(alphas)) => Arc::new(parts.machine(layout, vectors, alphas)),
            (Single(vectors), Single(alphas)) => Arc::new(parts.machine(layout, vectors, alphas)),
            (Double(vectors), Double(alphas)) => Arc::new(parts.machine(layout, vectors, alphas)),
            _ => return Err(wrong("the types of vectors and coefficients")),
        };
        let sigmoid = |[a, b]: [f64; 2]| Sigmoid { a, b };
        Ok(Self {
            features: parts.features,
            classes: parts.classes,
            gamma: parts.gamma,
            machine,
            certificates: parts.certificates,
            support: parts.support,
            sigmoids: parts
                .sigmoids
                .map(|all| all.into_iter().map(sigmoid).collect()),
        })
    }
}

impl Parts {
    /// # Errors
    /// [`Error::Parts`] with the first that does not fit, or [`Error::Sparse`].
    fn check(&self) -> Result<Layout<'_>, Error> {
        let (classes, all) = (self.classes.len(), self.support.len());
        let pairs = classes * classes.saturating_sub(1) / 2;
        let fills = |numbers: &Numbers, width: usize| all.checked_mul(width) == Some(numbers.len());
        let positive = |number: f64| number > 0.0 && number.is_finite();
        let sigmoids = self.sigmoids.as_deref().unwrap_or(&[]);
        let mut coefficients = self.rho.iter().chain(sigmoids.iter().flatten());
        let counted = self
            .counts
            .iter()
            .try_fold(0_usize, |sum, &n| sum.checked_add(n));
        let of_bytes = matches!(self.vectors, Numbers::Bytes(_));
        let widest = if of_bytes { PIXELS } else { usize::MAX };
        let checks = [
            (
                classes >= 2 && self.classes.is_sorted_by(|a, b| a < b),
                "the classes",
            ),
            (
                (1..=widest).contains(&self.features),
                "the number of features",
            ),
            (self.kernel.is_valid(), "the kernel"),
            (positive(self.gamma), "gamma"),
            (positive(self.scale), "the scale"),
            (
                self.counts.len() == classes && counted == Some(all),
                "the counts",
            ),
            (
                self.places.is_some() || fills(&self.vectors, self.features),
                "the number of vectors",
            ),
            (
                fills(&self.coefficients, classes - 1),
                "the number of coefficients",
            ),
            (
                self.rho.len() == pairs && self.certificates.len() == pairs,
                "the pairs",
            ),
            (
                self.sigmoids.is_none() || sigmoids.len() == pairs,
                "the sigmoids",
            ),
            (
                coefficients.all(|value| value.is_finite()),
                "a pair that is not finite",
            ),
            (self.vectors.are_finite(), "a vector that is not finite"),
            (
                self.coefficients.are_finite(),
                "a coefficient that is not finite",
            ),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            None => self.layout(),
            Some((_, what)) => Err(wrong(what)),
        }
    }

    /// Which features of which support vectors there are.
    fn layout(&self) -> Result<Layout<'_>, Error> {
        let Some(Places { starts, places }) = &self.places else {
            return Ok(Layout::Dense {
                features: self.features,
                samples: self.support.len(),
            });
        };
        if starts.len() != self.support.len() + 1 {
            return Err(wrong("the number of vectors"));
        }
        Layout::sparse(self.features, starts, places, self.vectors.len())
    }

    /// The machine, once the parts are checked.
    fn machine<F: Feature, R: Real>(
        &self,
        layout: Layout,
        vectors: &[F],
        coefficients: &[R],
    ) -> Machine<F, R> {
        let vectors = layout.samples(vectors);
        let others = self.classes.len() - 1;
        let starts = self.counts.iter().scan(0, |end, &count| {
            *end += count;
            Some(*end - count..*end)
        });
        let of_class = |class: std::ops::Range<usize>| {
            let rows = &coefficients[class.start * others..class.end * others];
            Support::new(self.features, &vectors[class], rows, others)
        };
        let starts: Vec<_> = starts.collect();
        Machine {
            function: Function {
                kernel: self.kernel,
                gamma: self.gamma,
            },
            scale: self.scale,
            support: starts.into_par_iter().map(of_class).collect(),
            rho: self.rho.clone(),
        }
    }
}

fn wrong(what: &'static str) -> Error {
    Error::Parts { what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Features, Gamma, Settings, fit};

    /// Four classes of two-dimensional samples, as pixels and as real numbers.
    fn samples() -> (Vec<u8>, Vec<f32>, Vec<usize>) {
        let pixels: Vec<u8> = (0..400_u32).map(|i| (i * i * 37 % 251) as u8).collect();
        let reals = pixels.iter().map(|&p| f32::from(p) / 83.0).collect();
        let labels = (0..200)
            .map(|i| 2 * usize::from(pixels[2 * i] / 64))
            .collect();
        (pixels, reals, labels)
    }

    fn machines() -> Vec<SupportVectorMachine> {
        let (pixels, reals, labels) = samples();
        let fitted = |x, c, probability| {
            let settings = Settings {
                c,
                probability,
                gamma: Gamma::Value(0.7),
                ..Settings::default()
            };
            fit(x, 2, &labels, &settings).unwrap()
        };
        let [pixels, reals] = [Features::Pixels(&pixels), Features::Reals(&reals)];
        // A large cost needs double precision.
        vec![
            fitted(pixels, 1.0, true),
            fitted(pixels, 1e6, false),
            fitted(reals, 1.0, false),
            fitted(reals, 1e6, true),
        ]
    }

    #[test]
    fn a_machine_put_together_decides_bit_by_bit_as_before() {
        let (pixels, reals, _) = samples();
        for machine in machines() {
            let again = SupportVectorMachine::from_parts(machine.parts()).unwrap();
            assert_eq!(again.parts(), machine.parts());
            for x in [Features::Pixels(&pixels), Features::Reals(&reals)] {
                let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect();
                let of = |machine: &SupportVectorMachine| -> Vec<u64> {
                    bits(machine.decision_function(x))
                };
                assert_eq!(of(&again), of(&machine));
                assert_eq!(again.probabilities(x), machine.probabilities(x));
            }
        }
    }

    type Change = fn(&mut Parts);

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let whole = machines().remove(0).parts();
        let changes: [(Change, &str); 9] = [
            (|parts| parts.classes.swap(0, 1), "the classes"),
            (|parts| parts.features = 0, "the number of features"),
            (|parts| parts.features = 3, "the number of vectors"),
            (|parts| parts.gamma = f64::NAN, "gamma"),
            (|parts| parts.counts[0] = usize::MAX, "the counts"),
            (|parts| parts.rho.truncate(1), "the pairs"),
            (
                |parts| parts.rho[1] = f64::INFINITY,
                "a pair that is not finite",
            ),
            (
                |parts| parts.vectors = Numbers::Bytes(vec![]),
                "the number of vectors",
            ),
            (
                |parts| parts.coefficients = parts.vectors.clone(),
                "the number of coefficients",
            ),
        ];
        for (change, expected) in changes {
            let mut parts = whole.clone();
            change(&mut parts);
            let error = SupportVectorMachine::from_parts(parts).unwrap_err();
            assert_eq!(error, wrong(expected));
        }
    }
}
