//! Version 3.1.1.

use std::num::NonZeroU16;

use rmqtt_codec::types::{MQTT_LEVEL_311, Publish as Published, QoS};
use rmqtt_codec::v3::{
    Connect as Connected, ConnectAck, ConnectAckReason, Packet, SubscribeReturnCode,
};
use rmqtt_codec::v5::DisconnectReasonCode as Reason;

use super::packet::{Connect, Login, Publish, Refusal, Reply, Request, Takes};
use super::{MOST_OPEN, QoS as Sure};

/// Characters of a client's name, as published.
const MOST_CLIENT_ID: usize = 64;

/// Who a device says to be. Tokens are plain text.
pub(super) fn login(user: Option<&str>, password: Option<&[u8]>) -> Option<Login> {
    let password = std::str::from_utf8(password?).ok()?;
    Some(Login {
        user: user?.to_owned(),
        password: password.to_owned(),
    })
}

/// Why nobody of this name is taken.
pub(super) fn refuses(client_id: &str) -> Option<Refusal> {
    (client_id.chars().count() > MOST_CLIENT_ID).then_some(Refusal::ClientId)
}

/// What a device says. Where it says exactly that twice, `dup` and `retain` change nothing here: nothing is kept for others.
pub(super) fn publish(packet: &Published) -> Result<Publish, Reason> {
    let sure = match (packet.qos, packet.packet_id) {
        (QoS::AtMostOnce, _) => None,
        (qos, Some(id)) => Some((qos, id)),
        (_, None) => return Err(Reason::MalformedPacket),
    };
    Ok(Publish {
        topic: packet.topic.to_string(),
        payload: packet.payload.clone(),
        sure,
    })
}

/// What is told, as both versions have it.
pub(super) fn published(
    topic: String,
    payload: bytes::Bytes,
    packet_id: Option<NonZeroU16>,
) -> Published {
    let qos = match packet_id {
        Some(_) => QoS::AtLeastOnce,
        None => QoS::AtMostOnce,
    };
    Published {
        dup: false,
        retain: false,
        qos,
        topic: topic.into(),
        packet_id,
        payload,
        properties: None,
    }
}

fn connect(packet: &Connected) -> Connect {
    let refusal = match packet.protocol.level() {
        MQTT_LEVEL_311 => refuses(&packet.client_id),
        _ => Some(Refusal::Version),
    };
    Connect {
        login: login(packet.username.as_deref(), packet.password.as_deref()),
        client_id: packet.client_id.to_string(),
        keep_alive: packet.keep_alive,
        can_be_told: false,
        open: MOST_OPEN,
        refusal,
    }
}

pub(super) fn request(packet: Packet) -> Result<Request, Reason> {
    let text = |text: bytestring::ByteString| text.to_string();
    Ok(match packet {
        Packet::Connect(packet) => Request::Connect(connect(&packet)),
        Packet::Publish(packet) => Request::Publish(publish(&packet)?),
        Packet::PublishAck { packet_id } => Request::Acknowledged(packet_id),
        Packet::PublishRelease { packet_id } => Request::Released(packet_id),
        Packet::Subscribe {
            packet_id: id,
            topic_filters,
        } => Request::Subscribe {
            id,
            filters: topic_filters
                .into_iter()
                .map(|(filter, qos)| (text(filter), qos))
                .collect(),
        },
        Packet::Unsubscribe {
            packet_id: id,
            topic_filters,
        } => Request::Unsubscribe {
            id,
            filters: topic_filters.into_iter().map(text).collect(),
        },
        Packet::PingRequest => Request::Ping,
        Packet::Disconnect => Request::Disconnect,
        // Nothing is told exactly once, so nothing of that is acknowledged; the others are a server's.
        Packet::ConnectAck(_)
        | Packet::PublishReceived { .. }
        | Packet::PublishComplete { .. }
        | Packet::SubscribeAck { .. }
        | Packet::UnsubscribeAck { .. }
        | Packet::PingResponse => return Err(Reason::ProtocolError),
    })
}

fn takes(takes: Takes) -> SubscribeReturnCode {
    takes.map_or(SubscribeReturnCode::Failure, |qos: Sure| {
        SubscribeReturnCode::Success(qos)
    })
}

fn refusal(refusal: Refusal) -> ConnectAckReason {
    match refusal {
        Refusal::Credentials => ConnectAckReason::BadUserNameOrPassword,
        Refusal::Version => ConnectAckReason::UnacceptableProtocolVersion,
        Refusal::ClientId => ConnectAckReason::IdentifierRejected,
        Refusal::Method | Refusal::TooLong => ConnectAckReason::NotAuthorized,
        Refusal::TooOften | Refusal::Busy | Refusal::Unavailable => {
            ConnectAckReason::ServiceUnavailable
        }
    }
}

/// None where the version has no word for it.
pub(super) fn packet(reply: Reply) -> Option<Packet> {
    let answered = |return_code| {
        Packet::ConnectAck(ConnectAck {
            return_code,
            session_present: false,
        })
    };
    Some(match reply {
        Reply::Connected { .. } => answered(ConnectAckReason::ConnectionAccepted),
        Reply::Refused(why) => answered(refusal(why)),
        Reply::Publish { topic, payload, id } => published(topic, payload, id).into(),
        // There is no no: what is wrong with a message is in the cloud's log, and sent again it would be as wrong.
        Reply::Acknowledge(packet_id, _) => Packet::PublishAck { packet_id },
        Reply::Receive(packet_id, _) => Packet::PublishReceived { packet_id },
        Reply::Complete(packet_id, _) => Packet::PublishComplete { packet_id },
        Reply::Subscribed(packet_id, all) => Packet::SubscribeAck {
            packet_id,
            status: all.into_iter().map(takes).collect(),
        },
        Reply::Unsubscribed(packet_id, _) => Packet::UnsubscribeAck { packet_id },
        Reply::Pong => Packet::PingResponse,
        Reply::Disconnect(_) => return None,
    })
}
