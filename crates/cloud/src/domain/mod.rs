//! The rules, without a database or a network: states whose transitions take the time and return a typed error.

mod acting;
mod approval;
mod audit_chain;
mod batch;
mod bootstrap;
mod cell;
mod claim_code;
mod connection;
mod device_list;
mod fates;
mod file_name;
mod hands;
mod headers;
mod identifier;
mod limit;
mod looks;
mod mail;
mod many;
mod mesh;
mod metadata;
mod name_order;
mod names;
mod no_undo;
mod one_time_link;
mod pace;
mod pairing;
mod permission;
mod person;
mod property;
mod reach;
mod refresh_token;
mod sent_again;
mod series;
mod stretches;
mod table;
mod template;
mod tree;
mod unseen;
mod value;
mod why;

pub use acting::Acting;
pub use approval::{Decided, Waiting};
pub use audit_chain::{Link, Sealable, Walk};
pub use batch::{MOST_TOKENS, as_people_write, label, sought_by, stem};
pub use bootstrap::{
    Heard, NotNamed, PRESS_SECONDS, Pin, PinConflict, PinGone, Pins, Press, PressFor, Saying,
};
pub use cell::{as_typed, harmless, table_rows};
pub use claim_code::ClaimCode;
pub use connection::Connection;
pub use device_list::{Cursor, DeviceFilter, Listed, Place, device_state, without_separators};
pub use fates::{BadFaults, Call, Fates, Moment};
pub use file_name::FileName;
pub use hands::{
    ClaimWith, Claimed, Claiming, Destination, Hands, Holder, NewOwner, NotClaimable, NotHeld,
    Sees, TransferError, UndoOver, Was,
};
pub use headers::{kind_by_header, name_column};
pub use identifier::{Names, Scheme, caseless, likely, told_apart_by};
pub use limit::{Limit, TooOften};
pub use looks::looks;
pub use mail::{LEASE_SECONDS, MailState, Queued, Trouble};
pub use many::{MOST_DEVICES, Pattern};
pub use mesh::{
    Life, Lives, MOST_OPEN, Reinstalled, Reinstalls, Seen, Taken, Way, Window, checked_path,
    counts_under, draw, numbered, packed, way_of,
};
pub use metadata::{edited, values};
pub use name_order::in_order;
pub use names::{
    BatchName, Description, DeviceName, EmailAddress, FieldError, LANGUAGES, Locale, NewPassword,
    OrgName, PersonName, Reason, SearchText, TemplateName, TimeZone,
};
pub use no_undo::{LastMove, NoUndo};
pub use one_time_link::{LinkError, LinkState, lifetime};
pub use pace::Pace;
pub use pairing::{
    Gateway, JoinWindow, MOST_MINUTES, MOST_TOGETHER, NotPaired, Paired, Part, WaitingLabel,
};
pub use permission::{may, may_give, permissions};
pub use person::{PersonStep, WrongStatus, after};
pub use property::{NoProperty, check_property};
pub use reach::{Actor, Reach};
pub use refresh_token::{Refresh, RefreshError, RefreshToken, SessionKind};
pub use sent_again::LastPoints;
pub use series::Wanted;
pub use stretches::Stretches;
pub use table::{
    AUTH_TOKEN, CLAIM_CODE, CLAIM_LINK, Checked, DEVICE_NAME, Mapping, QR_TOKEN, Row, TableError,
    check,
};
pub use template::{Blueprint, TemplateFault};
pub use tree::{TooDeep, level_below};
pub use unseen::folded;
pub use value::{
    Gathered, STEPS, Value, WrongValue, datastream, datastream_id, in_words, is_too_long,
    point_time, rows_of, step_for,
};
pub use why::{Case, InHand};
