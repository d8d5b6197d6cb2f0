//! Which groups of features a panel holds, where it does not hold them all.

use crate::feature::Feature;

/// The groups of a panel by their positions. It takes 20 bytes or less for each of them, and 16 for each
/// 4 096 that there might be.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    /// Ascending.
    positions: Vec<u32>,
    /// Which words of groups are not empty.
    tops: Vec<Word>,
    /// Those words, and an empty one in the place of all others.
    words: Vec<Word>,
}

/// Which of 64 things there are.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    bits: u64,
    /// How many there are in the words before.
    before: u32,
}

impl Word {
    /// How many things there are before `thing`, or `none` if it is not there. Whether it is cannot be
    /// foreseen, so there is no branch.
    #[allow(clippy::inline_always, reason = "part of a dispatched loop")]
    #[inline(always)]
    fn rank(self, thing: u32, none: usize) -> usize {
        let bit = 1 << (thing % 64);
        let rank = self.before + (self.bits & (bit - 1)).count_ones();
        std::hint::select_unpredictable(self.bits & bit == 0, none, rank as usize)
    }
}

impl Index {
    /// Of `positions`, ascending, each once, below `groups`.
    pub(crate) fn new(groups: usize, positions: Vec<u32>) -> Self {
        let mut held: Vec<u32> = positions.iter().map(|position| position / 64).collect();
        held.dedup();
        let tops = words(groups.div_ceil(64 * 64), held.iter().copied());
        let in_held = positions.iter().map(|position| {
            let word = held.binary_search(&(position / 64)).expect("it is held");
            64 * word as u32 + position % 64
        });
        let words = words(held.len() + 1, in_held);
        Self {
            positions,
            tops,
            words,
        }
    }

    /// The positions of the groups that are held, ascending.
    pub(crate) fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// The place of a group among those that are held; for any other the place after the last.
    #[allow(clippy::inline_always, reason = "part of a dispatched loop")]
    #[inline(always)]
    pub(crate) fn place(&self, position: u32) -> usize {
        let top = self.tops[(position / (64 * 64)) as usize];
        let word = self.words[top.rank(position / 64, self.words.len() - 1)];
        word.rank(position, self.positions.len())
    }

    /// The groups of a row, at their places instead of their positions.
    pub(crate) fn places<F: Feature>(&self, entries: &[F::Entry]) -> Vec<F::Entry> {
        let mut entries = entries.to_vec();
        // Processors that have vectors have an instruction that counts bits.
        pulp::Arch::new().dispatch(Move::<F> {
            index: self,
            entries: &mut entries,
        });
        entries
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.positions) + size_of_val(&*self.tops) + size_of_val(&*self.words)
    }
}

struct Move<'a, F: Feature> {
    index: &'a Index,
    entries: &'a mut [F::Entry],
}

impl<F: Feature> pulp::WithSimd for Move<'_, F> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for entry in self.entries {
            *entry = F::moved(*entry, |position| self.index.place(position) as u32);
        }
    }
}

/// `count` words with `things` in them, which ascend.
fn words(count: usize, things: impl Iterator<Item = u32>) -> Vec<Word> {
    let mut words = vec![Word::default(); count];
    for thing in things {
        words[(thing / 64) as usize].bits |= 1 << (thing % 64);
    }
    let mut before = 0;
    for word in &mut words {
        word.before = before;
        before += word.bits.count_ones();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_are_those_of_a_search(held in prop::collection::btree_set(0_u32..10_000, 0..300)) {
            let positions: Vec<u32> = held.into_iter().collect();
            let index = Index::new(10_000, positions.clone());
            for position in 0..10_000 {
                let found = positions.binary_search(&position);
                prop_assert_eq!(index.place(position), found.unwrap_or(positions.len()));
            }
        }
    }
}
