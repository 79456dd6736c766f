//! What a gateway asks for itself: no session, no person.

use handover_wire::{TunnelledNode, TunnelledNodes};
use url::Url;

use crate::transport::{http_client, no_answer, value};
use crate::{Result, platform};

/// The nodes of the gateway that has this auth token.
///
/// # Errors
/// `not_found` or `invalid_request` where it is no gateway's, or what keeps the server from being reached.
pub async fn gateway_nodes(server: &Url, token: &str) -> Result<Vec<TunnelledNode>> {
    let mut target = server.clone();
    target.set_path(platform::GATEWAY_NODES);
    let request = http_client(server)?.get(target);
    let sent = request.header(platform::GATEWAY_TOKEN, token).send();
    let found: TunnelledNodes = value(sent.await.map_err(|error| no_answer(&error))?).await?;
    Ok(found.nodes)
}
