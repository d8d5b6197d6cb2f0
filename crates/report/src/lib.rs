//! From numbers to pages and pictures, and to files for other programs.
//!
//! [`analysis::Report`] is what is shown; [`write_report`] writes it. What a report costs is
//! bounded, whatever the data: pictures are at most 96 pixels a side on sheets, all images of the
//! HTML page together at most 2²⁵ pixels, matrices and tables of classes show the 40 that are
//! mistaken most, tables of pairs the first 500, tables and lines of epochs at most 200 points.
//! `report.json` has the rest.

mod bounds;
mod characters;
mod contest;
mod error;
mod escape;
mod figure;
mod figures;
mod foresight;
mod gate;
mod glossary;
mod history;
mod html;
mod in_text;
mod index;
mod latex;
mod lead;
mod live;
mod lock;
mod luck;
mod markdown;
mod numbers;
mod parquet;
mod plain;
mod prose;
mod replaced;
mod room;
mod runs;
mod scaling;
mod sheet;
mod sprite;
mod table;
mod tables;
mod template;
mod tensorboard;
mod text_table;
mod tuning;
mod verdict;
mod view;
mod warnings;
mod whole;
mod words;
mod write;

pub use characters::in_characters;
pub use contest::write_error_against_time;
pub use error::ReportError;
pub use figures::{Contestant, explained_picture, explained_row, marker_of, models_with_a_look};
pub use foresight::foresight;
pub use gate::gates_in_words;
pub use history::history_page;
pub use html::{model_colours, page_colours};
pub use in_text::{Painter, report_in_text};
pub use index::{report_in, write_index};
pub use latex::latex;
pub use live::LiveTable;
pub use numbers::{range, thousands};
pub use plain::{harmless, in_lines};
pub use replaced::replaced;
pub use runs::{RunsTable, changed_accuracies, changed_settings};
pub use scaling::{FitCost, Growing, ModelCosts, Scaling, ThreadCosts, write_scaling};
pub use sheet::{Tile, contact_sheet};
pub use table::{Table, Values};
pub use tables::{epochs_table, models_table, pairs_table, predictions_table};
pub use tensorboard::event_files;
pub use text_table::{TextColumn, TextTable};
pub use tuning::{search_table, write_tuning};
pub use verdict::{summary, verdict};
pub use warnings::{Warning, warnings};
pub use words::agreement_in_words;
pub use write::{Pages, write_report};
