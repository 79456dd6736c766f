//! The cloud's mail: from a letter to somebody's inbox.
//!
//! - `letter`: what can be written, and in which words (`words`, both languages side by side by the same type).
//! - `render`: subject, text and HTML of it.
//! - `outbox`: a letter is queued within the change that it tells of (`Write::queue_letter`), so that it exists exactly
//!   if that has happened. What it says is sealed.
//! - `server`, `smtp`, `delivery`: the mail server's address, one mail handed to it, and the task that does so.

mod delivery;
mod language;
mod letter;
mod outbox;
mod render;
mod server;
mod smtp;
#[cfg(test)]
mod tests;
mod trial;
mod words;

pub use delivery::deliver;
pub use language::Language;
pub use letter::{Invite, Letter};
pub use outbox::Post;
pub use server::{MailServer, MailServerError};
pub use smtp::Smtp;
pub use trial::{Refusal, Taken, TryMailError, try_mail};
