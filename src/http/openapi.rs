//! The description of the interface, OpenAPI 3.1, written from the handlers themselves.

use axum::Json;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToResponse};

use super::problem::ProblemBody;
use super::{fhir, spdci, v1, well_known};

/// Refused, with the reason in the caller's language.
#[derive(ToResponse)]
#[response(
    description = "Refused: a problem by RFC 9457, in the caller's language",
    content_type = "application/problem+json"
)]
pub struct Refused(#[expect(dead_code, reason = "only described")] ProblemBody);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "dankun",
        description = "A hub between insurance schemes: records in each scheme's own format come in, are validated, translated and linked; questions are answered; changes go out. Every address of /v1 but this description takes a key: `Authorization: Bearer dk_…`. Messages are in French or English, by `Accept-Language`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        v1::subscriptions::list,
        v1::subscriptions::create,
        v1::subscriptions::end,
        v1::deliveries::list,
        v1::deliveries::retry,
        v1::batches::submit,
        v1::events::submit,
        v1::batches::list,
        v1::batches::read,
        v1::batches::release,
        v1::refusals::list,
        v1::refusals::defects,
        v1::quarantine::list,
        v1::quarantine::correct,
        v1::quarantine::dismiss,
        v1::corrections::list,
        v1::records::list,
        v1::records::read,
        v1::people::read,
        v1::people::past::past,
        v1::people::past::evidence,
        v1::conflicts::household,
        v1::conflicts::list,
        v1::conflicts::double_coverage,
        v1::people::decide::merge,
        v1::people::decide::split,
        v1::reviews::list,
        v1::reviews::groups,
        v1::reviews::read,
        v1::reviews::claims::claim,
        v1::reviews::claims::claim_next,
        v1::reviews::claims::release,
        v1::reviews::answers::decide,
        v1::reviews::answers::decide_alike,
        v1::quality::read,
        v1::quality::measure,
        v1::quality::draw,
        v1::what_if::begin,
        v1::what_if::read,
        v1::what_if::cancel,
        v1::decisions::list,
        v1::decisions::read,
        v1::decisions::undo,
        v1::replays::preview,
        v1::replays::begin,
        v1::replays::list,
        v1::replays::read,
        v1::replays::cancel,
        v1::translate::translate,
        v1::translate::validate,
        v1::eligibility::answer,
        v1::indicators::read,
        fhir::metadata::read,
        fhir::batch::answer,
        fhir::batch::answer_below,
        fhir::search::patients,
        fhir::feed::put_one,
        fhir::feed::post_one,
        fhir::feed::delete_one,
        fhir::feed::put_by_id,
        fhir::feed::delete_by_id,
        fhir::history::of_one,
        fhir::history::version_of_one,
        fhir::message::process,
        fhir::message::process_bundle,
        fhir::search::patients_by_form,
        fhir::search::coverages,
        fhir::patient::read_one,
        fhir::patient::match_one,
        fhir::pix::by_address,
        fhir::subscription::create,
        fhir::subscription::read,
        fhir::subscription::end,
        fhir::pix::by_body,
        fhir::coverage::read_one,
        fhir::eligibility::create,
        fhir::eligibility::submit_one,
        spdci::token::lend,
        spdci::search::take,
        spdci::search::answer,
        spdci::status::take,
        spdci::status::answer,
        spdci::subscribe::begin,
        spdci::subscribe::end,
        spdci::notify::take,
        spdci::updates::take,
        spdci::enrolled::answer,
        v1::mappings::list,
        v1::mappings::draft::check_text,
        v1::mappings::publications::publish,
        v1::mappings::draft::put,
        v1::mappings::publications::rollback,
        v1::mappings::history,
        v1::mappings::diff,
        v1::mappings::versions,
        v1::mappings::read,
        v1::mappings::steps::check,
        v1::mappings::steps::test,
        v1::mappings::steps::approve,
        v1::mappings::steps::withdraw,
        v1::schemes::list,
        v1::keys::list,
        v1::keys::create,
        v1::keys::revoke,
        serve,
        well_known::keys,
        well_known::cancelled,
        v1::health::alive,
        v1::health::ready,
        v1::health::metrics,
    ),
    components(responses(Refused), schemas(ProblemBody)),
    modifiers(&Bearer),
    security(("key" = []))
)]
struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}

/// The description of the whole interface.
#[must_use]
pub fn description() -> Document {
    Api::openapi()
}

/// This description.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "hub", security(()), responses(
    (status = 200, description = "OpenAPI 3.1")))]
pub async fn serve() -> Json<Document> {
    Json(description())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::addresses;

    /// `GET /v1/keys` and so on, as described.
    fn described() -> BTreeSet<String> {
        let json = serde_json::to_value(description()).expect("a description is JSON");
        let paths = json["paths"].as_object().expect("it has paths").clone();
        let methods = |path: String, item: serde_json::Value| {
            let methods: Vec<String> = item
                .as_object()
                .into_iter()
                .flatten()
                .map(|(method, _)| format!("{} {path}", method.to_uppercase()))
                .collect();
            methods
        };
        paths.into_iter().flat_map(|(path, item)| methods(path, item)).collect()
    }

    #[test]
    fn every_route_is_described_and_every_description_has_a_route() {
        let routed: BTreeSet<String> =
            addresses().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
        assert_eq!(described(), routed);
    }

    #[test]
    fn the_description_is_of_version_3_1() {
        let json = serde_json::to_value(description()).expect("a description is JSON");
        assert_eq!(json["openapi"], "3.1.0");
    }
}
