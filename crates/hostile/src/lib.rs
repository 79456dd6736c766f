//! Pictures that are hard on a scanner.
//!
//! - [`Worst`] are those that were found to cost the most, at any size.
//! - [`draw`] makes a picture of any bytes, so that a fuzzer draws with finder patterns and whole codes rather than with
//!   single pixels.

mod canvas;
mod program;
mod random;
mod symbol;
mod worst;

pub use canvas::{Canvas, Inks, Place, Rect};
pub use program::draw;
pub use random::Random;
pub use symbol::{Level, Symbol};
pub use worst::{LABEL, Worst};
