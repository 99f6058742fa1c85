//! Sealing: personal data leaves this process only encrypted, and is found again by keyed hashes.
//!
//! A sealed value is `1 | key id (4) | nonce (24) | ciphertext`, XChaCha20-Poly1305. What it belongs to (table and row)
//! is authenticated with it, so a value moved to another row does not open.

use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::Rng as _;
use zeroize::Zeroizing;

use super::StoreError;

/// First byte of a sealed value; another way of sealing gets another one.
const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 24;
const HEAD: usize = 1 + KEY_ID + NONCE;

/// What a sealed value belongs to.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    /// Table.
    pub table: &'static str,
    /// Key of the row.
    pub row: &'a [u8],
}

/// A keyed hash of something personal: equal for equal values, telling nothing without the key.
///
/// 128 bits: a collision among a thousand million values is less likely than a failing disk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyedHash([u8; 16]);

impl KeyedHash {
    /// As stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From a stored slice, when it has the right length.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl AsRef<[u8]> for KeyedHash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

struct SealingKey {
    id: [u8; KEY_ID],
    cipher: XChaCha20Poly1305,
}

/// The keys of one hub. The last one of the file seals, every one opens; the first one makes the keyed hashes, for a
/// hash must stay the same as long as the rows that bear it.
pub struct Keys {
    sealing: Vec<SealingKey>,
    hashing: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Keys({})", self.sealing.len())
    }
}

impl Keys {
    /// Reads the key file, or makes one that only its owner may read.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds something else.
    pub fn load_or_create(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::KeyFile { path: path.display().to_string(), source };
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&Zeroizing::new(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                create(path).map_err(failed)?;
                let text = fs::read_to_string(path).map_err(failed)?;
                Self::parse(&Zeroizing::new(text))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Keys from the text of a key file: one key a line, 64 hexadecimal digits; `#` begins a comment.
    ///
    /// # Errors
    /// When a line is no key, or there is none.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let mut secrets = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let mut secret = Zeroizing::new([0; 32]);
            hex::decode_to_slice(line, secret.as_mut())
                .map_err(|_| StoreError::BadKeyFile { line: at + 1 })?;
            secrets.push(secret);
        }
        Self::from_secrets(&secrets).ok_or(StoreError::BadKeyFile { line: 1 })
    }

    /// New keys that stand in no file: for stores that end with the process.
    #[must_use]
    pub fn generate() -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        rand::rng().fill_bytes(secret.as_mut());
        Self::from_secrets(&[secret]).expect("one secret makes keys")
    }

    fn from_secrets(secrets: &[Zeroizing<[u8; 32]>]) -> Option<Self> {
        let first = secrets.first()?;
        let hashing = blake3::derive_key("dankun 2026 keyed hashes", first.as_ref());
        let sealing = secrets
            .iter()
            .map(|secret| {
                let key =
                    Zeroizing::new(blake3::derive_key("dankun 2026 sealing", secret.as_ref()));
                let mut id = [0; KEY_ID];
                let named = blake3::derive_key("dankun 2026 key id", secret.as_ref());
                id.iter_mut().zip(named).for_each(|(to, from)| *to = from);
                SealingKey { id, cipher: XChaCha20Poly1305::new((&*key).into()) }
            })
            .collect();
        Some(Self { sealing, hashing: Zeroizing::new(hashing) })
    }

    /// Seals `plain` for its owner.
    #[must_use]
    pub fn seal(&self, owner: Owner<'_>, plain: &[u8]) -> Vec<u8> {
        let key = self.sealing.last().expect("keys hold at least one key");
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: &owner.bytes() };
        let ciphertext = key
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a value fits into memory, so it fits the cipher's 256 GB");
        let mut sealed = Vec::with_capacity(HEAD + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        sealed
    }

    /// Opens what was sealed for this owner.
    ///
    /// # Errors
    /// When the key is not in the key file, or the value or its owner is not the one that was sealed.
    pub fn open(&self, owner: Owner<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (head, ciphertext) = sealed.split_at_checked(HEAD).ok_or(StoreError::Sealed)?;
        let (version, head) = head.split_first().ok_or(StoreError::Sealed)?;
        let (key_id, nonce) = head.split_at_checked(KEY_ID).ok_or(StoreError::Sealed)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| StoreError::Sealed)?;
        if *version != VERSION {
            return Err(StoreError::Sealed);
        }
        let key = self
            .sealing
            .iter()
            .find(|key| key.id == key_id)
            .ok_or_else(|| StoreError::MissingKey { key_id: hex::encode(key_id) })?;
        let payload = Payload { msg: ciphertext, aad: &owner.bytes() };
        key.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| StoreError::Sealed)
    }

    /// The keyed hash of `parts`, for one use: equal parts of another use have another hash.
    #[must_use]
    pub fn hash(&self, usage: &'static str, parts: &[&str]) -> KeyedHash {
        self.hash_bytes(usage, parts.iter().map(|part| part.as_bytes()))
    }

    /// The keyed hash of bytes.
    #[must_use]
    pub fn hash_bytes<'a>(
        &self,
        usage: &'static str,
        parts: impl IntoIterator<Item = &'a [u8]>,
    ) -> KeyedHash {
        let mut hasher = blake3::Hasher::new_keyed(&self.hashing);
        for part in std::iter::once(usage.as_bytes()).chain(parts) {
            // The length before each part keeps ("ab", "c") and ("a", "bc") apart.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut hash = [0; 16];
        hasher.finalize_xof().fill(&mut hash);
        KeyedHash(hash)
    }
}

