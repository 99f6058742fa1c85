//! Into the items of repeated groups and out again.

use super::super::diagnostic::Code;
use super::super::level::{self, Columns, Each};
use super::super::path::{SourcePath, Step};
use super::super::spec::Word;
use super::{Names, Wants};

impl Names<'_> {
    /// Goes into the items of a repeated group: the levels on the way, for [`Names::leave`] the last.
    pub fn enter(&mut self, each: &Word, numbers: Option<&Word>) -> Option<Vec<u16>> {
        if numbers.is_some() || each.value.contains('*') {
            let columns = self.columns(each, numbers)?;
            return self.deeper(Each::Columns(columns), each).map(|level| vec![level]);
        }
        let (around, written) = (self.level, self.expand(&each.value).to_owned());
        let path = SourcePath::parse(&written).ok().filter(|path| {
            let plain = |step: &Step| matches!(step, Step::Key(_) | Step::Nth(_) | Step::All);
            let of_rows = self.level == 0 && self.is_rows(&written);
            (!self.flat || of_rows)
                && path.up == 0
                && !path.steps.is_empty()
                && path.steps.iter().all(plain)
        });
        let Some(path) = path.map(|path| self.lifted(path)) else {
            let problem = self.problems.error(Code::BadPath, each.span.clone());
            problem.arg("path", &each.value).arg("at", "1");
            if self.flat && self.rows.is_none() && written == "rows" {
                problem.arg("variant", "rows");
            }
            return None;
        };
        for link in level::links(&self.marked(&path)) {
            if self.deeper(Each::Items(link), each).is_none() {
                self.level = around;
                return None;
            }
        }
        self.groups.push(Wants { path, spans: vec![each.span.clone()] });
        Some(self.levels.between(around, self.level))
    }

    fn deeper(&mut self, each: Each, written: &Word) -> Option<u16> {
        let full = self.levels.all().len() >= level::MOST;
        if full || self.levels.depth(self.level) >= level::DEEPEST {
            let limit = if full { level::MOST } else { level::DEEPEST };
            let problem = self.problems.error(Code::TooLarge, written.span.clone());
            problem.arg("limit", limit.to_string());
            return None;
        }
        self.level = self.levels.add(self.level, each);
        Some(self.level)
    }

    /// The columns of a wide row.
    pub fn columns(&mut self, each: &Word, numbers: Option<&Word>) -> Option<Columns> {
        let Some(numbers) = numbers else {
            self.problems.error(Code::MissingKey, each.span.clone()).arg("key", "n");
            return None;
        };
        let columns = Columns::parse(&each.value, &numbers.value);
        if columns.is_none() {
            self.problems
                .error(Code::BadValue, each.span.clone())
                .arg("value", format!("{}, n: {}", each.value, numbers.value))
                .arg("expected", "M{n}_*, n: 1..12");
        }
        columns
    }

    /// Goes back to what stands around a group.
    pub fn leave(&mut self, way: &[u16]) {
        let first = way.first().and_then(|level| self.levels.parent(*level));
        self.level = first.unwrap_or(self.level);
    }

    /// The steps with `[]` where the sender's schema knows a repeated group on the way.
    pub fn marked(&self, path: &SourcePath) -> Vec<Step> {
        let mut keys = self.levels.steps(path, &|_| Step::All);
        keys.truncate(keys.len() - path.steps.len());
        let mut keys = SourcePath::of(keys).keys().iter().map(|k| (*k).to_owned()).collect();
        let mut marked = Vec::new();
        for (index, step) in path.steps.iter().enumerate() {
            marked.push(step.clone());
            let Step::Key(key) = step else { continue };
            Vec::push(&mut keys, key.clone());
            let next = path.steps.get(index + 1);
            if matches!(next, Some(Step::Key(_))) && self.repeated.contains(&keys) {
                marked.push(Step::All);
            }
        }
        marked
    }
}
