//! Counts of people, for those who report them.

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::App;
use crate::http::extract::{Known, Params};
use crate::http::openapi::Refused;
use crate::http::problem::Problem;
use crate::model::{Holder, Scope};
use crate::operations::indicators::{self, Count, SMALL};

/// Which day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Day {
    /// The day counted for, such as `2025-12-31`; today when absent.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Date>,
}

/// Counts of distinct people on a day. A count so small that it could point at somebody is absent,
/// but for those who run the hub.
#[derive(Serialize, ToSchema)]
pub struct IndicatorsBody {
    /// The day.
    #[schema(value_type = String, format = Date)]
    on: Date,
    /// People with a record of a scheme that grants care.
    insured: CountBody,
    /// People by scheme.
    schemes: Vec<SchemeCount>,
    /// People covered by insurance and by assistance at the same time.
    double_coverage: Option<u64>,
    /// Counts from 1 up to but not including this one are absent; 0 when none are.
    small_below: u64,
}

/// Counts of one scheme.
#[derive(Serialize, ToSchema)]
pub struct SchemeCount {
    scheme: String,
    #[serde(flatten)]
    count: CountBody,
}

/// Distinct people.
#[derive(Serialize, ToSchema)]
pub struct CountBody {
    people: Option<u64>,
    women: Option<u64>,
    /// Of 15 to 35 completed years.
    youth: Option<u64>,
}

impl CountBody {
    fn of(count: Count, floor: u64) -> Self {
        Self {
            people: shown(count.people, floor),
            women: shown(count.women, floor),
            youth: shown(count.youth, floor),
        }
    }
}

/// Zero is shown: nobody is behind it.
fn shown(count: u64, floor: u64) -> Option<u64> {
    (count == 0 || count >= floor).then_some(count)
}

/// Counts people, never rows.
#[utoipa::path(get, path = "/v1/indicators", tag = "indicators", params(Day), responses(
    (status = 200, description = "The counts", body = IndicatorsBody),
    (status = "4XX", response = Refused)))]
pub async fn read(
    known: Known,
    Params(day): Params<Day>,
    State(app): State<App>,
) -> Result<Json<IndicatorsBody>, Problem> {
    let caller = known.granted(Scope::IndicatorsRead)?;
    let on = day.on.unwrap_or_else(|| app.hub.today());
    let counted = indicators::indicators(&app.hub, on).await?;
    let floor = match caller.holder {
        Holder::Operator(_) => 0,
        Holder::Scheme(_) | Holder::Partner(_) => SMALL,
    };
    let schemes = counted.by_scheme.iter().map(|(scheme, count)| SchemeCount {
        scheme: scheme.to_string(),
        count: CountBody::of(*count, floor),
    });
    Ok(Json(IndicatorsBody {
        on,
        insured: CountBody::of(counted.insured, floor),
        schemes: schemes.collect(),
        double_coverage: shown(counted.double_coverage, floor),
        small_below: floor,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_could_point_at_somebody_is_not_shown() {
        assert_eq!(shown(0, 5), Some(0));
        assert_eq!(shown(1, 5), None);
        assert_eq!(shown(4, 5), None);
        assert_eq!(shown(5, 5), Some(5));
        assert_eq!(shown(1, 0), Some(1));
    }
}
