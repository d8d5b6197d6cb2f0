//! Names that mean the same, or look the same.

use std::collections::{BTreeMap, HashMap};

/// More digits than a number is sure to keep.
const DIGITS: usize = 15;

/// Numbers that are written in several ways, as 1 and 1.0, with the one that stands for all.
#[derive(Debug, Default)]
pub(crate) struct Spelling(HashMap<String, String>);

impl Spelling {
    /// Of these names; one that is written in one way only stays as it is.
    pub(crate) fn of<'a>(names: impl IntoIterator<Item = &'a String>) -> Self {
        let mut ways: BTreeMap<u64, Vec<&String>> = BTreeMap::new();
        for name in names {
            if let Some(number) = plain_number(name) {
                let ways = ways.entry(number.to_bits()).or_default();
                if !ways.contains(&name) {
                    ways.push(name);
                }
            }
        }
        let mut chosen = HashMap::new();
        for ways in ways.into_values().filter(|ways| ways.len() > 1) {
            let shortest = ways.iter().min_by_key(|name| (name.len(), **name));
            for other in &ways {
                if Some(other) != shortest {
                    chosen.insert(
                        (*other).clone(),
                        shortest.map_or_else(String::new, |name| (*name).clone()),
                    );
                }
            }
        }
        Self(chosen)
    }

    /// How a name is written throughout.
    pub(crate) fn name(&self, name: &str) -> String {
        self.0.get(name).map_or(name, String::as_str).to_owned()
    }

    /// What to say of `things` that were taken for one.
    pub(crate) fn note(&self, thing: &str) -> Option<String> {
        let (other, name) = self.0.iter().min()?;
        Some(format!(
            "{name} and {other} taken for one {thing}, as other numbers that are equal"
        ))
    }
}

/// The value of a number that counts or measures: one with a leading zero, many digits or an exponent is a name.
fn plain_number(name: &str) -> Option<f64> {
    let digits = name.strip_prefix(['-', '+']).unwrap_or(name);
    let begins_as_name =
        digits.starts_with('0') && digits[1..].starts_with(|next: char| next.is_ascii_digit());
    if begins_as_name
        || !digits.starts_with(|first: char| first.is_ascii_digit())
        || digits.len() > DIGITS
        || digits.contains(['e', 'E'])
    {
        return None;
    }
    // 0 and −0 are one.
    name.parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .map(|number| number + 0.0)
}

/// Letters with a mark, as one character and as a letter followed by the mark, for the marks of Western languages.
const MARKED: [(char, &str, &str); 7] = [
    ('\u{300}', "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
    ('\u{301}', "aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
    ('\u{302}', "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
    ('\u{303}', "anoANO", "ãñõÃÑÕ"),
    ('\u{308}', "aeiouAEIOU", "äëïöüÄËÏÖÜ"),
    ('\u{30a}', "aA", "åÅ"),
    ('\u{327}', "cC", "çÇ"),
];

/// A name without what is not seen: blanks of other kinds are blanks, characters of no width are none, and a mark that
/// follows its letter is part of it.
pub(crate) fn as_seen(name: &str) -> String {
    let mut seen = String::new();
    for one in name.chars() {
        let marked = MARKED.iter().find(|(mark, ..)| *mark == one);
        let joined = marked.and_then(|(_, letters, joined)| {
            let place = letters.chars().position(|letter| seen.ends_with(letter))?;
            joined.chars().nth(place)
        });
        if let Some(joined) = joined {
            seen.pop();
            seen.push(joined);
        } else if one.is_whitespace() {
            seen.push(' ');
        } else if !is_of_no_width(one) {
            seen.push(one);
        }
    }
    seen.trim().to_owned()
}

/// A name in quotation marks, whose characters that are not seen are written as their numbers.
pub(crate) fn with_unseen(name: &str) -> String {
    let shown = name.chars().map(|one| {
        let is_mark = MARKED.iter().any(|(mark, ..)| *mark == one);
        let is_blank = one != ' ' && one.is_whitespace();
        if is_mark || is_blank || is_of_no_width(one) {
            format!("\\u{{{:x}}}", u32::from(one))
        } else {
            one.to_string()
        }
    });
    format!("'{}'", shown.collect::<String>())
}

fn is_of_no_width(one: char) -> bool {
    matches!(
        one,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
    )
}
