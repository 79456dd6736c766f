//! The rules, without a database or a network: states whose transitions take the time and return a typed error.

mod connection;
mod mail;
mod names;
mod reach;
mod refresh_token;
mod static_token;

pub use connection::Connection;
pub use mail::{LEASE_SECONDS, MailState, Queued, Trouble};
pub use names::{
    DeviceName, EmailAddress, FieldError, NewPassword, OrgName, PersonName, SearchText,
};
pub use reach::{Actor, Reach};
pub use refresh_token::{Refresh, RefreshError, RefreshToken, SessionKind};
pub use static_token::{ClaimWith, Claimed, NotClaimable, TokenState, Transition};
