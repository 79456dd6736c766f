//! Closed sets whose values are named by the network.

/// A name that nothing in a set has. It tells which there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one of {}", .0.join(", "))]
pub struct NotNamed(pub(crate) &'static [&'static str]);

/// Gives each value of a set its name, and finds it by that.
macro_rules! named {
    ($set:ident { $($one:ident = $name:literal),+ $(,)? }) => {
        impl $set {
            /// All there are.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$one),+];

            /// As the network names it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$one => $name),+
                }
            }

            /// The one of this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.as_str() == name)
            }
        }

        impl std::str::FromStr for $set {
            type Err = $crate::NotNamed;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::named(name).ok_or($crate::NotNamed(&[$($name),+]))
            }
        }
    };
}

pub(crate) use named;

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::str::FromStr;

    use serde::Serialize;
    use serde_json::json;

    use crate::{DeviceSort, DeviceState, ListSort, NotNamed, TimeSort};

    fn check<T>(all: &[T], as_str: fn(T) -> &'static str, says: &str)
    where
        T: Copy + Debug + PartialEq + Serialize + FromStr<Err = NotNamed>,
    {
        for &one in all {
            assert_eq!(json!(one), json!(as_str(one)), "as the network has it");
            assert_eq!(as_str(one).parse(), Ok(one));
        }
        let none = "Name".parse::<T>().expect_err("no such name");
        assert_eq!(none.to_string(), says);
    }

    #[test]
    fn each_has_the_name_that_the_network_has() {
        let sorts = "one of newest, oldest, name, name_reversed";
        check(&ListSort::ALL, ListSort::as_str, sorts);
        check(&TimeSort::ALL, TimeSort::as_str, "one of newest, oldest");
        let sorts = format!("{sorts}, recently_seen, long_unseen");
        check(&DeviceSort::ALL, DeviceSort::as_str, &sorts);
        let states = "one of never_connected, online, offline";
        check(&DeviceState::ALL, DeviceState::as_str, states);
    }
}
