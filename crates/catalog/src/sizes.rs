//! Sizes of files and of memory, for people: in powers of 1 000, as limits are given and costs are reported.

/// A size in the unit that reads best, with three digits, rounded up: "512 bytes", "3.41 GB".
pub fn in_bytes(bytes: u64) -> String {
    size(bytes, u64::div_ceil)
}

/// The same rounded down, for what there is: it reads as less than what is needed, however little is lacking.
pub fn in_free_bytes(bytes: u64) -> String {
    size(bytes, |bytes, step| bytes / step)
}

fn size(bytes: u64, in_steps: impl Fn(u64, u64) -> u64) -> String {
    const UNITS: [(&str, u32); 4] = [("TB", 12), ("GB", 9), ("MB", 6), ("kB", 3)];
    let worth = |power: u32| 10_u64.pow(power);
    let unit = UNITS.into_iter().find(|(_, power)| bytes >= worth(*power));
    let Some((unit, power)) = unit else {
        return format!("{bytes} bytes");
    };
    let decimals = match bytes / worth(power) {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let steps = in_steps(bytes, worth(power - decimals));
    let number = steps as f64 / worth(decimals) as f64;
    format!("{number:.*} {unit}", decimals as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_reads_as_more_than_what_there_is() {
        for limit in [
            999,
            1_000,
            1_024,
            1_500,
            9_999,
            99_999,
            999_999,
            1 << 20,
            123_456_788,
            1 << 30,
            5 << 40,
        ] {
            let [needed, free] = [in_bytes(limit + 1), in_free_bytes(limit)];
            assert_ne!(needed, free);
        }
        for (bytes, needed, free) in [
            (0, "0 bytes", "0 bytes"),
            (999, "999 bytes", "999 bytes"),
            (5_001, "5.01 kB", "5.00 kB"),
            (47_040_000, "47.1 MB", "47.0 MB"),
            (1_100_000_000, "1.10 GB", "1.10 GB"),
            (u64::MAX, "18446745 TB", "18446744 TB"),
        ] {
            assert_eq!([in_bytes(bytes), in_free_bytes(bytes)], [needed, free]);
        }
    }
}
