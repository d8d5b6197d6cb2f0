//! Test pictures that are a training picture made lighter, darker, of another contrast, moved by a few pixels, turned or
//! mirrored.
//!
//! The middle of each training picture is compared with all parts of the same size of each test picture, and with its
//! middle turned and mirrored, by Pearson's correlation, which neither brightness nor contrast changes. Of parts u and v of mean 0 and length 1 it is
//! 1 − ‖u − v‖² / 2, so that only those are compared that lie near each other in a few directions.
//!
//! Of large pictures means of blocks of pixels are compared: a picture has some 30 parts to be looked at.

use crate::picture_blocks::{BLOCKS, BlockSums, block_sums, blocks, blocks_differ, sum};
use crate::turns::Turn;
use data::{PictureShape, Samples};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Pixels by which a picture may be moved, up, down, to the left and to the right; of a large one, blocks of pixels.
const REACH: usize = 2;
/// ‖u − v‖ of one picture and another that are taken for the same, at most: what rounding, clipping and compression leave.
/// By eye, the two pairs of Fashion-MNIST below it are of the same photograph, and the next is not.
const APART: f32 = 0.045;
/// Parts whose values differ by less (standard deviation, in grey levels) show nothing that could be compared.
const FLAT: f64 = 8.0;
/// Sides of pictures that are compared, at least, and at most: larger ones are made smaller, narrow ones less so.
const SMALLEST: usize = 12;
const LARGEST: usize = 96;
/// Training pictures that are prepared at a time: 8 MB of them, as in `near_pictures`.
const SLAB: usize = 32_768;
/// Directions in which parts lie near each other, training pictures that these are learnt from, and rounds of that.
const DIRECTIONS: usize = 5;
const LEARNT_FROM: usize = 1_000;
const ROUNDS: usize = 20;

/// A test picture that is a training picture but for its brightness, its contrast, its place and how it is turned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Moved {
    /// Index of a training picture.
    pub train: usize,
    /// Index of the test picture.
    pub test: usize,
    /// Pixels by which the test picture is moved, down and to the right; of large pictures to within a block.
    pub by: [i32; 2],
    /// How the test picture is turned or mirrored. What is, is not moved.
    pub turned: Turn,
    /// Pearson's correlation of the pixels that both show.
    pub correlation: f64,
}

/// Each test picture with a training picture that it is but for brightness, contrast, place and turn, but for those that
/// are `known`. `None` unless both are of pixels, and not small.
pub(crate) fn moved(train: &Samples, test: &Samples, known: &HashSet<usize>) -> Option<Vec<Moved>> {
    moved_by_slabs(train, test, known, SLAB)
}

fn moved_by_slabs(
    train: &Samples,
    test: &Samples,
    known: &HashSet<usize>,
    slab: usize,
) -> Option<Vec<Moved>> {
    train.pixels().and(test.pixels())?;
    let [train, test] = [train, test].map(in_blocks);
    let (train, test) = (Parts::of(&train)?, Parts::of(&test)?);
    let mut done = known.clone();
    let middle = test.pictures() / 2;
    let mut found: Vec<Moved> = Vec::new();
    for start in (0..train.pictures()).step_by(slab) {
        let rows = start..train.pictures().min(start + slab);
        let known = Known::of(&train, rows);
        let (first, second) = std::thread::scope(|scope| {
            let second = scope.spawn(|| known.found(&test, middle..test.pictures(), &done));
            let first = known.found(&test, 0..middle, &done);
            (first, second.join().expect("comparing does not panic"))
        });
        let new = found.len();
        found.extend(first.into_iter().chain(second));
        done.extend(found[new..].iter().map(|pair| pair.test));
    }
    found.sort_by_key(|pair| pair.test);
    Some(found)
}

/// Means of blocks of pictures that are large, and the pixels along a side of a block.
fn in_blocks(samples: &Samples) -> (Cow<'_, Samples>, usize) {
    let PictureShape { rows, columns } = samples.shown_shape();
    let widest = rows.min(columns) / SMALLEST;
    let block = rows.max(columns).div_ceil(LARGEST).min(widest).max(1);
    (samples.in_blocks(block), block)
}

