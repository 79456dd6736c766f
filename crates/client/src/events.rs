//! What changes, as the cloud tells it.

use std::pin::Pin;

use eventsource_stream::{EventStreamError, Eventsource as _};
use futures_util::StreamExt as _;
use futures_util::stream::{Stream, try_unfold};
use handover_wire::{Changes, ErrorBody};

use crate::client::Client;
use crate::transport::not_a_cloud;
use crate::{Result, platform};

/// What changes within the session's reach. The first event names all topics: from there on nothing is missed.
pub struct Events(Pin<Box<dyn Stream<Item = Result<Changes>> + Send>>);

impl Events {
    /// The next event; none where the cloud ended the stream, as it does after a while. Whoever goes on listens anew.
    ///
    /// # Errors
    /// What broke the connection off, or `not_a_cloud`.
    pub async fn next(&mut self) -> Result<Option<Changes>> {
        self.0.next().await.transpose()
    }
}

impl Client {
    /// Listens to what changes.
    ///
    /// # Errors
    /// `unavailable` where too many listen; else as every call.
    pub async fn events(&self) -> Result<Events> {
        let coming = self.download(platform::EVENTS).await?;
        let pieces = try_unfold(coming, |mut coming| async move {
            let piece = coming.next().await?;
            Ok::<_, ErrorBody>(piece.map(|piece| (piece, coming)))
        });
        let events = pieces.eventsource().map(|event| {
            let event = event.map_err(|error| match error {
                EventStreamError::Transport(error) => error,
                EventStreamError::Utf8(_) | EventStreamError::Parser(_) => not_a_cloud(),
            })?;
            serde_json::from_str(&event.data).map_err(|_| not_a_cloud())
        });
        Ok(Events(Box::pin(events)))
    }
}
