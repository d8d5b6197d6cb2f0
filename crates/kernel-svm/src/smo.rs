//! Sequential minimal optimisation inside a working set.
//!
//! Pairs are selected by second-order information (Fan, Chen and Lin 2005, WSS 2).
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::real::Real;

/// Lanes of the searches for the best index.
pub(crate) const LANES: usize = 8;

/// Curvature where there is none, as in libsvm: two equal points attract more than any others.
const TAU: f64 = 1e-12;

/// Where a block gets the kernel values of a position in the set with all positions, padded with
/// zeros to whole vectors.
pub(crate) type Fetch<'a, R> = &'a mut dyn FnMut(usize) -> Vec<R>;

/// The dual problem restricted to a working set, padded to whole vectors with samples that
/// cannot move.
pub(crate) struct Block<R: Real> {
    /// Rows of the kernel block, each empty until it is needed.
    rows: Vec<Vec<R>>,
    diagonal: Vec<R>,
    signs: Vec<f64>,
    alpha: Vec<f64>,
    /// Kαy − y.
    gradient: Vec<R>,
    /// 0 where αy may grow, ∞ where it may not.
    up: Vec<R>,
    /// 0 where αy may shrink, −∞ where it may not.
    low: Vec<R>,
    /// Upper bound of α.
    costs: Vec<f64>,
}

impl<R: Real> Block<R> {
    /// # Shapes
    /// All of the set's length: the kernel's `diagonal`; `signs`, ±1; `alpha` in [0, `costs`];
    /// `gradient`, Kαy − y.
    pub(crate) fn new(
        diagonal: Vec<R>,
        signs: Vec<f64>,
        alpha: Vec<f64>,
        gradient: &[f64],
        costs: Vec<f64>,
    ) -> Self {
        let len = signs.len();
        let padded = len.next_multiple_of(LANES);
        let mut block = Self {
            rows: vec![Vec::new(); len],
            diagonal,
            signs,
            alpha,
            gradient: gradient.iter().map(|&g| R::nearest(g)).collect(),
            up: vec![R::INFINITY; padded],
            low: vec![-R::INFINITY; padded],
            costs,
        };
        block.diagonal.resize(padded, R::default());
        block.gradient.resize(padded, R::default());
        for i in 0..len {
            block.bound(i);
        }
        block
    }

    pub(crate) fn into_alpha(self) -> Vec<f64> {
        self.alpha
    }

    /// Takes steps until no pair violates the conditions by `tolerance`, `most` of them at most.
    /// Returns how many.
    pub(crate) fn solve(&mut self, tolerance: f64, most: usize, fetch: Fetch<R>) -> usize {
        pulp::Arch::new().dispatch(Solve {
            block: self,
            tolerance: R::nearest(tolerance),
            most,
            fetch,
        })
    }

    /// Notes in which directions sample `i` may move.
    #[inline(always)]
    fn bound(&mut self, i: usize) {
        let (above, below) = (self.alpha[i] > 0.0, self.alpha[i] < self.costs[i]);
        let (up, low) = if self.signs[i] > 0.0 {
            (below, above)
        } else {
            (above, below)
        };
        self.up[i] = if up { R::default() } else { R::INFINITY };
        self.low[i] = if low { R::default() } else { -R::INFINITY };
    }

    /// The sample whose αy may grow that gains most by it at first.
    #[inline(always)]
    fn growing(&self) -> (usize, R) {
        let padded = self.gradient.len();
        let (i, smallest) = best(padded, |k| -(self.gradient[k] + self.up[k]));
        (i, -smallest)
    }

    /// The partner of `i`, whose gradient is `smallest`, with which the objective falls most;
    /// `None` if nobody violates the conditions by `tolerance`.
    #[inline(always)]
    fn partner(&self, i: usize, smallest: R, tolerance: R) -> Option<usize> {
        let zero = R::default();
        let padded = self.gradient.len();
        let kernel = &self.rows[i][..padded];
        let (diagonal, low) = (&self.diagonal[..padded], &self.low[..padded]);
        let gradient = &self.gradient[..padded];
        let curvature = diagonal[i];
        let tau = R::nearest(TAU);
        let mut largest = [-R::INFINITY; LANES];
        let (j, gain) = best_with(padded, |k, lane| {
            let excess = gradient[k] + low[k];
            largest[lane] = if excess > largest[lane] {
                excess
            } else {
                largest[lane]
            };
            let excess = excess - smallest;
            let excess = if excess > zero { excess } else { zero };
            let eta = curvature + diagonal[k] - (kernel[k] + kernel[k]);
            let eta = if eta > zero { eta } else { tau };
            excess * excess / eta
        });
        let mut most = -R::INFINITY;
        for value in largest {
            most = if value > most { value } else { most };
        }
        (gain > zero && most - smallest >= tolerance).then_some(j)
    }

