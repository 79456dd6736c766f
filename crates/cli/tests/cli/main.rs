//! The program as a person or a script meets it.

mod account;
mod audit;
mod claiming;
mod cloud;
mod demo;
mod devices;
mod explain;
mod faults;
mod gateway;
mod gateways;
mod hands;
mod lists;
mod operations;
mod people;
mod run;
mod scan;
mod simulate;
mod templates;
mod tokens;
mod usage;
