//! Gateways with their nodes: which are paired first, where somebody signs in, or are asked for by each gateway.

use std::collections::BTreeMap;
use std::io;

use handover_client::{Client, Method, gateway_nodes, server_address};
use handover_device::AuthToken;
use handover_wire::{DeviceId, PairNode, UnpairNode};
use serde_json::json;

use super::tokens::Known;
use crate::account::Account;
use crate::failure::Failure;

/// Nodes of one gateway at the most.
const MOST_NODES: usize = 1_000;
/// The same of a mesh.
const MOST_MESH_NODES: usize = 100;

/// A gateway's token, and its nodes'.
pub type Hub = (AuthToken, Vec<AuthToken>);

/// Pairs these nodes with these gateways, to each about as many, and what is paired already stays so.
pub async fn pair(
    account: &Account,
    gateways: Vec<Known>,
    nodes: Vec<Known>,
) -> Result<Vec<Hub>, Failure> {
    let each = nodes.len().div_ceil(gateways.len().max(1)).max(1);
    if each > MOST_NODES {
        return Err(Failure::Simulation(
            "a gateway speaks for 1,000 nodes at the most: give more gateways, or fewer nodes",
        ));
    }
    let client = account.sign_in(&mut io::stdin().lock()).await?;
    let mut left = nodes.into_iter();
    let mut hubs = Vec::new();
    for gateway in gateways {
        let mut own = Vec::new();
        for node in left.by_ref().take(each) {
            pair_one(&client, (numbered(&gateway)?, numbered(&node)?)).await?;
            own.push(node.token);
        }
        hubs.push((gateway.token, own));
    }
    Ok(hubs)
}

fn numbered(device: &Known) -> Result<DeviceId, Failure> {
    device.id.ok_or(Failure::Simulation(
        "to pair devices takes their numbers: give exports of devices, which have the column \"Device ID\"",
    ))
}

async fn pair_one(
    client: &Client,
    (gateway_id, node_id): (DeviceId, DeviceId),
) -> Result<(), Failure> {
    let body = PairNode {
        gateway_id,
        node_id,
    };
    let () = client
        .organization(Method::POST, "gateway/pair", Some(&json!(body)))
        .await?;
    Ok(())
}

/// Finds which nodes each gateway of a mesh has, once they were paired where somebody signs in: each is given to its gateway
/// anew then, so that its keys are new, as after its store was lost.
pub async fn of_mesh(
    server: &str,
    account: Option<&Account>,
    gateways: Vec<Known>,
    nodes: Vec<Known>,
) -> Result<Vec<Hub>, Failure> {
    if let Some(account) = account {
        pair_anew(account, &gateways, &nodes).await?;
    }
    let server = server_address(server)?;
    let mut left = BTreeMap::new();
    for node in nodes {
        left.insert(numbered(&node)?, node.token);
    }
    let mut hubs = Vec::new();
    for gateway in gateways {
        let found = gateway_nodes(&server, gateway.token.text()).await?;
        let mut own = Vec::new();
        for node in found {
            let Some(token) = left.remove(&node.device_id) else {
                continue;
            };
            if node.mesh.is_none() {
                return Err(Failure::Simulation(
                    "these nodes are not reached by mesh: turn on that switch of their template first",
                ));
            }
            own.push(token);
        }
        hubs.push((gateway.token, own));
    }
    match left.is_empty() {
        true => Ok(hubs),
        false => Err(Failure::Simulation(
            "no gateway has some of these nodes: pair them first, with --pair",
        )),
    }
}

async fn pair_anew(account: &Account, gateways: &[Known], nodes: &[Known]) -> Result<(), Failure> {
    let each = nodes.len().div_ceil(gateways.len().max(1)).max(1);
    if each > MOST_MESH_NODES {
        return Err(Failure::Simulation(
            "a gateway of a simulated mesh has 100 nodes at the most: give more gateways, or fewer nodes",
        ));
    }
    let client = account.sign_in(&mut io::stdin().lock()).await?;
    for (gateway, own) in gateways.iter().zip(nodes.chunks(each)) {
        for node in own {
            let (gateway, node) = (numbered(gateway)?, numbered(node)?);
            let body = UnpairNode { node_id: node };
            let () = client
                .organization(Method::POST, "gateway/unpair", Some(&json!(body)))
                .await?;
            pair_one(&client, (gateway, node)).await?;
        }
    }
    Ok(())
}

/// Asks for the nodes of each gateway.
pub async fn find(server: &str, gateways: Vec<Known>) -> Result<Vec<Hub>, Failure> {
    let server = server_address(server)?;
    let mut hubs = Vec::new();
    for gateway in gateways {
        let nodes = gateway_nodes(&server, gateway.token.text()).await?;
        let tokens = nodes.into_iter().filter_map(|node| node.token);
        let tokens = tokens.filter_map(|token| AuthToken::new(token.expose()).ok());
        hubs.push((gateway.token, tokens.collect()));
    }
    Ok(hubs)
}