    /// Moves αᵢyᵢ up and αⱼyⱼ down, to the optimum of the two or to the first bound. Without
    /// curvature between them, as between two equal points, the optimum is at a bound.
    #[inline(always)]
    fn step(&mut self, i: usize, j: usize) {
        let padded = self.gradient.len();
        let cross = self.rows[i][j];
        let eta = (self.diagonal[i] + self.diagonal[j] - (cross + cross)).to_f64();
        let wanted = if eta > 0.0 {
            (self.gradient[j] - self.gradient[i]).to_f64() / eta
        } else {
            f64::INFINITY
        };
        let room = |sign: f64, sample: usize| {
            if sign > 0.0 {
                self.costs[sample] - self.alpha[sample]
            } else {
                self.alpha[sample]
            }
        };
        let room_i = room(self.signs[i], i);
        let room_j = room(-self.signs[j], j);
        let step = wanted.min(room_i).min(room_j);
        // A bound that is reached is reached to the bit: what is on it is told by equality.
        let mut land = |sign: f64, sample: usize, room: f64| {
            self.alpha[sample] = if step < room {
                self.alpha[sample] + sign * step
            } else if sign > 0.0 {
                self.costs[sample]
            } else {
                0.0
            };
        };
        land(self.signs[i], i, room_i);
        land(-self.signs[j], j, room_j);
        let (step, rows) = (R::nearest(step), &self.rows);
        let (row_i, row_j) = (&rows[i][..padded], &rows[j][..padded]);
        let gradient = &mut self.gradient[..padded];
        for k in 0..padded {
            gradient[k] += step * (row_i[k] - row_j[k]);
        }
        self.bound(i);
        self.bound(j);
    }
}

struct Solve<'a, R: Real> {
    block: &'a mut Block<R>,
    tolerance: R,
    most: usize,
    fetch: Fetch<'a, R>,
}

impl<R: Real> pulp::WithSimd for Solve<'_, R> {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> usize {
        let Self {
            block,
            tolerance,
            most,
            fetch,
        } = self;
        let mut need = |block: &mut Block<R>, position: usize| {
            if block.rows[position].is_empty() {
                block.rows[position] = fetch(position);
            }
        };
        for steps in 0..most {
            let (i, smallest) = block.growing();
            if smallest == R::INFINITY {
                return steps;
            }
            need(block, i);
            let Some(j) = block.partner(i, smallest, tolerance) else {
                return steps;
            };
            need(block, j);
            block.step(i, j);
        }
        most
    }
}

/// The index below `len`, a multiple of 8, with the largest value, and that value.
#[inline(always)]
fn best<R: Real>(len: usize, value: impl Fn(usize) -> R) -> (usize, R) {
    best_with(len, |k, _| value(k))
}

/// [`best`] of a function that also wants to know its lane. The smallest of equal indices wins.
/// Indices are kept as numbers of the values' own width: f32 holds them up to 2²⁴.
#[inline(always)]
fn best_with<R: Real>(len: usize, mut value: impl FnMut(usize, usize) -> R) -> (usize, R) {
    let mut values = [-R::INFINITY; LANES];
    let mut indices = [R::default(); LANES];
    let mut start = 0;
    while start + LANES <= len {
        let first = R::whole(start as i32);
        for lane in 0..LANES {
            let candidate = value(start + lane, lane);
            let better = candidate > values[lane];
            values[lane] = if better { candidate } else { values[lane] };
            indices[lane] = if better { first } else { indices[lane] };
        }
        start += LANES;
    }
    let mut found = (indices[0].to_f64() as usize, values[0]);
    for lane in 1..LANES {
        let index = indices[lane].to_f64() as usize + lane;
        if values[lane] > found.1 || (values[lane] == found.1 && index < found.0) {
            found = (index, values[lane]);
        }
    }
    found
}
