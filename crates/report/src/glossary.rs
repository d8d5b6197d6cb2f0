//! What the words of a report mean.

/// The one list of them; pages that go elsewhere carry it with them.
const METHODOLOGY: &str = include_str!("../../../METHODOLOGY.md");

/// Words with their meanings, in order.
pub(crate) fn glossary() -> impl Iterator<Item = (&'static str, &'static str)> {
    let section = METHODOLOGY.split("\n## ");
    let mut words = section.filter(|section| section.starts_with("Words\n"));
    let rows = words.next().unwrap_or_default().lines();
    let cells = |row: &'static str| {
        row.strip_prefix("| ")?
            .strip_suffix(" |")?
            .split_once(" | ")
    };
    rows.filter_map(cells).skip(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order_and_plain_text() {
        let words: Vec<_> = glossary().collect();
        assert!(words.len() > 25, "{words:?}");
        assert!(words.is_sorted_by_key(|(word, _)| word.to_lowercase()));
        for (word, meaning) in words {
            let text = format!("{word}{meaning}");
            assert!(!text.contains(['*', '`', '[', '|', '<']), "{text}");
        }
    }
}
