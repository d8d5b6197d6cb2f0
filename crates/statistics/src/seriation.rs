//! An order in which similar things are neighbours.

/// Orders things by their similarities, a square table that is read symmetrically: clusters that are
/// most alike on average are joined, one after the other (average linkage, Sokal and Michener 1958),
/// each turned so that its nearest end touches the other. Ties go to the first.
///
/// # Panics
/// If the table is not square.
pub fn seriation(similarity: &[Vec<f64>]) -> Vec<usize> {
    let count = similarity.len();
    assert!(
        similarity.iter().all(|row| row.len() == count),
        "a square table"
    );
    let alike = |a: usize, b: usize| similarity[a][b] + similarity[b][a];
    let mut clusters: Vec<Vec<usize>> = (0..count).map(|one| vec![one]).collect();
    while clusters.len() > 1 {
        let mean = |a: &[usize], b: &[usize]| {
            let pairs = a.iter().flat_map(|&a| b.iter().map(move |&b| alike(a, b)));
            pairs.sum::<f64>() / (a.len() * b.len()) as f64
        };
        let mut best = (0, 1, f64::NEG_INFINITY);
        for second in 1..clusters.len() {
            for first in 0..second {
                let found = mean(&clusters[first], &clusters[second]);
                if found > best.2 {
                    best = (first, second, found);
                }
            }
        }
        let second = clusters.remove(best.1);
        let first = std::mem::take(&mut clusters[best.0]);
        clusters[best.0] = joined(first, second, alike);
    }
    clusters.pop().unwrap_or_default()
}

/// Two rows end to end, those ends together that are most alike.
fn joined(
    mut first: Vec<usize>,
    mut second: Vec<usize>,
    alike: impl Fn(usize, usize) -> f64,
) -> Vec<usize> {
    let ends = |row: &[usize]| [row[0], row[row.len() - 1]];
    let mut best = (0, 1, f64::NEG_INFINITY);
    // As they stand is first: the order of equals is kept.
    for (a, b) in [(1, 0), (1, 1), (0, 0), (0, 1)] {
        let found = alike(ends(&first)[a], ends(&second)[b]);
        if found > best.2 {
            best = (a, b, found);
        }
    }
    if best.0 == 0 {
        first.reverse();
    }
    if best.1 == 1 {
        second.reverse();
    }
    first.extend(second);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_on_a_line_become_neighbours() {
        // Where each stands; the nearer, the more alike.
        let places = [3.0, 0.0, 2.1, 5.0, 1.0_f64];
        let row = |a: f64| places.iter().map(|b| -(a - b).abs()).collect();
        let similarity: Vec<Vec<f64>> = places.iter().map(|&a| row(a)).collect();
        let order = seriation(&similarity);
        let reversed: Vec<usize> = order.iter().rev().copied().collect();
        let sorted = vec![1, 4, 2, 0, 3];
        assert!(order == sorted || reversed == sorted, "{order:?}");
    }

    #[test]
    fn what_is_equally_alike_stays_in_order() {
        assert_eq!(seriation(&vec![vec![0.0; 5]; 5]), [0, 1, 2, 3, 4]);
        assert_eq!(seriation(&[vec![1.0]]), [0]);
        assert_eq!(seriation(&[]), [0; 0]);
    }
}
