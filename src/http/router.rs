//! Every address of the hub, on one screen.

use axum::Router;
use axum::middleware::from_fn_with_state;

use super::routes::Routes;
use super::{App, Limits};
use super::{fhir, layers, openapi, pages, spdci, v1, well_known};

/// The addresses, by who calls them.
pub fn routes(limits: &Limits) -> Routes {
    let quick = Routes::default()
        // Schemes: what became of what they sent.
        .get("/v1/batches", v1::batches::list)
        .get("/v1/batches/{id}", v1::batches::read)
        .post("/v1/batches/{id}/release", v1::batches::release)
        .get("/v1/batches/{id}/refusals", v1::refusals::list)
        .get("/v1/batches/{id}/defects", v1::refusals::defects)
        .get("/v1/quarantine", v1::quarantine::list)
        .post("/v1/quarantine/{id}/correct", v1::quarantine::correct)
        .get("/v1/corrections", v1::corrections::list)
        .post("/v1/quarantine/{id}/dismiss", v1::quarantine::dismiss)
        // Schemes: what the hub made of it.
        .get("/v1/records", v1::records::list)
        .get("/v1/records/{id}", v1::records::read)
        .get("/v1/people/{id}", v1::people::read)
        .get("/v1/people/{id}/history", v1::people::past::past)
        .get("/v1/people/{id}/evidence", v1::people::past::evidence)
        .get("/v1/people/{id}/household", v1::conflicts::household)
        .get("/v1/identity/conflicts", v1::conflicts::list)
        .get("/v1/identity/double-coverage", v1::conflicts::double_coverage)
        // Stewards: what the hub asks them, and what they decide.
        .get("/v1/reviews", v1::reviews::list)
        .get("/v1/reviews/groups", v1::reviews::groups)
        .post("/v1/reviews/groups/decide", v1::reviews::answers::decide_alike)
        .post("/v1/reviews/claim", v1::reviews::claims::claim_next)
        .get("/v1/reviews/{id}", v1::reviews::read)
        .post("/v1/reviews/{id}/claim", v1::reviews::claims::claim)
        .delete("/v1/reviews/{id}/claim", v1::reviews::claims::release)
        .post("/v1/reviews/{id}/decide", v1::reviews::answers::decide)
        .post("/v1/people/{id}/merge", v1::people::decide::merge)
        .post("/v1/people/{id}/split", v1::people::decide::split)
        .get("/v1/identity/quality", v1::quality::read)
        .post("/v1/identity/samples", v1::quality::draw)
        .post("/v1/identity/what-if", v1::what_if::begin)
        .get("/v1/identity/what-if/{id}", v1::what_if::read)
        .post("/v1/identity/what-if/{id}/cancel", v1::what_if::cancel)
        .get("/v1/identity/decisions", v1::decisions::list)
        .get("/v1/identity/decisions/{id}", v1::decisions::read)
        .post("/v1/identity/decisions/{id}/undo", v1::decisions::undo)
        // Schemes: what wants to hear of changes, and what it was told.
        .get("/v1/subscriptions", v1::subscriptions::list)
        .post("/v1/subscriptions", v1::subscriptions::create)
        .delete("/v1/subscriptions/{id}", v1::subscriptions::end)
        .get("/v1/deliveries", v1::deliveries::list)
        .post("/v1/deliveries/{id}/retry", v1::deliveries::retry)
        // Mappings: history made again with them.
        .get("/v1/mappings/{name}/replays", v1::replays::list)
        .get("/v1/replays/{id}", v1::replays::read)
        .post("/v1/replays/{id}/cancel", v1::replays::cancel)
        // Partners: what agreements let them know.
        .post("/v1/eligibility", v1::eligibility::answer)
        .get("/v1/indicators", v1::indicators::read)
        // Partners who speak FHIR.
        .get("/fhir/R4/metadata", fhir::metadata::read)
        .post("/fhir/R4", fhir::batch::answer)
        .post("/fhir/R4/", fhir::batch::answer_below)
        .get("/fhir/R4/Patient", fhir::search::patients)
        .put("/fhir/R4/Patient", fhir::feed::put_one)
        .post("/fhir/R4/Patient", fhir::feed::post_one)
        .delete("/fhir/R4/Patient", fhir::feed::delete_one)
        .post("/fhir/R4/Patient/_search", fhir::search::patients_by_form)
        .get("/fhir/R4/Patient/{id}", fhir::patient::read_one)
        .put("/fhir/R4/Patient/{id}", fhir::feed::put_by_id)
        .delete("/fhir/R4/Patient/{id}", fhir::feed::delete_by_id)
        .get("/fhir/R4/Patient/{id}/_history", fhir::history::of_one)
        .get("/fhir/R4/Patient/{id}/_history/{version}", fhir::history::version_of_one)
        .post("/fhir/R4/$process-message", fhir::message::process)
        .post("/fhir/R4/Bundle", fhir::message::process_bundle)
        .post("/fhir/R4/Patient/$match", fhir::patient::match_one)
        .get("/fhir/R4/Patient/$ihe-pix", fhir::pix::by_address)
        .post("/fhir/R4/Patient/$ihe-pix", fhir::pix::by_body)
        .post("/fhir/R4/Subscription", fhir::subscription::create)
        .get("/fhir/R4/Subscription/{id}", fhir::subscription::read)
        .delete("/fhir/R4/Subscription/{id}", fhir::subscription::end)
        .get("/fhir/R4/Coverage", fhir::search::coverages)
        .get("/fhir/R4/Coverage/{id}", fhir::coverage::read_one)
        .post("/fhir/R4/CoverageEligibilityRequest", fhir::eligibility::create)
        .post("/fhir/R4/CoverageEligibilityRequest/$submit", fhir::eligibility::submit_one)
        // Partners who speak SPDCI.
        .post("/spdci/oauth2/client/token", spdci::token::lend)
        .post("/spdci/registry/search", spdci::search::take)
        .post("/spdci/registry/txn/status", spdci::status::take)
        .post("/spdci/registry/subscribe", spdci::subscribe::begin)
        .post("/spdci/registry/unsubscribe", spdci::subscribe::end)
        .post("/spdci/registry/notify", spdci::notify::take)
        .post("/spdci/registry/sync/enrollment/updates", spdci::updates::take)
        .post("/spdci/registry/sync/txn/status", spdci::status::answer)
        .post("/spdci/registry/sync/search", spdci::search::answer)
        .post("/spdci/registry/sync/enrolled", spdci::enrolled::answer)
        // Those who describe formats, and those who look after what counts.
        .get("/v1/mappings", v1::mappings::list)
        .post("/v1/mappings/check", v1::mappings::draft::check_text)
        .post("/v1/mappings/publications", v1::mappings::publications::publish)
        .put("/v1/mappings/{name}/draft", v1::mappings::draft::put)
        .post("/v1/mappings/{name}/rollback", v1::mappings::publications::rollback)
        .get("/v1/mappings/{name}/history", v1::mappings::history)
        .get("/v1/mappings/{name}/diff", v1::mappings::diff)
        .get("/v1/mappings/{name}/versions", v1::mappings::versions)
        .get("/v1/mappings/{name}/versions/{version}", v1::mappings::read)
        .post("/v1/mappings/{name}/versions/{version}/check", v1::mappings::steps::check)
        .post("/v1/mappings/{name}/versions/{version}/test", v1::mappings::steps::test)
        .post("/v1/mappings/{name}/versions/{version}/approve", v1::mappings::steps::approve)
        .post("/v1/mappings/{name}/versions/{version}/withdraw", v1::mappings::steps::withdraw)
        // Everybody with a key.
        .get("/v1/schemes", v1::schemes::list)
        // Those who run the hub.
        .get("/v1/keys", v1::keys::list)
        .post("/v1/keys", v1::keys::create)
        .delete("/v1/keys/{id}", v1::keys::revoke)
        // Machines; no key.
        .get("/v1/openapi.json", openapi::serve)
        .get("/.well-known/jwks.json", well_known::keys)
        .get("/.well-known/dankun-cancelled.jwt", well_known::cancelled)
        .get("/healthz", v1::health::alive)
        .get("/readyz", v1::health::ready)
        .get("/metrics", v1::health::metrics);
    // Files: they have their own clock, which runs only while nothing arrives. What is tried on many records takes long.
    let uploads = Routes::default()
        .post("/v1/identity/quality", v1::quality::measure)
        .post("/v1/mappings/{name}/preview", v1::replays::preview)
        .post("/v1/mappings/{name}/replays", v1::replays::begin)
        .post("/v1/schemes/{scheme}/records", v1::batches::submit)
        .post("/v1/events", v1::events::submit)
        .post("/v1/translate", v1::translate::translate)
        .post("/v1/validate", v1::translate::validate);
    let hurry = from_fn_with_state(limits.answer, layers::hurry);
    quick.wrap(|router| router.layer(hurry)).and(uploads)
}

/// The whole interface.
pub fn router(app: App) -> Router {
    routes(&app.limits)
        .into_router()
        .merge(pages::routes(&app))
        .layer(from_fn_with_state(app.clone(), layers::around))
        .with_state(app)
}
