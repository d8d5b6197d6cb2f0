//! One picture, made as those of its data set were.

use super::decode::decode;
use super::picture::Picture;
use super::resize::resized;
use data::{PictureShape, Samples};

/// How the pictures of a data set were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Scaled to their size, in grey.
    Scaled,
    /// Scaled to their size, in colour.
    Colour,
    /// As MNIST's: bright on black, scaled to fit a box of 20 × 20 with their proportions, and put into
    /// 28 × 28 with their centre of mass in the middle (LeCun et al. 1998, "Gradient-based learning applied
    /// to document recognition", section III A).
    Digit,
}

impl Manner {
    /// The manner of a data set by name.
    pub fn of(name: &str) -> Self {
        if ["mnist", "emnist", "qmnist"].contains(&name) || name.starts_with("emnist-") {
            Self::Digit
        } else {
            Self::Scaled
        }
    }

    /// How the pictures of a data set were made, a pixel of which has as many `values`: 1 in grey, 3 in colour.
    pub fn of_pictures(data: &str, values: usize) -> Self {
        match values {
            1 => Self::of(data),
            _ => Self::Colour,
        }
    }
}

/// The picture in a file, of this shape and made in this manner; `None` if it is no picture.
pub(crate) fn single(
    bytes: &[u8],
    limit: u64,
    shape: PictureShape,
    manner: Manner,
) -> Result<Option<Samples>, String> {
    let picture = decode(bytes, limit).map_err(|unread| unread.to_string())?;
    let Some(picture) = picture else {
        return Ok(None);
    };
    if manner == Manner::Colour {
        let pixels = resized(&in_colour(picture), shape).pixels;
        let samples = Samples::from_colour_pixels(shape, pixels);
        return samples.map(Some).map_err(|error| error.to_string());
    }
    let mut picture = in_grey(picture);
    let pixels = match manner {
        Manner::Scaled | Manner::Colour => resized(&picture, shape).pixels,
        Manner::Digit => {
            if is_bright_around(&picture) {
                picture
                    .pixels
                    .iter_mut()
                    .for_each(|pixel| *pixel = 255 - *pixel);
            }
            // One of the data set's own comes through as it is.
            if picture.shape == shape {
                picture.pixels
            } else {
                as_digit(&picture, shape)
            }
        }
    };
    let samples = Samples::from_pixels(shape, pixels);
    samples.map(Some).map_err(|error| error.to_string())
}

fn in_colour(picture: Picture) -> Picture {
    if picture.is_colour {
        return picture;
    }
    let pixels = picture.pixels.iter().flat_map(|&grey| [grey; 3]);
    Picture {
        shape: picture.shape,
        is_colour: true,
        pixels: pixels.collect(),
    }
}

fn in_grey(picture: Picture) -> Picture {
    if !picture.is_colour {
        return picture;
    }
    // Rec. 601, as everywhere else.
    let luma = |pixel: &[u8]| {
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
        ((299 * red + 587 * green + 114 * blue + 500) / 1000) as u8
    };
    Picture {
        shape: picture.shape,
        is_colour: false,
        pixels: picture.pixels.chunks_exact(3).map(luma).collect(),
    }
}

/// The pixels along the four edges.
fn edge(picture: &Picture) -> Vec<u8> {
    let PictureShape { rows, columns } = picture.shape;
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let outer = places.filter(|&(row, column)| {
        row == 0 || column == 0 || row + 1 == rows || column + 1 == columns
    });
    outer
        .map(|(row, column)| picture.pixels[row * columns + column])
        .collect()
}

/// Whether more than half of the edge is nearer to white than to black.
fn is_bright_around(picture: &Picture) -> bool {
    let edge = edge(picture);
    let bright = edge.iter().filter(|&&pixel| pixel > 127).count();
    2 * bright > edge.len()
}

/// A bright stroke on a dark ground, put as MNIST's digits are.
fn as_digit(picture: &Picture, shape: PictureShape) -> Vec<u8> {
    let Some(ink) = cropped(&cleared(picture)) else {
        return vec![0; shape.features()];
    };
    // 20 of 28.
    let within = |side: usize| (side * 5 / 7).max(1);
    let (high, wide) = (ink.shape.rows as f64, ink.shape.columns as f64);
    let scale = (within(shape.rows) as f64 / high).min(within(shape.columns) as f64 / wide);
    let scaled = |side: f64| ((side * scale).round() as usize).max(1);
    let fitted = PictureShape {
        rows: scaled(high),
        columns: scaled(wide),
    };
    centred(&resized(&ink, fitted), shape)
}

/// With the grey of the ground taken for black, and the brightest pixel for white. What is not a tenth as
/// bright as that is ground.
fn cleared(picture: &Picture) -> Picture {
    let mut edge = edge(picture);
    edge.sort_unstable();
    let ground = f64::from(edge[edge.len() / 2]);
    let most = f64::from(picture.pixels.iter().copied().max().unwrap_or(0)) - ground;
    let clear = |&pixel: &u8| {
        let share = (f64::from(pixel) - ground) / most.max(1.0);
        if share < 0.1 {
            0
        } else {
            (share * 255.0).round() as u8
        }
    };
    Picture {
        pixels: picture.pixels.iter().map(clear).collect(),
        ..picture.clone()
    }
}

