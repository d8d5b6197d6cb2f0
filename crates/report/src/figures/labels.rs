//! Moves labels apart that would stand in one place.

/// Where labels are, as near to the places they wish for as they can be without overlap. Each has
/// its own height; `wished` are their middles, in any order. All stay between the two ends if these
/// leave room for them.
pub(super) fn moved_apart(wished: &[f64], heights: &[f64], [top, bottom]: [f64; 2]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|&a, &b| wished[a].total_cmp(&wished[b]));
    // Labels that touch are one block, at the mean of what its labels wish for.
    let mut blocks: Vec<Block> = Vec::new();
    for &label in &order {
        let mut block = Block::of(label, wished[label], heights[label], [top, bottom]);
        while let Some(above) = blocks.pop_if(|above| above.bottom() > block.top()) {
            block = above.with(block, [top, bottom]);
        }
        blocks.push(block);
    }
    let mut places = vec![0.0; wished.len()];
    for block in &blocks {
        let mut y = block.top();
        for &label in &block.labels {
            places[label] = y + heights[label] / 2.0;
            y += heights[label];
        }
    }
    places
}

/// Labels without room between them.
struct Block {
    labels: Vec<usize>,
    /// The sum of where the middle of the block would be for each of its labels.
    wish: f64,
    height: f64,
    middle: f64,
}

impl Block {
    fn of(label: usize, wish: f64, height: f64, ends: [f64; 2]) -> Self {
        let block = Self {
            labels: vec![label],
            wish,
            height,
            middle: 0.0,
        };
        block.placed(ends)
    }

    /// This block with one below it.
    fn with(mut self, below: Self, ends: [f64; 2]) -> Self {
        let [above_count, below_count] = [&self, &below].map(|block| block.labels.len() as f64);
        self.wish +=
            above_count * below.height / 2.0 + below.wish - below_count * self.height / 2.0;
        self.height += below.height;
        self.labels.extend(below.labels);
        self.placed(ends)
    }

    fn placed(mut self, [top, bottom]: [f64; 2]) -> Self {
        let half = self.height / 2.0;
        let wished = self.wish / self.labels.len() as f64;
        self.middle = wished.min(bottom - half).max(top + half);
        self
    }

    fn top(&self) -> f64 {
        self.middle - self.height / 2.0
    }

    fn bottom(&self) -> f64 {
        self.middle + self.height / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stay_where_there_is_room_and_part_where_there_is_none() {
        let places = |wished: &[f64]| moved_apart(wished, &vec![10.0; wished.len()], [0.0, 100.0]);
        assert_eq!(places(&[20.0, 60.0]), [20.0, 60.0]);
        assert_eq!(places(&[50.0, 50.0]), [45.0, 55.0]);
        assert_eq!(places(&[52.0, 50.0]), [56.0, 46.0]);
        assert_eq!(places(&[1.0, 2.0]), [5.0, 15.0]);
        assert_eq!(places(&[99.0]), [95.0]);
        assert_eq!(places(&[]), [0.0; 0]);
    }

    #[test]
    fn no_two_overlap() {
        let wished: Vec<f64> = (0..20).map(|i| f64::from(i * i % 7) * 12.0).collect();
        let heights: Vec<f64> = (0..20).map(|i| 10.0 + f64::from(i % 3) * 8.0).collect();
        let places = moved_apart(&wished, &heights, [0.0, 800.0]);
        for a in 0..20 {
            for b in 0..a {
                let apart = (places[a] - places[b]).abs();
                assert!(
                    apart >= f64::midpoint(heights[a], heights[b]) - 1e-9,
                    "{a} and {b}"
                );
            }
        }
    }
}
