//! Gateways with nodes, made over HTTP as the maker's administrator would.

use std::path::PathBuf;

use handover_wire::Role;
use serde_json::{Value, json};

use super::generator::Hub;
use crate::cloud::Trouble;
use crate::cloud::http::Connection;
use crate::cloud::site::{Site, TEMPLATE, text};

/// Makes so many gateways with so many nodes each, in a cloud that stays in a folder.
pub async fn prepare(folder: PathBuf, gateways: usize, nodes: usize) -> Result<Vec<Hub>, Trouble> {
    let site = Site::start_kept(folder, None, "").await?;
    let mut admin = site.connect(&site.sign_in(Role::Admin).await?).await?;
    let draft = json!({ "name": "Hub", "gatewayApi": true });
    let template = admin.post("/template", &draft).await?.json()?;
    let me = admin.get("/me").await?.json()?;
    let mut hubs = Vec::new();
    for number in 0..gateways {
        let name = format!("Hub {number}");
        let (hub, token) = device(&mut admin, &me, &template["templateId"], &name).await?;
        let mut tokens = Vec::new();
        for number in 0..nodes {
            let name = format!("{name} node {number}");
            let (node, token) = device(&mut admin, &me, &TEMPLATE.into(), &name).await?;
            let both = json!({ "gatewayId": hub, "nodeId": node });
            if admin.post("/gateway/pair", &both).await?.status >= 300 {
                return Err(Trouble::Odd("a node that is not paired"));
            }
            tokens.push(token);
        }
        hubs.push(Hub {
            token,
            nodes: tokens,
        });
    }
    site.stop().await;
    Ok(hubs)
}

/// A device that is its maker's administrator's, and its auth token.
async fn device(
    admin: &mut Connection,
    me: &Value,
    template: &Value,
    name: &str,
) -> Result<(Value, String), Trouble> {
    let user = &me["user"];
    let new = json!({ "templateId": template, "orgId": user["orgId"], "ownerId": user["id"], "name": name });
    let made = admin.post("/device/create", &new).await?.json()?;
    let path = format!("/device/token?deviceId={}", made["id"]);
    let token = text(&admin.get(&path).await?.json()?["token"])?;
    Ok((made["id"].clone(), token))
}
