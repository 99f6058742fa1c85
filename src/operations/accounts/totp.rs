//! One-time codes of an authenticator app: RFC 6238 with the parameters that all apps know (HMAC-SHA-1, thirty seconds,
//! six digits). No clock: callers bring the moment.

use ring::hmac;

use crate::model::Instant;

/// Bytes of a secret, as long as the hash (RFC 4226, section 4).
pub const SECRET: usize = 20;
/// Seconds of a step.
const STEP: u64 = 30;
/// How many steps a clock may be off, either way (RFC 6238, section 5.2 recommends one).
const SKEW: u64 = 1;
/// The letters of base 32 (RFC 4648).
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step of a moment.
#[must_use]
pub fn step(now: Instant) -> u64 {
    u64::try_from(now.as_millis() / 1000).unwrap_or(0) / STEP
}

/// The step whose code somebody typed, when it is that of now or of a clock that is a little off. Blanks between the
/// digits are as apps show them.
#[must_use]
pub fn matching(secret: &[u8], typed: &str, now: Instant) -> Option<u64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let current = step(now);
    let near = current.saturating_sub(SKEW)..=current + SKEW;
    near.into_iter().find(|&step| {
        let code = format!("{:06}", code(secret, step));
        subtle::ConstantTimeEq::ct_eq(code.as_bytes(), typed.as_bytes()).into()
    })
}

/// The code of a step (RFC 4226, section 5.3).
#[must_use]
pub fn code(secret: &[u8], step: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let hash = tag.as_ref();
    let at = hash.last().map_or(0, |last| usize::from(last & 0x0f));
    let four = hash.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
    let four = four.expect("an offset of at most 15 in a hash of 20 bytes");
    (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
}

/// A secret as apps take it when somebody types it.
#[must_use]
pub fn spelled(secret: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in secret {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[((held >> bits) & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(LETTERS[((held << (5 - bits)) & 31) as usize]));
    }
    text
}

/// A secret as apps take it from a QR code.
#[must_use]
pub fn uri(secret: &[u8], account: &str) -> String {
    format!("otpauth://totp/dankun:{account}?secret={}&issuer=dankun", spelled(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RFC: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    #[test]
    fn the_codes_of_rfc_6238_appendix_b() {
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(matching(RFC, expected, at(seconds)), Some(step(at(seconds))), "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_off_by_one_step_and_no_more() {
        let code = "081804";
        assert!(matching(RFC, code, at(1_111_111_109 + 30)).is_some());
        assert!(matching(RFC, code, at(1_111_111_109 - 30)).is_some());
        assert!(matching(RFC, code, at(1_111_111_109 + 90)).is_none());
        assert!(matching(RFC, "08180", at(1_111_111_109)).is_none());
    }

    #[test]
    fn a_secret_is_spelled_as_rfc_4648_says() {
        assert_eq!(spelled(b"foobar"), "MZXW6YTBOI");
        assert_eq!(spelled(RFC), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
