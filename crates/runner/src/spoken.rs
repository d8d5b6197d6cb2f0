//! What a process says, line by line, while it goes on and others may hold its output, too.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// What the lines of a stream mean, as they come, whatever bytes they are of; the rest of a line beyond `most` bytes
/// is left out, and so is a line that means nothing. The receiver hears nothing more when the stream ends.
pub(crate) fn heard<T: Send + 'static>(
    stream: impl Read + Send + 'static,
    most: usize,
    meaning: impl Fn(String) -> Option<T> + Send + 'static,
) -> Receiver<T> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        while let Some(line) = line(&mut stream, most) {
            if let Some(said) = meaning(line)
                && sender.send(said).is_err()
            {
                break;
            }
        }
    });
    receiver
}

/// The next line without its end; `None` at the end of the stream.
fn line(stream: &mut impl BufRead, most: usize) -> Option<String> {
    let mut line = Vec::new();
    let mut beginning = stream.by_ref().take(most as u64);
    beginning.read_until(b'\n', &mut line).ok()?;
    if line.is_empty() {
        return None;
    }
    if !line.ends_with(b"\n") {
        stream.skip_until(b'\n').ok()?;
    }
    let line = String::from_utf8_lossy(&line);
    Some(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn lines_without_meaning_are_left_out() {
        let numbers = heard(Cursor::new("1\ntwo\n3\n"), 10, |line| line.parse().ok());
        assert_eq!(numbers.iter().collect::<Vec<u8>>(), [1, 3]);
    }

    #[test]
    fn lines_of_any_bytes_and_of_any_length_are_heard() {
        let said = [&b"caf\xe9\r\n\n"[..], &vec![b'x'; 20_000], b"\nend"].concat();
        let all: Vec<String> = heard(Cursor::new(said), 10, Some).iter().collect();
        assert_eq!(all, ["caf\u{fffd}", "", "xxxxxxxxxx", "end"]);
    }
}
