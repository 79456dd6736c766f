//! Answers that are given again to the same key, so that an answer which was lost on its way is lost for nobody.

use serde::Serialize;

use crate::domain::Acting;
use crate::secrets::{Digest, Purpose};
use crate::service::{Broken, Core};
use crate::store::{KeptAnswer, StoreError, Write};

/// The status under which an answer is kept; it is given with every one.
const OK: u16 = 200;

/// The key stands for another request.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("this key was used for a different request")]
pub struct KeyUsed;

/// A request that may have a key.
pub struct Keyed<'a> {
    key: Option<&'a str>,
    digest: Digest,
}

impl<'a> Keyed<'a> {
    /// `call` tells requests of one kind from those of another, and from claims, which keep their answers in one place.
    pub fn new(
        core: &Core,
        call: &str,
        key: Option<&'a str>,
        request: &impl Serialize,
    ) -> Result<Self, Broken> {
        let text = format!("{call}\n{}", serde_json::to_string(request)?);
        let digest = core.digest(Purpose::ClaimRequest, &text);
        Ok(Self { key, digest })
    }

    /// What this key was answered before, if it was.
    pub async fn before<E: From<KeyUsed> + From<StoreError>>(
        &self,
        write: &mut Write,
        acting: &Acting,
    ) -> Result<Option<String>, E> {
        let Some(key) = self.key else { return Ok(None) };
        match write.kept_answer(&acting.actor, key).await? {
            Some(kept) if kept.request != self.digest => Err(KeyUsed.into()),
            kept => Ok(kept.map(|kept| kept.body)),
        }
    }

    /// Keeps the answer, within the change that it tells of.
    pub async fn keep(
        &self,
        core: &Core,
        write: &mut Write,
        acting: &Acting,
        body: String,
    ) -> Result<(), Broken> {
        if let Some(key) = self.key {
            let kept = KeptAnswer {
                request: self.digest,
                status: OK,
                body,
            };
            let now = core.now();
            write.keep_answer(&acting.actor, key, &kept, now);
        }
        Ok(())
    }
}
