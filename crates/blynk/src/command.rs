//! The first byte of a frame.

/// What a frame asks for. The numbers are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// The token alone, as old libraries sign in.
    LegacyLogin,
    /// Whether the other end is there.
    Ping,
    /// From a device to another one.
    Bridge,
    /// A device asks for values.
    Sync,
    /// What a device is, its metadata, and what the protocol itself has to say.
    Internal,
    /// How a datastream is shown.
    Property,
    /// A value, either way.
    Hardware,
    /// Several values, either way.
    Group,
    /// Signing in.
    Login,
    /// The device is to go to another address.
    Redirect,
    /// A text for a log.
    DebugPrint,
    /// Something happened.
    Event,
    /// What happened is over.
    ClearEvent,
}

impl Command {
    /// Every command there is, by number.
    pub const ALL: [(u8, Self); 13] = [
        (2, Self::LegacyLogin),
        (6, Self::Ping),
        (15, Self::Bridge),
        (16, Self::Sync),
        (17, Self::Internal),
        (19, Self::Property),
        (20, Self::Hardware),
        (21, Self::Group),
        (29, Self::Login),
        (41, Self::Redirect),
        (55, Self::DebugPrint),
        (64, Self::Event),
        (65, Self::ClearEvent),
    ];

    /// The command of this number; none where there is no such.
    pub fn of(number: u8) -> Option<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == number);
        found.map(|&(_, command)| command)
    }

    /// Its number.
    pub fn number(self) -> u8 {
        let found = Self::ALL.iter().find(|(_, command)| *command == self);
        found.map_or(0, |&(number, _)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_commands_belong_together() {
        for number in 0..=u8::MAX {
            if let Some(command) = Command::of(number) {
                assert_eq!(command.number(), number, "{command:?}");
            }
        }
        for (number, command) in Command::ALL {
            assert_eq!(Command::of(number), Some(command));
            assert_ne!(number, 0, "0 is an answer, and no command");
        }
    }
}
