"""Every case of every API against a server that is not on this machine: what was not permitted does not leave."""

from __future__ import annotations

import json
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from far_account import FAR, far_session

from mailproof import contract, providers
from mailproof.pointers import mapping, sequence
from mailproof_conformance.own import NOTHING, Own, prefix_of
from mailproof_conformance.plan import plan
from mailproof_conformance.runner import run_cases
from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from far_account import Sent

    from mailproof.promises import Contract
    from mailproof_conformance.case import Case

READS = {"GET", "HEAD", "OPTIONS", "TRACE"}
PREFIX = prefix_of(0)
SPARE = 34
ADDRESS, NUMBER = "me@mailproof.example", "+353861234599"


@pytest.mark.parametrize("provider", providers())
def test_without_permission_not_one_write_or_send_leaves(sandbox: Any, provider: str) -> None:
    own = contract(provider)
    before = worlds(sandbox)
    session, wire = far_session(sandbox, own, NOTHING)
    with closing(session.client):
        outcomes = run_cases(session, plan(own, "deep"))
    assert {Verdict.PASS, Verdict.DISABLED} == {item.verdict for item in outcomes}, broken(outcomes)
    assert {(FAR.ip, FAR.port)} == wire.addresses
    sent = list(wire.requests())
    assert len(sent) > 200
    if own.rpc_methods:
        assert {name for item in sent if item.method == "POST" for name in methods(item)} <= set(own.rpc_methods)
        assert {"POST"} | READS >= {item.method for item in sent}
    else:
        assert {item.method for item in sent} <= READS
    assert right_credentials(session) >= {value for item in sent for value in shown(item, own)}
    assert [] == sandbox.outbox()
    assert before == worlds(sandbox)
    assert session.client.guard.bounds is not None
    assert () == session.client.guard.bounds.left
    assert session.client.guard.refused.total() > 0


def test_with_write_only_what_is_the_runs_own_is_touched(sandbox: Any) -> None:
    own = contract("which50")
    before = worlds(sandbox)
    session, wire = far_session(sandbox, own, Own(pools={"contactListId": (SPARE,)}), "write")
    with closing(session.client):
        outcomes = run_cases(session, writing(own))
    assert not broken(outcomes)
    writes = [item for item in wire.requests() if item.method not in READS]
    assert {"POST", "PATCH", "DELETE"} == {item.method for item in writes}
    assert {SPARE} == lists_of(writes)
    for item in writes:
        if item.path.endswith("/files"):
            assert PREFIX in unquote(item.target) + item.body.decode("latin-1"), item
        if item.method == "PATCH" or "match" in query(item):
            assert PREFIX in (unquote(item.target) + item.body.decode()).lower(), item
        assert "customevents" not in query(item)
    assert {item.path for item in writes} >= {f"/which50/contactLists/{SPARE}/contact", "/which50/files"}
    assert [] == sandbox.outbox()
    assert before == worlds(sandbox)
    assert session.client.guard.bounds is not None
    left = session.client.guard.bounds.left
    assert {"contactId", "importJobId"} <= {item.pool for item in left}
    assert not [item for item in left if item.pool == "contactId" and item.removable]


def test_with_send_only_the_recipients_are_reached(sandbox: Any) -> None:
    own = contract("which50")
    before = worlds(sandbox)[:2]
    mine = Own(pools={"contactListId": (SPARE,)}, recipients=(ADDRESS, NUMBER))
    session, wire = far_session(sandbox, own, mine, "write", "send")
    with closing(session.client):
        outcomes = run_cases(session, sending(own))
    assert not broken(outcomes)
    assert {ADDRESS, NUMBER} == {entry["to"] for entry in sandbox.outbox()}
    sends = [item for item in wire.requests() if re.search(r"/send(Email|TextMessage)$", item.path, re.IGNORECASE)]
    assert {"POST", "PUT"} == {item.method for item in sends if item.method not in READS}
    assert before == worlds(sandbox)[:2]


def test_a_send_to_a_key_needs_the_key_in_the_pool(sandbox: Any) -> None:
    own = contract("whatcounts")
    pools = {"listName": ("My List",), "templateName": ("My Template",), "customerKey": ("5606",)}
    session, wire = far_session(sandbox, own, Own(pools=pools), "send")
    with closing(session.client):
        run_cases(session, plan(own, "standard"))
    assert {"5606"} == {entry["customerKey"] for entry in sandbox.outbox()}
    posts = [item for item in wire.requests() if item.method not in READS]
    assert {"POST"} == {item.method for item in posts}
    keys = {unquote(item.path).rstrip("/").rpartition("/")[2] for item in posts if "sendWithCustomerKey" in item.path}
    assert {"5606"} == keys | {item.json()["customerKey"] for item in posts if item.path.rstrip("/").endswith("/msg")}


def writing(own: Contract) -> list[Case]:
    """The cases of a contract about what writes."""
    return [case for case in plan(own, "deep") if any(own.operation(name).effect != "read" for name in case.operations)]


def sending(own: Contract) -> list[Case]:
    """The cases about what sends, and those about what writes and may send by a value."""
    names = {item.id for item in own.operations if item.effect == "send"} | {"save_contact", "run_import_job"}
    return [case for case in plan(own, "standard") if names & set(case.operations)]


def worlds(sandbox: Any) -> Any:
    """What the lists hold that are nobody's to write to, as the account sees them."""

    def read(path: str) -> Any:
        return sandbox.request("which50", "GET", path).json()

    lists = [row for row in read("/contactLists") if row["Id"] != SPARE]
    return lists, [read(f"/contactLists/{row['Id']}/contacts") for row in lists], read("/journeys")


def broken(outcomes: Any) -> list[tuple[str, str]]:
    return [(item.case.id, item.reason) for item in outcomes if item.verdict in {Verdict.FAIL, Verdict.ERROR}]


def lists_of(writes: list[Sent]) -> set[int]:
    """The contact lists that requests name, in their paths and bodies."""
    found = {int(number) for item in writes for number in re.findall(r"/contactlists/(\d+)", item.path, re.IGNORECASE)}
    texts = [item.body.decode("utf-8", "replace") for item in writes if "/contact" not in item.path.lower()[-9:]]
    return found | {int(number) for text in texts for number in re.findall(r'"ListId"\s*:\s*(\d+)', text)}


def query(item: Sent) -> dict[str, list[str]]:
    return {name.lower(): value for name, value in parse_qs(urlsplit(item.target).query).items()}


def methods(item: Sent) -> Iterator[str]:
    """The methods that a body calls, where it is JSON; where it is none, every name beside `method` in it."""
    try:
        document: Any = item.json()
    except (ValueError, RecursionError):
        text = item.body.replace(b"\0", b"").decode("latin-1")
        yield from re.findall(r"method\"?'?\s*[:=]\s*[\"']?([\w.]+)", text)
        return
    for call in map(mapping, sequence(document) or [document]):
        if isinstance(call.get("method"), str):
            yield call["method"]


def shown(item: Sent, own: Contract) -> Iterator[str]:
    """The credentials that a request shows."""
    yield from (value for name, value in item.headers.items() if name in {"authorization", "x-api-key"})
    if own.rpc_methods and item.body.startswith((b"{", b"[")):
        for found in re.findall(rb'"params"\s*:\s*\[\s*("[^"]*")', item.body):
            yield json.loads(found)


def right_credentials(session: Any) -> set[str]:
    known = session.target.credentials()
    return {value for item in known for value in (*item.headers.values(), item.api_key) if value}
