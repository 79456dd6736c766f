//! The mesh in simulated time: many devices on air that exists in memory alone.

mod drive;
mod hostile;
mod hundred;
mod keys;
mod model;
mod world;
