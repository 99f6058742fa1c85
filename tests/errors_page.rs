//! `docs/errors.md` says what the catalogue says.

use std::path::Path;

/// Set this variable to write the page instead of comparing it.
const UPDATE: &str = "UPDATE_DOCS";

#[test]
fn the_page_of_errors_is_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md");
    let made = dankun::messages::page::errors();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &made).expect("docs/errors.md can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/errors.md is stale: run `{UPDATE}=1 cargo test --test errors_page`"
    );
}
