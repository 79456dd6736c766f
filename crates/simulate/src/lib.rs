//! Fleets of devices that there are not, for those who test a cloud or an app.
//!
//! - `signal`: what such devices measure.
//! - `script`: what a device does and when, which follows from a seed alone.
//! - `cast`: who plays it.
//! - `journal`: what a fleet did, as a file that is played again.
//! - `play`, `player`, `upload`: do it, over real sockets.
//! - `mesh`: the same where nodes carry each other's messages to gateways, over air in memory.

mod cast;
mod fleet;
mod journal;
mod merged;
mod mesh;
mod play;
mod player;
mod script;
mod signal;
mod upload;

pub use cast::{Cast, FILES_IN_MESH, Plot, perform};
pub use fleet::{Failure, Fleet, Mishap, NoFailure};
pub use journal::{Entry, Journal, NoJournal, Recorded, Topology};
pub use play::{Hub, Played, Progress, Stage, play, play_hubs};
pub use script::{Act, Script, Step};
pub use signal::{Measured, NoSignal, Signal, Source};
