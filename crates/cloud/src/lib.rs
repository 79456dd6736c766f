//! The bundled cloud: it speaks the published Platform API, keeps everything in one folder, and runs in a process of
//! its own (`handover cloud`) or inside the app.
//!
//! - `domain`: the rules, without a database or a network.
//! - `store`: what is kept (SQLite or PostgreSQL).
//! - `service`: the use-cases, whoever asks.
//! - `mail`: letters, and how they get to people.
//! - `binary`: the binary protocol, which devices speak on the same port.
//! - `mqtt`: MQTT, which devices speak on a port of its own and in WebSockets.
//! - `http`: one endpoint, one file; the web console.
//! - `start`, `server`: opening the folder and the port, stopping gracefully.

mod address;
#[cfg(test)]
mod alike_tests;
#[cfg(test)]
mod audit_tests;
#[cfg(test)]
mod bad_input_tests;
#[cfg(test)]
mod batch_tests;
mod binary;
#[cfg(test)]
mod bootstrap_tests;
#[cfg(test)]
mod bounded_tests;
#[cfg(test)]
mod by_hand_tests;
mod clock;
mod connections;
#[cfg(test)]
mod crowd_tests;
mod database;
mod demo;
#[cfg(test)]
mod device_limit_tests;
mod domain;
mod durable;
mod entropy;
#[cfg(test)]
mod export_tests;
#[cfg(test)]
mod fault_tests;
mod files;
#[cfg(test)]
mod fleet_tests;
#[cfg(test)]
mod gateway_hands_tests;
#[cfg(test)]
mod gateway_tests;
#[cfg(test)]
mod hands_tests;
#[cfg(test)]
mod heartbeat_tests;
mod http;
#[cfg(test)]
mod identifier_tests;
#[cfg(test)]
mod limit_tests;
#[cfg(test)]
mod living_tests;
#[cfg(test)]
mod log_tests;
mod mail;
#[cfg(test)]
mod making_tests;
#[cfg(test)]
mod matrix_tests;
#[cfg(test)]
mod mesh_air_tests;
#[cfg(test)]
mod mesh_joining_tests;
#[cfg(test)]
mod mesh_model_tests;
#[cfg(test)]
mod mesh_tests;
mod migrate;
#[cfg(test)]
mod moment_tests;
mod mqtt;
#[cfg(test)]
mod mqtt_tests;
#[cfg(test)]
mod name_tests;
#[cfg(test)]
mod namesake_tests;
#[cfg(test)]
mod once_tests;
#[cfg(test)]
mod order_tests;
mod passwords;
#[cfg(test)]
mod people_tests;
#[cfg(test)]
mod reason_tests;
#[cfg(test)]
mod reconnect_tests;
#[cfg(test)]
mod refused_tests;
mod seats;
mod secrets;
mod server;
mod service;
#[cfg(test)]
mod shown_tests;
#[cfg(test)]
mod sign_up_tests;
mod start;
#[cfg(test)]
mod start_tests;
mod store;
mod streams;
#[cfg(test)]
mod telling_tests;
#[cfg(test)]
mod template_tests;
#[cfg(test)]
mod tenure_tests;
#[cfg(test)]
mod testing;
mod tls;
#[cfg(test)]
mod tls_tests;
#[cfg(test)]
mod together_tests;
#[cfg(test)]
mod token_left_tests;
#[cfg(test)]
mod tunnel_tests;
#[cfg(test)]
mod upload_tests;
mod verify_audit;
#[cfg(test)]
mod why_tests;
#[cfg(test)]
mod words_tests;

pub use clock::{Clock, SystemClock, Time};
pub use database::{DatabaseUrl, DatabaseUrlError};
pub use demo::{Demo, DemoToken, DemoUser};
pub use domain::LANGUAGES;
pub use entropy::{Entropy, SystemEntropy};
pub use files::open_many_files;
pub use http::openapi;
pub use mail::{MailServer, MailServerError, Refusal, Taken, TryMailError, try_mail};
pub use migrate::{MigrateError, migrate};
pub use server::{Cloud, Doors};
pub use service::audit::tell as tell_audit_fault;
pub use start::{Config, HTTP_SECONDS, StartError};
pub use store::{Copied, CopyError};
pub use tls::{CertificateError, CertificateFiles, Identity};
pub use verify_audit::{VerifyAuditError, verify_audit};
