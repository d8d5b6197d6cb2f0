//! A model's course of training as TensorBoard's event file.
//!
//! The file is a sequence of TFRecords, each an `Event` in Protocol Buffers. Only the fields that
//! are written are declared, with the numbers of TensorFlow's `event.proto` and `summary.proto`.

use crate::error::ReportError;
use crate::figures::weights;
use analysis::{ModelSummary, Report, Status};
use prost::Message;
use records::{DatasetRecord, SampleKind};

#[derive(Message)]
struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

#[derive(Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    values: Vec<Value>,
}

#[derive(Message)]
struct Value {
    #[prost(string, tag = "1")]
    tag: String,
    /// `simple_value` there.
    #[prost(float, optional, tag = "2")]
    scalar: Option<f32>,
    #[prost(message, optional, tag = "4")]
    image: Option<Image>,
}

#[derive(Message)]
struct Image {
    #[prost(int32, tag = "1")]
    height: i32,
    #[prost(int32, tag = "2")]
    width: i32,
    /// 4 is RGBA, 3 RGB.
    #[prost(int32, tag = "3")]
    colorspace: i32,
    #[prost(bytes = "vec", tag = "4")]
    encoded_image_string: Vec<u8>,
}

/// An event file for every planned model, with the model's name: loss and accuracies after
/// each epoch, what the report's table has of it at the step of the last epoch, whether it finished
/// (1 or 0), and the weights of a linear model as a picture. `wall_time` is when the run began, in seconds since 1970.
///
/// # Errors
/// [`ReportError::Render`] if a picture cannot be drawn.
pub fn event_files(report: &Report, wall_time: f64) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let file = |model: &ModelSummary| {
        let events = events(model, &report.dataset)?;
        let version = Event {
            file_version: Some("brain.Event:2".to_owned()),
            ..Event::default()
        };
        let mut bytes = Vec::new();
        for mut event in std::iter::once(version).chain(events) {
            event.wall_time = wall_time;
            append(&mut bytes, &event.encode_to_vec());
        }
        Ok((model.id.clone(), bytes))
    };
    report.models.iter().map(file).collect()
}

fn events(model: &ModelSummary, dataset: &DatasetRecord) -> Result<Vec<Event>, ReportError> {
    let scalar = |tag: &str, value: f64| Value {
        tag: tag.to_owned(),
        scalar: Some(value as f32),
        image: None,
    };
    let event = |step: usize, values: Vec<Value>| Event {
        step: step as i64,
        summary: Some(Summary { values }),
        ..Event::default()
    };
    let finished = model.finished.as_deref();
    let all = finished.map_or(&[][..], |of| &of.training.epochs);
    let epochs = all.iter().map(|epoch| {
        let values = vec![
            scalar("training_loss", epoch.training_loss),
            scalar("accuracy/train", epoch.train_accuracy),
            scalar("accuracy/judged", epoch.judged_accuracy),
        ];
        event(epoch.epoch, values)
    });
    let last = all.last().map_or(0, |epoch| epoch.epoch);
    let measured = model.measurements().into_iter();
    let mut values: Vec<Value> = measured
        .filter_map(|(name, value)| Some(scalar(&format!("final/{name}"), value?)))
        .collect();
    let is_finished = model.status == Status::Finished;
    values.push(scalar("finished", f64::from(u8::from(is_finished))));
    if let Some(of) = finished
        && dataset.samples == SampleKind::Pictures
        && let Some(linear) = &of.shown.linear
    {
        let png = weights(linear, of, dataset)?;
        values.push(picture("weights", png)?);
    }
    Ok(epochs.chain([event(last, values)]).collect())
}

fn picture(tag: &str, png: Vec<u8>) -> Result<Value, ReportError> {
    let reader = png::Decoder::new(std::io::Cursor::new(&png))
        .read_info()
        .map_err(|error| ReportError::render(tag, &error))?;
    let (width, height) = reader.info().size();
    Ok(Value {
        tag: tag.to_owned(),
        scalar: None,
        image: Some(Image {
            height: height as i32,
            width: width as i32,
            colorspace: 3,
            encoded_image_string: png,
        }),
    })
}

/// A TFRecord: length, its checksum, the bytes, their checksum, all little-endian.
fn append(file: &mut Vec<u8>, bytes: &[u8]) {
    let length = (bytes.len() as u64).to_le_bytes();
    file.extend_from_slice(&length);
    file.extend_from_slice(&masked_checksum(&length).to_le_bytes());
    file.extend_from_slice(bytes);
    file.extend_from_slice(&masked_checksum(bytes).to_le_bytes());
}

/// CRC-32C, rotated and shifted: the checksum of data that holds checksums would be weak.
fn masked_checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
        .rotate_right(15)
        .wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_framed_as_tensorflow_frames_it() {
        // What tensorboard.summary.writer.record_writer.RecordWriter writes for b"abc".
        let mut file = Vec::new();
        append(&mut file, b"abc");
        assert_eq!(
            file,
            [
                3, 0, 0, 0, 0, 0, 0, 0, 176, 153, 73, 14, 97, 98, 99, 110, 87, 241, 33
            ]
        );
    }
}