/// Pictures of which parts are looked at.
struct Parts<'a> {
    pixels: &'a [u8],
    /// How many pixels of those that they were made of stand in a side of one.
    block: usize,
    shape: PictureShape,
    /// Values of a pixel.
    values: usize,
    blocks: Vec<Vec<Range<usize>>>,
    /// The block sums of a part whose values are all 1.
    ones: BlockSums,
}

/// A part of a picture, by what bounds its distance to others.
struct Part {
    /// Sums of its blocks, where it has mean 0 and length 1.
    blocks: BlockSums,
    /// Its mean, and its length without that.
    mean: f64,
    length: f64,
}

impl<'a> Parts<'a> {
    fn of((samples, block): &'a (Cow<'_, Samples>, usize)) -> Option<Self> {
        let (pixels, shape) = (samples.pixels()?, samples.shown_shape());
        if shape.rows.min(shape.columns) < SMALLEST {
            return None;
        }
        let values = samples.features() / shape.features();
        let [rows, columns] = [shape.rows, shape.columns].map(|side| side - 2 * REACH);
        let blocks = blocks(rows, columns, values);
        Some(Self {
            pixels,
            block: *block,
            shape,
            values,
            ones: block_sums(&vec![1; rows * columns * values], &blocks),
            blocks,
        })
    }

    fn pictures(&self) -> usize {
        self.pixels.len() / self.width()
    }

    fn width(&self) -> usize {
        self.shape.features() * self.values
    }

    fn picture(&self, picture: usize) -> &[u8] {
        &self.pixels[picture * self.width()..(picture + 1) * self.width()]
    }

    /// Writes the part of a picture that begins so many pixels down and to the right.
    fn write(&self, picture: usize, [down, right]: [usize; 2], part: &mut Vec<u8>) {
        part.clear();
        let line = self.shape.columns * self.values;
        let lines = self.picture(picture).chunks_exact(line);
        let columns = right * self.values..(right + self.shape.columns - 2 * REACH) * self.values;
        for line in lines.skip(down).take(self.shape.rows - 2 * REACH) {
            part.extend_from_slice(&line[columns.clone()]);
        }
    }

    /// Writes the middle of a picture as it was before the turn.
    fn write_turned(&self, picture: usize, turn: Turn, part: &mut Vec<u8>) {
        part.clear();
        let shape = PictureShape {
            rows: self.shape.rows - 2 * REACH,
            columns: self.shape.columns - 2 * REACH,
        };
        let picture = self.picture(picture);
        for at in 0..shape.features() {
            let before = [at / shape.columns, at % shape.columns];
            let [row, column] = turn.place(before, shape).map(|at| at + REACH);
            let pixel = (row * self.shape.columns + column) * self.values;
            part.extend_from_slice(&picture[pixel..pixel + self.values]);
        }
    }

    /// `None` of a part that shows nothing.
    fn part(&self, values: &[u8]) -> Option<Part> {
        let size = values.len() as f64;
        let mean = sum(values) as f64 / size;
        let squares: u64 = values.iter().map(|&value| u64::from(value).pow(2)).sum();
        let length = (squares as f64 - size * mean * mean).max(0.0).sqrt();
        if length < FLAT * size.sqrt() {
            return None;
        }
        let mut blocks = block_sums(values, &self.blocks);
        for (block, of_mean) in blocks
            .as_flattened_mut()
            .iter_mut()
            .zip(self.ones.as_flattened())
        {
            *block = ((f64::from(*block) - mean * f64::from(*of_mean)) / length) as f32;
        }
        Some(Part {
            blocks,
            mean,
            length,
        })
    }
}

/// Training pictures by their middles.
struct Known<'a> {
    parts: &'a Parts<'a>,
    middles: Vec<(usize, Part)>,
    directions: Vec<BlockSums>,
    /// Places in `middles` by the cell in which each lies.
    cells: HashMap<[i16; DIRECTIONS], Vec<u32>>,
}

