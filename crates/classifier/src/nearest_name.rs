//! "Did you mean …?"

/// The candidate that is most like `name`, if any is like it at all.
pub fn nearest_name<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// The same as a remark for the end of an error: "(did you mean `epochs`?)", or nothing.
pub fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_recognised_and_nonsense_is_not() {
        let names = ["epochs", "batch_size", "learning_rate"];
        assert_eq!(nearest_name("lerning_rate", names), Some("learning_rate"));
        assert_eq!(nearest_name("epoch", names), Some("epochs"));
        assert_eq!(nearest_name("xyz", names), None);
    }
}
