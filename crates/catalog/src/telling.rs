//! Whether one column, or one pixel, tells the class: learnt from some rows, and tried on the others.

/// What is right more often than this on rows it was not learnt from tells the label.
const TELLS: f64 = 0.99;

/// Whether what is right for this share of rows tells the label, where always naming the most frequent class is
/// wrong for the share `mistakes`.
pub fn tells(right: f64, mistakes: f64) -> bool {
    right > TELLS && 1.0 - right <= mistakes / 10.0
}

/// A coin for each row, always the same: rows whose classes take turns are divided as any others.
pub fn is_learnt_from(row: usize) -> bool {
    // SplitMix64, https://prng.di.unimi.it/splitmix64.c
    let mut mixed = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) & 1 == 1
}
