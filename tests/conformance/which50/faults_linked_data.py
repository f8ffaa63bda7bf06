"""A server for each law of linked data, with just its promise broken."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from faults import (
    answered,
    backwards,
    each,
    has,
    heard,
    no,
    of,
    says,
    serves_unknown,
    status,
    told,
    with_header,
    with_target,
    writes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults import When
    from in_process import Mangle

    from mailproof_conformance.exchange import Request, Response

OTHER_USER = "Basic YXBpQGZlcnJ5LW9mZmljZS5leGFtcGxlOlNsYWNrLVdhdGVyLTIy"
OUR_USER = "Basic YXBpQGhhcmJvdXItc3RvcmUuZXhhbXBsZTpUcjR3bGVyLUJhc2tldA=="
ENCRYPTED = "QRfOyTVYsDPvzhaX9DPPpN"
W50 = b"http://schemas.datacontract.org/2004/07/W50API.Models.DTO"
RECORDS = of("/records")


def both(first: When, second: When) -> When:
    return lambda request: first(request) and second(request)


def asks(text: str) -> When:
    return lambda request: text in request.target


def anonymous(request: Request) -> bool:
    return no("authorization")(request) is True and no("x-api-key")(request) is True


def selects_by_itself(request: Request) -> Request:
    if "select" in request.target.lower():
        return request
    return replace(request, target=request.target + "?$select=*")


def without(option: str) -> Callable[[Request], Request]:
    return lambda request: replace(request, target=re.sub(rf"(?<=[?&])\${option}=[^&]*", "", request.target))


def first_of(option: str) -> Callable[[Request], Request]:
    """The first of several names in an option."""
    return lambda request: replace(request, target=re.sub(rf"({option}=[^&,]*),[^&]*", r"\1", request.target))


def takes(response: Response) -> Response:
    return answered(200, [])(response) if response.status == 400 else response


MINIATURES: dict[str, Mangle] = {
    # tables and fields
    "linked_data_is_what_the_list_shows": says(lambda value: {**value, "Name": "?"}, of("/702")),
    "linked_data_belongs_to_one_list": heard(with_target("/32/linkeddata", "/31/linkeddata")),
    "a_list_can_be_without_linked_data": told(answered(404, {}), of("/33/linkeddata")),
    "linked_data_is_of_two_types": says(each(lambda row: {**row, "Type": "Table"}), of("/linkeddata")),
    "a_field_of_linked_data_is_what_the_list_shows": says(lambda value: {**value, "Name": "?"}, of("/fields/7201")),
    "fields_of_linked_data_stand_by_position": says(lambda rows: rows[::-1], of("/701/fields")),
    "a_field_belongs_to_one_table": told(serves_unknown, asks("/701/fields/")),
    "all_but_records_needs_credentials": heard(with_header("Authorization", OUR_USER), no("authorization")),
    "linked_data_of_others_does_not_exist": heard(with_header("Authorization", OTHER_USER), asks("/751")),
    "linked_data_says_the_same_in_every_form": writes(b"Stores", b"Shops"),
    "linked_data_is_in_data_contract_form": told(backwards, of("/702")),
    # what is selected
    "records_need_a_selection": heard(selects_by_itself, RECORDS),
    "an_unknown_field_cannot_be_selected": told(takes, asks("Shoe")),
    "records_hold_what_was_selected": says(each(lambda row: dict(sorted(row.items()))), RECORDS),
    "a_star_selects_every_field": told(answered(400, {}), asks("select=*")),
    "fields_are_selected_in_any_letter_case": told(answered(400, {}), asks("CODE")),
    "the_option_itself_in_any_letter_case": told(answered(400, {}), asks("$SELECT")),
    "linked_data_can_be_empty": told(answered(404, {}), of("/703/records")),
    "top_and_skip_cut_out_a_part": heard(without("top"), RECORDS),
    "a_filter_keeps_what_is_equal": heard(without("filter"), RECORDS),
    "an_order_sorts_what_is_given": heard(without("orderby"), RECORDS),
    "numbers_are_in_the_order_of_numbers": heard(without("orderby"), RECORDS),
    "a_second_field_orders_what_the_first_leaves": heard(first_of("orderby"), RECORDS),
    "options_that_cannot_be_read_are_refused": told(takes, asks("skip=")),
    # who may read them
    "public_records_need_no_credentials": told(answered(401, {}), both(RECORDS, anonymous)),
    "private_records_need_credentials": heard(with_header("Authorization", OUR_USER), both(asks("/702/"), anonymous)),
    "strangers_cannot_tell_private_from_unknown": told(answered(404, {}), both(asks("/2147483647"), anonymous)),
    "strangers_need_a_selection_too": heard(selects_by_itself, both(RECORDS, anonymous)),
    "wrong_credentials_are_refused_even_there": heard(
        with_header("Authorization", None), has("authorization", "^Bearer")
    ),
    "a_known_user_needs_the_permission": told(status(200, 403)),
    "what_is_unknown_comes_before_what_is_selected": told(status(400, 404), RECORDS),
    "a_list_goes_by_its_number_or_its_encrypted_id": told(answered(404, {}), asks(ENCRYPTED)),
    # in which form
    "records_say_the_same_in_every_form": writes(b"Lantern", b"Torch"),
    "records_are_arrays_of_keys_and_values": writes(rb' i:type="[^"]*"', b""),
}

FURTHER: dict[str, tuple[str, Mangle]] = {
    "records without what they have no value for": (
        "W50-records-as-selected",
        says(each(lambda row: {name: value for name, value in row.items() if value is not None}), RECORDS),
    ),
    "a selection that is all or nothing": (
        "W50-records-as-selected",
        heard(lambda r: replace(r, target=re.sub(r"select=[^&]+", "select=*", r.target)), RECORDS),
    ),
    "an order that is always upwards": ("W50-records-order", heard(with_target("desc", "asc"), RECORDS)),
    "a skip that is forgotten": ("W50-records-top-and-skip", heard(without("skip"), RECORDS)),
    "records that strangers see of their own account only": (
        "W50-records-public",
        told(answered(401, {}), both(asks("/751/"), anonymous)),
    ),
    "an unknown table that is told": (
        "W50-records-nothing-told",
        told(answered(401, {"Message": "There is no such thing."}), both(asks("/2147483647"), anonymous)),
    ),
    "a key that is not looked at": (
        "W50-records-wrong-credentials",
        heard(with_header("X-Api-Key", None), has("x-api-key")),
    ),
    "records in a namespace of their own": (
        "W50-records-xml-form",
        writes(rb"http://schemas\.microsoft\.com/2003/10/Serialization/Arrays", W50),
    ),
    "records by another name": ("W50-records-xml-form", writes(b"ArrayOfArrayOfKeyValue", b"ArrayOfRecord")),
}
