//! Files changed at random, the same changes each time: what a fuzzer does, for a few seconds in the tests of
//! every reader. A reader gives a value or an error, and never panics.
//!
//! The changes are those that AFL calls havoc: several small ones on top of each other.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// Changes on top of each other at most.
const MOST_CHANGES: u64 = 4;
/// A mutant is at most so many bytes longer than its seed.
const MOST_MORE: usize = 1 << 12;

/// What stands in place of a number or of a word.
const WORDS: [&[u8]; 16] = [
    b"-1",
    b"0",
    b"1e999",
    b"NaN",
    b"99999999999999999999",
    b"2147483648",
    b"",
    b"\"",
    b"'",
    b",",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff\xfe",
    b"{",
    b"@data\n",
];

/// Where thousands of files are written and removed in a second, if there is such a place: in memory, and not on
/// a disk.
pub fn memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    }
}

/// Gives `read` each seed as it is, and then `count` mutants of each, with the name of the seed. The variable
/// `PLUMBLINE_MUTANTS` has another number, to look longer by hand.
///
/// # Panics
/// If `read` does, with the seed and the mutant at which it did.
pub fn each(seeds: &[(&str, Vec<u8>)], count: u64, mut read: impl FnMut(&str, &[u8])) {
    let asked = std::env::var("PLUMBLINE_MUTANTS").ok();
    let count = asked.and_then(|asked| asked.parse().ok()).unwrap_or(count);
    for (place, (name, seed)) in seeds.iter().enumerate() {
        read(name, seed);
        for number in 0..count {
            let other = &seeds[(place + 1 + number as usize) % seeds.len()].1;
            let bytes = mutant(seed, other, ((place as u64) << 32) + number);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| read(name, &bytes))) {
                panic!("mutant {number} of {name}: {}", words_of(&*panic));
            }
        }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic")
}

/// The seed with some changes, which depend on `number` alone. A part of `other` may be in it.
pub fn mutant(seed: &[u8], other: &[u8], number: u64) -> Vec<u8> {
    let mut random = Random(number);
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(MOST_CHANGES) {
        change(&mut bytes, other, &mut random);
        bytes.truncate(seed.len() + MOST_MORE);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let [from, to] = random.range(bytes.len());
    match random.below(9) {
        0 if from < bytes.len() => bytes[from] ^= 1 << random.below(8),
        1 if from < bytes.len() => bytes[from] = random.next() as u8,
        2 => overwrite(bytes, from, random),
        3 => drop(bytes.drain(from..to)),
        4 => {
            let part = bytes[from..to].repeat(1 + random.below(3) as usize);
            bytes.splice(to..to, part);
        }
        5 => bytes.truncate(from),
        6 => {
            let [start, end] = random.range(other.len());
            bytes.splice(from..to, other[start..end].iter().copied());
        }
        7 => {
            let word = WORDS[random.below(WORDS.len() as u64) as usize];
            bytes.splice(from..from, word.iter().copied());
        }
        _ => replace_number(bytes, from, random),
    }
}

/// A whole number of 2, 4 or 8 bytes that is small, large or negative.
fn overwrite(bytes: &mut [u8], from: usize, random: &mut Random) {
    let values = [
        0,
        1,
        255,
        1 << 15,
        1 << 31,
        1 << 32,
        1 << 62,
        u64::MAX,
        u64::MAX - 1,
    ];
    let value = values[random.below(values.len() as u64) as usize];
    let width = 2 << random.below(3);
    let number = if random.below(2) == 0 {
        value.to_le_bytes()[..width].to_vec()
    } else {
        value.to_be_bytes()[8 - width..].to_vec()
    };
    for (byte, new) in bytes.iter_mut().skip(from).zip(number) {
        *byte = new;
    }
}

/// The next digits become another word.
fn replace_number(bytes: &mut Vec<u8>, from: usize, random: &mut Random) {
    let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit) else {
        return;
    };
    let start = from + start;
    let digits = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let end = start + digits.count();
    let word = WORDS[random.below(WORDS.len() as u64) as usize];
    bytes.splice(start..end, word.iter().copied());
}

/// `SplitMix64` (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// The ends of a part of so many bytes; every second is short.
    fn range(&mut self, length: usize) -> [usize; 2] {
        let from = self.below(length as u64 + 1) as usize;
        let most = if self.below(2) == 0 { 8 } else { length - from };
        [
            from,
            length.min(from + self.below(most as u64 + 1) as usize),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutants_are_many_and_the_same_each_time() {
        let seed = b"a,class\n1,x\n22,y\n".to_vec();
        let mut found = Vec::new();
        each(&[("s", seed.clone())], 200, |_, bytes| {
            found.push(bytes.to_vec());
        });
        let mut again = Vec::new();
        each(&[("s", seed.clone())], 200, |_, bytes| {
            again.push(bytes.to_vec());
        });
        assert_eq!(found, again);
        assert_eq!((found.len(), &found[0]), (201, &seed));
        found.sort();
        found.dedup();
        assert!(found.len() > 150, "{} different", found.len());
    }

    #[test]
    fn nothing_can_be_changed_too() {
        each(&[("nothing", Vec::new())], 200, |_, _| ());
    }

    #[test]
    #[should_panic(expected = "a reader that panics")]
    fn a_panic_comes_through() {
        let read = |_: &str, bytes: &[u8]| assert!(bytes == b"seed", "a reader that panics");
        each(&[("s", b"seed".to_vec())], 10, read);
    }
}
