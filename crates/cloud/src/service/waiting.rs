//! Labels that nobody has, which their maker puts together with a gateway's: whoever claims that one gets all of them.

use handover_wire::{GatewayLabels, TokenId, WaitTogether};

use super::Core;
use super::gateways::GatewayError;
use super::hands::HandsError;
use crate::domain::{Acting, FieldError, MOST_TOGETHER, Paired, Reach, WaitingLabel};
use crate::store::{Action, AuditRow, LabelStanding, StoreError, Work, change};

async fn find(
    work: &mut Work,
    reach: Reach,
    token: TokenId,
) -> Result<LabelStanding, GatewayError> {
    let found = work.label_standing(reach, token).await?;
    found.ok_or(GatewayError::Hands(HandsError::NoSuchLabel))
}

/// One that nobody has.
async fn free(work: &mut Work, reach: Reach, token: TokenId) -> Result<WaitingLabel, GatewayError> {
    let found = find(work, reach, token).await?;
    match found.is_free {
        true => Ok(found.label),
        false => Err(GatewayError::NotClaimable),
    }
}

/// What waits together with a label, be it the gateway's or a node's.
pub async fn look(
    core: &Core,
    acting: &Acting,
    token: TokenId,
) -> Result<GatewayLabels, GatewayError> {
    let mut look = core.store.look().await?;
    let found = find(&mut look, acting.reach(), token).await?.label;
    // Both are of one organization, so whoever reaches the one reaches the other.
    let gateway = found.with.unwrap_or(found.token);
    let all = look.tokens_together(gateway, acting.reach()).await?;
    let mut all = all.into_iter();
    let gateway = all.next();
    let gateway = gateway.ok_or(StoreError::Corrupt("a label that was found is gone"))?;
    Ok(GatewayLabels {
        gateway,
        nodes: all.collect(),
    })
}

/// Has labels wait with a gateway's, or no longer; all of them, or none.
pub async fn wait(core: &Core, acting: &Acting, asked: &WaitTogether) -> Result<(), GatewayError> {
    if asked.node_token_ids.len() > MOST_TOGETHER {
        return Err(GatewayError::Field(FieldError {
            field: "nodeTokenIds",
            must: "500 labels at the most",
        }));
    }
    let reach = acting.reach();
    let now = core.now();
    change!(core.store, |write| {
        let gateway = free(write, reach, asked.token_id).await?;
        let before = write.waiting_with(gateway.token).await?.len();
        let mut changed = 0;
        for &token in &asked.node_token_ids {
            let node = free(write, reach, token).await?;
            if !asked.together {
                if node.with == Some(gateway.token) {
                    write.set_waiting(node.token, None).await?;
                    changed += 1;
                }
                continue;
            }
            let paired = node.wait_with(gateway, before + changed);
            if paired.map_err(GatewayError::NotPaired)? == Paired::Now {
                write.set_waiting(node.token, Some(gateway.token)).await?;
                changed += 1;
            }
        }
        if changed == 0 {
            return Ok(());
        }
        let what = match asked.together {
            true => "put with",
            false => "taken from",
        };
        let row = AuditRow::about(acting, Action::WaitTogether, gateway.org, now);
        let detail = format!("{changed} labels of nodes {what} label {}", gateway.token);
        Ok::<_, GatewayError>(write.audit(row.detail(detail)).await?)
    })
}
