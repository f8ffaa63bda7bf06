"""Laws that hold for every way to write a contact, tried by each of them: update, custom events, names in any case."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import Imports
from mailproof_conformance.which50.messages import messages
from mailproof_conformance.which50.people import stored
from mailproof_conformance.which50.spare_list import OK, Row, SpareList, ids, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_WRITES = ("save_contact", "update_matching_contacts", "register_device")
_SPELLINGS = (str.lower, str.upper, str.swapcase)


def _full(spare: SpareList) -> Row:
    """A contact with a value in every field for texts and numbers, with and without a default."""
    values: Row = {spare.email: spare.address("full"), spare.mobile: "+353861112233", spare.number: 7}
    values |= {
        field["Name"]: f"Own {number}" for number, field in enumerate(spare.fields) if field["MapType"] == "Text"
    }
    return spare.saved(values)


def _written(
    spare: SpareList, operation_id: str, email: str, given: Row, query: Mapping[str, str] | None = None
) -> Response:
    """The answer to values for the contact with an address, by an operation."""
    body: Row = {"Values": {spare.email: email, **given}}
    wanted = dict(query or {})
    if operation_id == "register_device":
        body = {"DeviceId": "device", "Contact": body}
    if operation_id == "update_matching_contacts":
        wanted |= {"match": spare.email, spare.email: email}
        body = {"Values": given}
    return spare.check.call(operation_id, path={"contactListId": spare.id}, query=wanted, body=body)


def _updates(spare: SpareList, row: Row) -> Iterator[tuple[str, Callable[[Row], Response]]]:
    """Every way to update a contact that answers at once."""
    email, contact = row["Values"][spare.email], row["EncContactId"]
    for operation_id in _WRITES:
        yield operation_id, partial(_written, spare, operation_id, email)
    by_match = {"match": spare.email}
    for operation_id in ("save_contact", "register_device"):
        yield f"{operation_id} with match", partial(_written, spare, operation_id, email, query=by_match)
    yield "save_contact with EncContactId", lambda given: spare.post(given, EncContactId=contact)
    for media_type in _FORMS:

        def form(given: Row, media_type: str = media_type) -> Response:
            body = {"ListId": str(spare.id), spare.email: email, **given}
            return spare.check.call("submit_contact_form", body=body, content_type=media_type)

        yield f"submit_contact_form as {media_type}", form


@law("W50-partial-update")
def every_way_of_updating_leaves_the_rest(check: Check) -> None:
    """A contact with a value in every field, of which one is changed by each operation."""
    spare = SpareList(check)
    row = _full(spare)
    expected = dict(row["Values"])
    for name in spare.texts[:2]:
        for way, update in _updates(spare, row):
            expected[name] = f"Changed by {way}"
            check.equal(OK, update({name: expected[name]}).status, f"the status of {way}")
            check.equal(expected, spare.values(row), f"the values after {name} was changed by {way}")


@law("W50-customevents-run")
def every_event_of_every_way_is_run(check: Check) -> None:
    """An event that sends an e-mail, alone, first, last and twice among others, by each operation that takes events."""
    spare = SpareList(check)
    loud, silent = check.sample("custom_events.with_email"), check.sample("custom_events.silent")
    for operation_id in _WRITES:
        row = spare.saved({spare.email: spare.address("events")})
        email = row["Values"][spare.email]
        lists = (loud, f"{silent},{loud}", f"{loud},{silent}", f"{loud},{loud}", f"{loud},{silent},{loud}")
        for count, names in enumerate(lists, start=1):
            response = _written(spare, operation_id, email, {spare.texts[1]: names}, {"customevents": names})
            check.equal(OK, response.status, f"{operation_id} with customevents={names}")
            found = read(check, "list_contact_emails", contactId=row["EncContactId"])
            check.equal(count, len(found), f"the e-mails of a contact after {operation_id} with customevents={names}")


def _spelt(body: Any, change: Callable[[str], str]) -> Any:
    """A body with the names of its members spelt otherwise, but for those of fields."""
    if isinstance(body, list):
        return [_spelt(item, change) for item in cast("list[Any]", body)]
    if not isinstance(body, dict):
        return body
    members = cast("dict[str, Any]", body)
    return {change(name): item if name == "Values" else _spelt(item, change) for name, item in members.items()}


@law("W50-member-names-in-any-case")
def members_of_every_body_in_any_case(check: Check) -> None:
    """The members of a patch, of a device, of an import job and its batch, and of a send."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    path = {"contactListId": spare.id}
    for change in _SPELLINGS:
        row = spare.saved({spare.email: spare.address("spelt"), name: check.fresh("mark")})
        email, mark = row["Values"][spare.email], row["Values"][name]
        body = _spelt({"Values": {other: change("patched")}}, change)
        found = check.call("update_matching_contacts", path=path, query={"match": name, name: mark}, body=body)
        check.equal(OK, found.status, f"a patch with the members {sorted(body)}")
        check.equal(change("patched"), spare.values(row).get(other), f"what a patch with {sorted(body)} leaves")
        contact = {"Values": {spare.email: email, other: change("device")}}
        body = _spelt({"DeviceId": "device", "Contact": contact}, change)
        found = check.call("register_device", path=path, body=body)
        check.equal(OK, found.status, f"a device with the members {sorted(body)}")
        check.equal(change("device"), spare.values(row).get(other), f"what a device with {sorted(body)} leaves")
        _imported(check, change, {spare.email: email, other: change("imported")})
        check.equal(change("imported"), spare.values(row).get(other), f"what an import leaves, spelt by {change}")


