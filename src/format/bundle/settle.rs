//! Who belongs to whom, once every resource of a Bundle is known.

use super::{Bundle, Role};

impl Bundle {
    /// Gives every attached resource its anchor, now that all are known.
    pub(super) fn settle(&mut self) {
        for index in 0..self.resources.len() as u32 {
            let Some(Role::Attached { reference, follows, .. }) = self.role(index) else {
                continue;
            };
            let (reference, follows) = (*reference, *follows);
            let owner = reference.and_then(|key| self.by_key.get(&key).copied());
            let Some(anchor) = owner.or(follows) else {
                continue;
            };
            if let Some(Role::Anchor { attached, dangling }) = self.role(anchor) {
                match owner {
                    Some(_) => attached.push(index),
                    None => dangling.push(index),
                }
            }
            self.set_placed(index, true);
        }
        for anchor in 0..self.resources.len() as u32 {
            self.acquit(anchor);
        }
    }

    /// An anchor that has its own resources elsewhere is not what the dangling one behind it meant.
    fn acquit(&mut self, anchor: u32) {
        let Some(Role::Anchor { attached, dangling }) = self.role(anchor) else {
            return;
        };
        let Some(&first) = dangling.first() else {
            return;
        };
        if attached.iter().all(|own| (anchor..first).contains(own)) {
            return;
        }
        for index in std::mem::take(dangling) {
            self.set_placed(index, false);
        }
    }

    pub(super) fn role(&mut self, index: u32) -> Option<&mut Role> {
        self.resources.get_mut(index as usize).map(|resource| &mut resource.role)
    }

    fn set_placed(&mut self, index: u32, value: bool) {
        if let Some(Role::Attached { placed, .. }) = self.role(index) {
            *placed = value;
        }
    }
}
