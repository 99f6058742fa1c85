//! A verb over the texts of a list: one that it refuses is told with its own place and value, and the
//! others stay.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::super::extract::{Listed, Slot};
use super::super::scene::Scene;
use super::super::value::Value;
use super::{Problem, Rule, Tracer, tell};

impl Rule {
    /// Runs the verb of a step over each text of a list.
    pub(super) fn each_of<'r, T: Tracer>(
        &'r self,
        items: Vec<Cow<'r, str>>,
        step: usize,
        scene: &Scene<'_, 'r>,
        blamed: Option<u16>,
        problems: &mut Vec<Problem>,
        tracer: &mut T,
    ) -> Value<'r> {
        let verb = &self.steps[step];
        let sent = OnceCell::new();
        let mut kept = Vec::with_capacity(items.len());
        let count = items.len();
        for (index, item) in items.into_iter().enumerate() {
            match verb.run(Value::Text(item.clone()), scene) {
                Ok(Value::Text(text)) => kept.push(text),
                Ok(Value::List(texts)) => kept.extend(texts),
                Ok(Value::Absent | Value::Date(_)) => {}
                Err(failure) => {
                    let (mut problem, instead) = self.failed(scene, blamed, *failure);
                    problem.value = Some(item.into_owned());
                    let sent = sent.get_or_init(|| self.sent(step, scene, blamed));
                    if let (true, Some(sent)) = (sent.len() == count, sent.get(index)) {
                        problem.listed = true;
                        problem.at = Some(sent.at);
                        problem.value = Some(sent.text.to_string());
                    }
                    tracer.problem(&problem);
                    tell(problem, problems);
                    kept.extend(instead.map(|instead| Cow::Owned(instead.into())));
                }
            }
        }
        Value::list(kept)
    }

    /// For each text before a step the text of the sender's list that it was made of. There are fewer or
    /// more of them where that cannot be told: the list came out of one text, or a step mixed its texts.
    fn sent<'r>(
        &'r self,
        step: usize,
        scene: &Scene<'_, 'r>,
        blamed: Option<u16>,
    ) -> Vec<&'r Listed<'r>> {
        let Some(Slot::List(sent, _)) = blamed.map(|path| scene.slot(path)) else {
            return Vec::new();
        };
        let before = &self.steps[..step];
        let made = |item: &Listed<'r>| {
            let text = Value::Text(Cow::Owned(item.text.to_string()));
            match before.iter().try_fold(text, |value, verb| verb.run(value, scene)) {
                Ok(Value::Text(_) | Value::Date(_)) => 1,
                Ok(Value::List(texts)) => texts.len(),
                Ok(Value::Absent) => 0,
                Err(failure) => usize::from(failure.instead.is_some()),
            }
        };
        sent.iter().flat_map(|item| std::iter::repeat_n(item, made(item))).collect()
    }
}
