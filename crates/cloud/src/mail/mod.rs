//! The cloud's mail: from a letter to somebody's inbox.
//!
//! - `letter`: what can be written, and in which words (`words`, both languages side by side by the same type).
//! - `render`: subject, text and HTML of it.
//! - `outbox`: a letter is queued within the change that it tells of (`Write::queue_letter`), so that it exists exactly
//!   if that has happened. What it says is sealed.

mod language;
mod letter;
mod outbox;
mod render;
mod words;

pub use language::Language;
pub use letter::Letter;
pub use outbox::{Content, KeptMail, Post};