def _imported(check: Check, change: Callable[[str], str], values: Row) -> None:
    imports = Imports(check)
    job = imports.create(body=_spelt({"FieldNames": list(values)}, change))
    check.equal(OK, job.status, f"an import job with the member {change('FieldNames')}")
    path = {"contactListId": imports.spare.id, "importJobId": job.json()["Id"]}
    for operation_id, body in (("add_import_batch", _spelt([{"Values": values}], change)), ("run_import_job", None)):
        response = check.call(operation_id, path=path, body=body)
        check.equal(OK, response.status, f"{operation_id} with the member {change('Values')}")
    for _ in range(100):
        if check.call("get_import_job", path=path).json()["FinishDate"] is not None:
            return


@law("W50-send-updates-contact")
def members_of_a_send_in_any_case(check: Check) -> None:
    """A known contact, with every member of the request in other letters."""
    for message in messages(check, "W50-send-updates-contact"):
        field, values = message.fields.texts[1], message.newcomer()
        row = stored(check, message.list_id, values)
        for change in _SPELLINGS:
            body = _spelt(
                message.body({message.fields.email: values[message.fields.email], field: change("x")}), change
            )
            response = message.ask(body)
            check.equal(OK, response.status, f"{message.operation_id} with the members {sorted(body)}")
            found = read(check, "get_contact", contactId=row["EncContactId"])["Values"]
            check.equal({**row["Values"], field: change("x")}, found, f"the contact after {message.operation_id}")


@law("W50-send-match")
def several_fields_of_a_send_must_all_match(check: Check) -> None:
    """Two names in `match`: a contact with both values, and one with either."""
    for message in messages(check, "W50-send-match"):
        by, other, *_ = message.fields.texts
        given = [(left, right) for left in ("one", "two") for right in ("one", "two")]
        mark = check.fresh("mark")
        people: dict[tuple[str, str], Row] = {}
        for left, right in given:
            values = {**message.newcomer(), by: f"{mark} {left}", other: f"{mark} {right}"}
            people[left, right] = stored(check, message.list_id, values)
        body = message.body({by: f"{mark} one", other: f"{mark} two", message.fields.mobile: "+353861000000"})
        answered = message.ask(body, {"match": f"{by},{other}"}).json()
        expected = people["one", "two"]["EncContactId"]
        check.equal(expected, answered.get("EncContactId"), f"whom {message.operation_id} finds by two fields")
        for pair, person in people.items():
            found = read(check, "get_contact", contactId=person["EncContactId"])["Values"][message.fields.mobile]
            kept = person["Values"][message.fields.mobile]
            check.equal("+353861000000" if pair == ("one", "two") else kept, found, f"the contact with {pair}")


@law("W50-form-reserved-keys")
def reserved_keys_in_each_spelling(check: Check) -> None:
    """`ListId`, `EncContactId` and `match` in small letters and capitals, in both forms of a form."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    mark = check.fresh("mark")
    row = spare.saved({spare.email: spare.address(), name: mark})
    for media_type in _FORMS:
        for change in _SPELLINGS:
            keys = {change("ListId"): str(spare.id), other: f"{change('x')} in {media_type}"}
            for more in ({change("EncContactId"): row["EncContactId"]}, {change("match"): name, name: mark}):
                body = {**keys, **more, other: f"{keys[other]} by {min(more)}"}
                response = check.call("submit_contact_form", body=body, content_type=media_type)
                check.equal(OK, response.status, f"a form with the keys {sorted(body)}")
                check.equal(body[other], spare.values(row).get(other), f"the value after a form with {sorted(body)}")
    check.equal([row["EncContactId"]], ids(spare.contacts({"$filter": f"{name} eq '{mark}'"})), "the contacts so far")
