//! What a device without a token asks: no session, no person.

use handover_wire::{Bootstrap, BootstrapAnswer};
use url::Url;

use crate::transport::{http_client, no_answer, value};
use crate::{Result, platform};

/// A device asks for its token. `pressed`: its button is pressed at this moment.
///
/// # Errors
/// `invalid_request` where the identifier or the secret is none, `rate_limited`, or what keeps the server from being
/// reached.
pub async fn bootstrap(
    server: &Url,
    request: &Bootstrap,
    pressed: bool,
) -> Result<BootstrapAnswer> {
    let path = match pressed {
        true => platform::PRESENCE,
        false => platform::BOOTSTRAP,
    };
    let mut target = server.clone();
    target.set_path(path);
    let sent = http_client(server)?.post(target).json(request).send();
    value(sent.await.map_err(|error| no_answer(&error))?).await
}
