//! Whether a device is connected.

use handover_wire::DeviceState;

use crate::clock::Time;

/// A device's connection. Times exist only in the states that have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not heard of yet.
    Never,
    /// Connected now.
    Online {
        /// The very first time.
        first: Time,
        /// Since when this time.
        since: Time,
    },
    /// Was connected, and is not now.
    Offline {
        /// The very first time.
        first: Time,
        /// When it last connected.
        connected: Time,
        /// When it last went away.
        since: Time,
    },
}

impl Connection {
    /// The device connects. Connecting twice is one connection that was renewed.
    #[must_use]
    pub fn connected(self, now: Time) -> Self {
        let first = self.first().unwrap_or(now);
        Self::Online { first, since: now }
    }

    /// The device goes away. One that is not there stays as it is.
    #[must_use]
    pub fn disconnected(self, now: Time) -> Self {
        match self {
            Self::Online { first, since } => Self::Offline {
                first,
                connected: since,
                since: now,
            },
            other => other,
        }
    }

    /// When it connected for the first time.
    pub fn first(self) -> Option<Time> {
        match self {
            Self::Never => None,
            Self::Online { first, .. } | Self::Offline { first, .. } => Some(first),
        }
    }

    /// When it last connected.
    pub fn last_connected(self) -> Option<Time> {
        match self {
            Self::Never => None,
            Self::Online { since, .. } => Some(since),
            Self::Offline { connected, .. } => Some(connected),
        }
    }

    /// Since when it is away.
    pub fn away_since(self) -> Option<Time> {
        match self {
            Self::Offline { since, .. } => Some(since),
            Self::Never | Self::Online { .. } => None,
        }
    }

    /// The state as the network names it.
    pub fn state(self) -> DeviceState {
        match self {
            Self::Never => DeviceState::NeverConnected,
            Self::Online { .. } => DeviceState::Online,
            Self::Offline { .. } => DeviceState::Offline,
        }
    }

    /// The state from the three published times.
    pub fn from_times(
        first: Option<i64>,
        connected: Option<i64>,
        disconnected: Option<i64>,
    ) -> Self {
        let (Some(first), Some(connected)) = (first.map(Time), connected.map(Time)) else {
            return Self::Never;
        };
        match disconnected.map(Time) {
            Some(since) => Self::Offline {
                first,
                connected,
                since,
            },
            None => Self::Online {
                first,
                since: connected,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_comes_goes_and_comes_back() {
        let never = Connection::Never;
        assert_eq!(never.disconnected(Time(1)), Connection::Never);
        let online = never.connected(Time(2));
        assert_eq!(online.state(), DeviceState::Online);
        let offline = online.disconnected(Time(3));
        assert_eq!(offline.away_since(), Some(Time(3)));
        let back = offline.connected(Time(4));
        assert_eq!(back.first(), Some(Time(2)));
        assert_eq!(back.last_connected(), Some(Time(4)));
        assert_eq!(back.away_since(), None);
    }

    #[test]
    fn the_three_times_tell_the_state() {
        for connection in [
            Connection::Never,
            Connection::Never.connected(Time(5)),
            Connection::Never.connected(Time(5)).disconnected(Time(9)),
        ] {
            let times = |time: Option<Time>| time.map(|Time(ms)| ms);
            assert_eq!(
                connection,
                Connection::from_times(
                    times(connection.first()),
                    times(connection.last_connected()),
                    times(connection.away_since()),
                )
            );
        }
    }
}
