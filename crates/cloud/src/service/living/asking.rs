//! Nodes of a mesh that have no gateway and are heard by one while its join window is open: the address of what they send says
//! who they are, to whoever has their auth tokens.

use std::collections::BTreeSet;

use handover_air::{Address, AuthToken, Derivation};
use handover_wire::DeviceId;

use super::carrying::may_join;
use crate::clock::Time;
use crate::domain::JoinWindow;
use crate::secrets::Purpose;
use crate::service::{Broken, Core, limits};
use crate::store::{Candidate, StoreError, change};

/// Devices among which an address is looked for: those that came last. Each takes its keys to be derived.
const MOST: i64 = 2_000;
/// Devices after which others get their turn.
const AT_ONCE: usize = 50;

/// A gateway of a mesh heard these, and cannot open what they send. Those that are devices of its organization or below that are
/// reached by mesh, that somebody has and no gateway speaks for, ask to join from now on. Gives until when its window is open;
/// none where it is closed, and then nobody asks. Whether anybody was found it is not told.
///
/// An address proves nothing, since it is said in the clear. So it lets nobody ask but for what the organization has already: a label that
/// nobody has asks with its token alone.
pub async fn heard(
    core: &Core,
    gateway: DeviceId,
    heard: &BTreeSet<(Derivation, Address)>,
) -> Result<Option<Time>, Broken> {
    let now = core.now();
    let mut look = core.store.look().await?;
    let (standing, until) = (
        look.standing(gateway).await?,
        look.join_until(gateway).await?,
    );
    let until = JoinWindow::at(until, now).until();
    let (Some(standing), Some(_)) = (standing, until) else {
        return Ok(None);
    };
    drop(look);
    // Who is told of too often is not looked for.
    let counted = limits::strangers(core, gateway);
    let taken = change!(core.store, |write| {
        limits::take(write, &[counted], now).await
    })?;
    if taken.is_err() {
        return Ok(until);
    }
    let mut look = core.store.look().await?;
    let candidates = look.without_gateway(standing.org, MOST).await?;
    drop(look);
    let found = found(core, &candidates, heard).await?;
    if found.is_empty() {
        return Ok(until);
    }
    change!(core.store, |write| {
        let Some(own) = write.standing(gateway).await? else {
            return Ok::<_, StoreError>(());
        };
        for &node in &found {
            let Some(asks) = write.standing(node).await? else {
                continue;
            };
            if asks.is_of_mesh && may_join(write, own.org, (node, &asks)).await? {
                write.ask_to_join(node, gateway, now).await?;
            }
        }
        Ok(())
    })?;
    Ok(until)
}

/// Whose addresses these are.
async fn found(
    core: &Core,
    candidates: &[Candidate],
    heard: &BTreeSet<(Derivation, Address)>,
) -> Result<Vec<DeviceId>, Broken> {
    let derivations: BTreeSet<Derivation> = heard.iter().map(|(number, _)| *number).collect();
    let mut found = Vec::new();
    for some in candidates.chunks(AT_ONCE) {
        for Candidate {
            id,
            sealed,
            derivation,
        } in some
        {
            let token = core.keys.open_kept(Purpose::AuthToken, sealed)?;
            let token = token.and_then(|token| AuthToken::new(token.expose()).ok());
            let Some(token) = token else { continue };
            // A node has no derivation that the cloud has not given yet.
            let possible = derivations
                .iter()
                .filter(|number| i64::from(number.0) <= *derivation);
            let mut possible = possible.map(|number| (*number, token.address(*number)));
            if possible.any(|address| heard.contains(&address)) {
                found.push(*id);
            }
        }
        tokio::task::yield_now().await;
    }
    Ok(found)
}