/// The smallest part that holds all that is not black; `None` if there is nothing.
fn cropped(picture: &Picture) -> Option<Picture> {
    let columns = picture.shape.columns;
    let lit: Vec<usize> = (0..picture.pixels.len())
        .filter(|&at| picture.pixels[at] > 0)
        .collect();
    let [top, bottom] = [*lit.first()? / columns, *lit.last()? / columns];
    let left = lit.iter().map(|at| at % columns).min()?;
    let right = lit.iter().map(|at| at % columns).max()?;
    let rows = picture
        .pixels
        .chunks_exact(columns)
        .skip(top)
        .take(bottom - top + 1);
    Some(Picture {
        shape: PictureShape {
            rows: bottom - top + 1,
            columns: right - left + 1,
        },
        is_colour: false,
        pixels: rows
            .flat_map(|row| row[left..=right].iter().copied())
            .collect(),
    })
}

/// On black of another shape, with the centre of mass in the middle, as far as there is room.
fn centred(ink: &Picture, shape: PictureShape) -> Vec<u8> {
    let (mut mass, mut down, mut across) = (0.0, 0.0, 0.0);
    for (at, &pixel) in ink.pixels.iter().enumerate() {
        let weight = f64::from(pixel);
        mass += weight;
        down += weight * (at / ink.shape.columns) as f64;
        across += weight * (at % ink.shape.columns) as f64;
    }
    let start = |side: usize, length: usize, sum: f64| {
        let wanted = (side as f64 / 2.0 - (sum / f64::max(mass, 1.0) + 0.5)).round();
        (wanted.max(0.0) as usize).min(side - length)
    };
    let top = start(shape.rows, ink.shape.rows, down);
    let left = start(shape.columns, ink.shape.columns, across);
    let mut pixels = vec![0; shape.features()];
    for (row, values) in ink.pixels.chunks_exact(ink.shape.columns).enumerate() {
        pixels[(top + row) * shape.columns + left..][..values.len()].copy_from_slice(values);
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: PictureShape = PictureShape {
        rows: 28,
        columns: 28,
    };

    fn pgm(rows: usize, columns: usize, pixel: impl Fn(usize, usize) -> u8) -> Vec<u8> {
        let mut bytes = format!("P5 {columns} {rows} 255\n").into_bytes();
        bytes.extend(
            (0..rows)
                .flat_map(|row| (0..columns).map(move |column| (row, column)))
                .map(|(r, c)| pixel(r, c)),
        );
        bytes
    }

    fn digit(bytes: &[u8]) -> Vec<u8> {
        let samples = single(bytes, 1 << 24, SHAPE, Manner::Digit)
            .unwrap()
            .unwrap();
        samples.pixels().unwrap().to_vec()
    }

    /// A dark stroke, 60 high and 30 wide, off the middle of a bright page.
    fn page(row: usize, column: usize) -> u8 {
        if (10..70).contains(&row) && (50..80).contains(&column) {
            30
        } else {
            220
        }
    }

    #[test]
    fn a_dark_stroke_on_a_page_becomes_bright_fits_the_box_and_is_centred() {
        let pixels = digit(&pgm(100, 100, page));
        let lit: Vec<(usize, usize)> = (0..784)
            .filter(|&at| pixels[at] > 0)
            .map(|at| (at / 28, at % 28))
            .collect();
        let rows = lit.iter().map(|at| at.0);
        let columns = lit.iter().map(|at| at.1);
        assert_eq!((rows.clone().min(), rows.max()), (Some(4), Some(23)));
        assert_eq!((columns.clone().min(), columns.max()), (Some(9), Some(18)));
        assert_eq!(pixels.iter().max(), Some(&255));
    }

    #[test]
    fn a_picture_of_the_data_set_comes_through_as_it_is_and_inverted_as_its_negative() {
        let train = crate::mnist().unwrap().train;
        let first = &train.samples().pixels().unwrap()[..784];
        assert_eq!(digit(&pgm(28, 28, |r, c| first[28 * r + c])), first);
        assert_eq!(digit(&pgm(28, 28, |r, c| 255 - first[28 * r + c])), first);
    }

    #[test]
    fn nothing_stays_nothing_and_other_files_are_no_pictures() {
        assert_eq!(digit(&pgm(3, 500, |_, _| 90)), [0; 784]);
        assert_eq!(digit(&pgm(1, 1, |_, _| 255)), [0; 784]);
        assert!(
            single(b"a,b\n1,2\n", 1 << 20, SHAPE, Manner::Digit)
                .unwrap()
                .is_none()
        );
        assert!(single(b"P5 9 9 255\n", 1 << 20, SHAPE, Manner::Digit).is_err());
    }

    #[test]
    fn pictures_of_other_data_sets_are_scaled() {
        assert_eq!(Manner::of("fashion-mnist"), Manner::Scaled);
        assert_eq!(Manner::of("mnist"), Manner::Digit);
        let shape = PictureShape {
            rows: 1,
            columns: 2,
        };
        let bytes = pgm(2, 4, |_, column| if column < 2 { 200 } else { 100 });
        let samples = single(&bytes, 1 << 20, shape, Manner::Scaled)
            .unwrap()
            .unwrap();
        assert_eq!(samples.pixels(), Some(&[200, 100][..]));
    }
}
