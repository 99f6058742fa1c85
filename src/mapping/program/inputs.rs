//! What a rule looks at: its origin, its condition, its steps and its checks.

use super::super::scene::{Input, When};
use super::super::verb::Verb;
use super::{Check, Origin, Rule, Then};

impl Rule {
    /// Everything that it reads, as it stands in the rule; some of it twice.
    #[must_use]
    pub fn inputs(&self) -> Vec<Input> {
        let mut inputs = self.values();
        inputs.extend(self.when.iter().flat_map(When::inputs));
        inputs.extend(self.steps.iter().flat_map(Verb::inputs));
        inputs.extend(self.checks.iter().flat_map(|check| match check {
            Check::NotFuture => &[][..],
            Check::Holds(when) => when.inputs(),
        }));
        inputs
    }

    /// What it takes its value of: of a choice the fields that it looks at, too, because the value tells them.
    #[must_use]
    pub fn values(&self) -> Vec<Input> {
        match &self.origin {
            Origin::First(inputs) => inputs.to_vec(),
            Origin::Constant(_) => Vec::new(),
            Origin::Template(template) => template.inputs().collect(),
            Origin::Choose(branches) => branches
                .iter()
                .flat_map(|(when, then)| {
                    let read = when.iter().flat_map(|when| when.inputs().to_vec());
                    let given = match then {
                        Then::Input(input) => Some(*input),
                        Then::Constant(_) => None,
                    };
                    read.chain(given)
                })
                .collect(),
        }
    }
}
