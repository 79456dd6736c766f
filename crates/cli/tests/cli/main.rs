//! The program as a person or a script meets it.

mod claiming;
mod demo;
mod explain;
mod run;
mod scan;
mod usage;
