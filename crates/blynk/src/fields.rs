//! Bodies: texts with NUL between them.

/// A field has a NUL, which would end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a field has a NUL in it")]
pub struct NulInside;

/// The fields of a body. Some libraries end the last one with a NUL as well; an empty body has none.
pub fn fields(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = body.strip_suffix(&[0]).unwrap_or(body);
    let all = (!body.is_empty()).then(|| body.split(|&byte| byte == 0));
    all.into_iter().flatten()
}

/// A body of these fields.
///
/// # Errors
/// Where one of them has a NUL.
pub fn join(fields: &[&str]) -> Result<Vec<u8>, NulInside> {
    if fields.iter().any(|field| field.contains('\0')) {
        return Err(NulInside);
    }
    Ok(fields.join("\0").into_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn check(body: &[u8], want: &[&str]) {
        let found: Vec<_> = fields(body).collect();
        let want: Vec<_> = want.iter().map(|field| field.as_bytes()).collect();
        assert_eq!(found, want, "{body:?}");
    }

    #[test]
    fn a_nul_at_the_end_is_no_field() {
        check(b"", &[]);
        check(b"\0", &[]);
        check(b"vw\x001\x0023", &["vw", "1", "23"]);
        check(b"vw\x001\x0023\0", &["vw", "1", "23"]);
        check(b"vw\x001\0\0", &["vw", "1", ""]);
        check(b"\0a", &["", "a"]);
    }

    #[test]
    fn a_field_with_a_nul_is_not_written() {
        assert_eq!(join(&["a", "b\0c"]), Err(NulInside));
    }

    proptest! {
        #[test]
        fn what_is_joined_is_found(all in vec("[^\0]{1,9}", 1..6)) {
            let all: Vec<_> = all.iter().map(String::as_str).collect();
            let body = join(&all).expect("there is no NUL");
            let found: Vec<_> = fields(&body).collect();
            let want: Vec<_> = all.iter().map(|field| field.as_bytes()).collect();
            prop_assert_eq!(found, want);
        }
    }
}
