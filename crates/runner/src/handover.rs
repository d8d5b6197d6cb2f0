//! Divided data in a file that every process of a run maps, so that none has to decode and divide them
//! again.
//!
//! The file is a line of text that names the format, a line of JSON that says what follows, and the
//! values themselves, each array aligned for its type. It is as large as the decoded data.

use crate::division::Division;
use crate::failure::Failure;
use catalog::Sealed;
use data::{Buffer, Dataset, MappedFile, PictureShape, Samples};
use records::{FoldOf, Protocol};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The first line.
const FORMAT: &str = "plumbline divided data 1\n";
/// Every array begins at a multiple of this.
const ALIGNMENT: usize = 64;

/// Divided data where other processes find them, as long as this value lives.
#[derive(Debug)]
pub(crate) struct Handover {
    path: PathBuf,
    /// Keeps the file: a temporary one is deleted with it.
    _file: Kept,
}

#[derive(Debug)]
#[allow(dead_code, reason = "held for its destructor")]
enum Kept {
    /// Memory that is a file, and is gone with this process however it ends.
    #[cfg(target_os = "linux")]
    Memory(File),
    Temporary(tempfile::TempPath),
}

/// What the second line says.
#[derive(Serialize, Deserialize)]
struct Contents {
    protocol: Protocol,
    seed: u64,
    judged_available: usize,
    train_available: usize,
    class_names: Vec<String>,
    train: Part,
    judged: Part,
    calibration: Option<Part>,
    folds: Vec<Range<usize>>,
}

/// Where the samples of a data set are, and the class of each.
#[derive(Serialize, Deserialize)]
struct Part {
    features: usize,
    picture: Option<[usize; 2]>,
    pixels: bool,
    samples: Range<usize>,
    labels: Range<usize>,
}

impl Handover {
    /// Writes the data.
    pub(crate) fn new(division: &Division) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::job("handing the data to other processes", &error);
        #[cfg(target_os = "linux")]
        if let Some(file) = in_memory() {
            write(division, &file).map_err(failed)?;
            let descriptor = std::os::fd::AsRawFd::as_raw_fd(&file);
            return Ok(Self {
                path: format!("/proc/{}/fd/{descriptor}", std::process::id()).into(),
                _file: Kept::Memory(file),
            });
        }
        let (file, path) = tempfile::NamedTempFile::with_prefix("plumbline-data-")
            .map_err(failed)?
            .into_parts();
        write(division, &file).map_err(failed)?;
        Ok(Self {
            path: path.to_path_buf(),
            _file: Kept::Temporary(path),
        })
    }

    /// Where the data are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// A file that has no name, where there can be one that others can open.
#[cfg(target_os = "linux")]
fn in_memory() -> Option<File> {
    use rustix::fs::{MemfdFlags, memfd_create};
    let file = File::from(memfd_create("plumbline-data", MemfdFlags::CLOEXEC).ok()?);
    Path::new("/proc/self/fd").is_dir().then_some(file)
}

/// Gives places to arrays, one after another.
struct Layout {
    end: usize,
}

impl Layout {
    fn place(&mut self, bytes: usize) -> Range<usize> {
        let start = self.end.next_multiple_of(ALIGNMENT);
        self.end = start + bytes;
        start..self.end
    }

    fn part(&mut self, data: &Dataset) -> Part {
        let samples = data.samples();
        let values = samples.len() * samples.features();
        let pixels = samples.pixels().is_some();
        Part {
            features: samples.features(),
            picture: samples.picture().map(|shape| [shape.rows, shape.columns]),
            pixels,
            samples: self.place(if pixels { values } else { 4 * values }),
            labels: self.place(2 * data.len()),
        }
    }
}

fn write(division: &Division, file: &File) -> io::Result<()> {
    let judged = division.judged.handed_over();
    // Places count from the end of the second line, which is not known before it is written.
    let mut layout = Layout { end: 0 };
    let contents = Contents {
        protocol: division.protocol,
        seed: division.seed,
        judged_available: division.judged_available,
        train_available: division.train_available,
        class_names: division.train.class_names().to_vec(),
        train: layout.part(&division.train),
        judged: layout.part(judged),
        calibration: division.calibration.as_ref().map(|data| layout.part(data)),
        folds: division
            .folds
            .iter()
            .map(|folds| layout.place(2 * folds.0.len()))
            .collect(),
    };
    let mut header = format!("{FORMAT}{}", serde_json::to_string(&contents)?);
    // Spaces, so that the values begin aligned.
    let padding = (header.len() + 1).next_multiple_of(ALIGNMENT) - header.len() - 1;
    header.extend(std::iter::repeat_n(' ', padding));
    header.push('\n');

    let mut writer = Writer {
        to: BufWriter::with_capacity(1 << 20, file),
        written: 0,
    };
    writer.to.write_all(header.as_bytes())?;
    writer.data(&division.train, &contents.train)?;
    writer.data(judged, &contents.judged)?;
    if let (Some(data), Some(part)) = (&division.calibration, &contents.calibration) {
        writer.data(data, part)?;
    }
    for (folds, place) in division.folds.iter().zip(&contents.folds) {
        writer.array(place, bytemuck::cast_slice(&folds.0))?;
    }
    writer.to.flush()
}

