//! The little linear algebra that fitting needs.

/// Solves `a * x = b` by Gauss with pivoting. None where the rows do not determine a solution.
pub(crate) fn solve<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N]) -> Option<[f64; N]> {
    for column in 0..N {
        let pivot =
            (column..N).max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs()))?;
        if a[pivot][column].abs() < 1e-12 {
            return None;
        }
        a.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..N {
            let factor = a[row][column] / a[column][column];
            if factor == 0.0 {
                continue;
            }
            let above = a[column];
            for (value, above) in a[row].iter_mut().zip(above).skip(column) {
                *value -= factor * above;
            }
            b[row] -= factor * b[column];
        }
    }
    let mut x = [0.0; N];
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|k| a[row][k] * x[k]).sum();
        x[row] = (b[row] - known) / a[row][row];
    }
    x.iter().all(|value: &f64| value.is_finite()).then_some(x)
}

/// Sums up the normal equations of a least squares problem with `N` unknowns.
#[derive(Clone)]
pub(crate) struct LeastSquares<const N: usize> {
    a: [[f64; N]; N],
    b: [f64; N],
}

impl<const N: usize> LeastSquares<N> {
    pub(crate) fn new() -> Self {
        Self {
            a: [[0.0; N]; N],
            b: [0.0; N],
        }
    }

    /// Wishes that `row * x` be `value`.
    #[inline]
    pub(crate) fn wish(&mut self, row: [f64; N], value: f64, weight: f64) {
        for ((sums, sum), part) in self.a.iter_mut().zip(&mut self.b).zip(row) {
            let scaled = part * weight;
            if scaled == 0.0 {
                continue;
            }
            for (sum, part) in sums.iter_mut().zip(row) {
                *sum += scaled * part;
            }
            *sum += scaled * value;
        }
    }

    /// Wishes a little that each unknown be zero.
    pub(crate) fn damp(&mut self, weight: f64) {
        for i in 0..N {
            self.a[i][i] += weight;
        }
    }

    /// Wishes a little that each unknown but the last be zero.
    pub(crate) fn damp_slopes(&mut self, weight: f64) {
        for i in 0..N - 1 {
            self.a[i][i] += weight;
        }
    }

    pub(crate) fn solve(&self) -> Option<[f64; N]> {
        solve(self.a, self.b)
    }
}
