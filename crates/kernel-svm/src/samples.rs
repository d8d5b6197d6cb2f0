//! Samples in the two forms that an inner product needs: sparse rows and packed columns.

use crate::element::{Element, Row, Stripe, WIDTH};

/// Samples as the groups of features that are not zero, one row after the other.
#[derive(Debug, Clone)]
pub(crate) struct Rows<E: Element> {
    /// Where each row begins; one more than there are rows.
    starts: Vec<usize>,
    positions: Vec<u32>,
    groups: Vec<E::Group>,
    offsets: Vec<E::Product>,
    squares: Vec<E::Product>,
}

impl<E: Element> Rows<E> {
    /// The rows of `samples`, each of as many features.
    pub(crate) fn new<'a>(samples: impl Iterator<Item = &'a [E]>) -> Self {
        let mut rows = Self {
            starts: vec![0],
            positions: Vec::new(),
            groups: Vec::new(),
            offsets: Vec::new(),
            squares: Vec::new(),
        };
        for sample in samples {
            for (position, features) in sample.chunks(E::GROUP).enumerate() {
                let group = E::group(features);
                if group != E::Group::default() {
                    rows.positions.push(position as u32);
                    rows.groups.push(group);
                }
            }
            rows.starts.push(rows.groups.len());
            rows.offsets.push(E::offset(sample));
            rows.squares.push(E::square(sample));
        }
        rows
    }

    pub(crate) fn len(&self) -> usize {
        self.squares.len()
    }

    pub(crate) fn row(&self, index: usize) -> Row<'_, E> {
        let range = self.starts[index]..self.starts[index + 1];
        Row {
            positions: &self.positions[range.clone()],
            groups: &self.groups[range],
            offset: self.offsets[index],
        }
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.starts)
            + size_of_val(&*self.positions)
            + size_of_val(&*self.groups)
            + size_of_val(&*self.offsets)
            + size_of_val(&*self.squares)
    }

    /// ‖x‖² of row `index`.
    pub(crate) fn square(&self, index: usize) -> E::Product {
        self.squares[index]
    }
}

/// Samples as columns, 64 to a panel, group after group: what one group of a row is multiplied
/// with lies together.
#[derive(Debug, Clone)]
pub(crate) struct Columns<E: Element> {
    /// Groups per panel.
    groups: usize,
    panels: Vec<Stripe<E::Packed>>,
    /// ‖x‖² of every column, one array per panel.
    squares: Vec<[E::Product; WIDTH]>,
    len: usize,
}

/// 64 columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panel<'a, E: Element> {
    pub(crate) stripes: &'a [Stripe<E::Packed>],
    /// ‖x‖² of each column.
    pub(crate) squares: &'a [E::Product; WIDTH],
}

impl<E: Element> Columns<E> {
    /// Packs `samples` of `features` features each.
    pub(crate) fn new<'a>(features: usize, samples: impl Iterator<Item = &'a [E]>) -> Self {
        let groups = features.div_ceil(E::GROUP);
        let (mut panels, mut squares, mut len) = (Vec::new(), Vec::new(), 0);
        for sample in samples {
            let column = len % WIDTH;
            if column == 0 {
                let black = Stripe([E::pack(&[]); WIDTH]);
                panels.resize(panels.len() + groups, black);
                squares.push([E::Product::default(); WIDTH]);
            }
            len += 1;
            let start = panels.len() - groups;
            for (stripe, features) in panels[start..].iter_mut().zip(sample.chunks(E::GROUP)) {
                stripe.0[column] = E::pack(features);
            }
            squares[(len - 1) / WIDTH][column] = E::square(sample);
        }
        Self {
            groups,
            panels,
            squares,
            len,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The panels in order. Columns of the last one beyond [`len`](Self::len) are zero.
    pub(crate) fn panels(&self) -> impl ExactSizeIterator<Item = Panel<'_, E>> {
        let panels = self.panels.chunks_exact(self.groups.max(1));
        panels
            .zip(&self.squares)
            .map(|(stripes, squares)| Panel { stripes, squares })
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.panels) + size_of_val(&*self.squares)
    }
}

impl Columns<u8> {
    /// The same samples as real numbers, p/255.
    pub(crate) fn to_reals(&self) -> Columns<f32> {
        let real = |packed: i8| (f32::from(packed) + 128.0) / 255.0;
        let split = |stripe: &Stripe<[i8; 4]>| {
            [0, 1, 2, 3].map(|place| Stripe(stripe.0.map(|group| real(group[place]))))
        };
        let panels = self.panels.iter().flat_map(split).collect();
        let squares = self
            .squares
            .iter()
            .map(|squares| squares.map(|square| (f64::from(square) * u8::UNIT) as f32));
        Columns {
            groups: u8::GROUP * self.groups,
            panels,
            squares: squares.collect(),
            len: self.len,
        }
    }
}
