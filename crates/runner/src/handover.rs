//! Divided data in a file that every process of a run maps, so that none has to decode and divide them
//! again.
//!
//! The file is a line of text that names the format, a line of JSON that says what follows, and the
//! values themselves, each array aligned for its type. It is as large as the decoded data, less what is mapped
//! from files already: of that it says where it is. A table is handed over as it was read: the process that fits
//! prepares its own training rows.

mod arrays;
mod columns;

use crate::any_path;
use crate::division::Division;
use crate::failure::Failure;
use crate::rows::Rows;
use arrays::{Places, Reader, Writer};
use columns::ColumnPart;
#[cfg(target_os = "linux")]
use data::path_of;
use data::{Buffer, Dataset, MappedFile, PictureShape, Samples, Targets};
use records::{FoldOf, Protocol};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tables::{Settings, Table};

/// The first line.
const FORMAT: &str = "plumbline divided data 3\n";
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
    settings: Settings,
}

/// Where rows are, the class of each, and its group where they come in groups.
#[derive(Serialize, Deserialize)]
struct Part {
    values: Values,
    labels: Range<usize>,
    groups: Option<Range<usize>>,
}

#[derive(Serialize, Deserialize)]
enum Values {
    Samples {
        layout: Layout,
        pixels: bool,
        values: Place,
    },
    Table(Vec<ColumnPart>),
}

/// Where the values of samples are.
#[derive(Serialize, Deserialize)]
enum Place {
    Here(Range<usize>),
    /// In a file of the user's, so large that nobody copies it.
    In {
        #[serde(with = "any_path")]
        file: PathBuf,
        size: usize,
        bytes: Range<usize>,
    },
}

/// What the values of a row are of.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Layout {
    Row(usize),
    Grey([usize; 2]),
    Colour([usize; 2]),
}

