use super::*;

const SHIPPED: [(&str, &str); 5] = [
    ("ci-ml.yaml", include_str!("../../../mappings/agreements/ci-ml.yaml")),
    ("ci-ng.yaml", include_str!("../../../mappings/agreements/ci-ng.yaml")),
    ("ml-ng.yaml", include_str!("../../../mappings/agreements/ml-ng.yaml")),
    ("ml.yaml", include_str!("../../../mappings/agreements/ml.yaml")),
    ("own-insured.yaml", include_str!("../../../mappings/agreements/own-insured.yaml")),
];

fn shipped() -> Agreements {
    Agreements::parse(SHIPPED).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn id(text: &str) -> SchemeId {
    text.parse().unwrap()
}

fn ask(asker: &str, purpose: &str, scheme: Option<&str>, on: &str) -> Result<Permission, Refusal> {
    let scheme = scheme.map(id);
    shipped().check(asker, purpose, scheme.as_ref(), on.parse().unwrap())
}

#[test]
fn the_shipped_files_are_right_and_their_examples_hold() {
    assert_eq!(shipped().iter().count(), SHIPPED.len());
}

#[test]
fn nobody_may_ask_unless_an_agreement_says_so() {
    let nothing = Agreements::default();
    let asked = nothing.check("ci-cnam", "CARE_AUTHORISATION", None, "2026-01-15".parse().unwrap());
    assert_eq!(asked, Err(Refusal::UnknownPartner));
    assert_eq!(
        ask("xx-inconnu", "CARE_AUTHORISATION", None, "2026-01-15"),
        Err(Refusal::UnknownPartner)
    );
}

#[test]
fn a_purpose_that_nobody_granted_is_refused_the_empty_one_too() {
    for purpose in ["MARKETING", "RECRUITMENT", "", "care_authorisation"] {
        assert_eq!(ask("ml-utm", purpose, None, "2026-01-15"), Err(Refusal::PurposeNotAllowed));
    }
}

#[test]
fn an_agreement_ends_with_its_last_day() {
    assert!(ask("ng-nhia", "CARE_AUTHORISATION", None, "2027-12-31").is_ok());
    assert_eq!(ask("ng-nhia", "CARE_AUTHORISATION", None, "2028-01-01"), Err(Refusal::NoAgreement));
}

#[test]
fn a_scheme_that_no_grant_names_is_refused_whoever_is_in_it() {
    assert_eq!(
        ask("ci-cnam", "CARE_AUTHORISATION", Some("ml-synd"), "2026-01-15"),
        Err(Refusal::NoAgreement)
    );
}

#[test]
fn membership_lists_are_never_granted() {
    for agreement in shipped().iter() {
        for grant in &agreement.grants {
            assert!(!grant.insured.contains("ml-synd") && !grant.insured.contains("ci-necab"));
        }
    }
}

#[test]
fn without_a_scheme_an_asker_sees_what_is_granted_and_nothing_else() {
    let permission = ask("ci-cnam", "CARE_AUTHORISATION", None, "2026-01-15").unwrap();
    assert!(permission.covers(&id("ml-anam")) && permission.covers(&id("ci-cnam")));
    assert!(!permission.covers(&id("ml-synd")));
    assert!(permission.agreements.contains("ci-ml/1.1.0"));
}

#[test]
fn an_answer_about_no_scheme_shows_only_what_every_grant_allows() {
    let yaml = SHIPPED[0].1.replacen("person_id, ", "", 1);
    let agreements = Agreements::parse([("a.yaml", yaml.as_str()), SHIPPED[1]]).unwrap();
    let on = "2026-01-15".parse().unwrap();
    let permission = agreements.check("ci-cnam", "CARE_AUTHORISATION", None, on).unwrap();
    assert!(permission.fields(Some(&id("ng-nhia"))).contains(&Field::PersonId));
    assert!(!permission.fields(Some(&id("ml-utm"))).contains(&Field::PersonId));
    assert!(!permission.fields(None).contains(&Field::PersonId));
}

#[test]
fn an_agreement_that_ends_before_it_begins_is_told() {
    let yaml = SHIPPED[3].1.replace("to: 2027-12-31", "to: 2024-12-31");
    let problems = Agreements::parse([("ml.yaml", yaml.as_str())]).unwrap_err();
    assert!(problems.iter().any(|problem| problem.pointer == "/to"), "{problems:?}");
}
