//! Fleets of devices that there are not, for those who test a cloud or an app.
//!
//! - `signal`: what such devices measure.
//! - `script`: what a device does and when, which follows from a seed alone.
//! - `journal`: what a fleet did, as a file that is played again.
//! - `play`: does it, over real sockets.

mod fleet;
mod journal;
mod play;
mod script;
mod signal;

pub use fleet::{Failure, Fleet, Mishap, NoFailure};
pub use journal::{Entry, Journal, NoJournal};
pub use play::{Progress, Stage, play};
pub use script::{Act, Script, Step};
pub use signal::{Measured, NoSignal, Signal, Source};
