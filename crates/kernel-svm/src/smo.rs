//! Sequential minimal optimisation inside a working set, whose kernel block is at hand.
//!
//! Pairs are selected by second-order information (Fan, Chen and Lin 2005, WSS 2).
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

/// Lanes of the searches for the best index.
const LANES: usize = 8;

/// Curvature where there is none, as in libsvm: two equal points move as far as they may.
const TAU: f32 = 1e-12;

/// The dual problem restricted to a working set, padded to whole vectors with samples that
/// cannot move.
pub(crate) struct Block {
    /// Kernel block of shape (padded, padded).
    kernel: Vec<f32>,
    diagonal: Vec<f32>,
    signs: Vec<f64>,
    alpha: Vec<f64>,
    /// Kαy − y.
    gradient: Vec<f32>,
    /// 0 where αy may grow, ∞ where it may not.
    up: Vec<f32>,
    /// 0 where αy may shrink, −∞ where it may not.
    low: Vec<f32>,
    c: f64,
}

impl Block {
    /// # Shapes
    /// - `row`: the kernel values of a position in the set with all samples, among which those of the
    ///   set are `members`
    /// - `signs`: ±1; `alpha` in [0, `c`]; `gradient`: Kαy − y; all of the set's length
    pub(crate) fn new<'a>(
        row: impl Fn(usize) -> &'a [f32],
        members: &[usize],
        signs: &[f64],
        alpha: &[f64],
        gradient: &[f64],
        c: f64,
    ) -> Self {
        let len = signs.len();
        let padded = len.next_multiple_of(LANES);
        let mut kernel = vec![0.0; padded * padded];
        for (i, values) in kernel.chunks_exact_mut(padded).take(len).enumerate() {
            let row = row(i);
            for (value, &member) in values.iter_mut().zip(members) {
                *value = row[member];
            }
        }
        let mut block = Self {
            diagonal: (0..padded).map(|i| kernel[i * padded + i]).collect(),
            kernel,
            signs: signs.to_vec(),
            alpha: alpha.to_vec(),
            gradient: gradient.iter().map(|&g| g as f32).collect(),
            up: vec![f32::INFINITY; padded],
            low: vec![f32::NEG_INFINITY; padded],
            c,
        };
        block.gradient.resize(padded, 0.0);
        for i in 0..len {
            block.bound(i);
        }
        block
    }

    pub(crate) fn alpha(&self) -> &[f64] {
        &self.alpha
    }

    /// Takes steps until no pair violates the conditions by `tolerance`. Returns how many.
    pub(crate) fn solve(&mut self, tolerance: f32) -> usize {
        pulp::Arch::new().dispatch(Solve {
            block: self,
            tolerance,
        })
    }

    /// Notes in which directions sample `i` may move.
    #[inline(always)]
    fn bound(&mut self, i: usize) {
        let (above, below) = (self.alpha[i] > 0.0, self.alpha[i] < self.c);
        let (up, low) = if self.signs[i] > 0.0 {
            (below, above)
        } else {
            (above, below)
        };
        self.up[i] = if up { 0.0 } else { f32::INFINITY };
        self.low[i] = if low { 0.0 } else { f32::NEG_INFINITY };
    }

    /// The pair to move next and how far it violates the conditions, `None` below `tolerance`.
    #[inline(always)]
    fn select(&self, tolerance: f32) -> Option<(usize, usize)> {
        let padded = self.gradient.len();
        let (i, smallest) = best(padded, |k| -(self.gradient[k] + self.up[k]));
        let smallest = -smallest;
        let kernel = &self.kernel[i * padded..][..padded];
        let (diagonal, low) = (&self.diagonal[..padded], &self.low[..padded]);
        let gradient = &self.gradient[..padded];
        let curvature = diagonal[i];
        let mut largest = [f32::NEG_INFINITY; LANES];
        let (j, gain) = best_with(padded, |k, lane| {
            let excess = gradient[k] + low[k];
            largest[lane] = if excess > largest[lane] {
                excess
            } else {
                largest[lane]
            };
            let excess = excess - smallest;
            let excess = if excess > 0.0 { excess } else { 0.0 };
            let eta = curvature + diagonal[k] - 2.0 * kernel[k];
            let eta = if eta > TAU { eta } else { TAU };
            excess * excess / eta
        });
        let largest = largest.into_iter().fold(f32::NEG_INFINITY, f32::max);
        (gain > 0.0 && largest - smallest >= tolerance).then_some((i, j))
    }

    /// Moves αᵢyᵢ up and αⱼyⱼ down, to the optimum of the two or to the first bound.
    #[inline(always)]
    fn step(&mut self, i: usize, j: usize) {
        let padded = self.gradient.len();
        let eta = self.diagonal[i] + self.diagonal[j] - 2.0 * self.kernel[i * padded + j];
        let wanted = f64::from(self.gradient[j] - self.gradient[i]) / f64::from(eta.max(TAU));
        let room = |sign: f64, alpha: f64| if sign > 0.0 { self.c - alpha } else { alpha };
        let room_i = room(self.signs[i], self.alpha[i]);
        let room_j = room(-self.signs[j], self.alpha[j]);
        let step = wanted.min(room_i).min(room_j);
        // A bound that is reached is reached to the bit: what is on it is told by equality.
        let land = |sign: f64, alpha: f64, room: f64| {
            if step < room {
                alpha + sign * step
            } else if sign > 0.0 {
                self.c
            } else {
                0.0
            }
        };
        self.alpha[i] = land(self.signs[i], self.alpha[i], room_i);
        self.alpha[j] = land(-self.signs[j], self.alpha[j], room_j);
        let (step, rows) = (step as f32, &self.kernel);
        let (row_i, row_j) = (&rows[i * padded..][..padded], &rows[j * padded..][..padded]);
        let gradient = &mut self.gradient[..padded];
        for k in 0..padded {
            gradient[k] += step * (row_i[k] - row_j[k]);
        }
        self.bound(i);
        self.bound(j);
    }
}

struct Solve<'a> {
    block: &'a mut Block,
    tolerance: f32,
}

impl pulp::WithSimd for Solve<'_> {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> usize {
        // Rounding may keep a pair just above the tolerance for ever.
        let most = 200 * self.block.gradient.len();
        for steps in 0..most {
            let Some((i, j)) = self.block.select(self.tolerance) else {
                return steps;
            };
            self.block.step(i, j);
        }
        most
    }
}

/// The index below `len`, a multiple of 8, with the largest value, and that value.
#[inline(always)]
fn best(len: usize, value: impl Fn(usize) -> f32) -> (usize, f32) {
    best_with(len, |k, _| value(k))
}

/// [`best`] of a function that also wants to know its lane. The smallest of equal indices wins.
#[inline(always)]
fn best_with(len: usize, mut value: impl FnMut(usize, usize) -> f32) -> (usize, f32) {
    let mut values = [f32::NEG_INFINITY; LANES];
    let mut indices = [0_u32; LANES];
    let mut start = 0;
    while start + LANES <= len {
        for lane in 0..LANES {
            let candidate = value(start + lane, lane);
            let better = candidate > values[lane];
            values[lane] = if better { candidate } else { values[lane] };
            indices[lane] = if better { start as u32 } else { indices[lane] };
        }
        start += LANES;
    }
    let mut found = (indices[0] as usize, values[0]);
    for lane in 1..LANES {
        let index = indices[lane] as usize + lane;
        if values[lane] > found.1 || (values[lane] == found.1 && index < found.0) {
            found = (index, values[lane]);
        }
    }
    found
}
