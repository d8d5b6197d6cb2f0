//! A column of words, each kept once.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// The code of a missing word.
const MISSING: u32 = u32::MAX;
/// Memory that a word takes beside its text: its end, and its place in the table.
const ENTRY: usize = 20;

/// Words as they are, each kept once: a million ids are one text, not a million pieces of memory.
#[derive(Default)]
pub(crate) struct Words {
    codes: Vec<u32>,
    dictionary: Dictionary,
    /// The code before this one, which is often the same.
    last: u32,
}

impl Words {
    /// After so many rows in which it is missing.
    pub(super) fn after(missing: usize) -> Self {
        Self {
            codes: vec![MISSING; missing],
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, word: &[u8]) {
        let dictionary = &mut self.dictionary;
        if dictionary.ends.is_empty() || dictionary.word(self.last) != word {
            self.last = dictionary.code(word);
        }
        self.codes.push(self.last);
    }

    pub(super) fn push_missing(&mut self) {
        self.codes.push(MISSING);
    }

    pub(super) fn knows(&self, word: &[u8]) -> bool {
        let Dictionary { texts, ends, .. } = &self.dictionary;
        let is_it = |&code: &u32| word_of(texts, ends, code) == word;
        let hash = self.dictionary.hasher.hash_one(word);
        self.dictionary.codes.find(hash, is_it).is_some()
    }

    /// Bytes that it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let Dictionary { texts, ends, .. } = &self.dictionary;
        4 * self.codes.len() + texts.len() + ENTRY * ends.len()
    }

    /// The code of each row, and the words in the order of their codes.
    pub(crate) fn into_parts(self) -> (Vec<Option<u32>>, Vec<Box<[u8]>>) {
        let known = |code: u32| (code != MISSING).then_some(code);
        let all = 0..self.dictionary.ends.len() as u32;
        let words = all.map(|code| self.dictionary.word(code).into());
        (self.codes.into_iter().map(known).collect(), words.collect())
    }
}

/// Different words with codes from 0, in the order in which they came.
#[derive(Default)]
struct Dictionary {
    /// All words one after another, and where each ends.
    texts: Vec<u8>,
    ends: Vec<usize>,
    codes: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Dictionary {
    fn word(&self, code: u32) -> &[u8] {
        word_of(&self.texts, &self.ends, code)
    }

    fn code(&mut self, word: &[u8]) -> u32 {
        let Self {
            texts,
            ends,
            codes,
            hasher,
        } = self;
        let hash = hasher.hash_one(word);
        let is_it = |&code: &u32| word_of(texts, ends, code) == word;
        if let Some(&code) = codes.find(hash, is_it) {
            return code;
        }
        let code = ends.len() as u32;
        texts.extend_from_slice(word);
        ends.push(texts.len());
        let hash_of = |&code: &u32| hasher.hash_one(word_of(texts, ends, code));
        codes.insert_unique(hash, code, hash_of);
        code
    }
}

fn word_of<'a>(texts: &'a [u8], ends: &[usize], code: u32) -> &'a [u8] {
    let code = code as usize;
    let start = code.checked_sub(1).map_or(0, |before| ends[before]);
    &texts[start..ends[code]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_kept_once_and_rows_have_their_codes() {
        let mut words = Words::after(1);
        // Many enough that the table grows, with an empty one among them.
        let word = |i: usize| {
            if i == 9 {
                String::new()
            } else {
                format!("w{i}")
            }
        };
        let all: Vec<String> = (0..5_000).map(|row| word(row * row % 997)).collect();
        for word in &all {
            words.push(word.as_bytes());
        }
        words.push_missing();
        words.push(all[4_999].as_bytes());
        assert!(words.knows(b"w36") && words.knows(b"") && !words.knows(b"w"));
        let (codes, different) = words.into_parts();
        assert_eq!((codes[0], codes[5_001]), (None, None));
        let read = |row: usize| &different[codes[row].unwrap() as usize];
        for (row, word) in all.iter().enumerate() {
            assert_eq!(&**read(row + 1), word.as_bytes());
        }
        assert_eq!(codes[5_000], codes[5_002]);
        let first = codes.iter().flatten().scan(0, |next, &code| {
            let is_new = code == *next;
            *next += u32::from(is_new);
            Some(code < *next)
        });
        assert!(first.into_iter().all(|known| known), "codes in order");
    }
}
