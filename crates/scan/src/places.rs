//! Places in a picture: `[x, y]` in pixels.

/// How far one is from the other.
pub(crate) fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    let [x, y] = [a[0] - b[0], a[1] - b[1]];
    // Pixels are far from where squares overflow, and `hypot` is a call.
    (x * x + y * y).sqrt()
}

/// The middle of four corners.
pub(crate) fn middle(corners: &[[f32; 2]; 4]) -> [f32; 2] {
    [0, 1].map(|axis| corners.iter().map(|corner| corner[axis]).sum::<f32>() / 4.0)
}

/// Whether a place lies inside a quadrilateral, whichever way around its corners go.
pub(crate) fn is_inside(place: [f32; 2], corners: &[[f32; 2]; 4]) -> bool {
    let side = |index: usize| {
        let (a, b) = (corners[index], corners[(index + 1) % 4]);
        (b[0] - a[0]) * (place[1] - a[1]) - (b[1] - a[1]) * (place[0] - a[0])
    };
    let sides = [0, 1, 2, 3].map(side);
    sides.iter().all(|&side| side >= 0.0) || sides.iter().all(|&side| side <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_is_inside_whichever_way_around() {
        let corners = [[0.0, 0.0], [4.0, 0.0], [6.0, 4.0], [0.0, 4.0]];
        let mut other = corners;
        other.reverse();
        for corners in [corners, other] {
            let check = |place, expected| assert_eq!(is_inside(place, &corners), expected);
            check([1.0, 1.0], true);
            check([5.0, 3.5], true);
            check([5.0, 0.5], false);
            check([-0.1, 2.0], false);
            assert_eq!(middle(&corners), [2.5, 2.0]);
        }
    }
}
