//! Many clients at a time: how long answers take, and whether each is that of `predict`.
//!
//! ```sh
//! cargo run --release -p serve --example clients -- target/release/experiments MODEL…
//! ```
//!
//! It starts `experiments serve MODEL…`, asks `experiments predict` for the answers to all test pictures of MNIST,
//! and then asks the server: 100 clients that draw, each with 50 questions a second at most, 100 clients without a
//! pause, and 1 000 without a pause. It ends with exit code 1 if an answer is missing, is another than that of
//! `predict`, or is a refusal other than 429 and 503.

use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::io::{BufRead, BufReader, ErrorKind};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

/// How long each load lasts.
const SECONDS: u64 = 10;

/// Where MNIST's own files are, as `predict` reads them.
const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/data/mnist");

type Failed = Box<dyn Error + Send + Sync>;

/// Requests, and the end of the answer to each.
struct Questions {
    requests: Vec<Vec<u8>>,
    answers: Vec<String>,
}

/// What became of the questions of a load.
#[derive(Default)]
struct Outcome {
    /// How many had which status.
    statuses: BTreeMap<u16, usize>,
    /// How long answers took.
    durations: Vec<Duration>,
    /// Answers that are not those of `predict`.
    wrong: usize,
    /// Questions that were never answered, with the reason of one.
    lost: usize,
    reason: Option<String>,
}

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().ok_or("which program, and which models?")?;
    let models: Vec<String> = arguments.collect();
    let questions = Arc::new(questions(&program, &models)?);
    let (mut server, address) = serve(&program, &models)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let drawing = Duration::from_millis(20);
    let mut is_fine = true;
    for (clients, pause) in [
        (100, Some(drawing)),
        (100, None),
        (1_000, None),
        (100, Some(drawing)),
    ] {
        let before = computed(server.id());
        let outcome = runtime.block_on(load(address, &questions, clients, pause));
        let took = computed(server.id()).zip(before);
        is_fine &= outcome.tell(
            clients,
            pause,
            took.map(|(now, before)| now.saturating_sub(before)),
        );
    }
    server.kill()?;
    server.wait()?;
    if is_fine {
        Ok(())
    } else {
        Err("not every answer was right".into())
    }
}

/// Starts the server; it says where it is.
fn serve(program: &str, models: &[String]) -> Result<(Child, SocketAddr), Failed> {
    let mut server = Command::new(program)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(models)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    let output = server.stdout.take().ok_or("no standard output")?;
    BufReader::new(output).read_line(&mut line)?;
    let address = line
        .trim()
        .trim_start_matches("http://")
        .trim_end_matches('/');
    Ok((server, address.parse()?))
}

/// The processor's time of a process and its threads, where the system is Linux, which counts it in hundredths of a
/// second.
fn computed(process: u32) -> Option<Duration> {
    let told = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which may have blanks, the 12th and 13th are those of the program and of the system for it.
    let (_, numbers) = told.rsplit_once(") ")?;
    let ticks = numbers.split(' ').skip(11).take(2);
    let ticks = ticks.map(|number| number.parse::<u64>().ok());
    Some(Duration::from_millis(10 * ticks.sum::<Option<u64>>()?))
}

/// All test pictures of MNIST, and what `predict` says of them.
fn questions(program: &str, models: &[String]) -> Result<Questions, Failed> {
    let test = catalog::mnist()?.test;
    let pixels = test.samples().pixels().ok_or("pixels")?;
    let request = |pixels: &[u8]| {
        let body = format!("{{\"pixels\":{pixels:?}}}");
        let length = body.len();
        format!("POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}")
            .into_bytes()
    };
    let mut answers = vec![String::from("\"answers\":["); test.len()];
    for (i, model) in models.iter().enumerate() {
        let output = Command::new(program)
            .args(["predict", "--format", "jsonl", "--model", model, PICTURES])
            .output()?;
        let name = std::path::Path::new(model).file_stem().ok_or("a file")?;
        let text = String::from_utf8(output.stdout)?;
        for (answer, line) in answers.iter_mut().zip(text.lines()) {
            let (_, said) = line.split_once(',').ok_or("an answer of predict")?;
            let comma = if i == 0 { "" } else { "," };
            write!(answer, "{comma}{{\"model\":\"{}\",{said}", name.display())?;
        }
    }
    for answer in &mut answers {
        answer.push_str("]}");
    }
    Ok(Questions {
        requests: pixels.chunks_exact(784).map(request).collect(),
        answers,
    })
}

/// So many clients ask, each question as soon as the last one is answered, or after a pause since it was asked.
async fn load(
    address: SocketAddr,
    questions: &Arc<Questions>,
    clients: usize,
    pause: Option<Duration>,
) -> Outcome {
    let end = Instant::now() + Duration::from_secs(SECONDS);
    let client = |client: usize| {
        let questions = Arc::clone(questions);
        tokio::spawn(async move {
            let mut outcome = Outcome::default();
            if let Err(error) = ask(address, &questions, client, (end, pause), &mut outcome).await {
                outcome.lost += 1;
                outcome.reason = Some(error.to_string());
            }
            outcome
        })
    };
    let clients: Vec<_> = (0..clients).map(client).collect();
    let mut all = Outcome::default();
    for client in clients {
        match client.await {
            Ok(outcome) => all.join(outcome),
            Err(_) => all.lost += 1,
        }
    }
    all
}