impl Handover {
    /// Writes the data.
    pub(crate) fn new(division: &Division) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::job("handing the data to other processes", &error);
        #[cfg(target_os = "linux")]
        if let Some((file, path)) = in_memory() {
            write(division, &file).map_err(failed)?;
            return Ok(Self {
                path,
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

/// A file that no directory has, and where others can open it, if they can.
#[cfg(target_os = "linux")]
fn in_memory() -> Option<(File, PathBuf)> {
    use rustix::fs::{MemfdFlags, memfd_create};
    let file = File::from(memfd_create("plumbline-data", MemfdFlags::CLOEXEC).ok()?);
    let path = path_of(&file)?;
    Some((file, path))
}

impl Places {
    fn part(&mut self, rows: &Rows) -> Part {
        let targets = rows.targets();
        Part {
            values: match rows {
                Rows::Samples(data) => self.samples(data.samples()),
                Rows::Table(table) => {
                    let columns = table.columns().iter();
                    Values::Table(
                        columns
                            .map(|column| ColumnPart::place(column, self))
                            .collect(),
                    )
                }
            },
            labels: self.next(2 * targets.len()),
            groups: targets.groups().map(|groups| self.next(4 * groups.len())),
        }
    }

    fn samples(&mut self, samples: &Samples) -> Values {
        let values = samples.len() * samples.features();
        let pixels = samples.pixels().is_some();
        let size = |shape: PictureShape| [shape.rows, shape.columns];
        Values::Samples {
            layout: match (samples.picture(), samples.colour_picture()) {
                (Some(shape), _) => Layout::Grey(size(shape)),
                (None, Some(shape)) => Layout::Colour(size(shape)),
                (None, None) => Layout::Row(samples.features()),
            },
            pixels,
            values: match samples.in_file() {
                Some((file, path, bytes)) => Place::In {
                    file: path.to_owned(),
                    size: file.bytes().len(),
                    bytes,
                },
                None => Place::Here(self.next(if pixels { values } else { 4 * values })),
            },
        }
    }
}

fn write(division: &Division, file: &File) -> io::Result<()> {
    let judged = &division.judged.handed_over();
    // Places count from the end of the second line, which is not known before it is written.
    let mut places = Places::default();
    let contents = Contents {
        protocol: division.protocol,
        seed: division.seed,
        judged_available: division.judged_available,
        train_available: division.train_available,
        class_names: division.train.class_names().to_vec(),
        train: places.part(&division.train),
        judged: places.part(judged),
        calibration: division.calibration.as_ref().map(|data| places.part(data)),
        folds: division
            .folds
            .iter()
            .map(|folds| places.next(2 * folds.0.len()))
            .collect(),
        settings: division.settings.clone(),
    };
    let lines = format!("{FORMAT}{}", serde_json::to_string(&contents)?);
    let mut writer = Writer::new(file, lines)?;
    writer.part(&division.train, &contents.train)?;
    writer.part(judged, &contents.judged)?;
    if let (Some(data), Some(part)) = (&division.calibration, &contents.calibration) {
        writer.part(data, part)?;
    }
    for (folds, place) in division.folds.iter().zip(&contents.folds) {
        writer.array(place, bytemuck::cast_slice(&folds.0))?;
    }
    writer.finish()
}

impl Writer<'_> {
    fn part(&mut self, rows: &Rows, part: &Part) -> io::Result<()> {
        match (rows, &part.values) {
            (Rows::Samples(data), Values::Samples { values, .. }) => match values {
                Place::In { .. } => {}
                Place::Here(place) => match data.samples().pixels() {
                    Some(pixels) => self.array(place, pixels)?,
                    None => self.array(place, bytemuck::cast_slice(&data.samples().to_f32()))?,
                },
            },
            (Rows::Table(table), Values::Table(parts)) => {
                for (column, part) in table.columns().iter().zip(parts) {
                    part.write(column, self)?;
                }
            }
            _ => unreachable!("places are given to the same rows"),
        }
        let targets = rows.targets();
        let labels: Vec<u16> = targets.labels().iter().map(|&label| label as u16).collect();
        self.array(&part.labels, bytemuck::cast_slice(&labels))?;
        match (targets.groups(), &part.groups) {
            (Some(groups), Some(place)) => self.array(place, bytemuck::cast_slice(groups)),
            _ => Ok(()),
        }
    }
}

/// Maps the divided data in a file.
pub(crate) fn open(path: &Path) -> Result<Division, Failure> {
    let failed = |reason: &dyn std::fmt::Display| Failure::job(path.display().to_string(), reason);
    let file = File::open(path).map_err(|error| failed(&error))?;
    let mapped = MappedFile::open(&file).map_err(|error| failed(&error))?;
    read(&mapped).ok_or_else(|| {
        failed(&"not divided data of this version of Plumbline, or the file of the data has changed in this run")
    })
}

fn read(mapped: &MappedFile) -> Option<Division> {
    let bytes = mapped.bytes().strip_prefix(FORMAT.as_bytes())?;
    let line = bytes.iter().position(|&byte| byte == b'\n')?;
    let contents: Contents = serde_json::from_slice(&bytes[..line]).ok()?;
    let reader = Reader::new(mapped, FORMAT.len() + line + 1);
    let class_names: Arc<[String]> = contents.class_names.into();
    let rows = |part: &Part| reader.rows(part, Arc::clone(&class_names));
    let folds = contents.folds.iter();
    let folds = folds.map(|place| Some(FoldOf(reader.array::<u16>(place)?.to_vec())));
    Some(Division {
        protocol: contents.protocol,
        train: rows(&contents.train)?,
        calibration: match &contents.calibration {
            Some(part) => Some(rows(part)?),
            None => None,
        },
        judged: rows(&contents.judged)?.sealed(),
        folds: folds.collect::<Option<_>>()?,
        judged_available: contents.judged_available,
        train_available: contents.train_available,
        seed: contents.seed,
        settings: contents.settings,
    })
}

impl Reader<'_> {
    fn rows(&self, part: &Part, class_names: Arc<[String]>) -> Option<Rows> {
        let labels = self.array::<u16>(&part.labels)?;
        let labels = labels.iter().map(|&label| label.into()).collect();
        let mut targets = Targets::new(labels, class_names).ok()?;
        if let Some(place) = &part.groups {
            targets = targets.with_groups(self.array(place)?.to_vec()).ok()?;
        }
        match &part.values {
            Values::Table(parts) => {
                let columns = parts.iter().map(|part| part.read(self));
                let table = Table::new(columns.collect::<Option<_>>()?, targets);
                Some(Rows::Table(table.ok()?))
            }
            Values::Samples {
                layout,
                pixels,
                values,
            } => {
                let samples = self.samples(*layout, *pixels, values)?;
                Some(Rows::Samples(Dataset::with_targets(samples, targets).ok()?))
            }
        }
    }

    /// The values in a file that is as large as it was.
    fn values<T: bytemuck::Pod>(&self, place: &Place) -> Option<Buffer<T>> {
        match place {
            Place::Here(place) => self.array(place),
            Place::In { file, size, bytes } => {
                let mapped = MappedFile::named(&File::open(file).ok()?, file).ok()?;
                (mapped.bytes().len() == *size).then(|| mapped.values(bytes.clone()))?
            }
        }
    }

    fn samples(&self, layout: Layout, pixels: bool, place: &Place) -> Option<Samples> {
        let shape = |[rows, columns]: [usize; 2]| PictureShape { rows, columns };
        let samples = match (pixels, layout) {
            (true, Layout::Grey(size)) => Samples::pixels_in(shape(size), self.values(place)?),
            (true, Layout::Colour(size)) => {
                Samples::colour_pixels_in(shape(size), self.values(place)?)
            }
            (false, Layout::Row(features)) => Samples::features_in(features, self.values(place)?),
            (false, Layout::Grey(size)) => {
                Samples::features_in(shape(size).features(), self.values(place)?)
                    .and_then(|rows| rows.into_pictures(shape(size)))
            }
            (true, Layout::Row(_)) | (false, Layout::Colour(_)) => return None,
        };
        samples.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;
    use crate::options::Options;
    use std::io::Write;

    fn divided(options: &str) -> Division {
        let options: Options = serde_json::from_str(options).unwrap();
        Division::new(examples::content(examples::digits()), &options).unwrap()
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
            assert_eq!(found.judged.handed_over(), division.judged.handed_over());
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
        let content = examples::content(splits.unwrap());
        let division = Division::new(content, &Options::default()).unwrap();
        let handover = Handover::new(&division).unwrap();
        assert_eq!(open(handover.path()).unwrap().train, Rows::Samples(stripes));
    }

    #[test]
    fn colours_stay_colours() {
        let shape = PictureShape {
            rows: 1,
            columns: 2,
        };
        let samples = Samples::from_colour_pixels(shape, (0..24).collect()).unwrap();
        let names = ["a", "b"].map(str::to_owned);
        let data = Dataset::new(samples, vec![0, 1, 0, 1], names.into()).unwrap();
        let division = divided("{}");
        let division = Division {
            train: Rows::Samples(data.clone()),
            judged: Rows::Samples(data.clone()).sealed(),
            ..division
        };
        let handover = Handover::new(&division).unwrap();
        assert_eq!(open(handover.path()).unwrap().train, Rows::Samples(data));
    }

    #[test]
    fn a_table_is_handed_over_with_what_is_missing_its_groups_and_its_settings() {
        let table = examples::table(60);
        let groups = (0..60).map(|row| row / 2).collect();
        let targets = table.targets().clone().with_groups(groups).unwrap();
        let table = Table::new(table.columns().to_vec(), targets).unwrap();
        let options = r#"{"cv": 3, "preparation": {"rare_below": 2, "standardise": ["age"]}}"#;
        let options: Options = serde_json::from_str(options).unwrap();
        let division = Division::new(examples::sides(&table), &options).unwrap();
        let handover = Handover::new(&division).unwrap();
        let found = open(handover.path()).unwrap();
        assert_eq!(found.train, division.train);
        assert_eq!(found.judged.handed_over(), division.judged.handed_over());
        assert_eq!(found.settings, division.settings);
        assert_ne!(found.settings, Settings::default());
    }

    #[test]
    fn what_lies_in_a_file_of_the_users_stays_there() {
        let shape = PictureShape {
            rows: 2,
            columns: 4,
        };
        let mut pixels = tempfile::NamedTempFile::new().unwrap();
        pixels.write_all(&[&[9; 3][..], &[7; 80]].concat()).unwrap();
        let mapped = MappedFile::named(pixels.as_file(), pixels.path()).unwrap();
        let samples = Samples::pixels_in(shape, mapped.values(3..83).unwrap()).unwrap();
        let names = ["a", "b"].map(str::to_owned);
        let labels = (0..10).map(|i| i % 2).collect();
        let data = Dataset::new(samples, labels, names.into()).unwrap();
        let division = Division {
            train: Rows::Samples(data.clone()),
            judged: Rows::Samples(data.select(&[0, 1])).sealed(),
            ..divided("{}")
        };
        let handover = Handover::new(&division).unwrap();
        let Rows::Samples(found) = open(handover.path()).unwrap().train else {
            panic!("samples stay samples");
        };
        assert_eq!(found, data);
        assert_eq!(found.samples().in_file().unwrap().1, pixels.path());
        // Whoever changes it in a run is found out.
        pixels.write_all(&[1]).unwrap();
        assert!(open(handover.path()).is_err());
    }

    #[test]
    fn files_of_anything_else_are_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"anything else\n{}\n").unwrap();
        let error = open(file.path()).unwrap_err().to_string();
        assert!(error.contains("not divided data"), "{error}");
    }
}
