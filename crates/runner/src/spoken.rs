//! What a process says, line by line, while it goes on and others may hold its output, too.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// The lines of a stream as they come, whatever bytes they are of; the rest of a line beyond `most` bytes is left
/// out. The receiver hears nothing more when the stream ends.
pub(crate) fn lines(stream: impl Read + Send + 'static, most: usize) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        while let Some(line) = line(&mut stream, most) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The next line without its end; `None` at the end of the stream.
fn line(stream: &mut impl BufRead, most: usize) -> Option<String> {
    let mut line = Vec::new();
    loop {
        let bytes = stream.fill_buf().ok()?;
        if bytes.is_empty() && line.is_empty() {
            return None;
        }
        let end = bytes.iter().position(|&byte| byte == b'\n');
        let part = &bytes[..end.unwrap_or(bytes.len())];
        line.extend_from_slice(&part[..part.len().min(most - line.len())]);
        let (length, is_last) = (part.len(), end.is_some() || bytes.is_empty());
        stream.consume(length + usize::from(end.is_some()));
        if is_last {
            return Some(
                String::from_utf8_lossy(&line)
                    .trim_end_matches('\r')
                    .to_owned(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn lines_of_any_bytes_and_of_any_length_are_heard() {
        let said = [&b"caf\xe9\r\n\n"[..], &vec![b'x'; 20_000], b"\nend"].concat();
        let heard: Vec<String> = lines(Cursor::new(said), 10).iter().collect();
        assert_eq!(heard, ["caf\u{fffd}", "", "xxxxxxxxxx", "end"]);
    }
}