async fn ask(
    address: SocketAddr,
    questions: &Questions,
    client: usize,
    (end, pause): (Instant, Option<Duration>),
    outcome: &mut Outcome,
) -> Result<(), Failed> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut question = client * 97;
    if let Some(pause) = pause {
        // Not all at once.
        sleep_until(Instant::now() + pause * client as u32 / 100).await;
    }
    let mut text = Vec::new();
    while Instant::now() < end {
        question = (question + 1) % questions.requests.len();
        let asked = Instant::now();
        let (status, body, is_last) =
            exchange(&stream, &questions.requests[question], &mut text).await?;
        if status == 200 {
            outcome.durations.push(asked.elapsed());
            outcome.wrong += usize::from(!is_answer(body, &questions.answers[question]));
        }
        *outcome.statuses.entry(status).or_default() += 1;
        if is_last {
            stream = TcpStream::connect(address).await?;
        }
        if let Some(pause) = pause {
            sleep_until(asked + pause).await;
        }
    }
    Ok(())
}

/// Whether a response ends as it should: with the same bytes, or, as from `burn-flex`, whose sums are in another
/// order for a sample alone, with the same classes and with probabilities of which none is off by 1e-5.
fn is_answer(body: &[u8], expected: &str) -> bool {
    if body.ends_with(expected.as_bytes()) {
        return true;
    }
    let expected = format!("{{{expected}");
    let both = [body, expected.as_bytes()].map(serde_json::from_slice::<Value>);
    let [Ok(found), Ok(expected)] = both else {
        return false;
    };
    let [found, expected] = [&found, &expected].map(|of| of["answers"].as_array());
    let pairs = found
        .zip(expected)
        .filter(|(found, expected)| found.len() == expected.len());
    pairs.is_some_and(|(found, expected)| {
        found.iter().zip(expected).all(|(found, expected)| {
            found == expected || found["model"] == "burn-flex" && is_near(found, expected)
        })
    })
}

fn is_near(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Number(a), Value::Number(b)) => {
            let [a, b] = [a, b].map(|number| number.as_f64().unwrap_or(f64::NAN));
            (a - b).abs() < 1e-5
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| is_near(a, b)))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_near(a, b))
        }
        (a, b) => a == b,
    }
}

/// Sends a request, and reads the status, the body, and whether the connection ends.
async fn exchange<'a>(
    stream: &TcpStream,
    request: &[u8],
    text: &'a mut Vec<u8>,
) -> Result<(u16, &'a [u8], bool), Failed> {
    let mut sent = 0;
    while sent < request.len() {
        stream.writable().await?;
        match stream.try_write(&request[sent..]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => (),
            Err(error) => return Err(error.into()),
        }
    }
    text.clear();
    let mut buffer = [0; 8192];
    loop {
        stream.readable().await?;
        match stream.try_read(&mut buffer) {
            Ok(0) => return Err("the connection ended".into()),
            Ok(count) => text.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error.into()),
        }
        if let Some((status, start, is_last)) = complete(text) {
            return Ok((status, &text[start..], is_last));
        }
    }
}

/// The status of a response that is there as a whole, where its body begins, and whether it is the last one.
fn complete(text: &[u8]) -> Option<(u16, usize, bool)> {
    let end = text.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&text[..end]).ok()?.to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1)?;
    let length: usize = length.split("\r\n").next()?.parse().ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let is_last = head.contains("connection: close");
    (text.len() == end + 4 + length).then_some((status, end + 4, is_last))
}

impl Outcome {
    fn join(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.durations.extend(other.durations);
        self.wrong += other.wrong;
        self.lost += other.lost;
        self.reason = other.reason.or(self.reason.take());
    }

    /// Prints it, and says whether all is well.
    fn tell(mut self, clients: usize, pause: Option<Duration>, took: Option<Duration>) -> bool {
        self.durations.sort_unstable();
        let count = self.durations.len();
        let quantile = |share: f64| match count {
            0 => f64::NAN,
            _ => self.durations[((count - 1) as f64 * share) as usize].as_secs_f64() * 1e3,
        };
        let pause = pause.map_or("no pause".to_owned(), |pause| format!("every {pause:?}"));
        let [p50, p99, most] = [0.5, 0.99, 1.0].map(quantile);
        let each = took.map(|took| took.as_secs_f64() * 1e6 / count.max(1) as f64);
        let each = each.map_or_else(String::new, |each| {
            format!(" {each:.0} µs of the server's processor time per answer,")
        });
        println!(
            "{clients} clients, {pause}: {} answers a second,{each} p50 {p50:.2} ms, p99 {p99:.2} ms, most {most:.1} ms; \
             statuses {:?}; {} wrong, {} lost {}",
            count as u64 / SECONDS,
            self.statuses,
            self.wrong,
            self.lost,
            self.reason.unwrap_or_default(),
        );
        let known = self
            .statuses
            .keys()
            .all(|status| [200, 429, 503].contains(status));
        count > 0 && known && self.wrong == 0 && self.lost == 0
    }
}
