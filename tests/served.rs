//! The server of the real binary, for as long as a test runs, and requests to it.
#![allow(dead_code, reason = "each test file uses what it needs")]

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// A server; it ends with the test.
pub(crate) struct Served {
    process: Child,
    pub(crate) address: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// Trains a model, and gives its file.
pub(crate) fn trained(directory: &Path, model: &str, options: &[&str]) -> PathBuf {
    let file = directory.join(format!("{model}.safetensors"));
    let mut command = assert_cmd::Command::cargo_bin("experiments").unwrap();
    command
        .args(["train", model, "--quiet", "--out"])
        .arg(&file);
    command.args(options).assert().success();
    file
}

/// A picture in colour, of one of two classes: `level` of red or of blue, brighter to the right.
pub(crate) fn coloured(rows: usize, columns: usize, is_red: bool, level: u8) -> Vec<u8> {
    let mut file = format!("P6 {columns} {rows} 255\n").into_bytes();
    for at in 0..rows * columns {
        let bright = level + (at % columns) as u8;
        file.extend(if is_red {
            [bright, 9, 30]
        } else {
            [30, 9, bright]
        });
    }
    file
}

/// A directory of such pictures of 4 × 6, with a directory for each class.
pub(crate) fn red_and_blue(directory: &Path) -> PathBuf {
    let data = directory.join("colours");
    for (class, is_red) in [("blue", false), ("red", true)] {
        std::fs::create_dir_all(data.join(class)).unwrap();
        for i in 0..12_u8 {
            let file = coloured(4, 6, is_red, 60 + 11 * i);
            std::fs::write(data.join(class).join(format!("{i}.ppm")), file).unwrap();
        }
    }
    data
}

impl Served {
    /// Serves models on a free port.
    pub(crate) fn start(models: &[&Path], options: &[&str]) -> Self {
        let mut process = Command::new(assert_cmd::cargo::cargo_bin!("experiments"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(options)
            .args(models)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = process.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap();
        let address = address.strip_suffix('/').unwrap().to_owned();
        Self { process, address }
    }

    /// A connection.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        let minute = Some(Duration::from_mins(1));
        stream.set_read_timeout(minute).unwrap();
        stream
    }

    /// Sends bytes as they are, and reads what comes until the connection ends or a response is there.
    pub(crate) fn send(&self, request: &[u8]) -> Response {
        let mut stream = self.connect();
        // The server may refuse before it has read all.
        let _ = stream.write_all(request);
        response(&mut stream)
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes())
    }

    pub(crate) fn post(&self, path: &str, kind: &str, body: &[u8]) -> Response {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        );
        self.send(&[head.as_bytes(), body].concat())
    }

    /// Asks about a JSON question.
    pub(crate) fn ask(&self, question: &Value) -> Response {
        let body = question.to_string();
        self.post("/v1/predict", "application/json", body.as_bytes())
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let kill = Command::new("kill").args(["-s", name, &id]).status();
        assert!(kill.unwrap().success());
    }

    /// Asks it to end, and waits until it does.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        self.signal("TERM");
        self.process.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Asserts that it is a refusal that says what, where, and what would be right; gives it in one line.
    pub(crate) fn refusal(&self, status: u16) -> String {
        let error = self.json()["error"].take();
        assert_eq!(
            (self.status, error["status"].as_u64()),
            (status, Some(status.into())),
            "{error}"
        );
        let part = |name: &str| error[name].as_str().unwrap().to_owned();
        let [place, what, expected] = ["where", "what", "expected"].map(part);
        assert!(!what.is_empty() && !place.is_empty() && !expected.is_empty());
        format!("{place}: {what}; {expected}")
    }
}

/// Reads one response.
pub(crate) fn response(stream: &mut TcpStream) -> Response {
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower.split("content-length: ").nth(1);
            let length: usize =
                length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
            let start = head.len() + 4;
            if all.len() >= start + length {
                let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                let (head, body) = (head.to_owned(), all[start..start + length].to_vec());
                return Response { status, head, body };
            }
        }
        let count = stream.read(&mut buffer).unwrap_or(0);
        assert!(count > 0, "no whole response: {text}");
        all.extend_from_slice(&buffer[..count]);
    }
}
