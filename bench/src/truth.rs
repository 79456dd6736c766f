//! What is known about the photographs: `truth.json`.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::options::Failure;

/// The set of the photographs without any code.
pub const WITHOUT_CODE: &str = "falsepos";

/// Four corners of a code, one after the other around it: x, y, x, y … in pixels of the file as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Corners(pub [f32; 8]);

impl Corners {
    /// Whether the point lies inside the quadrangle, or on the side that the even-odd rule gives to it.
    pub fn hold(&self, [x, y]: [f32; 2]) -> bool {
        let (points, _) = self.0.as_chunks::<2>();
        let ends = points.iter().cycle().skip(1);
        let crossings = points.iter().zip(ends).filter(|([ax, ay], [bx, by])| {
            (*ay > y) != (*by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
        });
        crossings.count() % 2 == 1
    }
}

/// What is known about one photograph.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Row {
    /// The file's path within the folder.
    pub file: String,
    /// The photograph's set, such as `boof/glare`.
    pub set: String,
    /// What the code says, where the source of the photograph states it.
    pub text: Option<String>,
    /// Texts on which two independent decoders agree.
    #[serde(default)]
    pub read_by_two_decoders: Vec<String>,
    /// The codes that somebody marked.
    #[serde(default)]
    pub corners: Vec<Corners>,
}

impl Row {
    /// Whether there is a code on the photograph.
    pub fn has_code(&self) -> bool {
        self.set != WITHOUT_CODE
    }

    /// The text that the source states; an empty one states nothing.
    pub fn stated(&self) -> Option<&str> {
        self.text.as_deref().filter(|text| !text.is_empty())
    }
}

/// What is known about a photograph at full size: the texts are those of the bounded one.
#[derive(Deserialize)]
struct NativeRow {
    file: String,
    set: String,
    same_as: String,
    corners: Vec<Corners>,
}

/// Reads `truth.json` of this folder.
pub fn bounded(folder: &Path) -> Result<Vec<Row>, Failure> {
    read(&folder.join("truth.json"))
}

/// Reads `native/truth.json` of this folder; there may be none.
pub fn native(folder: &Path) -> Result<Vec<Row>, Failure> {
    let path = folder.join("native").join("truth.json");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let rows: Vec<NativeRow> = read(&path)?;
    Ok(with_texts(rows, bounded(folder)?))
}

fn with_texts(rows: Vec<NativeRow>, bounded: Vec<Row>) -> Vec<Row> {
    let mut known: HashMap<String, Row> = bounded
        .into_iter()
        .map(|row| (row.file.clone(), row))
        .collect();
    let with_text = |row: NativeRow| {
        let same = known.remove(&row.same_as).unwrap_or_default();
        Row {
            file: row.file,
            set: row.set,
            corners: row.corners,
            ..same
        }
    };
    rows.into_iter().map(with_text).collect()
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    serde_json::from_slice(&bytes).map_err(|error| Failure::Truth {
        path: path.to_owned(),
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_inside_or_outside() {
        let check = |point, inside| {
            // A code that leans: a parallelogram, and the same one marked the other way round.
            let corners = [0.0, 0.0, 10.0, 2.0, 12.0, 12.0, 2.0, 10.0];
            let reverse = [2.0, 10.0, 12.0, 12.0, 10.0, 2.0, 0.0, 0.0];
            assert_eq!(Corners(corners).hold(point), inside, "{point:?}");
            assert_eq!(Corners(reverse).hold(point), inside, "{point:?}");
        };
        check([6.0, 6.0], true);
        check([1.0, 1.0], true);
        check([11.0, 1.0], false);
        check([0.0, 9.0], false);
        check([6.0, 0.5], false);
        check([-6.0, 6.0], false);
        check([20.0, 6.0], false);
    }

    #[test]
    fn a_full_size_photograph_has_the_texts_of_the_bounded_one() {
        let rows = serde_json::json!([{"file": "a/1.jpg", "set": "a", "same_as": "a/1.png",
            "corners": [[0, 0, 8, 0, 8, 8, 0, 8]]}, {"file": "a/2.jpg", "set": "a", "same_as": "?", "corners": []}]);
        let bounded = serde_json::json!([{"file": "a/1.png", "set": "a", "text": "SN1",
            "read_by_two_decoders": ["SN2"], "read_by_any_decoder": true, "corners": [[0, 0, 1, 0, 1, 1, 0, 1]]}]);
        let rows = with_texts(
            serde_json::from_value(rows).expect("rows"),
            serde_json::from_value(bounded).expect("rows"),
        );
        assert_eq!(rows[0].file, "a/1.jpg");
        assert_eq!(rows[0].stated(), Some("SN1"));
        assert_eq!(rows[0].read_by_two_decoders, ["SN2"]);
        assert!(rows[0].corners[0].hold([7.0, 7.0]));
        assert_eq!(rows[1].stated(), None);
    }
}
