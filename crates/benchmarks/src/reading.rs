//! How long a large table takes to be read, by ours and by pandas.

use crate::error::BenchmarkError;
use crate::process::{Peers, our_table, unmeasured};
use crate::quiet::Noise;
use crate::ratio::{Ratio, ends, median};
use catalog::{Content, Options};
use classifier::generator;
use rand::RngExt;
use runner::Stopwatch;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Columns of numbers, beside one with the class.
const COLUMNS: usize = 100;
const ROWS: usize = 100_000;
const QUICK_ROWS: usize = 1_000;
/// Random stream of the numbers.
const STREAM: u64 = 0;
/// Sums in another order differ by less.
const NOISE: f64 = 1e-9;

/// The formats: how files are called, and who reads them beside ours: how pandas is called, and for people.
type Format = (&'static str, &'static [(&'static str, &'static str)]);
const FORMATS: &[Format] = &[
    (
        "csv",
        &[
            ("csv", "pandas `read_csv`"),
            ("csv-pyarrow", "pandas `read_csv`, engine pyarrow"),
        ],
    ),
    ("parquet", &[("parquet", "pandas `read_parquet` (pyarrow)")]),
];

/// One reading, by a process of its own.
struct Read {
    seconds: f64,
    /// Largest resident memory, in bytes.
    resident: f64,
}

/// All readings of one file by one program.
struct Reader {
    name: &'static str,
    /// How the peers' program is called; `None` is ours.
    how: Option<&'static str>,
    rounds: Vec<Read>,
}

/// Everyone's readings of one file.
pub(crate) struct Readings {
    format: &'static str,
    rows: usize,
    /// Of the file.
    bytes: u64,
    readers: Vec<Reader>,
}

/// Reads a table as `compare --data` does, and says how long it took, in seconds, how many rows and columns it has, and
/// the sum of its numbers: a line of JSON.
///
/// # Errors
/// What is wrong with the file, or that it holds no table.
pub fn read_table(path: &Path) -> Result<String, BenchmarkError> {
    let watch = Stopwatch::start();
    let loaded = catalog::load(path, &Options::default())?;
    let seconds = watch.elapsed().as_secs_f64();
    let Content::Table { train, test } = &loaded.content else {
        return Err(BenchmarkError::failed(
            path.display().to_string(),
            "no table",
        ));
    };
    let columns = train.columns().iter().chain(test.columns());
    let sum: f64 = columns
        .filter_map(|column| {
            let number = column.as_number()?;
            Some((0..column.len()).map(number).sum::<f64>())
        })
        .sum();
    let rows = train.len() + test.len();
    Ok(json!({
        "seconds": seconds,
        "rows": rows,
        "columns": train.columns().len(),
        "sum": sum,
    })
    .to_string())
}

/// Measures everyone in turn, round after round, on files that are written for it. Without peers nobody writes Parquet.
pub(crate) fn measure(
    rounds: usize,
    is_quick: bool,
    peers: Option<&Peers>,
    noise: &mut Noise,
    tell: &dyn Fn(&str),
) -> Result<Vec<Readings>, BenchmarkError> {
    let directory = std::env::temp_dir().join(format!("plumbline-tables-{}", std::process::id()));
    std::fs::create_dir_all(&directory).map_err(BenchmarkError::at(&directory))?;
    let rows = if is_quick { QUICK_ROWS } else { ROWS };
    let formats = FORMATS
        .iter()
        .filter(|(format, _)| peers.is_some() || *format == "csv");
    let measured = write_csv(&directory.join("table.csv"), rows).and_then(|()| {
        if let Some(peers) = peers {
            peers.table("pandas", "write", &directory.join("table.csv"))?;
        }
        formats
            .map(|&(format, readers)| {
                let path = directory.join(format!("table.{format}"));
                let bytes = std::fs::metadata(&path).map_err(BenchmarkError::at(&path))?;
                Ok(Readings {
                    format,
                    rows,
                    bytes: bytes.len(),
                    readers: contest(&path, readers, rounds, peers, noise, tell)?,
                })
            })
            .collect()
    });
    // What is left behind in the temporary directory is no reason to fail.
    let _ = std::fs::remove_dir_all(&directory);
    measured
}

fn write_csv(path: &Path, rows: usize) -> Result<(), BenchmarkError> {
    let write = || {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        for column in 0..COLUMNS {
            write!(file, "x{column},")?;
        }
        writeln!(file, "class")?;
        let mut random = generator(1, STREAM);
        for row in 0..rows {
            for _ in 0..COLUMNS {
                write!(file, "{:.6},", 2.0 * random.random::<f64>() - 1.0)?;
            }
            writeln!(file, "{}", ["a", "b"][row % 2])?;
        }
        file.flush()
    };
    write().map_err(BenchmarkError::at(path))
}

fn contest(
    path: &Path,
    peer_list: &[(&'static str, &'static str)],
    rounds: usize,
    peers: Option<&Peers>,
    noise: &mut Noise,
    tell: &dyn Fn(&str),
) -> Result<Vec<Reader>, BenchmarkError> {
    let of = |name, how| Reader {
        name,
        how,
        rounds: Vec::new(),
    };
    let mut readers = vec![of("plumbline", None)];
    if peers.is_some() {
        readers.extend(peer_list.iter().map(|&(how, name)| of(name, Some(how))));
    }
    let mut held = None;
    for round in 0..rounds {
        for reader in &mut readers {
            let name = reader.name;
            let (said, resident) = noise.quietly(|| match (reader.how, peers) {
                (Some(how), Some(peers)) => peers.table(name, how, path),
                _ => our_table(name, path),
            })?;
            same(name, held.get_or_insert_with(|| said.clone()), &said)?;
            let read = Read::of(name, &said, resident)?;
            tell(&format!(
                "{}, round {}: {name} {:.2} s",
                path.extension().unwrap_or_default().display(),
                round + 1,
                read.seconds
            ));
            reader.rounds.push(read);
        }
    }
    Ok(readers)
}

