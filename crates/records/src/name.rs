//! Names that become names of files.

/// The longest name, in bytes: file systems take 255, and a name gets a prefix and an ending.
const LONGEST: usize = 100;

/// What [`is_file_name`] accepts, for messages.
pub const FILE_NAME: &str = "at most 100 bytes of letters, digits, hyphens, underscores and dots, not beginning with a dot and not ending with -narrow";

/// What ends the names of drawings for phones.
pub const NARROW: &str = "-narrow";

/// Whether a name can stand in file names: letters and digits of any script, `-`, `_` and `.`.
/// It names no other directory, and no system reads anything into it.
pub fn is_file_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let is_free = !name.starts_with('.') && !name.ends_with(NARROW);
    !name.is_empty() && name.len() <= LONGEST && is_free && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_directory() {
        for good in ["softmax", "burn-mlp.2", "手書き", "a_b", "a..b"] {
            assert!(is_file_name(good), "{good}");
        }
        let long = "x".repeat(101);
        for bad in [
            "", ".", "..", ".hidden", "a/b", "a\\b", "../a", "a\nb", "a b", "a|b", "C:",
            "a-narrow", &long,
        ] {
            assert!(!is_file_name(bad), "{bad:?}");
        }
    }
}
