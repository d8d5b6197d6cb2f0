//! Text with delimiters: CSV, TSV and what is like them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::read("a.csv", bytes));
