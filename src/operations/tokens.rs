//! Access tokens: a key shown once, and for an hour a text in its place (RFC 6749, client credentials).
//!
//! A token is `dt_` and, in base64url, the key's id, the end of its time and a keyed hash of both: it is recognised by any
//! process of the hub without being kept. It does no more than its key, and ends when its key is withdrawn.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use super::Hub;
use super::keys::{self, KeyError};
use crate::model::{Caller, Instant, KeyId};
use crate::store::Keys;

const PREFIX: &str = "dt_";

/// How long a token may be used, in seconds.
pub const LASTS: i64 = 60 * 60;

/// Key id, end, keyed hash.
const PARTS: [usize; 3] = [16, 8, 16];

/// What a text is, seen as a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// No token of this hub.
    Nothing,
    /// A token in its time.
    Of(KeyId),
    /// A token whose time is over.
    Over(KeyId),
}

/// Gives a token to whoever shows a key; `id` must be that of the key.
///
/// # Errors
/// When nobody gave the key out, it is no longer valid, or the store fails.
pub async fn lend(hub: &Hub, id: &str, secret: &str) -> Result<String, KeyError> {
    let caller: Caller = keys::authenticate(hub, secret).await?;
    match caller.key {
        // A token lends no further token.
        Some(key) if key.to_string() == id && !secret.starts_with(PREFIX) => {
            let ends = hub.now().plus_millis(LASTS * 1000);
            Ok(write(hub.store().keys(), key, ends))
        }
        _ => Err(KeyError::Unknown),
    }
}

fn write(keys: &Keys, key: KeyId, ends: Instant) -> String {
    let ends = ends.as_millis().to_be_bytes();
    let (key, ends) = (key.as_bytes().as_slice(), ends.as_slice());
    let hash = keys.hash_bytes("access token", [key, ends]);
    let whole = [key, ends, hash.as_bytes().as_slice()].concat();
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(whole))
}

/// What a text that somebody shows is.
pub(super) fn read(keys: &Keys, shown: &str, now: Instant) -> Seen {
    let Some((key, ends)) = shown.strip_prefix(PREFIX).and_then(|text| opened(keys, text)) else {
        return Seen::Nothing;
    };
    if now < ends { Seen::Of(key) } else { Seen::Over(key) }
}

fn opened(keys: &Keys, text: &str) -> Option<(KeyId, Instant)> {
    let whole = URL_SAFE_NO_PAD.decode(text).ok()?;
    if whole.len() != PARTS.iter().sum::<usize>() {
        return None;
    }
    let (key, rest) = whole.split_at_checked(PARTS[0])?;
    let (ends, hash) = rest.split_at_checked(PARTS[1])?;
    let right = keys.hash_bytes("access token", [key, ends]);
    if !bool::from(right.as_bytes().as_slice().ct_eq(hash)) {
        return None;
    }
    let ends = i64::from_be_bytes(ends.try_into().ok()?);
    Some((KeyId::from_slice(key)?, Instant::from_millis(ends)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: KeyId = KeyId::from_bytes([7; 16]);

    #[test]
    fn a_token_holds_for_its_time_and_only_whole() {
        let keys = Keys::generate();
        let token = write(&keys, KEY, Instant::from_millis(1_000));
        assert_eq!(read(&keys, &token, Instant::from_millis(999)), Seen::Of(KEY));
        assert_eq!(read(&keys, &token, Instant::from_millis(1_000)), Seen::Over(KEY));
        assert_eq!(read(&Keys::generate(), &token, Instant::from_millis(0)), Seen::Nothing);
        let later = write(&keys, KEY, Instant::from_millis(9_000));
        let (head, _) = token.split_at(token.len() - 22);
        let (_, tail) = later.split_at(later.len() - 22);
        assert_eq!(read(&keys, &format!("{head}{tail}"), Instant::from_millis(0)), Seen::Nothing);
        for other in ["", "dt_", "dt_AAAA", "dk_x"] {
            assert_eq!(read(&keys, other, Instant::from_millis(0)), Seen::Nothing);
        }
    }
}
