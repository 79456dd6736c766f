#![doc = include_str!("../README.md")]

mod auth_token;
mod base64url;
mod carrier;
mod claim;
mod claim_link;
mod crc;
mod eui;
mod explain;
mod gs1;
mod gtin;
mod imei;
mod lorawan;
mod mask;
mod qr_token;
mod reading;
mod secret;
mod serial;
mod steering;
mod text;

pub use auth_token::AuthToken;
pub use carrier::Scanned;
pub use claim::{Claim, Identifier, IdentifierKind};
pub use claim_link::{app_link, claim_link};
pub use eui::{Eui48, Eui64};
pub use explain::{MAX_BYTES, claim, explain, explain_scanned};
pub use gs1::{Gs1Error, Gs1Label};
pub use gtin::Gtin;
pub use imei::Imei;
pub use lorawan::{Extension, LorawanError, LorawanLabel};
pub use mask::mask;
pub use qr_token::{QrToken, QrTokenError};
pub use reading::{Advice, Format, Reading};
pub use serial::Serial;
pub use steering::is_steering;
