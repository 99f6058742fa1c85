//! Passwords: what will do, and Argon2id.
//!
//! Length counts, not signs (NIST SP 800-63B-4, 3.1.1.2). Hashing takes 19 MiB and tens of milliseconds on purpose, so
//! few run at once: a flood of attempts must not use the hub's memory up.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use zeroize::Zeroizing;

use super::super::Hub;
use crate::model::AccountName;

/// The shortest password, in letters.
pub const SHORTEST: usize = 12;
/// The longest one: more is no password, but work for the hub.
pub const LONGEST: usize = 256;
/// Fewer different letters than this are a pattern, such as `abababababab`.
const DIFFERENT: usize = 5;

/// Why a password will not do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] letters.
    Short,
    /// More than [`LONGEST`] letters.
    Long,
    /// Few different letters, or it holds the account's own name.
    Guessable,
}

/// Whether a password will do.
///
/// # Errors
/// Why not.
pub fn check(password: &str, name: &AccountName) -> Result<(), Weakness> {
    let letters: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    if letters.len() < SHORTEST {
        return Err(Weakness::Short);
    }
    if letters.len() > LONGEST {
        return Err(Weakness::Long);
    }
    let different: std::collections::BTreeSet<&char> = letters.iter().collect();
    let folded: String = letters.iter().collect();
    if different.len() < DIFFERENT || folded.contains(name.as_str()) {
        return Err(Weakness::Guessable);
    }
    Ok(())
}

/// The hash of a password, as a PHC string with its salt and cost.
pub(super) async fn hash(hub: &Hub, password: &str) -> String {
    let salt = hub.random::<16>();
    let password = Zeroizing::new(password.to_owned());
    slowly(hub, move || {
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.expect("a salt of 16 bytes and the default cost are sound").to_string()
    })
    .await
}

/// Whether a password is that of a hash. Where there is no hash it takes as long and says no: how long an answer takes
/// does not tell whether an account exists.
pub(super) async fn matches(hub: &Hub, password: &str, hash: Option<&str>) -> bool {
    if password.chars().count() > LONGEST {
        return false;
    }
    let Some(kept) = hash.map(str::to_owned) else {
        self::hash(hub, password).await;
        return false;
    };
    let password = Zeroizing::new(password.to_owned());
    slowly(hub, move || {
        Argon2::default().verify_password(password.as_bytes(), kept.as_str()).is_ok()
    })
    .await
}

/// Runs `work` on a thread that may be blocked, few at a time.
async fn slowly<T: Send + 'static>(hub: &Hub, work: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = hub.hashing().acquire().await.expect("nobody closes the semaphore");
    tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(password: &str) -> Result<(), Weakness> {
        check(password, &"awa.traore".parse().expect("a name"))
    }

    #[test]
    fn length_counts_and_not_signs() {
        assert_eq!(checked("le marché est ouvert"), Ok(()));
        assert_eq!(checked("Tr0ub4dor&3"), Err(Weakness::Short));
        assert_eq!(checked(&"aé1xyz".repeat(60)), Err(Weakness::Long));
    }

    #[test]
    fn patterns_and_the_own_name_are_refused() {
        assert_eq!(checked("abababababababab"), Err(Weakness::Guessable));
        assert_eq!(checked("Awa.Traore2026!"), Err(Weakness::Guessable));
    }
}
