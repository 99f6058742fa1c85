//! Conditions: the first line is one, the others are what stands in the fields that it reads.

#![no_main]

use dankun_fuzz::mapping::condition::Condition;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let mut lines = data.split('\n');
    let text = lines.next().unwrap_or_default();
    // A long regular expression takes the time of a thousand conditions, and is another crate's business.
    if text.contains("matches") && text.len() > 48 {
        return;
    }
    match Condition::parse(text) {
        Ok(condition) => {
            for path in condition.paths() {
                assert!(text.get(path.span.clone()).is_some(), "{:?}", path.span);
            }
            let fields: Vec<&str> = lines.collect();
            let holds = condition.eval(|path| fields.get(path).copied());
            // Brackets around it are one level more than may be.
            if let Ok(negated) = Condition::parse(&format!("!({text})")) {
                assert_ne!(holds, negated.eval(|path| fields.get(path).copied()));
            }
            drop((condition.choice(), condition.texts(), condition.right_paths()));
        }
        Err(error) => {
            assert!(text.get(error.span.clone()).is_some(), "{:?}", error.span);
            drop(error.to_string());
        }
    }
});
