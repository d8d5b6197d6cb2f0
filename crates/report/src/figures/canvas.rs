//! What pictures are drawn on.

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

/// A part of an SVG to draw on.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Two axes, and the part between them.
pub(super) type Axes<'a> =
    ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
/// What comes of drawing.
pub(super) type Drawn<T> = Result<T, DrawingAreaErrorKind<std::io::Error>>;
