//! What stands in for a cloud: keeps what gateways deliver, and says what it holds of it.

use std::collections::BTreeMap;

use handover_device::{Derivation, Id, Item, Message, NodeId, Order, Outcome};

use super::token;

#[derive(Default)]
struct Command {
    payload: Vec<u8>,
    outcome: Option<Outcome>,
}

/// Knows nothing of gateways' stores; drops what it has already, as a cloud must.
#[derive(Default)]
pub struct Cloud {
    pub away: bool,
    /// How often something was delivered that it had.
    pub repeated: u64,
    pub reinstalled: Vec<(NodeId, u32)>,
    messages: BTreeMap<(NodeId, Id), Message>,
    commands: BTreeMap<usize, Vec<Command>>,
    homes: BTreeMap<usize, usize>,
}

impl Cloud {
    pub fn take(&mut self, item: &Item) {
        match item {
            Item::Message(message) => {
                let key = (message.node, message.id);
                let before = self.messages.insert(key, message.clone());
                if let Some(before) = before {
                    self.repeated += 1;
                    assert_eq!(before.payload, message.payload, "{key:?}");
                }
            }
            Item::Outcome {
                node,
                command,
                outcome,
            } => {
                let commands = self.commands.entry(node.0 as usize).or_default();
                commands[*command as usize - 1].outcome = Some(*outcome);
            }
            Item::Reinstalled { node, life } => self.reinstalled.push((*node, *life)),
        }
    }

    pub fn pair(&mut self, node: usize, gateway: usize, derivation: u32) -> Vec<Order> {
        self.homes.insert(node, gateway);
        let keys = token(node).keys(Derivation(derivation));
        let mut orders = vec![Order::Pair(NodeId(node as u64), keys)];
        let commands = self.commands.entry(node).or_default();
        for (at, command) in commands.iter().enumerate() {
            if command.outcome.is_none() {
                orders.push(send(node, at, &command.payload));
            }
        }
        orders
    }

    pub fn command(&mut self, node: usize, payload: &[u8]) -> (usize, Order) {
        let commands = self.commands.entry(node).or_default();
        commands.push(Command {
            payload: payload.to_vec(),
            outcome: None,
        });
        (self.homes[&node], send(node, commands.len() - 1, payload))
    }

    /// A node's messages, in the order of their numbers.
    pub fn messages_of(&self, node: usize) -> Vec<&Message> {
        let all = self.messages.iter();
        all.filter(|((of, _), _)| of.0 == node as u64)
            .map(|(_, message)| message)
            .collect()
    }

    pub fn outcomes_of(&self, node: usize) -> Vec<Option<Outcome>> {
        let commands = self.commands.get(&node).into_iter().flatten();
        commands.map(|command| command.outcome).collect()
    }

    /// How many of its messages to nodes have no outcome.
    pub fn open(&self) -> usize {
        let commands = self.commands.values().flatten();
        commands.filter(|one| one.outcome.is_none()).count()
    }
}

fn send(node: usize, at: usize, payload: &[u8]) -> Order {
    Order::Send {
        node: NodeId(node as u64),
        command: at as u64 + 1,
        payload: payload.to_vec(),
    }
}
