//! Icons whose pictures are PNG files: `image` takes only those that have transparency, and most programs write others.

/// Of a directory's entry, its place in the file and its length.
struct Entry<'a> {
    pixels: u32,
    file: &'a [u8],
}

/// The largest picture of an icon, where it is a PNG file.
pub(crate) fn png(icon: &[u8]) -> Option<&[u8]> {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    let largest = entries(icon).max_by_key(|entry| entry.pixels)?;
    largest.file.starts_with(PNG).then_some(largest.file)
}

fn entries(icon: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    /// Two reserved bytes, the kind of file, the number of entries; then the entries.
    const HEADER: usize = 6;
    const ENTRY: usize = 16;
    let count = icon
        .get(4..HEADER)
        .map_or(0, |count| number(count) as usize);
    let directory = icon.get(HEADER..).unwrap_or_default();
    let entries = directory.chunks_exact(ENTRY).take(count);
    entries.filter_map(|entry| {
        // 256 pixels are written as 0.
        let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
        let (length, place) = (
            number(&entry[8..12]) as usize,
            number(&entry[12..16]) as usize,
        );
        Some(Entry {
            pixels: side(entry[0]) * side(entry[1]),
            file: icon.get(place..place.checked_add(length)?)?,
        })
    })
}

/// Little-endian, of at most four bytes.
fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An icon of files, each with its side in pixels.
    fn icon(files: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 1, 0, files.len() as u8, 0];
        let mut place = bytes.len() + 16 * files.len();
        for (side, file) in files {
            bytes.extend([*side, *side, 0, 0, 1, 0, 32, 0]);
            bytes.extend((file.len() as u32).to_le_bytes());
            bytes.extend((place as u32).to_le_bytes());
            place += file.len();
        }
        bytes.extend(files.iter().flat_map(|(_, file)| *file));
        bytes
    }

    #[test]
    fn the_largest_picture_is_taken_where_it_is_a_png() {
        const SMALL: &[u8] = b"\x89PNG\r\n\x1a\nsmall";
        const LARGE: &[u8] = b"\x89PNG\r\n\x1a\nlarge";
        let check = |files: &[(u8, &[u8])], expected| assert_eq!(png(&icon(files)), expected);
        check(&[], None);
        check(&[(16, SMALL)], Some(SMALL));
        check(&[(16, SMALL), (0, LARGE), (32, SMALL)], Some(LARGE));
        check(&[(16, SMALL), (64, b"BM")], None);
    }

    #[test]
    fn a_broken_icon_has_none() {
        let whole = icon(&[(16, b"\x89PNG\r\n\x1a\nsmall")]);
        for length in 0..whole.len() {
            assert_eq!(png(&whole[..length]), None, "{length}");
        }
        let mut elsewhere = whole;
        elsewhere[14..22].fill(0xff);
        assert_eq!(png(&elsewhere), None);
    }
}
