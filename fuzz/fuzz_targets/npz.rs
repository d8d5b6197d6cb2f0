//! NumPy's archives.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::read("a.npz", bytes));