impl Owner<'_> {
    fn bytes(&self) -> Vec<u8> {
        [self.table.as_bytes(), &[0], self.row].concat()
    }
}

/// Writes a new key file beside its place and moves it there, so that a crash leaves no half a key.
fn create(path: &Path) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut secret = Zeroizing::new([0; 32]);
    rand::rng().fill_bytes(secret.as_mut());
    // `tempfile` makes files that only the owner may read.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(
        file,
        "# Key of a dankun hub. Whoever has it and the database can read personal data; without it nobody can."
    )?;
    writeln!(file, "{}", *Zeroizing::new(hex::encode(secret.as_slice())))?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        // Another process made one first: its key counts.
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Owner<'_> = Owner { table: "revisions", row: &[1, 2, 3] };

    #[test]
    fn what_is_sealed_opens_again_and_shows_nothing() {
        let keys = Keys::generate();
        let sealed = keys.seal(OWNER, "Aïssata Coulibaly".as_bytes());
        assert!(!sealed.windows(9).any(|window| window == b"Coulibaly"));
        assert_eq!(keys.open(OWNER, &sealed).unwrap(), "Aïssata Coulibaly".as_bytes());
    }

    #[test]
    fn a_value_moved_to_another_row_does_not_open() {
        let keys = Keys::generate();
        let sealed = keys.seal(OWNER, b"x");
        let other = Owner { row: &[1, 2, 4], ..OWNER };
        assert!(matches!(keys.open(other, &sealed), Err(StoreError::Sealed)));
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let first = "11".repeat(32);
        let old = Keys::parse(&first).unwrap();
        let sealed = old.seal(OWNER, b"x");
        let both = Keys::parse(&format!("{first}\n{}\n", "22".repeat(32))).unwrap();
        assert_eq!(both.open(OWNER, &sealed).unwrap(), b"x");
        assert!(matches!(
            old.open(OWNER, &both.seal(OWNER, b"x")),
            Err(StoreError::MissingKey { .. })
        ));
        assert_eq!(both.hash("record", &["a"]), old.hash("record", &["a"]));
    }

    #[test]
    fn hashes_keep_uses_and_parts_apart() {
        let keys = Keys::generate();
        assert_ne!(keys.hash("record", &["ab", "c"]), keys.hash("record", &["a", "bc"]));
        assert_ne!(keys.hash("record", &["a"]), keys.hash("contract", &["a"]));
    }

    #[test]
    fn the_key_file_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.key");
        let made = Keys::load_or_create(&path).unwrap();
        let read = Keys::load_or_create(&path).unwrap();
        assert_eq!(made.hash("record", &["a"]), read.hash("record", &["a"]));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
        }
    }
}
