//! Makes cargo notice files that are added to the directories which the binary embeds.

fn main() {
    for directory in ["mappings", "schemas", "migrations", "src/ui/templates"] {
        println!("cargo::rerun-if-changed={directory}");
    }
}
