//! What nodes and gateways of a mesh have in common: a number, an auth token, and a radio that others hear or do not.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use handover_device::AuthToken;

use super::Radio;
use crate::play::{Progress, Stage, count};

/// One of those who play in a mesh.
pub struct Part {
    pub(super) stage: Stage,
    pub(super) progress: Arc<Progress>,
    pub(super) number: u32,
    pub(super) token: AuthToken,
    pub(super) radio: Radio,
    /// Whether anybody hears it.
    is_heard: bool,
}

impl Part {
    /// Unheard until it comes.
    pub(super) fn new(
        (stage, progress): (&Stage, &Arc<Progress>),
        (number, token): (u32, AuthToken),
        radio: Radio,
    ) -> Self {
        radio.silence(true);
        Self {
            stage: stage.clone(),
            progress: progress.clone(),
            number,
            token,
            radio,
            is_heard: false,
        }
    }

    /// It is heard from now on.
    pub(super) fn appear(&mut self) {
        self.radio.silence(false);
        if !std::mem::replace(&mut self.is_heard, true) {
            count(&self.progress.there);
        }
    }

    /// Nobody hears it any more.
    pub(super) fn disappear(&mut self) {
        self.radio.silence(true);
        if std::mem::replace(&mut self.is_heard, false) {
            self.progress.there.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
