"""What may be written to and who may be reached, whatever way a request is written."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailproof import contract
from mailproof_conformance.bounds import Bounds
from mailproof_conformance.effects import Effects
from mailproof_conformance.exchange import Request, Response
from mailproof_conformance.expectation import Expectations
from mailproof_conformance.guard import Address, Guard
from mailproof_conformance.own import Own
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Disabled

FAR = Address("http", "api.example.test", 80, "203.0.113.7")
PREFIX = "mailproof-5feceb-"
ADDRESS, NUMBER = "me@mailproof.example", "+353 86 123 4599"
OWN = Own(
    pools={"contactListId": (34,), "contactId": ("ours",), "customerKey": ("5606",), "listName": ("My List",)}
    | {"templateName": ("My Template",), "journeyId": (501,), "landingpageId": (9001,)},
    recipients=(ADDRESS, NUMBER),
)
JSON = ("Content-Type", "application/json")
BASES = {"which50": "/Which50API", "whatcounts": "/rest", "getresponse": ""}
W50, WC, GR = (contract(name) for name in ("which50", "whatcounts", "getresponse"))
KEY = "0123456789abcdef0123456789abcdef"


class Door:
    """Judges requests as a run on a far server would."""

    def __init__(self, provider: str, *allow: Any, own: Own = OWN) -> None:
        self.contract = {"which50": W50, "whatcounts": WC, "getresponse": GR}[provider]
        target = Target(provider, f"http://api.example.test{BASES[provider]}", Credential(api_key=KEY))
        self.bounds = Bounds(self.contract, target, own, PREFIX)
        self.effects = Effects(self.contract, target)
        self.guard = Guard(FAR, allow=frozenset(allow), bounds=self.bounds, rate=1e9)
        self.base = BASES[provider]

    def lets(self, method: str, path: str, body: Any = b"", *headers: tuple[str, str]) -> bool:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kinds = headers or ((JSON,) if data else ())
        request = Request(method, self.base + path, kinds, data)
        try:
            self.guard.judge(request, self.effects.of(request))
        except Disabled:
            return False
        return True


@lru_cache
def door_of(provider: str, *allow: Any) -> Door:
    """A door that many requests may knock at: judging one changes nothing for the next."""
    return Door(provider, *allow)


@pytest.fixture
def writer() -> Door:
    return Door("which50", "write")


@pytest.fixture
def sender() -> Door:
    return Door("which50", "write", "send")


CONTACT = "/contactLists/34/contact"
NEW = {"Values": {"Email": f"{PREFIX}a@example.com"}}


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", CONTACT, NEW, True),
        ("POST", "/contactLists/31/contact", NEW, False),
        ("POST", CONTACT, {"Values": {"Email": "tom.healy@example.com"}}, False),
        ("POST", CONTACT, {"Values": {"eMAIL": "tom.healy@example.com"}}, False),
        ("POST", CONTACT, {"values": {"Email": "tom.healy@example.com"}}, False),
        ("POST", CONTACT, {"Values": {"FirstName": "Tom"}}, False),
        ("POST", CONTACT, {"Values": None}, False),
        ("POST", CONTACT, b"", False),
        ("POST", CONTACT, {"EncContactId": "ours", "Values": {"FirstName": "Tom"}}, True),
        ("POST", CONTACT, {"encCONTACTid": "theirs", **NEW}, False),
        ("POST", CONTACT, {"EncContactId": "", **NEW}, True),
        ("POST", CONTACT + "?match=City", {"Values": {"City": "Cork", **NEW["Values"]}}, False),
        ("POST", CONTACT + "?match=City,email", {"Values": {"City": "Cork", **NEW["Values"]}}, True),
        ("POST", CONTACT + "?MATCH=City", {"Values": {"City": "Cork", **NEW["Values"]}}, False),
        ("POST", CONTACT + "?match[]=City", NEW, False),
        ("POST", CONTACT + "?match=Email;match=City", NEW, False),
        ("POST", CONTACT, [NEW], False),
        ("POST", CONTACT, {"Values": [{"Key": "Email", "Value": "tom.healy@example.com"}]}, False),
        ("POST", CONTACT, {"Values": {"Email": f"{PREFIX}a@example.com,tom.healy@example.com"}}, False),
        ("POST", CONTACT, {"Values": {"Email": [f"{PREFIX}a@example.com"]}}, False),
        ("PATCH", CONTACT, {"Values": {"City": "Cork"}}, False),
        ("PATCH", CONTACT + "?match=City&City=Cork", {"Values": {"City": "Cork"}}, False),
        ("PATCH", CONTACT + f"?match=Email&Email={PREFIX}a%40example.com", {"Values": {"City": "Cork"}}, True),
        ("PATCH", CONTACT + f"?match=Email&Email={PREFIX}a%40example.com&email=x", {"Values": {}}, False),
        ("PATCH", CONTACT + f"?match=Email&Email={PREFIX}a%40x.y", {"Values": {"Email": "b@x.y"}}, False),
        ("POST", "/contactLists/34/import", {"FieldNames": ["Email"]}, True),
        ("POST", "/contactLists/34/import/7", [NEW], False),
        ("POST", "/contactLists/34/import/7/run", b"", False),
        ("DELETE", f"/files?filePath=reports/{PREFIX}a.csv", b"", True),
        ("DELETE", "/files?filePath=reports/june.csv", b"", False),
        ("DELETE", f"/files?filePath={PREFIX}a/../june.csv", b"", False),
        ("DELETE", f"/files?filePath={PREFIX}*", b"", False),
        ("DELETE", f"/files?filePath={PREFIX}a.csv&FILEPATH=june.csv", b"", False),
        ("DELETE", "/files", b"", False),
        ("DELETE", "/contactLists/34", b"", False),
        ("PUT", "/contactLists/34/contact", NEW, False),
        ("POST", "/nowhere", b"", False),
        ("PROPPATCH", CONTACT, NEW, False),
        ("post", CONTACT, NEW, False),
        ("GET", "/contacts/theirs", b"", True),
    ],
)
def test_with_write_only_own_things_are_touched(
    writer: Door, method: str, path: str, body: Any, expected: bool
) -> None:
    assert expected == writer.lets(method, path, body)


VALUES = {"Email": ADDRESS, "Mobile": NUMBER}


def message(values: Any, **more: Any) -> dict[str, Any]:
    return {"EmailId": 7001, "TextMessageId": 8001, "Contact": {"ListId": 34, "Values": values, **more}}


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/journeys/sendEmail", message({"Email": ADDRESS}), True),
        ("PUT", "/journeys/sendEmail", message({"Email": ADDRESS.upper()}), True),
        ("POST", "/journeys/sendEmail", message({"Email": "tom.healy@example.com"}), False),
        ("POST", "/journeys/sendEmail", message({"Email": f"{PREFIX}a@example.com"}), False),
        ("POST", "/journeys/sendEmail", message({"Email": f"{ADDRESS}, tom.healy@example.com"}), False),
        ("POST", "/journeys/sendEmail", message({"Email": ADDRESS, "email": "tom.healy@example.com"}), False),
        ("POST", "/journeys/sendEmail", message({"Mobile": NUMBER}), False),
        ("POST", "/journeys/sendEmail", message({"Email": ADDRESS}, ListId=31), False),
        ("POST", "/journeys/sendEmail?match=City", message({"Email": ADDRESS, "City": "Cork"}), False),
        ("POST", "/journeys/sendEmail?match=Email", message({"Email": ADDRESS}), True),
        ("POST", "/journeys/sendEmail", message({"FirstName": "T"}, EncContactId="ours"), True),
        ("POST", "/journeys/sendEmail", message({"FirstName": "T"}, EncContactId="theirs"), False),
        ("POST", "/journeys/sendEmail", message({"Email": "tom@example.com"}, EncContactId="ours"), False),
        ("POST", "/journeys/sendEmail?match=City", message({"City": "C"}, EncContactId="ours"), False),
        ("POST", "/journeys/sendEmail", {"EmailId": 7001}, False),
        ("POST", "/journeys/sendEmail", b"", False),
        ("POST", "/journeys/sendTextMessage", message({"Mobile": "+353861234599"}), False),
        ("POST", "/journeys/sendTextMessage", message({"Email": ADDRESS, "Mobile": "+353-86-1234599"}), True),
        ("POST", "/journeys/sendTextMessage", message({"Email": ADDRESS}), False),
        ("POST", "/journeys/sendTextMessage", message({"Email": ADDRESS, "Mobile": "+353861234500"}), False),
        ("PATCH", f"/journeys/sendEmail?match=Email&Email={ADDRESS}", message({}), False),
        ("POST", CONTACT + "?customevents=Welcome", {"Values": VALUES}, True),
        ("POST", CONTACT + "?customevents=Welcome", {"Values": {"Email": ADDRESS}}, False),
        ("POST", CONTACT + "?customevents=Welcome", NEW, False),
        ("PATCH", CONTACT + f"?match=Email&Email={ADDRESS}&customevents=W", {"Values": VALUES}, False),
        ("POST", "/contactLists/34/import/7/run?customevents=Welcome", b"", False),
        ("POST", "/contactLists/34/registerDevice?customevents=W", {"Contact": {"Values": VALUES}}, True),
        ("POST", "/journeys/501/landingpages/9001/generatePDF?customevents=W", {"Values": VALUES, "ListId": 34}, True),
        ("POST", "/journeys/501/landingpages/9001/generatePDF?customevents=W", {"Values": VALUES, "ListId": 31}, False),
    ],
)
def test_with_send_only_recipients_are_reached(sender: Door, method: str, path: str, body: Any, expected: bool) -> None:
    assert expected == sender.lets(method, path, body)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"customevents": "Welcome", "Mobile": NUMBER}, True),
        ({"customevents": "Welcome"}, False),
        ({"CustomEvents": "Welcome", "Mobile": "+353861234500"}, False),
        ({"ListId": "31"}, False),
        ({"Email": "tom.healy@example.com"}, False),
        ({"EncContactId": "theirs"}, False),
        ({"match": "City", "City": "Cork"}, False),
        ({"LISTID": "31"}, False),
    ],
)
def test_forms(sender: Door, changes: dict[str, str], expected: bool) -> None:
    fields = {"ListId": "34", "Email": ADDRESS, **changes}
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    assert expected == sender.lets("POST", "/contactLists/contactForm", urlencode(fields).encode(), kind)
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    body = "--b\r\n" + "\r\n--b\r\n".join(parts) + "\r\n--b--\r\n"
    kind = ("Content-Type", "multipart/form-data; boundary=b")
    assert expected == sender.lets("POST", "/contactLists/contactForm", body.encode(), kind)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/msg/sendWithCustomerKey/My%20List/My%20Template/5606", b"", True),
        ("POST", "/msg/sendWithCustomerKey/My%20List/My%20Template/5607", b"", False),
        ("POST", f"/msg/sendWithCustomerKey/My%20List/My%20Template/{PREFIX}x", b"", False),
        ("POST", "/msg/sendWithCustomerKey/Other/My%20Template/5606", b"", False),
        ("POST", "/msg/sendWithCustomerKey/My%20List/My%20Template/5606%2F..%2F5607", b"", False),
        ("POST", "/msg/sendWithCustomerKey/My%20List/My%20Template/x/../5607", b"", False),
        ("POST", "/msg/sendWithCustomerKey/My%20List/My%20Template/5606;a=1", b"", False),
        ("POST", "/msg", {"listName": "My List", "templateName": "My Template", "customerKey": "5606"}, True),
        ("POST", "/msg", {"listName": "My List", "templateName": "My Template", "customerKey": 5606}, True),
        ("POST", "/msg", {"listName": "My List", "templateName": "My Template", "customerKey": "5607"}, False),
        ("POST", "/msg", {"listName": "My List", "templateName": "My Template"}, False),
        ("POST", "/msg", b'{"listName":"My List","customerKey":"5606","customerKey":"5607"}', False),
        ("POST", "/msg", b'{"listName":"My List","customerKey":"5606","CUSTOMERKEY":"5607"}', False),
        ("POST", "/msg", {"listName": "My List", "customerKey": ["5606"]}, False),
    ],
)
def test_sends_by_a_key(method: str, path: str, body: Any, expected: bool) -> None:
    assert expected == Door("whatcounts", "write", "send").lets(method, path, body)


WELL = json.dumps({"Values": {"Email": f"{PREFIX}a@example.com"}}).encode()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\xef\xbb\xbf" + WELL, (JSON,)),
        (WELL.decode().encode("utf-16"), (JSON,)),
        (WELL.decode().encode("utf-16-le"), (("Content-Type", "application/json; charset=utf-16"),)),
        (gzip.compress(WELL, mtime=0), (JSON, ("Content-Encoding", "gzip"))),
        (WELL, (JSON, ("Content-Encoding", "br"))),
        (WELL, (JSON, ("Transfer-Encoding", "chunked"))),
        (WELL, (("Content-Type", "text/plain"),)),
        (WELL, (JSON, ("content-type", "application/xml"))),
        (WELL, (("Content-Type", "application/json; charset=utf-7"),)),
        (WELL[:-1], (JSON,)),
        (WELL.replace(b"{", b'{"Values": {"Email": "a@b.c"}, ', 1), (JSON,)),
        (b"[" * 100_000, (JSON,)),
        (WELL + b" " * 2**20, (JSON,)),
        (b"<!DOCTYPE a><Contact/>", (("Content-Type", "application/xml"),)),
        (WELL, (JSON, ("X-HTTP-Method-Override", "DELETE"))),
        (WELL, (JSON, ("Host", "other.example.test"))),
    ],
)
def test_what_can_be_read_in_two_ways_does_not_leave(writer: Door, body: bytes, headers: Any) -> None:
    assert not writer.lets("POST", CONTACT, body, *headers)


def test_what_the_run_created_is_its_own(writer: Door) -> None:
    create = Request("POST", "/Which50API/contactLists/34/import", (JSON,), b'{"FieldNames": ["Email"]}')
    answer = Response(200, {"content-type": "application/json"}, b'{"Id": 7}')
    assert not writer.lets("POST", "/contactLists/34/import/7/run")
    writer.bounds.learn(create, answer, Expectations(W50))
    assert writer.lets("POST", "/contactLists/34/import/7/run")
    assert not writer.lets("POST", "/contactLists/34/import/8/run")
    assert [("importJobId", 7, "create_import_job", False)] == [
        (item.pool, item.id, item.operation, item.removable) for item in writer.bounds.left
    ]


def test_a_record_is_believed_to_be_the_runs_own_only_if_it_shows_its_values(writer: Door) -> None:
    save = Request("POST", f"/Which50API{CONTACT}", (JSON,), WELL)
    rename = {"EncContactId": "new", "Values": {"FirstName": "T"}}
    kind, expectations = {"content-type": "application/json"}, Expectations(W50)
    for email, expected in (("tom.healy@example.com", False), (f"{PREFIX}a@example.com".upper(), True)):
        row = {"EncContactId": "new", "ListId": 34, "Values": {"Email": email}}
        writer.bounds.learn(save, Response(200, kind, json.dumps(row).encode()), expectations)
        assert expected == writer.lets("POST", CONTACT, rename)
    patch = Request("PATCH", f"/Which50API{CONTACT}?match=Email&Email={PREFIX}a%40example.com", (JSON,), WELL)
    rows = [{"EncContactId": "other", "ListId": 34, "Values": {"Email": f"{PREFIX}b@example.com"}}]
    writer.bounds.learn(patch, Response(200, kind, json.dumps(rows).encode()), expectations)
    assert not writer.lets("POST", CONTACT, {**rename, "EncContactId": "other"})


def test_the_last_part_of_a_location_is_the_runs_own(writer: Door) -> None:
    create = Request("POST", "/Which50API/contactLists/34/import", (JSON,), b'{"FieldNames": ["Email"]}')
    place = "http://api.example.test/Which50API/contactLists/34/import/9"
    writer.bounds.learn(create, Response(201, {"location": place}, b""), Expectations(W50))
    assert writer.lets("POST", "/contactLists/34/import/9/run")
    assert not writer.lets("POST", "/contactLists/31/import/9/run")


def left_of(door: Door) -> list[tuple[Any, bool]]:
    return [(item.id, item.removable) for item in door.bounds.left]


def test_what_was_refused_creates_nothing_and_what_is_deleted_is_gone(writer: Door) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\nx\r\n--b--\r\n'
    kind = (("Content-Type", "multipart/form-data; boundary=b"),)
    target = f"/Which50API/files?subFolder={PREFIX}f"
    assert writer.lets("POST", target.removeprefix("/Which50API"), body, *kind)
    assert not writer.lets("POST", "/files?subFolder=reports", body, *kind)
    expectations = Expectations(W50)
    writer.bounds.learn(Request("POST", target, kind, body), Response(417, {}, b""), expectations)
    assert [] == left_of(writer)
    writer.bounds.learn(Request("POST", target, kind, body), Response(200, {}, b""), expectations)
    assert [(f"{PREFIX}f/a.csv", True)] == left_of(writer)
    gone = Request("DELETE", f"/Which50API/files?filePath={PREFIX}f/a.csv")
    writer.bounds.learn(gone, Response(200, {}, b""), expectations)
    assert [] == left_of(writer)


def test_fields_of_another_name(sender: Door) -> None:
    own = Own(pools=OWN.pools, recipients=OWN.recipients, fields={"Email": ("E-mail", "Second")})
    door = Door("which50", "write", "send", own=own)
    body = message({"Email": ADDRESS})
    assert sender.lets("POST", "/journeys/sendEmail", body)
    assert not door.lets("POST", "/journeys/sendEmail", body)
    assert not door.lets("POST", "/journeys/sendEmail", message({"E-mail": ADDRESS}))
    assert door.lets("POST", "/journeys/sendEmail", message({"e-mail": ADDRESS, "second": ADDRESS}))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"method": "get_messages", "params": []}', True),
        (b'{"method": "delete_contact", "params": []}', False),
        (b'[{"method": "ping"}, {"method": "send_newsletter"}]', False),
        (b'{"method": "ping", "method": "send_newsletter"}', False),
        (b'{"METHOD": "send_newsletter"}', False),
        (b'{"m\\u0065thod": "send_newsletter"', False),
        ('{"method": "send_newsletter"}'.encode("utf-16"), False),
        (b'\xef\xbb\xbf{"method": "send_newsletter"}', False),
        (b"<methodCall><methodName>send_newsletter</methodName></methodCall>", False),
        (b"method=send_newsletter", False),
        (b'{"method": "ping"', True),
    ],
)
def test_a_call_of_what_is_not_listed_is_no_read(body: bytes, expected: bool) -> None:
    assert expected == Door("getresponse").lets("POST", "/", body)
    assert not Door("getresponse").lets("DELETE", "/", body)
    if not expected:
        assert not Door("getresponse", "write", "send").lets("POST", "/", body)


def test_a_compressed_call_and_one_in_the_query_may_be_anything() -> None:
    door = Door("getresponse")
    body = gzip.compress(b'{"method": "ping"}', mtime=0)
    assert not door.lets("POST", "/", body, JSON, ("Content-Encoding", "gzip"))
    assert not door.lets("GET", "/?method=delete_contact")
    assert door.lets("GET", "/")


OPERATIONS = [(name, item) for name, api in (("which50", W50), ("whatcounts", WC)) for item in api.operations]
GRAVE = [(name, item) for name, item in OPERATIONS if item.effect != "read"]
NO_MATTER = [HealthCheck.too_slow, HealthCheck.data_too_large]
NOT_OURS = {"contactListId": "31", "customerKey": "777", "importJobId": "802", "journeyId": "502"}


def disguises(path: str) -> st.SearchStrategy[str]:
    """Ways to write a path that some server takes for that path."""
    letters = st.integers(1, max(1, len(path) - 1))
    return st.one_of(
        st.just(path),
        st.just(path + "/"),
        st.just(path.upper()),
        st.just(path.swapcase() + "/."),
        st.just(path.replace("/", "//")),
        st.just("/x/.." + path),
        st.just("/." + path),
        st.just(path + ";jsessionid=1"),
        st.just(path.replace("/", ";a=1/")),
        st.just(path.replace("/", "\\")[1:].join("/ ").strip()),
        st.just(path + "%00.html"),
        letters.map(lambda at: f"{path[:at]}%{ord(path[at]):02x}{path[at + 1 :]}" if path[at] not in "%/" else path),
        letters.map(lambda at: f"{path[:at]}%25{ord(path[at]):02x}{path[at + 1 :]}" if path[at] not in "%/" else path),
    )


@settings(max_examples=400, deadline=None, suppress_health_check=NO_MATTER, derandomize=True)
@given(data=st.data())
def test_whatever_a_server_could_read_as_a_write_counts_as_one(data: Any) -> None:
    provider, operation = data.draw(st.sampled_from(GRAVE))
    path = operation.path
    for item in operation.definition["parameters"]:
        if item["in"] == "path":
            path = path.replace(f"{{{item['name']}}}", NOT_OURS.get(item["name"], "31"))
    written = data.draw(disguises(path))
    verb = operation.method.upper()
    headers: tuple[tuple[str, str], ...] = ()
    disguise = data.draw(st.sampled_from(["", "lower", "header", "underscores", "query"]))
    if disguise == "lower":
        verb = verb.lower()
    elif disguise == "header":
        headers, verb = (("x-http-method-OVERRIDE", verb.lower()),), "GET"
    elif disguise == "underscores":
        headers, verb = (("X_HTTP_Method", verb),), "GET"
    elif disguise == "query":
        written, verb = f"{written}?_method={verb}", "GET"
    body = data.draw(st.sampled_from([b"", b"{}", WELL, WELL.decode().encode("utf-16"), gzip.compress(WELL, mtime=0)]))
    sent = (*headers, JSON)
    assert not door_of(provider).lets(verb, written, body, *sent)
    assert not door_of(provider, "write", "send").lets(verb, written, body, *sent), (verb, written)


@settings(max_examples=300, deadline=None, suppress_health_check=NO_MATTER, derandomize=True)
@given(data=st.data())
def test_whatever_a_server_could_read_as_a_send_needs_that_permission(data: Any) -> None:
    name = data.draw(
        st.sampled_from(["customevents", "CustomEvents", "customevents[]", "custom%65vents", "%63ustomevents"])
    )
    place = data.draw(st.sampled_from(["query", "form", "multipart"]))
    joint = data.draw(st.sampled_from(["&", ";"]))
    door = door_of("which50", "write")
    if place == "query":
        assert not door.lets("POST", f"{CONTACT}?a=1{joint}{name}=Welcome", NEW)
        return
    if place == "form":
        body = f"ListId=34&Email={quote(PREFIX)}a%40example.com{joint}{name}=Welcome".encode()
        kind = ("Content-Type", "application/x-www-form-urlencoded")
    else:
        parts = {"ListId": "34", "Email": f"{PREFIX}a@example.com", name: "Welcome"}
        text = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in parts.items())
        body, kind = f"{text}--b--\r\n".encode(), ("Content-Type", "multipart/form-data; boundary=b")
    assert not door.lets("POST", "/contactLists/contactForm", body, kind)


@settings(max_examples=200, deadline=None, suppress_health_check=NO_MATTER, derandomize=True)
@given(address=st.emails(), other=st.text(max_size=20))
def test_no_address_but_a_recipient_is_sent_to(address: str, other: str) -> None:
    door = door_of("which50", "write", "send")
    for value in (address, f"{ADDRESS}{other or ','}", f"{other or ','}{ADDRESS}", f"{ADDRESS},{address}"):
        if value.casefold() != ADDRESS:
            assert not door.lets("POST", "/journeys/sendEmail", message({"Email": value}))
