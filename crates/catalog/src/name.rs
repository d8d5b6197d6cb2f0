//! The name that a data set has from its path.

use base16ct::lower::encode_string;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Longest name, in bytes; file systems take 255, and reports add endings.
const LONGEST: usize = 100;
/// Digits that are added where too little is left, and how a figure for a phone ends, which no name may.
const DIGITS: usize = 8;
const NARROW: &str = "-narrow";

/// Endings that say how a file is written, not what it holds.
const ENDINGS: [&str; 14] = [
    ".gz",
    ".csv",
    ".tsv",
    ".txt",
    ".data",
    ".arff",
    ".npz",
    ".npy",
    ".parquet",
    ".pq",
    ".svm",
    ".libsvm",
    ".svmlight",
    ".tab",
];

/// A name for the data at `path`, fit for a directory: the last part of the path without its ending.
/// Letters and digits of any script, `-`, `_` and `.` are kept, everything else becomes `-`; dots and
/// hyphens at the beginning go. Where too little is left to tell names apart (it is too long, is not text,
/// or has no letter and no digit), and where it ends as a figure does, eight digits of its SHA-256 are added. Files of
/// one name in several formats share it.
pub fn name_of(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let Some(last) = path.file_name() else {
        return "data".to_owned();
    };
    let whole = last.to_string_lossy();
    let mut stem: &str = &whole;
    while let Some(ending) = ENDINGS.iter().find(|ending| ends_with(stem, ending)) {
        stem = &stem[..stem.len() - ending.len()];
    }
    let fit = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let fitted = stem.chars().map(|c| if fit(c) { c } else { '-' });
    let mut name: String = fitted.collect();
    name = name.trim_start_matches(['.', '-']).to_owned();
    let is_free = name.len() <= LONGEST && !name.ends_with(NARROW);
    if last.to_str().is_some() && is_free && name.chars().any(char::is_alphanumeric) {
        return name;
    }
    while name.len() > LONGEST - DIGITS - 1 {
        name.pop();
    }
    if !name.chars().any(char::is_alphanumeric) {
        "data".clone_into(&mut name);
    }
    let hash = encode_string(&Sha256::digest(last.as_encoded_bytes()));
    format!("{name}-{}", &hash[..DIGITS])
}

fn ends_with(name: &str, ending: &str) -> bool {
    let start = name.len().saturating_sub(ending.len());
    start > 0
        && name
            .get(start..)
            .is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn name(path: &str) -> String {
        name_of(Path::new(path))
    }

    #[test]
    fn letters_of_any_script_stay() {
        for whole in ["手書き", "数字集", "données", "mnist", "a_b-c.1", "Данные"] {
            assert_eq!(name(&format!("/nowhere/{whole}")), whole);
        }
        assert_eq!(name("/nowhere/titanic.csv"), "titanic");
        assert_eq!(name("titanic.CSV.gz"), "titanic");
    }

    #[test]
    fn names_are_safe_and_those_that_tell_nothing_stay_different() {
        let long = "x".repeat(300);
        let longer = "x".repeat(301);
        let awkward = [
            "---",
            "…",
            "—",
            ".csv",
            "..",
            "-\u{202e}-",
            "a-narrow",
            &long,
            &longer,
        ];
        let names: HashSet<String> = awkward.iter().map(|path| name(path)).collect();
        assert_eq!(names.len(), awkward.len(), "{names:?}");
        for path in awkward.iter().chain(&["a b", "a\nb", ".hidden", "`a`"]) {
            let name = name(path);
            let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            assert!(name.chars().all(fits) && name.len() <= LONGEST, "{name}");
            assert!(!name.ends_with("-narrow"), "{name}");
            assert!(!name.is_empty() && !name.starts_with(['.', '-']), "{name}");
        }
        assert_eq!(name("/"), "data");
        assert_eq!(name("a|b"), "a-b");
        assert_eq!(name("/nowhere/..hidden"), "hidden");
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_text_stay_different() {
        use std::os::unix::ffi::OsStrExt;
        let [a, b] = [&b"\xff"[..], b"\xfe"].map(std::ffi::OsStr::from_bytes);
        assert_ne!(name_of(Path::new(a)), name_of(Path::new(b)));
    }
}
