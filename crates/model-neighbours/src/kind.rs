//! What nearest neighbours need to know of pixels and of real features: how far a computed distance may be
//! off, and what is done about it.

use inner_products::Feature;

/// A kind of features. Distances are squared.
pub(crate) trait Kind: Feature<Product: PartialOrd> {
    /// No distance is larger.
    const LARGEST: Self::Product;

    /// By how much a computed distance may be off, between samples of `features` features whose squares are
    /// at most `a` and `b`.
    fn slack(features: usize, a: Self::Product, b: Self::Product) -> Self::Product;

    /// The largest distance at which a sample can still be among the k nearest, if `kth` is the distance of the
    /// k-th of those before it.
    fn limit(kth: Self::Product, slack: Self::Product) -> Self::Product;

    /// The distance between two samples, of which `computed` is known.
    fn exact(computed: Self::Product, a: &[Self], b: &[Self]) -> f64;
}

/// Distances are exact, and a later sample must be nearer than the k-th.
impl Kind for u8 {
    const LARGEST: i32 = i32::MAX;

    fn slack(_: usize, _: i32, _: i32) -> i32 {
        0
    }

    fn limit(kth: i32, _: i32) -> i32 {
        kth - 1
    }

    fn exact(computed: i32, _: &[u8], _: &[u8]) -> f64 {
        f64::from(computed)
    }
}

/// Both the k-th distance and that of the sample may be off, to opposite sides.
impl Kind for f32 {
    const LARGEST: f32 = f32::INFINITY;

    /// The sum of n products, in any order, is off by no more than n u Σ|xy| ≤ n u ‖x‖‖y‖, with u = 2⁻²⁴, and
    /// as much holds for the squares (Higham, Accuracy and Stability of Numerical Algorithms, 3.1). Together with
    /// the last two sums this is below (n + 4) u (‖x‖ + ‖y‖)²; the rest covers terms in u² and the rounding of
    /// this bound. Products may also be too small for f32.
    fn slack(features: usize, a: f32, b: f32) -> f32 {
        let sum = f64::from(a).sqrt() + f64::from(b).sqrt();
        let relative = (features + 8) as f64 * f64::from(f32::EPSILON / 2.0) * 1.01;
        let underflow = (features + 8) as f64 * f64::from(f32::MIN_POSITIVE);
        ((relative * sum * sum + underflow) as f32).next_up()
    }

    fn limit(kth: f32, slack: f32) -> f32 {
        (kth + 2.0 * slack).next_up()
    }

    fn exact(_: f32, a: &[f32], b: &[f32]) -> f64 {
        let pairs = a.iter().zip(b);
        let squares = pairs.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
        squares.sum()
    }
}
