//! Hashes of evidence: the same on every machine and in every run.

/// Mixes a word into a hash.
#[must_use]
pub const fn mix(hash: u64, word: u64) -> u64 {
    let sum = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (sum ^ (sum >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

/// Where the hash of so many words begins: far from every small number, which would cancel out in [`mix`].
#[must_use]
pub const fn start(words: usize) -> u64 {
    mix(0x51_7c_c1_b7_27_22_0a_95, words as u64)
}

/// The hash of a text.
#[must_use]
pub fn text(bytes: &[u8]) -> u64 {
    let start = start(bytes.len());
    let hash = bytes.chunks(8).fold(start, |hash, chunk| {
        let mut word = [0_u8; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mix(hash, u64::from_le_bytes(word))
    });
    hash ^ (hash >> 29)
}
