#![doc = include_str!("../README.md")]

mod bytes;
mod dice;
mod direct;
mod drive;
mod flood;
mod frame;
#[cfg(fuzzing)]
pub mod fuzzing;
mod gateway;
pub mod link;
mod node;
mod pipe;
mod retry;
mod store;
mod tunnel;

use std::time::Duration;

pub use dice::Dice;
pub use direct::{About, Direct, DirectError, Told};
pub use drive::{
    Away, MeshGateway, MeshNode, Order, Received, RunError, Sent, Stopped, Uplink, seed,
};
pub use flood::{Rate, RelayConfig};
pub use frame::{
    Frame, FrameError, Head, Hop, Id, Kind, MAX_DOWN, MAX_FRAME, MAX_HOPS, MAX_UP, Signal,
};
pub use gateway::{Gateway, GatewayConfig, Item, Message, NodeId, Outcome, Stranger};
pub use handover_air::{Address, AuthToken, Derivation, Key, NodeKeys, NotAToken};
pub use node::{Fate, Node, NodeConfig, NodeOutput, Refused};
pub use retry::Retry;
pub use store::{Failure, FileStore, Journal, MemoryStore, Record, State, Store, StoreError};
pub use tunnel::{Tunnel, TunnelError, Tunnelled};

/// A moment, by how long it is after some other that stays the same while the program runs.
pub type Moment = Duration;
