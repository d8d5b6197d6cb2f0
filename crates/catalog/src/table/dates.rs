//! Dates as days since 1970-01-01.

/// Reads `2024-02-29`, `2024/02/29` or `29.02.2024`, with or without a time after a blank or a T:
/// `10:30`, `10:30:15.5`, with or without `Z` or `+01:00`. Days that the calendar does not have are
/// no dates.
pub(crate) fn days(word: &[u8]) -> Option<f64> {
    // The shortest has 8 characters; most words are told from dates by the first.
    if word.len() < 8 || !word[0].is_ascii_digit() {
        return None;
    }
    let text = std::str::from_utf8(word).ok()?;
    let (date, time) = match text.find(['T', ' ']) {
        None => (text, None),
        Some(at) => (&text[..at], Some(text[at + 1..].trim())),
    };
    let day = if date.contains('.') {
        let [day, month, year] = three(date, '.')?;
        (year.len() == 4).then_some([year, month, day])?
    } else {
        let [year, month, day] = three(date, if date.contains('/') { '/' } else { '-' })?;
        (year.len() == 4).then_some([year, month, day])?
    };
    let [year, month, day] = [number(day[0])?, number(day[1])?, number(day[2])?];
    let days = civil(year, month, day)? as f64;
    Some(days + time.map_or(Some(0.0), fraction)?)
}

fn three(text: &str, mark: char) -> Option<[&str; 3]> {
    let mut parts = text.split(mark);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

fn number(digits: &str) -> Option<i64> {
    let right = (1..=4).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    right.then(|| digits.parse().ok())?
}

/// Days since 1970-01-01 in the Gregorian calendar: Howard Hinnant, "chrono-compatible low-level date
/// algorithms", `days_from_civil`.
fn civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March, so that the leap day is the last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// The part of a day that has passed at a time; an offset is subtracted.
fn fraction(time: &str) -> Option<f64> {
    let (clock, offset) = match time.find(['Z', '+', '-']) {
        None => (time, 0.0),
        Some(at) if &time[at..] == "Z" => (&time[..at], 0.0),
        Some(at) => {
            let sign = if time[at..].starts_with('-') {
                -1.0
            } else {
                1.0
            };
            (time[..at].trim_end(), sign * seconds(&time[at + 1..])?)
        }
    };
    Some((seconds(clock)? - offset) / 86_400.0)
}

/// The seconds of `10:30` or `10:30:15.5`.
fn seconds(clock: &str) -> Option<f64> {
    let mut parts = clock.split(':');
    let hours = number(parts.next()?)?;
    let minutes = number(parts.next()?)?;
    let seconds = parts.next().unwrap_or("0");
    let written = seconds.bytes().all(|c| c.is_ascii_digit() || c == b'.');
    let seconds: f64 = written.then(|| seconds.parse().ok())??;
    let possible = hours < 24 && minutes < 60 && seconds < 61.0 && parts.next().is_none();
    possible.then_some(3600.0 * hours as f64 + 60.0 * minutes as f64 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_since_1970() {
        // date -u -d 2024-02-29 +%s, divided by 86400.
        for (word, expected) in [
            ("1970-01-01", 0.0),
            ("2024-02-29", 19782.0),
            ("29.02.2024", 19782.0),
            ("2024/02/29", 19782.0),
            ("1900-03-01", -25508.0),
            ("1969-12-31", -1.0),
            ("1970-01-01T12:00", 0.5),
            ("1970-01-01 06:00:00.000Z", 0.25),
            ("1970-01-01 01:00:00+01:00", 0.0),
        ] {
            assert_eq!(days(word.as_bytes()), Some(expected), "{word}");
        }
    }

    #[test]
    fn what_no_calendar_has_is_no_date() {
        for word in [
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "24-02-2024",
            "2024-1",
            "12345678",
            "192.168.1.1",
            "2024-02-29T25:00",
            "2024-02-29T",
            "2024-02-29x",
            "1.2.3.4.5",
        ] {
            assert_eq!(days(word.as_bytes()), None, "{word}");
        }
    }
}
