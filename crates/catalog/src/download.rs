//! Fetching a data set over HTTP(S) into the cache.

use crate::directory::load_directory;
use crate::held::{HeldDirectory, sweep_directories};
use crate::{CatalogEntry, FILES, LoadError, MAX_FILE_BYTES, Splits};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

/// How the names of directories begin that downloads come into.
const INCOMING: &str = ".incoming-";

/// How far the download of one file is.
#[derive(Debug, Clone, Copy)]
pub struct Transfer<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Its position among the four files, from 0.
    pub index: usize,
    /// Bytes received.
    pub received: u64,
    /// Bytes to come in all, where the server says so.
    pub total: Option<u64>,
}

/// Downloads the four files of `entry` below `cache` and loads them. The mirrors are tried in
/// order, or only `mirror` where one is given. Files appear in the cache once they are complete
/// and their sums are right, all four at once; a failed download leaves nothing behind. A killed one leaves a directory
/// `.incoming-…`, which a download more than a minute later removes, where directories can be locked.
///
/// # Errors
/// [`LoadError::Download`] when no mirror served the files, with the alternatives;
/// [`LoadError::Checksum`] when one served other bytes.
pub fn download(
    entry: &CatalogEntry,
    cache: &Path,
    mirror: Option<&str>,
    progress: &mut dyn FnMut(Transfer<'_>),
) -> Result<Splits, LoadError> {
    std::fs::create_dir_all(cache).map_err(LoadError::io(cache))?;
    sweep_directories(cache, INCOMING);
    let staging = HeldDirectory::new(cache, INCOMING).map_err(LoadError::io(cache))?;
    let target = cache.join(entry.id);

    let mirrors = mirror.as_slice();
    let mirrors = if mirrors.is_empty() {
        entry.mirrors
    } else {
        mirrors
    };
    let mut failure = None;
    for base in mirrors {
        match fetch_all(base, staging.path(), progress) {
            Ok(()) => {
                load_directory(entry.id, staging.path(), Some(entry))?;
                if target.exists() {
                    std::fs::remove_dir_all(&target).map_err(LoadError::io(&target))?;
                }
                std::fs::rename(staging.path(), &target).map_err(LoadError::io(&target))?;
                return load_directory(entry.id, &target, Some(entry));
            }
            Err(Failed::Local(error)) => return Err(error),
            Err(Failed::Remote { url, reason }) => failure = Some((url, reason)),
        }
    }
    let (url, reason) = failure.unwrap_or_else(|| (String::new(), "no mirror is known".to_owned()));
    Err(LoadError::Download {
        title: entry.title,
        url,
        reason,
        alternatives: alternatives(entry, &target),
    })
}

enum Failed {
    Remote { url: String, reason: String },
    Local(LoadError),
}

fn fetch_all(
    base: &str,
    directory: &Path,
    progress: &mut dyn FnMut(Transfer<'_>),
) -> Result<(), Failed> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_recv_body(Some(Duration::from_mins(10)))
        .build()
        .into();
    for (index, file) in FILES.iter().enumerate() {
        let name = format!("{file}.gz");
        let url = format!("{}/{name}", base.trim_end_matches('/'));
        let remote = |error: &dyn std::fmt::Display| Failed::Remote {
            url: url.clone(),
            reason: error.to_string(),
        };
        let mut response = agent.get(&url).call().map_err(|error| remote(&error))?;
        let total = response.body().content_length();
        let mut body = response.body_mut().as_reader();

        let path = directory.join(&name);
        let local = |error| Failed::Local(LoadError::io(&path)(error));
        let mut out = std::fs::File::create(&path).map_err(local)?;
        let mut buffer = vec![0; 1 << 16];
        let mut received = 0;
        loop {
            let count = body.read(&mut buffer).map_err(|error| remote(&error))?;
            if count == 0 {
                break;
            }
            out.write_all(&buffer[..count]).map_err(local)?;
            received += count as u64;
            if received > MAX_FILE_BYTES {
                return Err(remote(&"the file is larger than 1 GiB"));
            }
            progress(Transfer {
                file: &name,
                index,
                received,
                total,
            });
        }
    }
    Ok(())
}

fn alternatives(entry: &CatalogEntry, target: &Path) -> String {
    let mut ways = vec![format!(
        "put its four .gz files into {} or name their directory with --data-dir",
        target.display()
    )];
    if let Some(package) = entry.debian_package {
        ways.push(format!("on Debian and Ubuntu, `apt install {package}`"));
    }
    ways.push("name another server with --mirror".to_owned());
    ways.join("; or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;

    /// Answers every request on a free local port with what `respond` gives for its path.
    fn serve(respond: fn(&str) -> (&'static str, &'static [u8])) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head: Vec<String> = lines
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                    .collect();
                let (status, body) = respond(head[0].split(' ').nth(1).unwrap());
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(body);
            }
        });
        address
    }

    #[test]
    fn a_complete_download_is_kept_and_found_again() {
        let cache = tempfile::tempdir().unwrap();
        let server = serve(|path| {
            let file = path.trim_start_matches("/mirror/").trim_end_matches(".gz");
            let index = FILES.iter().position(|name| *name == file).unwrap();
            ("200 OK", crate::mnist::BYTES[index])
        });
        let entry = &crate::CATALOG[0];
        let mirror = format!("{server}/mirror/");
        let mut received = [0; 4];
        let splits = download(entry, cache.path(), Some(&mirror), &mut |transfer| {
            received[transfer.index] = transfer.received;
            assert!(transfer.received <= transfer.total.unwrap());
        });
        assert_eq!(splits.unwrap().train.len(), 60_000);
        assert_eq!(
            received,
            crate::mnist::BYTES.map(|bytes| bytes.len() as u64)
        );
        assert!(crate::directory::is_complete(&cache.path().join("mnist")));
        assert_eq!(std::fs::read_dir(cache.path()).unwrap().count(), 1);
    }

    #[test]
    fn wrong_bytes_are_refused_and_not_kept() {
        let cache = tempfile::tempdir().unwrap();
        let server = serve(|_| ("200 OK", &[0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]));
        let entry = &crate::CATALOG[1];
        let mut transfers = 0;
        let error = download(entry, cache.path(), Some(&server), &mut |_| transfers += 1);
        assert!(
            error
                .unwrap_err()
                .to_string()
                .contains("this is a file of images")
        );
        assert_eq!(transfers, 4);
        assert_eq!(std::fs::read_dir(cache.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_download_left_goes_with_the_next() {
        let cache = tempfile::tempdir().unwrap();
        let left = cache.path().join(".incoming-a1B2c3");
        std::fs::create_dir(&left).unwrap();
        std::fs::write(left.join("train-images-idx3-ubyte.gz"), "half").unwrap();
        let directory = std::fs::File::open(&left).unwrap();
        directory.set_modified(std::time::UNIX_EPOCH).unwrap();
        drop(directory);
        let server = serve(|_| ("404 Not Found", b""));
        download(&crate::CATALOG[1], cache.path(), Some(&server), &mut |_| ()).unwrap_err();
        assert_eq!(std::fs::read_dir(cache.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_failed_download_names_the_alternatives() {
        let cache = tempfile::tempdir().unwrap();
        let server = serve(|_| ("404 Not Found", b""));
        let entry = &crate::CATALOG[1];
        let error = download(entry, cache.path(), Some(&server), &mut |_| ()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("404"), "{text}");
        assert!(
            text.contains("--data-dir") && text.contains("apt install"),
            "{text}"
        );
        assert!(!text.contains('\n'), "{text}");
    }
}
