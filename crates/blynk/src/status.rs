//! What an answer says.

/// The outcome of a command. The numbers are published; those that are not in this list are kept as they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It is done.
    Ok,
    /// The command does not exist, or not here.
    IllegalCommand,
    /// Nobody has signed in on this connection.
    NotAuthenticated,
    /// The token is not one, or no longer.
    InvalidToken,
    /// The command is known, and its body is not as it must be.
    IllegalBody,
    /// Some other number.
    Other(u16),
}

impl Status {
    const KNOWN: [(u16, Self); 5] = [
        (200, Self::Ok),
        (2, Self::IllegalCommand),
        (5, Self::NotAuthenticated),
        (9, Self::InvalidToken),
        (11, Self::IllegalBody),
    ];

    /// The status of this number.
    pub fn of(number: u16) -> Self {
        let found = Self::KNOWN.iter().find(|(known, _)| *known == number);
        found.map_or(Self::Other(number), |&(_, status)| status)
    }

    /// Its number.
    pub fn number(self) -> u16 {
        match self {
            Self::Other(number) => number,
            status => {
                let found = Self::KNOWN.iter().find(|(_, known)| *known == status);
                found.map_or(0, |&(number, _)| number)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_status() {
        for number in 0..=u16::MAX {
            assert_eq!(Status::of(number).number(), number);
        }
    }
}
