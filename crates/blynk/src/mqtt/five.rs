//! Version 5.

use std::num::NonZeroU16;

use rmqtt_codec::types::QoS;
use rmqtt_codec::v5::{
    Connect as Connected, ConnectAck, ConnectAckReason, Disconnect, DisconnectReasonCode as Reason,
    Packet, PublishAck, PublishAck2, PublishAck2Reason, PublishAckReason, SubscribeAck,
    SubscribeAckReason, UnsubscribeAck, UnsubscribeAckReason,
};

use super::packet::{Connect, PacketId, Refusal, Reply, Request, Takes, Wrong};
use super::three::{login, publish, published, refuses};
use super::{Codec, MOST_OPEN};

fn connect(packet: &Connected) -> Connect {
    let refusal = match packet.auth_method {
        Some(_) => Some(Refusal::Method),
        None => refuses(&packet.client_id),
    };
    Connect {
        login: login(packet.username.as_deref(), packet.password.as_deref()),
        client_id: packet.client_id.to_string(),
        keep_alive: packet.keep_alive,
        can_be_told: true,
        open: packet.receive_max.map_or(u16::MAX, NonZeroU16::get),
        refusal,
    }
}

pub(super) fn request(packet: Packet) -> Result<Request, Reason> {
    let text = |text: bytestring::ByteString| text.to_string();
    Ok(match packet {
        Packet::Connect(packet) => Request::Connect(connect(&packet)),
        Packet::Publish(packet) => {
            let properties = packet.properties.as_ref();
            // It was told that there are none.
            if properties.is_some_and(|properties| properties.topic_alias.is_some()) {
                return Err(Reason::TopicAliasInvalid);
            }
            Request::Publish(publish(&packet)?)
        }
        Packet::PublishAck(packet) => Request::Acknowledged(packet.packet_id),
        Packet::PublishRelease(packet) => Request::Released(packet.packet_id),
        Packet::Subscribe(packet) => {
            if packet.id.is_some() {
                return Err(Reason::SubscriptionIdentifiersNotSupported);
            }
            let filters = packet.topic_filters.into_iter();
            Request::Subscribe {
                id: packet.packet_id,
                filters: filters
                    .map(|(filter, options)| (text(filter), options.qos))
                    .collect(),
            }
        }
        Packet::Unsubscribe(packet) => Request::Unsubscribe {
            id: packet.packet_id,
            filters: packet.topic_filters.into_iter().map(text).collect(),
        },
        Packet::PingRequest => Request::Ping,
        Packet::Disconnect(_) => Request::Disconnect,
        Packet::ConnectAck(_)
        | Packet::PublishReceived(_)
        | Packet::PublishComplete(_)
        | Packet::SubscribeAck(_)
        | Packet::UnsubscribeAck(_)
        | Packet::PingResponse
        | Packet::Auth(_) => return Err(Reason::ProtocolError),
    })
}

fn takes(takes: Takes) -> SubscribeAckReason {
    match takes {
        Some(QoS::AtMostOnce) => SubscribeAckReason::GrantedQos0,
        Some(_) => SubscribeAckReason::GrantedQos1,
        None => SubscribeAckReason::NotAuthorized,
    }
}

fn had(had: bool) -> UnsubscribeAckReason {
    match had {
        true => UnsubscribeAckReason::Success,
        false => UnsubscribeAckReason::NoSubscriptionExisted,
    }
}

fn refusal(refusal: Refusal) -> ConnectAckReason {
    match refusal {
        Refusal::Credentials => ConnectAckReason::BadUserNameOrPassword,
        Refusal::Version => ConnectAckReason::UnsupportedProtocolVersion,
        Refusal::ClientId => ConnectAckReason::ClientIdentifierNotValid,
        Refusal::TooOften => ConnectAckReason::ConnectionRateExceeded,
        Refusal::TooLong => ConnectAckReason::PacketTooLarge,
        Refusal::Method => ConnectAckReason::BadAuthenticationMethod,
        Refusal::Busy => ConnectAckReason::ServerBusy,
        Refusal::Unavailable => ConnectAckReason::ServerUnavailable,
    }
}

fn heard(packet_id: PacketId, outcome: Result<(), Wrong>) -> PublishAck {
    let (reason_code, why) = match outcome {
        Ok(()) => (PublishAckReason::Success, None),
        Err(Wrong::Topic(why)) => (PublishAckReason::TopicNameInvalid, Some(why)),
        Err(Wrong::Payload(why)) => (PublishAckReason::PayloadFormatInvalid, Some(why)),
        Err(Wrong::Broken) => (PublishAckReason::UnspecifiedError, None),
    };
    PublishAck {
        packet_id,
        reason_code,
        properties: Vec::new(),
        reason_string: why.map(Into::into),
    }
}

fn connected(client_id: Option<String>, keep_alive: Option<u16>) -> ConnectAck {
    ConnectAck {
        receive_max: NonZeroU16::new(MOST_OPEN).unwrap_or(NonZeroU16::MIN),
        max_packet_size: Some(Codec::most()),
        assigned_client_id: client_id.map(Into::into),
        server_keepalive_sec: keep_alive,
        // Sessions end with their connection, as published.
        session_expiry_interval_secs: Some(0),
        subscription_identifiers_available: false,
        shared_subscription_available: false,
        ..ConnectAck::default()
    }
}

pub(super) fn packet(reply: Reply) -> Packet {
    match reply {
        Reply::Connected {
            client_id,
            keep_alive,
        } => connected(client_id, keep_alive).into(),
        Reply::Refused(why) => ConnectAck {
            reason_code: refusal(why),
            ..ConnectAck::default()
        }
        .into(),
        Reply::Publish { topic, payload, id } => published(topic, payload, id).into(),
        Reply::Acknowledge(id, outcome) => Packet::PublishAck(heard(id, outcome)),
        Reply::Receive(id, outcome) => Packet::PublishReceived(heard(id, outcome)),
        Reply::Complete(packet_id, known) => Packet::PublishComplete(PublishAck2 {
            packet_id,
            reason_code: match known {
                true => PublishAck2Reason::Success,
                false => PublishAck2Reason::PacketIdNotFound,
            },
            properties: Vec::new(),
            reason_string: None,
        }),
        Reply::Subscribed(packet_id, all) => Packet::SubscribeAck(SubscribeAck {
            packet_id,
            properties: Vec::new(),
            reason_string: None,
            status: all.into_iter().map(takes).collect(),
        }),
        Reply::Unsubscribed(packet_id, all) => Packet::UnsubscribeAck(UnsubscribeAck {
            packet_id,
            properties: Vec::new(),
            reason_string: None,
            status: all.into_iter().map(had).collect(),
        }),
        Reply::Pong => Packet::PingResponse,
        Reply::Disconnect(reason) => Packet::Disconnect(Disconnect::new(reason)),
    }
}
