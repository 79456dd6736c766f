//! What devices are refused over HTTPS stands in the log, as over every other protocol: who, from where and why.

use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use handover_wire::DeviceId;

use super::{PeerOrigin, TOO_LARGE};
use crate::service::Core;
use crate::service::refusals::Peer;

/// Which device a request turned out to be of, once that is known.
#[derive(Clone, Default)]
pub struct Who(Arc<OnceLock<DeviceId>>);

impl Who {
    /// This one.
    pub fn is(&self, device: DeviceId) {
        // A request is of one device: whoever says so first is right.
        let _ = self.0.set(device);
    }
}

/// Why a request was refused. It goes along with the answer, and no further than here.
#[derive(Clone)]
pub struct Why(String);

impl Why {
    /// What the sentence says before it goes into what was sent, which no log has.
    pub fn of(sentence: &str) -> Self {
        let cause = sentence.split(':').next().unwrap_or_default();
        Self(cause.trim_end_matches('.').to_owned())
    }
}

/// Why a body was refused by whatever answers in the platform's form, as where devices ask for their tokens.
fn too_large(status: StatusCode) -> Option<Why> {
    (status == StatusCode::PAYLOAD_TOO_LARGE).then(|| Why::of(TOO_LARGE))
}

/// Writes down what is refused.
pub async fn tell(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/external/api/") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let origin = PeerOrigin::from_request_parts(&mut parts, &core).await;
    let who = Who::default();
    parts.extensions.insert(who.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let why = response.extensions_mut().remove::<Why>();
    let why = why.or_else(|| too_large(response.status()));
    if let (Ok(PeerOrigin(origin)), Some(Why(why))) = (origin, why) {
        let peer = Peer {
            origin,
            speaks: "http",
        };
        match who.0.get() {
            Some(device) => peer.unheard(&core, *device, why),
            None => peer.refused(&core, why),
        }
    }
    response
}
