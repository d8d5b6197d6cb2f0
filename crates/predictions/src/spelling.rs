//! Names that are written in several ways: of whole numbers and of truth values.

use std::collections::HashMap;

/// The plainest way to write a name. pandas writes 7 as `7.0` in a column where a value was missing once, and Python
/// writes `True` where Parquet has `true`.
pub(crate) fn plain(name: &str) -> &str {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, rest)) = name.split_once('.')
        && is_digits(whole.strip_prefix('-').unwrap_or(whole))
        && !rest.is_empty()
        && rest.bytes().all(|byte| byte == b'0')
    {
        return whole;
    }
    let mut truths = ["true", "false"].into_iter();
    truths
        .find(|truth| name.eq_ignore_ascii_case(truth))
        .unwrap_or(name)
}

/// The places of names by how they are written most plainly; without those that would be of two.
pub(crate) fn by_plain(names: &[String]) -> HashMap<&str, usize> {
    let mut places: HashMap<&str, Option<usize>> = HashMap::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        let first = places.entry(plain(name)).or_insert(Some(place));
        if *first != Some(place) {
            *first = None;
        }
    }
    let places = places.into_iter();
    places
        .filter_map(|(name, place)| Some((name, place?)))
        .collect()
}

/// The place of a class: of the one that is written so, else of the only one that is the same.
pub(crate) fn class_place(name: &str, classes: &[String]) -> Option<usize> {
    let exactly = classes.iter().position(|class| class == name);
    exactly.or_else(|| {
        let same = |(_, class): &(usize, &String)| plain(class) == plain(name);
        let mut places = classes.iter().enumerate().filter(same);
        let (place, _) = places.next()?;
        places.next().is_none().then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_and_truth_values_are_the_same_however_they_are_written() {
        for (name, expected) in [
            ("7.0", "7"),
            ("-12.000", "-12"),
            ("True", "true"),
            ("FALSE", "false"),
            // Others are names.
            ("007", "007"),
            ("7.5", "7.5"),
            ("7.", "7."),
            (".0", ".0"),
            ("-.0", "-.0"),
            ("1.0.0", "1.0.0"),
            ("v7.0", "v7.0"),
            ("1e3", "1e3"),
            ("", ""),
        ] {
            assert_eq!(plain(name), expected, "{name}");
        }
    }

    #[test]
    fn what_would_be_of_two_is_of_none() {
        let classes = ["0", "1.0", "1", "True"].map(str::to_owned);
        let found =
            ["0.0", "1", "1.0", "1.00", "true", "x"].map(|name| class_place(name, &classes));
        assert_eq!(found, [Some(0), Some(2), Some(1), None, Some(3), None]);
        let places = by_plain(&classes);
        assert_eq!(
            (places.get("0"), places.get("1"), places.get("true")),
            (Some(&0), None, Some(&3))
        );
    }
}
