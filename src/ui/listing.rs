//! Lists that come in pages: as many lines as one holds, the address of the next, and the choice of a scheme.
//!
//! A view asks its operation for one line more than it shows: whether it came says whether there is a next page. What a
//! list was narrowed to stays in the addresses of its pages.

use std::str::FromStr;

use form_urlencoded::Serializer;

use super::visit::Member;
use crate::http::{App, Problem, narrowed};
use crate::model::{SchemeId, Scope};

/// Lines of a page.
pub const LINES: u32 = 30;

/// What an address says, when it can be read; what cannot is as if it were not said.
pub fn said<T: FromStr>(text: Option<&str>) -> Option<T> {
    text.and_then(|text| text.parse().ok())
}

/// Where the pages before and after this one are, as the queries of their addresses.
pub struct Pager {
    /// The first page; none on the first page itself.
    pub first: Option<String>,
    /// The next page; none on the last.
    pub next: Option<String>,
}

/// What a list was narrowed to: names and values of its address, without those that say nothing.
pub type Narrowing<'n> = [(&'n str, Option<&'n str>)];

impl Pager {
    /// Around a page that began after a line, and goes on after another.
    pub fn of(after: Option<&str>, narrowing: &Narrowing<'_>, next: Option<String>) -> Self {
        Self {
            first: after.map(|_| query(narrowing, None)),
            next: next.map(|next| query(narrowing, Some(&next))),
        }
    }
}

/// Cuts what was found to `lines`, and says where the rest is: `mark` names the last line that is shown.
pub fn cut<T>(
    found: &mut Vec<T>,
    lines: u32,
    (after, narrowing): (Option<&str>, &Narrowing<'_>),
    mark: impl FnOnce(&T) -> String,
) -> Pager {
    let next = last_shown(found, lines).map(mark);
    Pager::of(after, narrowing, next)
}

/// The last of `lines`, when there were more.
fn last_shown<T>(found: &mut Vec<T>, lines: u32) -> Option<&T> {
    let more = found.len() > lines as usize;
    found.truncate(lines as usize);
    found.last().filter(|_| more)
}

/// The query of a list that is narrowed, and goes on after a line.
pub fn query(narrowing: &Narrowing<'_>, after: Option<&str>) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in narrowing.iter().chain(&[("after", after)]) {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

/// How a list of what schemes sent begins: whose lines it shows, and after which it goes on.
pub struct Asked<'a> {
    /// Of whoever sees one scheme only.
    own: Option<&'a SchemeId>,
    /// Chosen by the reader.
    chosen: Option<SchemeId>,
    after: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// By somebody who has a right, as the address says it.
    ///
    /// # Errors
    /// `not_permitted`, for whoever sees nothing of any scheme.
    pub fn of(
        member: &'a Member,
        scope: Scope,
        scheme: Option<&str>,
        after: Option<&'a str>,
    ) -> Result<Self, Problem> {
        Ok(Self { own: narrowed(&member.caller, scope)?, chosen: said(scheme), after })
    }

    /// The scheme whose lines are shown; none for those of all.
    pub fn scheme(&self) -> Option<&SchemeId> {
        self.own.or(self.chosen.as_ref())
    }

    /// The line after which it goes on.
    pub fn after<T: FromStr>(&self) -> Option<T> {
        said(self.after)
    }

    /// Whether the reader chose no scheme.
    pub const fn of_all(&self) -> bool {
        self.chosen.is_none()
    }

    /// The schemes among which the reader may choose, each with whether it is chosen; none for whoever sees one only.
    pub fn schemes(&self, app: &App, member: &Member) -> Vec<(String, bool)> {
        if !member.caller.runs_the_hub() {
            return Vec::new();
        }
        let library = app.hub().library();
        let known = library.registry().schemes().map(|known| &known.id);
        known.map(|id| (id.to_string(), Some(id) == self.chosen.as_ref())).collect()
    }

    /// Around a page that ends before `next`; `more` is what the list is narrowed to besides.
    pub fn pager(&self, more: &Narrowing<'_>, next: Option<String>) -> Pager {
        let scheme = [("scheme", self.chosen.as_ref().map(SchemeId::as_str))];
        let narrowing: Vec<_> = scheme.iter().chain(more).copied().collect();
        Pager::of(self.after, &narrowing, next)
    }

    /// Cuts what was found to `lines`, and says where the rest is: `mark` names the last line that is shown.
    pub fn cut<T>(
        &self,
        found: &mut Vec<T>,
        lines: u32,
        more: &Narrowing<'_>,
        mark: impl FnOnce(&T) -> String,
    ) -> Pager {
        self.pager(more, last_shown(found, lines).map(mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_and_the_next_one_keeps_what_was_chosen() {
        let mut found = vec![1, 2, 3];
        let narrowing = [("actor", Some("awa&ben")), ("state", None)];
        let pager = cut(&mut found, 2, (None, &narrowing), ToString::to_string);
        assert_eq!((found.as_slice(), pager.first), ([1, 2].as_slice(), None));
        assert_eq!(pager.next.as_deref(), Some("actor=awa%26ben&after=2"));
        let pager = cut(&mut found, 2, (Some("0"), &narrowing), ToString::to_string);
        assert_eq!((pager.first.as_deref(), pager.next), (Some("actor=awa%26ben"), None));
    }
}
