//! Samples in the two forms that an inner product needs: sparse rows and packed columns.

use crate::feature::{Feature, Row, Stripe, WIDTH};
use crate::real::Real;

/// Samples as the groups of features that are not zero, one row after the other.
#[derive(Debug, Clone)]
pub struct Rows<F: Feature> {
    /// Where each row begins; one more than there are rows.
    starts: Vec<usize>,
    entries: Vec<F::Entry>,
    offsets: Vec<F::Product>,
    squares: Vec<F::Product>,
}

impl<F: Feature> Rows<F> {
    /// The rows of `samples`, each of as many features.
    pub fn new<'a>(samples: impl Iterator<Item = &'a [F]>) -> Self {
        let mut rows = Self {
            starts: vec![0],
            entries: Vec::new(),
            offsets: Vec::new(),
            squares: Vec::new(),
        };
        for sample in samples {
            let groups = (0..).zip(sample.chunks(F::GROUP));
            let entries = groups.filter_map(|(position, features)| F::entry(position, features));
            rows.entries.extend(entries);
            rows.starts.push(rows.entries.len());
            rows.offsets.push(F::offset(sample));
            rows.squares.push(F::square(sample));
        }
        rows
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.squares.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.squares.is_empty()
    }

    /// One row.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Self::len).
    pub fn row(&self, index: usize) -> Row<'_, F> {
        Row {
            entries: &self.entries[self.starts[index]..self.starts[index + 1]],
            offset: self.offsets[index],
            square: self.squares[index],
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.starts)
            + size_of_val(&*self.entries)
            + size_of_val(&*self.offsets)
            + size_of_val(&*self.squares)
    }
}

/// Samples as columns, 64 to a panel, group after group: what one group of a row is multiplied
/// with lies together.
#[derive(Debug, Clone)]
pub struct Columns<F: Feature> {
    /// Groups per panel.
    groups: usize,
    panels: Vec<Stripe<F::Packed>>,
    /// ‖x‖² of every column, one array per panel.
    squares: Vec<Stripe<F::Product>>,
    len: usize,
}

/// 64 columns.
#[derive(Debug, Clone, Copy)]
pub struct Panel<'a, F: Feature> {
    /// Group after group.
    pub stripes: &'a [Stripe<F::Packed>],
    /// ‖x‖² of each column.
    pub squares: &'a Stripe<F::Product>,
}

impl<F: Feature> Columns<F> {
    /// Packs `samples` of `features` features each.
    pub fn new<'a>(features: usize, samples: impl Iterator<Item = &'a [F]>) -> Self {
        let groups = features.div_ceil(F::GROUP);
        let (mut panels, mut squares, mut len) = (Vec::new(), Vec::new(), 0);
        for sample in samples {
            let column = len % WIDTH;
            if column == 0 {
                let black = Stripe([F::pack(&[]); WIDTH]);
                panels.resize(panels.len() + groups, black);
                squares.push(Stripe([F::Product::default(); WIDTH]));
            }
            len += 1;
            let start = panels.len() - groups;
            for (stripe, features) in panels[start..].iter_mut().zip(sample.chunks(F::GROUP)) {
                stripe.0[column] = F::pack(features);
            }
            squares[(len - 1) / WIDTH].0[column] = F::square(sample);
        }
        Self {
            groups,
            panels,
            squares,
            len,
        }
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The samples as they were before they were packed, of `features` features each.
    pub fn to_samples(&self, features: usize) -> Vec<F> {
        let mut samples = Vec::with_capacity(self.len * features);
        for sample in 0..self.len {
            let first = sample / WIDTH * self.groups;
            for stripe in &self.panels[first..first + self.groups] {
                F::unpack(stripe.0[sample % WIDTH], &mut samples);
            }
            // The last group is filled up with zeros.
            samples.truncate((sample + 1) * features);
        }
        samples
    }

    /// The panels in order. Columns of the last one beyond [`len`](Self::len) are zero.
    pub fn panels(&self) -> impl ExactSizeIterator<Item = Panel<'_, F>> {
        let panels = self.panels.chunks_exact(self.groups.max(1));
        panels
            .zip(&self.squares)
            .map(|(stripes, squares)| Panel { stripes, squares })
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.panels) + size_of_val(&*self.squares)
    }
}

impl Columns<u8> {
    /// The same samples as real numbers, p/255.
    pub fn to_reals<R: Real>(&self) -> Columns<R> {
        let real = |packed: i8| R::pixel(packed.cast_unsigned().wrapping_add(128));
        let split = |stripe: &Stripe<[i8; 4]>| {
            [0, 1, 2, 3].map(|place| Stripe(stripe.0.map(|group| real(group[place]))))
        };
        let panels = self.panels.iter().flat_map(split).collect();
        let square = |&square: &i32| R::nearest(f64::from(square) * u8::UNIT);
        let squares = self
            .squares
            .iter()
            .map(|squares| Stripe(squares.0.each_ref().map(square)));
        Columns {
            groups: u8::GROUP * self.groups,
            panels,
            squares: squares.collect(),
            len: self.len,
        }
    }
}
