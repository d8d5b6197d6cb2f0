//! Features as samples store them, bytes or real numbers.

/// A feature as samples store it.
pub(crate) trait Feature: Copy + Default + PartialEq + Send + Sync + 'static {
    /// What 1 stands for in the units that the weights see.
    const UNIT: f32;

    fn number(self) -> f32;
}

#[allow(
    clippy::inline_always,
    reason = "what is not inlined into a closure for one instruction set is compiled without its vectors"
)]
impl Feature for u8 {
    const UNIT: f32 = 1.0 / 255.0;

    #[inline(always)]
    fn number(self) -> f32 {
        f32::from(self)
    }
}

#[allow(clippy::inline_always, reason = "as for bytes")]
impl Feature for f32 {
    const UNIT: f32 = 1.0;

    #[inline(always)]
    fn number(self) -> f32 {
        self
    }
}
