//! Keeps text that is wanted later, in little memory.

/// Size of a block before compression: large enough to compress well, small enough that fetching one
/// resource from it costs about 0.2 ms.
const BLOCK: usize = 256 * 1024;
/// The fastest level of Zstandard: FHIR resources shrink to a tenth or less even so.
const LEVEL: i32 = 1;
/// Unpacked blocks: a Bundle that lists all patients and then all coverages reads at two places at
/// once, each with neighbours before and after.
const UNPACKED: usize = 4;

/// A store of texts, packed in blocks.
#[derive(Default)]
pub(super) struct Attic {
    open: Vec<u8>,
    packed: Vec<Box<[u8]>>,
    unpacked: Vec<(u32, Vec<u8>)>,
    /// Which of the unpacked is replaced next.
    turn: usize,
}

/// Where a text is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Slot {
    block: u32,
    start: u32,
    length: u32,
}

impl Attic {
    /// Keeps a text of at most a few MiB.
    pub(super) fn put(&mut self, text: &str) -> Slot {
        if !self.open.is_empty() && self.open.len() + text.len() > BLOCK {
            let packed = zstd::bulk::compress(&self.open, LEVEL)
                .expect("compression into memory that grows does not fail");
            self.packed.push(packed.into_boxed_slice());
            self.open.clear();
        }
        let slot = Slot {
            block: self.packed.len() as u32,
            start: self.open.len() as u32,
            length: text.len() as u32,
        };
        self.open.extend_from_slice(text.as_bytes());
        slot
    }

    /// A text that was kept.
    pub(super) fn get(&mut self, slot: Slot) -> &str {
        let block = if slot.block as usize == self.packed.len() {
            &self.open
        } else {
            self.unpack(slot.block)
        };
        let start = slot.start as usize;
        let text = block.get(start..start + slot.length as usize);
        text.and_then(|text| std::str::from_utf8(text).ok())
            .expect("a slot names text that was put there")
    }

    fn unpack(&mut self, block: u32) -> &[u8] {
        let known = self.unpacked.iter().position(|(known, _)| *known == block);
        let index = known.unwrap_or_else(|| {
            let packed = self.packed.get(block as usize).map_or(&[][..], |packed| packed);
            let capacity = zstd::zstd_safe::get_frame_content_size(packed)
                .ok()
                .flatten()
                .and_then(|size| usize::try_from(size).ok())
                .unwrap_or(BLOCK);
            let text = zstd::bulk::decompress(packed, capacity)
                .expect("the attic packed this block itself");
            if self.unpacked.len() < UNPACKED {
                self.unpacked.push((block, text));
                self.unpacked.len() - 1
            } else {
                self.turn = (self.turn + 1) % UNPACKED;
                if let Some(oldest) = self.unpacked.get_mut(self.turn) {
                    *oldest = (block, text);
                }
                self.turn
            }
        });
        self.unpacked.get(index).map_or(&[], |(_, text)| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_found_again_in_any_order() {
        let mut attic = Attic::default();
        let texts: Vec<String> = (0..200).map(|i| format!("{i} é ").repeat(1000 + i)).collect();
        let slots: Vec<Slot> = texts.iter().map(|text| attic.put(text)).collect();
        assert!(attic.packed.len() > UNPACKED, "several blocks are packed");
        for i in (0..200).map(|i| (i * 77) % 200) {
            assert!(attic.get(slots[i]) == texts[i]);
        }
    }
}
