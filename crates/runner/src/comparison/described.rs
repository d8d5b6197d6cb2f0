//! What a record says of the data.

use crate::division::Division;
use crate::failure::{Failure, Place};
use crate::rows::Rows;
use catalog::{Content, Loaded};
use data::PictureShape;
use records::{Cell, ColumnRecord, DatasetRecord, SampleKind};
use tables::{Preparation, PreparedColumn};

/// What a data set is called and holds, before it is divided.
pub(super) fn described(data: &Loaded) -> DatasetRecord {
    let (samples, shape, features, class_names) = match &data.content {
        Content::Samples { test, .. } => {
            let samples = test.samples();
            let kind = match (samples.picture(), samples.colour_picture()) {
                (Some(_), _) => SampleKind::Pictures,
                (None, Some(_)) => SampleKind::Colours,
                (None, None) => SampleKind::Rows,
            };
            let shape = samples.shown_shape();
            let names = test.class_names().to_vec();
            (kind, shape, samples.features(), names)
        }
        Content::Table { test, .. } => {
            let shape = PictureShape {
                rows: 1,
                columns: 0,
            };
            (SampleKind::Rows, shape, 0, test.class_names().to_vec())
        }
    };
    DatasetRecord {
        name: data.id.clone(),
        title: data.title.clone(),
        train: 0,
        train_available: 0,
        test: 0,
        test_available: 0,
        samples,
        features,
        rows: shape.rows,
        columns: shape.columns,
        classes: class_names.len(),
        class_names,
        sha256: data.sha256.clone(),
    }
}

/// What the training rows of a fit say of the columns of a table; nothing for other data.
pub(super) fn columns(division: &Division, cell: Cell) -> Result<Vec<ColumnRecord>, Failure> {
    let rows = division.train(cell, None)?;
    let Rows::Table(table) = &*rows else {
        return Ok(Vec::new());
    };
    let preparation =
        Preparation::learn(table, &division.settings).map_err(|error| Failure::Syntax {
            place: Place::Option("preparation".to_owned()),
            reason: error.to_string(),
        })?;
    let column = |column: &PreparedColumn| ColumnRecord {
        name: column.name.clone(),
        holds: column.kind.plural().to_owned(),
        missing: column.missing,
        done: column.to_string(),
        features: column.features.clone(),
    };
    Ok(preparation.columns().iter().map(column).collect())
}