impl<'a> Known<'a> {
    fn of(parts: &'a Parts<'a>, pictures: Range<usize>) -> Self {
        let mut values = Vec::new();
        let mut middles: Vec<(usize, Part)> = Vec::with_capacity(pictures.len());
        middles.extend(pictures.filter_map(|picture| {
            parts.write(picture, [REACH; 2], &mut values);
            Some((picture, parts.part(&values)?))
        }));
        let directions = directions(&middles);
        let mut cells: HashMap<_, Vec<u32>> = HashMap::new();
        for (place, (_, part)) in middles.iter().enumerate() {
            let cell = cell(&along(&directions, &part.blocks), 0.0);
            cells.entry(cell).or_default().push(place as u32);
        }
        Self {
            parts,
            middles,
            directions,
            cells,
        }
    }

    /// Of each of these test pictures that is not `done` a training picture that it is, if there is one.
    fn found(&self, test: &Parts<'_>, pictures: Range<usize>, done: &HashSet<usize>) -> Vec<Moved> {
        let mut values = Vec::new();
        let mut of_train = Vec::new();
        // As it is first, then moved, then turned.
        let mut places: Vec<[usize; 2]> = (0..=2 * REACH)
            .flat_map(|down| (0..=2 * REACH).map(move |right| [down, right]))
            .collect();
        places.sort_by_key(|place| place.map(|at| at.abs_diff(REACH)).iter().sum::<usize>());
        let moved = places.into_iter().map(|place| (place, Turn::None));
        let turned = Turn::of(test.shape).iter().map(|&turn| ([REACH; 2], turn));
        let looks: Vec<([usize; 2], Turn)> = moved.chain(turned).collect();
        pictures
            .filter(|picture| !done.contains(picture))
            .filter_map(|picture| {
                looks.iter().find_map(|&(place, turned)| {
                    match turned {
                        Turn::None => test.write(picture, place, &mut values),
                        _ => test.write_turned(picture, turned, &mut values),
                    }
                    let part = test.part(&values)?;
                    let (train, correlation) = self.same(&part, &values, &mut of_train)?;
                    Some(Moved {
                        train,
                        test: picture,
                        by: place.map(|at| (at as i32 - REACH as i32) * test.block as i32),
                        turned,
                        correlation,
                    })
                })
            })
            .collect()
    }

    /// A training picture whose middle is this part of a test picture, and their correlation.
    fn same(&self, part: &Part, values: &[u8], of_train: &mut Vec<u8>) -> Option<(usize, f64)> {
        let along = along(&self.directions, &part.blocks);
        let [low, high] = [-APART, APART].map(|by| cell(&along, by));
        for choice in 0..1_usize << DIRECTIONS {
            let is_high = |direction: usize| choice >> direction & 1 == 1;
            // Where both ends are in one cell, it is looked at once.
            if (0..DIRECTIONS).any(|of| is_high(of) && low[of] == high[of]) {
                continue;
            }
            let cell = std::array::from_fn(|of| if is_high(of) { high[of] } else { low[of] });
            for &place in self.cells.get(&cell).into_iter().flatten() {
                let (train, middle) = &self.middles[place as usize];
                if blocks_differ(&middle.blocks, &part.blocks, APART * APART) {
                    continue;
                }
                self.parts.write(*train, [REACH; 2], of_train);
                let correlation = correlation(middle, of_train, part, values);
                let least = 1.0 - f64::from(APART * APART) / 2.0;
                if correlation >= least {
                    return Some((*train, correlation));
                }
            }
        }
        None
    }
}

fn correlation(a: &Part, of_a: &[u8], b: &Part, of_b: &[u8]) -> f64 {
    let products = of_a.iter().zip(of_b);
    let products = products.map(|(a, b)| u64::from(u32::from(*a) * u32::from(*b)));
    let product = products.sum::<u64>() as f64 - of_a.len() as f64 * a.mean * b.mean;
    product / (a.length * b.length)
}

