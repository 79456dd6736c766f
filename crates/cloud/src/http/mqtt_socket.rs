//! `/mqtt`: MQTT in a WebSocket, as published, with the subprotocol `mqtt`. A page of another site may open one, too: it
//! has nothing there without a device's token.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use handover_wire::ErrorCode;

use super::error::ApiFailure;
use super::origin::PeerOrigin;
use crate::connections::Doorway;
use crate::mqtt;
use crate::service::Core;
use crate::streams::Messages;

/// What is spoken in the WebSocket.
const SUBPROTOCOL: &str = "mqtt";
/// Bytes of a message at most; MQTT's packets may begin and end anywhere in them.
const MOST_BYTES: usize = 4 * 1_024;
/// Bytes that wait for a device that is slow to take them.
const MOST_WAITING: usize = 64 * 1_024;

/// Opens a WebSocket.
pub async fn open(
    State(core): State<Arc<Core>>,
    doorway: Option<Extension<Doorway>>,
    PeerOrigin(origin): PeerOrigin,
    upgrade: WebSocketUpgrade,
) -> Response {
    let refused = |status, message: &'static str| {
        ApiFailure::new(status, ErrorCode::InvalidRequest, message).into_response()
    };
    let Some(Extension(doorway)) = doorway else {
        return refused(
            StatusCode::NOT_FOUND,
            "This cloud was started without --mqtt.",
        );
    };
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return refused(
            StatusCode::BAD_REQUEST,
            "The subprotocol mqtt is what is spoken here.",
        );
    }
    // Held from now on, so that a stop waits for the connection.
    let tracked = doorway.tasks.token();
    upgrade
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES)
        .read_buffer_size(MOST_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(MOST_WAITING)
        .on_upgrade(move |socket| async move {
            let from = (Box::new(Messages::of(socket)) as _, origin);
            mqtt::serve(core, from, doorway.patience, doorway.stop, doorway.room).await;
            drop(tracked);
        })
}
