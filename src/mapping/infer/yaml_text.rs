//! Texts as YAML writes them in one line.

/// A text as a YAML scalar, in quotes where YAML would read something else.
#[must_use]
pub fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _/.'°()-".contains(c);
    let first = text.chars().next().is_some_and(char::is_alphabetic);
    let tame = !text.ends_with([' ', '.', '-']) && !text.starts_with(' ') && !text.contains("  ");
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "o"]
        .contains(&text.to_lowercase().as_str());
    if first && tame && !word && text.chars().all(plain) { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// A list in brackets, or the text alone when it is one.
#[must_use]
pub fn one_or_list(texts: &[String]) -> String {
    match texts {
        [one] => scalar(one),
        several => {
            format!("[{}]", several.iter().map(|text| scalar(text)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A path in a condition.
#[must_use]
pub fn in_condition(path: &str) -> String {
    format!("`{path}`")
}

/// A text in a condition.
#[must_use]
pub fn text_in_condition(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
