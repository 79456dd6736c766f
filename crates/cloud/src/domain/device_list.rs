//! Which devices a list is of, in which order, and from where it goes on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handover_wire::{DeviceSort, DeviceState};

use super::FieldError;

/// Which devices of those within reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceFilter {
    /// Those in this state alone.
    pub state: Option<DeviceState>,
    /// Those of this template alone, by its numeric id.
    pub template: Option<i64>,
}

impl DeviceFilter {
    /// Whether it leaves none out.
    pub fn is_all(self) -> bool {
        self == Self::default()
    }
}

/// The state that somebody asked for in words.
pub fn device_state(name: &str) -> Result<DeviceState, FieldError> {
    DeviceState::named(name).ok_or(FieldError {
        field: "state",
        must: "online, offline or never_connected",
    })
}

/// What a list is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The order.
    pub sort: DeviceSort,
    /// Which devices.
    pub filter: DeviceFilter,
    /// After which one; none: from its start.
    pub after: Option<Cursor>,
}

impl Listed {
    /// What somebody asked for in words.
    pub fn parse(
        sort: Option<&str>,
        filter: DeviceFilter,
        after: Option<&str>,
    ) -> Result<Self, FieldError> {
        let sort = sort.map_or(Ok(DeviceSort::default()), |name| {
            DeviceSort::named(name).ok_or(FieldError {
                field: "sort",
                must: "newest, oldest, name, name_reversed, recently_seen or long_unseen",
            })
        })?;
        let after = after.map(|text| {
            Cursor::read(text, sort).ok_or(FieldError {
                field: "after",
                must: "the `next` of a page in the same order",
            })
        });
        Ok(Self {
            sort,
            filter,
            after: after.transpose()?,
        })
    }
}

/// What a device is sorted by, beside its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its number alone.
    Number,
    /// Its name, as `in_order` has it.
    Name(String),
    /// Its state, as its place in the order, and since when.
    Seen(i64, i64),
}

/// The device that a page ends with. To whoever asks it is a text that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The order that it is of.
    pub sort: DeviceSort,
    /// Its place in that.
    pub place: Place,
    /// Its number.
    pub id: i64,
}

impl Cursor {
    /// As a text.
    pub fn write(&self) -> String {
        let place = match &self.place {
            Place::Number => String::new(),
            Place::Name(name) => name.clone(),
            Place::Seen(state, since) => format!("{state} {since}"),
        };
        let text = format!("{} {} {place}", self.sort.as_str(), self.id);
        URL_SAFE_NO_PAD.encode(text)
    }

    /// Reads what `write` writes. None: it is not that, or of another order.
    pub fn read(text: &str, sort: DeviceSort) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.splitn(3, ' ');
        let (of, id, place) = (parts.next()?, parts.next()?, parts.next()?);
        if of != sort.as_str() || place.contains('\0') {
            return None;
        }
        let place = match sort {
            DeviceSort::Newest | DeviceSort::Oldest => place.is_empty().then_some(Place::Number)?,
            DeviceSort::Name | DeviceSort::NameReversed => Place::Name(place.to_owned()),
            DeviceSort::RecentlySeen | DeviceSort::LongUnseen => {
                let (state, since) = place.split_once(' ')?;
                Place::Seen(state.parse().ok()?, since.parse().ok()?)
            }
        };
        Some(Self {
            sort,
            place,
            id: id.parse().ok()?,
        })
    }
}

/// A number as it is looked for: in capitals, and without what people put between its digits. The index
/// `static_tokens_by_number` has identifiers so.
pub fn without_separators(text: &str) -> String {
    let kept = |sign: &char| !matches!(sign, ':' | '-' | '.' | ' ' | '_');
    super::caseless(&text.chars().filter(kept).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_one_order_alone() {
        for (sort, place) in [
            (DeviceSort::Newest, Place::Number),
            (DeviceSort::Oldest, Place::Number),
            (DeviceSort::Name, Place::Name("pump 0B7 b".to_owned())),
            (DeviceSort::NameReversed, Place::Name(String::new())),
            (DeviceSort::RecentlySeen, Place::Seen(2, 1_700_000_000_000)),
            (DeviceSort::LongUnseen, Place::Seen(0, 0)),
        ] {
            let cursor = Cursor {
                sort,
                place,
                id: 12,
            };
            let text = cursor.write();
            for other in DeviceSort::ALL {
                let expected = (other == sort).then(|| cursor.clone());
                assert_eq!(Cursor::read(&text, other), expected, "{sort:?} {other:?}");
            }
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let nul = URL_SAFE_NO_PAD.encode("name 1 a\0");
        let far = URL_SAFE_NO_PAD.encode("newest 99999999999999999999 ");
        for text in ["", "?", "AAAA", &nul, &far] {
            for sort in DeviceSort::ALL {
                assert_eq!(Cursor::read(text, sort), None, "{text}");
            }
        }
    }

    #[test]
    fn numbers_are_looked_for_as_people_write_them() {
        for (text, number) in [
            ("02:00:5e:10:00:01", "02005E100001"),
            ("02-00-5E-10-00-01", "02005E100001"),
            ("0200.5e10.0001", "02005E100001"),
            ("sn 0012_34", "SN001234"),
            ("Größe", "GRößE"),
        ] {
            assert_eq!(without_separators(text), number);
        }
    }
}