impl Read {
    fn of(name: &str, said: &Value, resident: u64) -> Result<Self, BenchmarkError> {
        let seconds = said["seconds"].as_f64();
        Ok(Self {
            seconds: seconds.ok_or_else(|| unmeasured(name))?,
            resident: resident as f64,
        })
    }
}

/// Who reads other numbers does other work.
fn same(name: &str, first: &Value, said: &Value) -> Result<(), BenchmarkError> {
    let number = |value: &Value, key: &str| value[key].as_f64().unwrap_or(f64::NAN);
    let (a, b) = (number(first, "sum"), number(said, "sum"));
    let is_same = |key| first[key] == said[key];
    if is_same("rows") && is_same("columns") && (a - b).abs() <= NOISE * a.abs().max(1.0) {
        return Ok(());
    }
    Err(BenchmarkError::failed(
        name,
        format!("it read {said}, and ours read {first}"),
    ))
}

/// The part of the page about reading.
pub(crate) fn section(all: &[Readings]) -> String {
    let mut page = String::new();
    for readings in all {
        let numbers = (readings.rows * COLUMNS * size_of::<f64>()) as f64 / 1e6;
        let _ = write!(
            page,
            "## Reading {}\n\n{} rows of {COLUMNS} numbers and a class, a file of {:.1} MB that is in memory already; the numbers \
             take {numbers:.1} MB. All read the same numbers; ours also sets the test rows aside.\n\n| | read, s | range | \
             ratio | memory, MB |\n|---|--:|:-:|--:|--:|\n",
            match readings.format {
                "csv" => "CSV",
                _ => "Parquet",
            },
            readings.rows,
            readings.bytes as f64 / 1e6,
        );
        for reader in &readings.readers {
            let (name, seconds) = (reader.name, reader.seconds());
            let (name, ratio) = match reader.how {
                None => (format!("**{name}** (ours)"), "–".to_owned()),
                Some(_) => {
                    let ratio = Ratio::of(&seconds, &readings.readers[0].seconds());
                    (name.to_owned(), ratio.to_string())
                }
            };
            let resident: Vec<f64> = reader.rounds.iter().map(|read| read.resident).collect();
            let _ = writeln!(
                page,
                "| {name} | {:.2} | {} | {ratio} | {:.0} |",
                median(&seconds),
                ends(&seconds),
                median(&resident) / 1e6
            );
        }
        page.push('\n');
    }
    page
}

impl Reader {
    fn seconds(&self) -> Vec<f64> {
        self.rounds.iter().map(|read| read.seconds).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_written_is_read_whole() {
        let directory =
            std::env::temp_dir().join(format!("plumbline-reading-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("table.csv");
        write_csv(&path, 50).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let said: Value = serde_json::from_str(&read_table(&path).unwrap()).unwrap();
        std::fs::remove_dir_all(&directory).unwrap();
        let numbers = text.lines().skip(1).flat_map(|line| line.split(','));
        let sum: f64 = numbers.filter_map(|word| word.parse::<f64>().ok()).sum();
        assert_eq!((&said["rows"], &said["columns"]), (&json!(50), &json!(100)));
        let other = json!({ "rows": 50, "columns": 100, "sum": sum });
        same("csv", &other, &said).unwrap();
        let other = json!({ "rows": 50, "columns": 100, "sum": sum + 1e-5 });
        let error = same("pandas", &other, &said).unwrap_err().to_string();
        assert!(
            error.starts_with("benchmarks: pandas: it read {"),
            "{error}"
        );
        assert!(Read::of("pandas", &said, 0).unwrap().seconds > 0.0);
        let error = Read::of("pandas", &other, 0).err().unwrap().to_string();
        assert_eq!(error, "benchmarks: pandas: it printed no measurement");
    }

    #[test]
    fn the_page_has_medians_and_ratios_of_readers() {
        let reader = |name, how, seconds: [f64; 3]| Reader {
            name,
            how,
            rounds: seconds
                .map(|seconds| Read {
                    seconds,
                    resident: 2e8,
                })
                .into(),
        };
        let page = section(&[Readings {
            format: "parquet",
            rows: 100_000,
            bytes: 90_000_000,
            readers: vec![
                reader("plumbline", None, [0.5, 0.25, 1.0]),
                reader("pandas", Some("parquet"), [0.75, 1.0, 1.5]),
            ],
        }]);
        assert!(
            page.starts_with("## Reading Parquet\n\n100000 rows of 100 numbers"),
            "{page}"
        );
        assert!(page.contains("file of 90.0 MB that"), "{page}");
        assert!(
            page.contains(
                "| **plumbline** (ours) | 0.50 | 0.25\u{a0}–\u{2060}\u{a0}1.00 | – | 200 |"
            ),
            "{page}"
        );
        assert!(
            page.contains(
                "| pandas | 1.00 | 0.75\u{a0}–\u{2060}\u{a0}1.50 | **2.0\u{a0}×** | 200 |"
            ),
            "{page}"
        );
    }
}
