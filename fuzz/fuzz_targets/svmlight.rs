//! Rows of svmlight.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::read("a.svmlight", bytes));
