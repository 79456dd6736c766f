#![doc = include_str!("../README.md")]

mod command;
mod downlink;
mod fields;
mod frame;
#[cfg(feature = "mqtt")]
pub mod mqtt;
mod pin;
mod status;
mod topic;
mod uplink;

pub use command::Command;
pub use downlink::{Downlink, DownlinkError};
pub use fields::{NulInside, fields, join};
pub use frame::{Frame, FrameError, HEADER, MessageId, Payload};
pub use pin::{NoPin, Pin};
pub use status::Status;
pub use topic::{Downward, Filter, OfNode, Topic};
pub use uplink::{TimeAsked, Uplink, UplinkError};
