//! Letters that say which of several things differ.

/// A compact letter display: two share a letter exactly if they do not differ. Columns are split for
/// each difference, absorbed where another holds them, and swept of what others say already
/// (Piepho 2004, "An algorithm for a letter-based representation of all-pairwise comparisons").
/// `differ(a, b)` for a < b of `count`; the first gets `a`.
pub fn compact_letters(count: usize, differ: impl Fn(usize, usize) -> bool) -> Vec<String> {
    let mut columns = vec![vec![true; count]];
    for second in 0..count {
        for first in (0..second).filter(|&first| differ(first, second)) {
            columns = split(columns, first, second);
        }
    }
    let mut columns = swept(columns);
    // By their members, from the first on.
    columns.sort_by(|a, b| b.cmp(a));
    let of = |one: usize| {
        let holding = columns.iter().enumerate().filter(|(_, column)| column[one]);
        holding.map(|(i, _)| letter(i)).collect()
    };
    (0..count).map(of).collect()
}

/// Every column that holds both becomes two, each without one of them; none that another holds stays.
fn split(columns: Vec<Vec<bool>>, first: usize, second: usize) -> Vec<Vec<bool>> {
    let (both, mut kept): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .partition(|column| column[first] && column[second]);
    let halves = both.into_iter().flat_map(|column| {
        [first, second].map(|without| {
            let mut half = column.clone();
            half[without] = false;
            half
        })
    });
    for half in halves {
        if !kept.iter().any(|column| holds(column, &half)) {
            kept.retain(|column| !holds(&half, column));
            kept.push(half);
        }
    }
    kept
}

/// Whether all of `other` are in `column`.
fn holds(column: &[bool], other: &[bool]) -> bool {
    column
        .iter()
        .zip(other)
        .all(|(&has, &wanted)| has || !wanted)
}

/// Without letters whose pairs all have another letter in common.
fn swept(mut columns: Vec<Vec<bool>>) -> Vec<Vec<bool>> {
    for i in 0..columns.len() {
        for one in 0..columns[i].len() {
            let is_said = |other: usize| {
                let mut others = columns.iter().enumerate().filter(|(j, _)| *j != i);
                others.any(|(_, column)| column[one] && column[other])
            };
            // One that differs from all others pairs with itself.
            let mut members = (0..columns[i].len()).filter(|&other| columns[i][other]);
            if columns[i][one] && members.all(is_said) {
                columns[i][one] = false;
            }
        }
    }
    columns.retain(|column| column.contains(&true));
    columns
}

/// a to z, then a′ to z′.
fn letter(i: usize) -> String {
    let letter = char::from(b'a' + (i % 26) as u8);
    format!("{letter}{}", "′".repeat(i / 26))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(a: &str, b: &str) -> bool {
        a.chars().any(|letter| b.contains(letter))
    }

    #[test]
    fn letters_are_shared_exactly_by_what_does_not_differ() {
        let pairs = [(0, 6), (0, 7), (1, 3), (1, 4), (2, 4)];
        let differ = |a: usize, b: usize| pairs.contains(&(a, b));
        let letters = compact_letters(8, differ);
        for b in 0..8 {
            for a in 0..b {
                assert_eq!(
                    shares(&letters[a], &letters[b]),
                    !differ(a, b),
                    "{letters:?}"
                );
            }
        }
        assert!(letters[0].starts_with('a'));
    }

    #[test]
    fn few_letters_are_enough() {
        type Differ = fn(usize, usize) -> bool;
        let of = |count: usize, differ: Differ| compact_letters(count, differ);
        assert_eq!(of(3, |_, _| false), ["a", "a", "a"]);
        assert_eq!(of(3, |_, _| true), ["a", "b", "c"]);
        assert_eq!(of(3, |a, b| b - a > 1), ["a", "ab", "b"]);
        assert_eq!(of(4, |a, b| b - a > 1), ["a", "ab", "bc", "c"]);
        assert_eq!(of(0, |_, _| true), [""; 0]);
        assert_eq!(of(1, |_, _| true), ["a"]);
        let many = of(30, |_, _| true);
        assert_eq!((many[25].as_str(), many[26].as_str()), ("z", "a′"));
    }

    /// Every pattern of differences among five.
    #[test]
    fn letters_are_right_whatever_differs() {
        let pairs: Vec<(usize, usize)> = (0..5).flat_map(|b| (0..b).map(move |a| (a, b))).collect();
        for pattern in 0..1_u32 << pairs.len() {
            let is = |i: usize| pattern >> i & 1 == 1;
            let differ = |a, b| is(pairs.iter().position(|pair| *pair == (a, b)).unwrap());
            let letters = compact_letters(5, differ);
            assert!(letters.iter().all(|of| !of.is_empty()), "{letters:?}");
            for (i, &(a, b)) in pairs.iter().enumerate() {
                assert_eq!(shares(&letters[a], &letters[b]), !is(i), "{letters:?}");
            }
        }
    }
}