struct Writer<'a> {
    to: BufWriter<&'a File>,
    written: usize,
}

impl Writer<'_> {
    fn array(&mut self, place: &Range<usize>, bytes: &[u8]) -> io::Result<()> {
        let gap = [0; ALIGNMENT];
        self.to.write_all(&gap[..place.start - self.written])?;
        self.to.write_all(bytes)?;
        self.written = place.end;
        Ok(())
    }

    fn data(&mut self, data: &Dataset, part: &Part) -> io::Result<()> {
        match data.samples().pixels() {
            Some(pixels) => self.array(&part.samples, pixels)?,
            None => self.array(
                &part.samples,
                bytemuck::cast_slice(&data.samples().to_f32()),
            )?,
        }
        let labels: Vec<u16> = data.labels().iter().map(|&label| label as u16).collect();
        self.array(&part.labels, bytemuck::cast_slice(&labels))
    }
}

/// Maps the divided data in a file.
pub(crate) fn open(path: &Path) -> Result<Division, Failure> {
    let failed = |reason: &dyn std::fmt::Display| Failure::job(path.display().to_string(), reason);
    let file = File::open(path).map_err(|error| failed(&error))?;
    let mapped = MappedFile::open(&file).map_err(|error| failed(&error))?;
    read(&mapped).ok_or_else(|| failed(&"not divided data of this version of Plumbline"))
}

fn read(mapped: &MappedFile) -> Option<Division> {
    let bytes = mapped.bytes().strip_prefix(FORMAT.as_bytes())?;
    let line = bytes.iter().position(|&byte| byte == b'\n')?;
    let contents: Contents = serde_json::from_slice(&bytes[..line]).ok()?;
    let reader = Reader {
        mapped,
        start: FORMAT.len() + line + 1,
        class_names: contents.class_names.into(),
    };
    let folds = contents.folds.iter();
    let folds = folds.map(|place| Some(FoldOf(reader.array::<u16>(place)?.to_vec())));
    Some(Division {
        protocol: contents.protocol,
        train: reader.data(&contents.train)?,
        calibration: match &contents.calibration {
            Some(part) => Some(reader.data(part)?),
            None => None,
        },
        judged: Sealed::new(reader.data(&contents.judged)?),
        folds: folds.collect::<Option<_>>()?,
        judged_available: contents.judged_available,
        train_available: contents.train_available,
        seed: contents.seed,
    })
}

struct Reader<'a> {
    mapped: &'a MappedFile,
    start: usize,
    class_names: Arc<[String]>,
}

impl Reader<'_> {
    fn array<T: bytemuck::Pod>(&self, place: &Range<usize>) -> Option<Buffer<T>> {
        let end = self.start.checked_add(place.end)?;
        self.mapped.values(self.start + place.start..end)
    }

    fn data(&self, part: &Part) -> Option<Dataset> {
        let shape = part
            .picture
            .map(|[rows, columns]| PictureShape { rows, columns });
        let samples = match (part.pixels, shape) {
            (true, Some(shape)) => Samples::pixels_in(shape, self.array(&part.samples)?).ok()?,
            (true, None) => return None,
            (false, None) => {
                Samples::features_in(part.features, self.array(&part.samples)?).ok()?
            }
            (false, Some(shape)) => Samples::features_in(part.features, self.array(&part.samples)?)
                .and_then(|rows| rows.into_pictures(shape))
                .ok()?,
        };
        let labels = self.array::<u16>(&part.labels)?;
        let labels = labels.iter().map(|&label| label.into()).collect();
        Dataset::new(samples, labels, Arc::clone(&self.class_names)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    fn divided(options: &str) -> Division {
        let options: Options = serde_json::from_str(options).unwrap();
        Division::new(crate::examples::digits(), &options).unwrap()
    }

    #[test]
    fn another_process_finds_the_same_data() {
        for options in [
            "{}",
            r#"{"validation": 200, "calibrate": 100}"#,
            r#"{"cv": "2x5"}"#,
        ] {
            let division = divided(options);
            let handover = Handover::new(&division).unwrap();
            let found = open(handover.path()).unwrap();
            assert_eq!(found.train, division.train, "{options}");
            assert_eq!(found.judged.look(), division.judged.look());
            assert_eq!(found.calibration, division.calibration);
            assert_eq!(found.folds, division.folds);
            assert_eq!(found.protocol, division.protocol);
        }
    }

    #[test]
    fn real_numbers_are_handed_over_bit_by_bit() {
        let stripes = classifier_conformance::stripes();
        let both = [stripes.clone(), stripes.clone()];
        let splits = catalog::Splits::new("stripes", "Stripes", "test", both, Default::default());
        let division = Division::new(splits.unwrap(), &Options::default()).unwrap();
        let handover = Handover::new(&division).unwrap();
        assert_eq!(open(handover.path()).unwrap().train, stripes);
    }

    #[test]
    fn files_of_anything_else_are_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"anything else\n{}\n").unwrap();
        let error = open(file.path()).unwrap_err().to_string();
        assert!(error.contains("not divided data"), "{error}");
    }
}
