//! Values of options: how each is read, and what is said of one that cannot be.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::time::Duration;

/// A time that something can be done in, such as 90s or 5m.
pub(super) fn some_time(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let none = "no time at all; 90s or 5m would be some".to_owned();
    (!time.is_zero()).then_some(time).ok_or(none)
}

/// Takes one of a few values by name, and describes each in the help.
pub(super) fn one_of<T: Copy + Send + Sync + 'static, const N: usize>(
    all: [T; N],
    name: fn(T) -> &'static str,
    summary: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let values = all.map(|value| PossibleValue::new(name(value)).help(summary(value)));
    PossibleValuesParser::new(values).map(move |text| {
        let found = all.into_iter().find(|&value| name(value) == text);
        found.expect("it is one of the possible values")
    })
}
