//! What a schema cannot say of a match model: how its numbers stand to one another.

use super::{ModelError, Spec};

/// Everything that is wrong with a model whose form is right.
pub(super) fn check(spec: &Spec) -> Vec<ModelError> {
    let mut errors = Vec::new();
    spec.fields.check(&mut errors);
    let mut demand = |holds: bool, place: &str, expected: &str| {
        if !holds {
            errors.push(ModelError::new(place, expected));
        }
    };
    demand(!spec.identity.trim().is_empty(), "/identity", "2026.1");
    let thresholds = &spec.thresholds;
    demand(thresholds.review < thresholds.join, "/thresholds", "review < join");
    demand(thresholds.near <= thresholds.join, "/thresholds/near", "near ≤ join");
    demand(thresholds.keep <= thresholds.review, "/thresholds/keep", "keep ≤ review");
    demand(thresholds.look <= thresholds.keep, "/thresholds/look", "look ≤ keep");
    demand(thresholds.in_spite >= 0.0, "/thresholds/in_spite", "≥ 0");
    demand(thresholds.in_contract >= 0.0, "/thresholds/in_contract", "≥ 0");
    demand(thresholds.absent < 0.0, "/thresholds/absent", "< 0");
    demand(thresholds.ceiling > thresholds.join, "/thresholds/ceiling", "ceiling > join");
    demand(spec.calibration.slope > 0.0, "/calibration/slope", "> 0");
    let priors = &spec.priors;
    for (name, prior) in [
        ("matches_per_record", priors.matches_per_record),
        ("doubles_per_record", priors.doubles_per_record),
        ("doubles_in_contract", priors.doubles_in_contract),
        ("household_members", priors.household_members),
        ("twin", priors.twin),
    ] {
        demand(prior > 0.0, &format!("/priors/{name}"), "> 0");
    }
    let swapped = spec.names.swapped;
    demand(swapped > 0.0 && swapped < 0.5, "/names/swapped", "0 < … < 0.5");
    let groups = [
        ("equivalent", &spec.names.equivalent),
        ("related", &spec.names.related),
        ("apart", &spec.names.apart),
    ];
    for (kind, groups) in groups {
        for (number, group) in groups.iter().enumerate() {
            let place = format!("/names/{kind}/{number}");
            demand(group.names.len() > 1, &format!("{place}/names"), "[a, b, …]");
            demand(!group.source.trim().is_empty(), &format!("{place}/source"), "source: …");
        }
    }
    errors.extend(spec.experience.problems());
    errors
}
