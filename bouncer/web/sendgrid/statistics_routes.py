"""Routes of SendGrid's statistics."""

from collections.abc import Mapping
from typing import Any

from bouncer.manage.dated_counts import Period
from bouncer.policy.api_key import KeyAccess
from bouncer.web.exporting import CSV
from bouncer.web.parameter import TEXT, Parameter, ParameterType, word_of
from bouncer.web.route import ApiRoute, Example
from bouncer.web.sendgrid.form import SENDGRID_FORM
from bouncer.web.sendgrid.metrics import METRICS, PROVIDER_METRICS
from bouncer.web.sendgrid.parameters import (
    DAY,
    LISTS,
    NAMES,
    NUMBER_SCHEMA,
    ON_BEHALF_OF,
    TEXT_SCHEMA,
    array_of,
    object_of,
)
from bouncer.web.sendgrid.statistics import (
    USUAL_DAYS,
    all_by_date,
    categories,
    categories_by_date,
    category_sums,
    classes,
    domains_of_class,
    providers_by_date,
)


def _accepted_type(text: str) -> str:
    kinds = [part.partition(";")[0].strip().lower() for part in text.split(",")]
    return CSV if "text/csv" in kinds and "application/json" not in kinds else ""


def _direction(text: str) -> str:
    if text not in ("asc", "desc"):
        raise ValueError("must be asc or desc")
    return text


def _metric(text: str) -> str:
    if text not in METRICS:
        raise ValueError(f"must be one of {', '.join(METRICS)}")
    return text


_ACCEPT = Parameter(
    "accept",
    ParameterType(TEXT_SCHEMA, _accepted_type),
    "text/csv for a table, else JSON",
    "text/csv",
    where="header",
    default="",
)
_SPAN = (
    Parameter("start_date", DAY, "the first day, UTC; it must be there", "2026-11-01"),
    Parameter("end_date", DAY, "the last day; today where it is left out", "2026-11-30"),
)
_RECENT = (
    Parameter("start_date", DAY, f"the first day, UTC; left out: {USUAL_DAYS} days in all", "2026-11-01"),
    *_SPAN[1:],
)
_BY = Parameter("aggregated_by", word_of(Period), "day, week or month", "day", default=Period.DAY)
_PAGE = tuple(parameter for parameter in LISTS if parameter.name in ("limit", "offset"))
_SORT = (
    Parameter(
        "sort_by_metric",
        ParameterType({"type": "string", "enum": list(METRICS)}, _metric),
        "the metric by which the lines are in order",
        "bounces",
        default="delivered",
    ),
    Parameter(
        "sort_by_direction",
        ParameterType({"type": "string", "enum": ["asc", "desc"]}, _direction),
        "asc or desc",
        "desc",
        default="desc",
    ),
)


def _named_schema(names: tuple[str, ...]) -> dict[str, Any]:
    return object_of(type=TEXT_SCHEMA, name=TEXT_SCHEMA, metrics=object_of(**dict.fromkeys(names, NUMBER_SCHEMA)))


def _dated_schema(stats: dict[str, Any]) -> dict[str, Any]:
    return object_of(date=TEXT_SCHEMA, stats=array_of(stats))


def _route(
    path: str,
    says: str,
    answer: Any,
    schema: dict[str, Any],
    parameters: tuple[Parameter, ...],
    query: str,
    *,
    others: tuple[str, ...] = (),
    path_example: Mapping[str, str] | None = None,
) -> ApiRoute:
    return ApiRoute(
        "GET",
        path,
        says,
        KeyAccess.READ,
        answer,
        schema,
        (ON_BEHALF_OF, *parameters),
        errors=(404,),
        example=Example(query, path=path_example or {}),
        other_media_types=others,
        form=SENDGRID_FORM,
    )


_QUERY = "start_date=2026-03-01&end_date=2026-03-07"

STATISTICS_ROUTES = (
    _route(
        "/v3/stats",
        "Sends and failures of each day, week or month",
        all_by_date,
        array_of(_dated_schema(object_of(metrics=object_of(**dict.fromkeys(METRICS, NUMBER_SCHEMA))))),
        (*_SPAN, _BY, *_PAGE),
        _QUERY,
    ),
    _route(
        "/v3/categories",
        "The categories of the last 400 days: campaigns",
        categories,
        array_of(object_of(category=TEXT_SCHEMA)),
        (Parameter("category", TEXT, "only names that begin so", "ma"), *_PAGE),
        "",
    ),
    _route(
        "/v3/categories/stats",
        "Sends and failures of up to 10 categories, by day, week or month",
        categories_by_date,
        array_of(_dated_schema(_named_schema(METRICS))),
        (Parameter("categories", NAMES, "the names, repeated or with commas", "march"), *_SPAN, _BY, *_PAGE),
        f"categories=march&{_QUERY}",
    ),
    _route(
        "/v3/categories/stats/sums",
        "The categories in the order of a metric",
        category_sums,
        _dated_schema(_named_schema(METRICS)),
        (*_SPAN, *_SORT, *_PAGE),
        _QUERY,
    ),
    _route(
        "/v3/mailbox_providers/stats",
        "Sends and failures at each mailbox provider, by day, week or month",
        providers_by_date,
        array_of(_dated_schema(_named_schema(PROVIDER_METRICS))),
        (Parameter("mailbox_providers", NAMES, "only these, repeated or with commas", "Gmail"), *_SPAN, _BY, *_PAGE),
        _QUERY,
    ),
    _route(
        "/v3/suppression/bounces/classifications",
        "Failures of each day by SendGrid's classification, as JSON or CSV",
        classes,
        object_of(result=array_of(_dated_schema(object_of(classification=TEXT_SCHEMA, count=NUMBER_SCHEMA)))),
        (*_RECENT, _ACCEPT),
        _QUERY,
        others=(CSV,),
    ),
    _route(
        "/v3/suppression/bounces/classifications/{name}",
        "The failures of one classification by domain",
        domains_of_class,
        object_of(result=array_of(_dated_schema(object_of(domain=TEXT_SCHEMA, count=NUMBER_SCHEMA)))),
        (Parameter("name", TEXT, "the classification", "Invalid Address", where="path"), *_RECENT, _ACCEPT),
        _QUERY,
        others=(CSV,),
        path_example={"name": "Invalid%20Address"},
    ),
)
"""The routes, in the manual's order."""
