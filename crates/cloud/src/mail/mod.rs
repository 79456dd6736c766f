//! The cloud's mail. Letters are written here and not sent yet.

mod letter;

pub use letter::Letter;

use crate::domain::EmailAddress;
use crate::service::Core;
use crate::store::{StoreError, Write};

/// A language that letters are written in.
pub enum Language {
    /// English.
    En,
}

impl Language {
    /// The one nearest to a BCP 47 tag.
    pub fn from_tag(_tag: &str) -> Self {
        Self::En
    }
}

impl Write {
    /// Queues a letter within the change that it tells of.
    pub async fn queue_letter(
        &mut self,
        _core: &Core,
        _to: &EmailAddress,
        _language: Language,
        _letter: &Letter,
    ) -> Result<(), StoreError> {
        Ok(())
    }
}
