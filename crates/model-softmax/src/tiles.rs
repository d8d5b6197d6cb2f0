//! The weights in tiles of ten classes by four features.

use crate::lanes::{BLOCK, GROUP, Tile};

/// W, or a part of its rows: shape (blocks of 10 classes, groups of features), filled up with
/// zeros.
#[derive(Debug, Clone)]
pub(crate) struct Tiles {
    tiles: Vec<Tile>,
    groups: usize,
}

impl Tiles {
    pub(crate) fn zeros(features: usize, classes: usize) -> Self {
        let groups = features.div_ceil(GROUP);
        Self {
            tiles: vec![Tile::ZERO; classes.div_ceil(BLOCK) * groups],
            groups,
        }
    }

    /// How much memory so many take.
    pub(crate) fn bytes(features: usize, classes: usize) -> usize {
        features.div_ceil(GROUP) * classes.div_ceil(BLOCK) * size_of::<Tile>()
    }

    /// With `rows` of W, each of `classes` values.
    pub(crate) fn new<T: Copy>(rows: &[T], classes: usize, number: impl Fn(T) -> f32) -> Self {
        let mut tiles = Self::zeros(rows.len() / classes, classes);
        for (feature, row) in rows.chunks_exact(classes).enumerate() {
            for (class, &value) in row.iter().enumerate() {
                let tile = &mut tiles.tiles[class / BLOCK * tiles.groups + feature / GROUP];
                *tile.at_mut(class % BLOCK, feature % GROUP) = number(value);
            }
        }
        tiles
    }

    /// Gives every value to `take`, with its place in `rows` of W, each of `classes` values.
    pub(crate) fn visit<T>(&self, rows: &mut [T], classes: usize, take: impl Fn(&mut T, f32)) {
        for (feature, row) in rows.chunks_exact_mut(classes).enumerate() {
            for (class, place) in row.iter_mut().enumerate() {
                let tile = &self.tiles[class / BLOCK * self.groups + feature / GROUP];
                take(place, tile.at(class % BLOCK, feature % GROUP));
            }
        }
    }

    /// Takes the values of `other`, which has the same shape.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.tiles.copy_from_slice(&other.tiles);
    }

    /// The tiles of each block of classes.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &[Tile]> {
        self.tiles.chunks_exact(self.groups)
    }

    /// The tiles of one block of classes.
    pub(crate) fn block(&self, block: usize) -> &[Tile] {
        &self.tiles[block * self.groups..][..self.groups]
    }

    pub(crate) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut [Tile]> {
        self.tiles.chunks_exact_mut(self.groups)
    }
}
