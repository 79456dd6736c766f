//! The typed client of a Handover cloud, or of one that speaks the published Platform API.
//!
//! [`Client`] holds one session and keeps it alive; [`PendingClaims`] keeps claims whose answer is not known.
//! Every error is a [`handover_wire::ErrorBody`] with a closed code, wherever it arose. `platform.rs` alone knows
//! the paths, so that one file changes when a foreign cloud names things otherwise.

mod address;
mod bootstrap;
mod client;
mod events;
mod gateway;
mod pending;
mod platform;
mod transport;

pub use address::server_address;
pub use bootstrap::bootstrap;
pub use client::{Client, Download, Refreshed, SignedIn};
pub use events::Events;
pub use gateway::gateway_nodes;
pub use handover_wire::ErrorBody;
pub use pending::{PendingClaims, SecretStore, WaitingClaim};
pub use platform::SEARCH_FROM;
pub use reqwest::Method;
pub use transport::{http_builder, no_answer};

/// What every call of this crate answers.
pub type Result<T, E = ErrorBody> = std::result::Result<T, E>;

/// Whether a claim that failed this way may still succeed, or may even have been carried out: the same claim with
/// the same idempotency key is then worth another try. `rate_limited` is an answer: nothing was done.
pub fn is_undecided(code: handover_wire::ErrorCode) -> bool {
    use handover_wire::ErrorCode as Code;
    matches!(
        code,
        Code::Unreachable
            | Code::Timeout
            | Code::UntrustedServer
            | Code::NotACloud
            | Code::StorageFull
            | Code::Unavailable
            | Code::Internal
            | Code::SessionExpired
            | Code::Unauthenticated
            | Code::SignedOut
    )
}