fn along(directions: &[BlockSums], blocks: &BlockSums) -> [f32; DIRECTIONS] {
    std::array::from_fn(|of| {
        let pairs = directions[of]
            .as_flattened()
            .iter()
            .zip(blocks.as_flattened());
        pairs.map(|(a, b)| a * b).sum()
    })
}

/// Cells are twice as wide as what lies near each other: this reaches into two of them in each direction.
fn cell(along: &[f32; DIRECTIONS], by: f32) -> [i16; DIRECTIONS] {
    along.map(|value| ((value + by) / (2.0 * APART)).floor() as i16)
}

/// Directions of length 1 in which training pictures differ most: principal components, by power iteration. How exact
/// they are changes how many are compared, and not what is found.
fn directions(middles: &[(usize, Part)]) -> Vec<BlockSums> {
    const WIDTH: usize = BLOCKS * (BLOCKS + 1);
    let step = middles.len().div_ceil(LEARNT_FROM).max(1);
    let mut rows: Vec<Vec<f64>> = middles
        .iter()
        .step_by(step)
        .map(|(_, part)| {
            part.blocks
                .as_flattened()
                .iter()
                .map(|&of| of.into())
                .collect()
        })
        .collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let directions = (0..DIRECTIONS).map(|number| {
        let mut direction: Vec<f64> = (0..WIDTH)
            .map(|at| ((at * 7 + number) % 5) as f64 - 2.0)
            .collect();
        for _ in 0..ROUNDS {
            let mut next = vec![0.0; WIDTH];
            for row in &rows {
                let share = dot(row, &direction);
                next.iter_mut()
                    .zip(row)
                    .for_each(|(next, value)| *next += share * value);
            }
            let length = dot(&next, &next).sqrt();
            if length > 0.0 {
                direction = next.into_iter().map(|value| value / length).collect();
            }
        }
        let length = dot(&direction, &direction).sqrt();
        for value in &mut direction {
            *value /= length;
        }
        for row in &mut rows {
            let share = dot(row, &direction);
            row.iter_mut()
                .zip(&direction)
                .for_each(|(value, of)| *value -= share * of);
        }
        let mut blocks = BlockSums::default();
        let values = direction.into_iter().map(|value| value as f32);
        blocks
            .as_flattened_mut()
            .iter_mut()
            .zip(values)
            .for_each(|(to, value)| *to = value);
        blocks
    });
    directions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 28;
    const PIXELS: usize = SIDE * SIDE;
    const SHAPE: PictureShape = PictureShape {
        rows: SIDE,
        columns: SIDE,
    };

    fn samples(pictures: &[Vec<u8>]) -> Samples {
        Samples::from_pixels(SHAPE, pictures.concat()).unwrap()
    }

    fn digits(range: Range<usize>) -> Vec<Vec<u8>> {
        let mnist = crate::mnist().unwrap();
        let pixels = mnist.train.samples().pixels().unwrap();
        let pictures = pixels.chunks_exact(PIXELS);
        pictures
            .skip(range.start)
            .take(range.len())
            .map(<[u8]>::to_vec)
            .collect()
    }

    /// A picture moved down and to the right; what comes in is black.
    fn moved_by(picture: &[u8], [down, right]: [i32; 2]) -> Vec<u8> {
        let of = |at: usize, by: i32| {
            at.checked_add_signed(-(by as isize))
                .filter(|&at| at < SIDE)
        };
        let at = |at: usize| {
            let (row, column) = (of(at / SIDE, down)?, of(at % SIDE, right)?);
            Some(picture[row * SIDE + column])
        };
        (0..PIXELS).map(|place| at(place).unwrap_or(0)).collect()
    }

    fn lit(picture: &[u8], contrast: f64, brightness: f64) -> Vec<u8> {
        let value = |value: &u8| (f64::from(*value) * contrast + brightness).round() as u8;
        picture.iter().map(value).collect()
    }

    #[test]
    fn pictures_that_are_lighter_darker_or_moved_are_found_and_no_others() {
        let train = digits(0..300);
        let mut test = digits(300..400);
        test.push(train[5].clone());
        let known = HashSet::from([100]);
        let plain = test.len();
        test.push(lit(&train[7], 0.6, 0.0));
        test.push(lit(&train[8], 0.8, 40.0));
        test.push(moved_by(&train[9], [1, -2]));
        test.push(lit(&moved_by(&train[10], [-2, 2]), 0.7, 60.0));
        test.push(moved_by(&train[11], [4, 0]));
        let expected = [(7, [0, 0]), (8, [0, 0]), (9, [1, -2]), (10, [-2, 2])];
        for slab in [SLAB, 9] {
            let found = moved_by_slabs(&samples(&train), &samples(&test), &known, slab).unwrap();
            let places: Vec<_> = found
                .iter()
                .map(|of| (of.test - plain, of.train, of.by))
                .collect();
            let expected = expected.iter().enumerate();
            assert!(
                places
                    .iter()
                    .copied()
                    .eq(expected.map(|(at, &(train, by))| (at, train, by))),
                "{places:?}"
            );
            assert!(found.iter().all(|of| of.correlation > 0.999), "{found:?}");
        }
    }

    /// Every part of every pair is compared: the same test pictures are found.
    #[test]
    fn none_is_missed() {
        let train = digits(0..60);
        let mut state = 1_u32;
        // Noise of more and more grey levels: some are found, and some no more.
        let test: Vec<Vec<u8>> = train
            .iter()
            .enumerate()
            .map(|(number, picture)| {
                let noise = number as f64 / 6.0;
                let by = [number % 5, number / 5 % 5].map(|by| by as i32 - 2);
                let mut noisy = |value: u8| {
                    // Numerical Recipes' generator.
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let share = f64::from(state >> 8) / f64::from(1 << 23) - 1.0;
                    f64::from(value) * 0.8 + 20.0 + noise * share
                };
                moved_by(picture, by)
                    .into_iter()
                    .map(|value| noisy(value).round() as u8)
                    .collect()
            })
            .collect();
        let (of_train, of_test) = (samples(&train), samples(&test));
        let small = [&of_train, &of_test].map(in_blocks);
        let a = Parts::of(&small[0]).unwrap();
        let b = Parts::of(&small[1]).unwrap();
        let (mut middle, mut part) = (Vec::new(), Vec::new());
        let mut expected = Vec::new();
        for picture in 0..test.len() {
            let places = (0..25).map(|place| [place / 5, place % 5]);
            let mut pairs =
                places.flat_map(|place| (0..train.len()).map(move |other| (place, other)));
            let is_same = pairs.any(|(place, other)| {
                a.write(other, [REACH; 2], &mut middle);
                b.write(picture, place, &mut part);
                let (Some(of_middle), Some(of_part)) = (a.part(&middle), b.part(&part)) else {
                    return false;
                };
                correlation(&of_middle, &middle, &of_part, &part)
                    >= 1.0 - f64::from(APART * APART) / 2.0
            });
            expected.extend(is_same.then_some(picture));
        }
        let found = moved(&of_train, &of_test, &HashSet::new()).unwrap();
        let found: Vec<usize> = found.iter().map(|of| of.test).collect();
        assert_eq!(found, expected);
        assert!((10..50).contains(&found.len()), "{}", found.len());
    }

    #[test]
    fn pictures_that_are_turned_or_mirrored_are_found_and_no_others() {
        let train = digits(0..300);
        let mut test = digits(300..400);
        let turned = |picture: &[u8], turn: Turn| -> Vec<u8> {
            let mut turned = vec![0; PIXELS];
            for (at, value) in picture.iter().enumerate() {
                let [row, column] = turn.place([at / SIDE, at % SIDE], SHAPE);
                turned[row * SIDE + column] = *value;
            }
            turned
        };
        let plain = test.len();
        let turns = Turn::of(SHAPE);
        test.extend(
            turns
                .iter()
                .enumerate()
                .map(|(at, &turn)| turned(&train[at], turn)),
        );
        test.push(lit(&turned(&train[20], Turn::Half), 0.8, 20.0));
        let found = moved(&samples(&train), &samples(&test), &HashSet::new()).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|of| (of.test, of.train, of.turned))
            .collect();
        let expected = turns
            .iter()
            .enumerate()
            .map(|(at, &turn)| (plain + at, at, turn));
        let expected: Vec<_> = expected.chain([(plain + 7, 20, Turn::Half)]).collect();
        assert_eq!(found, expected);
    }

    /// Pixels of digits that are blocks of 9 × 9: 252 × 252, which are compared in blocks of 3 × 3.
    #[test]
    fn large_pictures_are_compared_by_blocks() {
        const TIMES: usize = 9;
        let side = TIMES * SIDE;
        let large = |picture: &[u8]| -> Vec<u8> {
            let pixel = |at: usize| picture[at / side / TIMES * SIDE + at % side / TIMES];
            (0..side * side).map(pixel).collect()
        };
        let shape = PictureShape {
            rows: side,
            columns: side,
        };
        let of = |pictures: &[Vec<u8>]| Samples::from_pixels(shape, pictures.concat()).unwrap();
        let mut train: Vec<Vec<u8>> = digits(0..30).iter().map(|digit| large(digit)).collect();
        train[13] = lit(&train[13], 0.7, 30.0);
        let mut test = train[10..15].to_vec();
        // Moved to the right.
        let by = 6;
        test[1] = [&vec![0; by], &train[11][..side * side - by]].concat();
        test[2] = lit(&train[12], 0.7, 30.0);
        // The means of its blocks are the same, and its pixels are not.
        for (at, pixel) in test[3].iter_mut().enumerate() {
            *pixel = *pixel + 15 - [0, 15, 30][at % 3];
        }
        test[4] = digits(40..41)
            .iter()
            .flat_map(|digit| large(digit))
            .collect();
        let found = moved(&of(&train), &of(&test), &HashSet::from([0])).unwrap();
        let found: Vec<_> = found.iter().map(|of| (of.test, of.train, of.by)).collect();
        assert_eq!(found, [(1, 11, [0, 6]), (2, 12, [0, 0]), (3, 13, [0, 0])]);
    }

    /// Digits below each other, 40 × 500: blocks of 6 × 6 would leave 7 rows.
    #[test]
    fn narrow_pictures_are_compared_too() {
        let shape = PictureShape {
            rows: 40,
            columns: 500,
        };
        let of = |picture: usize| -> Vec<u8> {
            let digits = digits(20 * picture..20 * picture + 20);
            let pixel = |at: usize| {
                let (row, column) = (at / 500, at % 500);
                let row = row.checked_sub(6).filter(|row| *row < SIDE);
                row.map_or(0, |row| digits[column / 25][row * SIDE + column % 25])
            };
            (0..shape.features()).map(pixel).collect()
        };
        let train: Vec<Vec<u8>> = (0..10).map(of).collect();
        let lit = lit(&train[3], 0.7, 30.0);
        let test = [of(10), lit];
        let of = |pictures: &[Vec<u8>]| Samples::from_pixels(shape, pictures.concat()).unwrap();
        let found = moved(&of(&train), &of(&test), &HashSet::new()).unwrap();
        let found: Vec<_> = found.iter().map(|of| (of.test, of.train, of.by)).collect();
        assert_eq!(found, [(1, 3, [0, 0])]);
    }

    #[test]
    fn what_shows_nothing_or_is_small_is_not_compared() {
        let flat: Vec<Vec<u8>> = (0..20).map(|level| vec![level * 10; PIXELS]).collect();
        let (train, test) = flat.split_at(10);
        assert_eq!(
            moved(&samples(train), &samples(test), &HashSet::new()),
            Some(Vec::new())
        );
        let shape = PictureShape {
            rows: 11,
            columns: 40,
        };
        let small = Samples::from_pixels(shape, vec![7; 440]).unwrap();
        assert_eq!(moved(&small, &small, &HashSet::new()), None);
    }
}
