//! Requests that are refused before their bodies were read. A connection on which more of a body is to come takes no other
//! request after that one, so the answer says that it ends.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// Pieces of a body that are looked at whether they are the rest of it: what has come with the request is one.
const PIECES: usize = 16;

/// A body that is given back by whoever leaves it.
struct Lent {
    body: Body,
    back: Arc<Mutex<Option<Body>>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Ok(mut back) = self.back.lock() {
            *back = Some(std::mem::take(&mut self.body));
        }
    }
}

/// Says that the connection ends where the rest of the request has not come.
pub async fn tell(request: Request, next: Next) -> Response {
    let back = Arc::new(Mutex::new(None));
    let lent = |body: Body| {
        let back = back.clone();
        Body::new(Lent { body, back })
    };
    let mut response = next.run(request.map(lent)).await;
    let left = back.lock().ok().and_then(|mut back| back.take());
    if left.is_some_and(|body| !is_whole(body)) {
        let closes = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, closes);
    }
    response
}

/// Whether all of a body is there, without waiting for any of it.
fn is_whole(mut body: Body) -> bool {
    for _ in 0..PIECES {
        if body.is_end_stream() {
            return true;
        }
        let piece = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        match piece.now_or_never() {
            Some(Some(Ok(_))) => {}
            Some(None) => return true,
            Some(Some(Err(_))) | None => return false,
        }
    }
    body.is_end_stream()
}
