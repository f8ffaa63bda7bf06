"""Each rule of `mailproof lint` finds a contract that breaks it, and the shipped contracts break none."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml

from mailproof.bundle import read_yaml
from mailproof_conformance.laws import Law
from mailproof_conformance.lint.clauses import traceability
from mailproof_conformance.lint.handlers import handlers
from mailproof_conformance.lint_command import check_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.check import Check
    from mailproof_conformance.lint.finding import Finding

HERE = Path(__file__).parent
REST = read_yaml(HERE / "miniature/openapi.yaml")
RPC = read_yaml(HERE / "miniature_rpc/openapi.yaml")
CLAUSES = read_yaml(HERE / "miniature/clauses.yaml")
GET = REST["paths"]["/things/{thingId}"]["get"]


@pytest.fixture
def findings_of(tmp_path: Path) -> Callable[..., list[Finding]]:
    def run(document: Any, clauses: Any = None, fixtures: Any = None, readme: str | None = None) -> list[Finding]:
        spec = tmp_path / "openapi.yaml"
        spec.write_text(yaml.safe_dump(document, sort_keys=False))
        (tmp_path / "clauses.yaml").write_text(yaml.safe_dump(clauses or []))
        if readme is not None:
            (tmp_path / "README.md").write_text(readme)
        rows = None
        if fixtures is not None:
            rows = tmp_path / "fixtures.yaml"
            rows.write_text(yaml.safe_dump(fixtures))
        return list(check_spec(str(spec), rows))

    return run


def changed(document: Any, place: str, value: Any) -> Any:
    """A copy with another value at a place (`a/b/c`, `~` for a slash in a name); `None` takes the member out."""
    made = copy.deepcopy(document)
    *way, last = (step.replace("~", "/") for step in place.split("/"))
    node: Any = made
    for step in way:
        node = cast("list[Any]", node)[int(step)] if isinstance(node, list) else node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return made


def test_a_good_contract_has_no_findings(findings_of: Callable[..., list[Finding]]) -> None:
    assert [] == findings_of(REST, CLAUSES)
    assert [] == findings_of(RPC)


BROKEN = [
    ("openapi", REST, "info/title", 7),
    ("openapi", REST, "paths/~things~{thingId}/get/responses/200/description", None),
    ("example", REST, "components/schemas/NewThing/properties/name/example", 7),
    ("example", REST, "paths/~things/post/requestBody/content/application~json/examples/Small/value/size", 99),
    ("example", REST, "paths/~things~{thingId}/get/parameters/0/example", ""),
    ("default", REST, "components/schemas/NewThing/properties/size/default", -1),
    ("operation-id", REST, "paths/~things/post/operationId", "addThing"),
    ("contract", REST, "paths/~things/post/operationId", "get_thing"),
    ("contract", REST, "paths/~things/post/operationId", None),
    ("effect", REST, "paths/~things/post/x-effect", None),
    ("contract", REST, "paths/~things/post/x-effect", "destroy"),
    ("tags", REST, "paths/~things/post/tags", None),
    ("summary", REST, "paths/~things/post/summary", None),
    ("description", REST, "paths/~things/post/description", None),
    ("parameter-type", REST, "paths/~things~{thingId}/get/parameters/1/schema", {"enum": ["name"]}),
    ("path-parameter", REST, "paths/~things~{thingId}/get/parameters/0/name", "other"),
    ("standing", REST, "components/schemas/Thing/x-standing", "guess"),
    ("unknown", REST, "paths/~things~{thingId}/get/parameters/1/x-unknown", 409),
    ("unknown", REST, "components/schemas/NewThing/properties/name/x-unknown", "no"),
    ("effect", REST, "paths/~things~{thingId}/get/parameters/1/x-effect", "destroy"),
    ("effect", REST, "components/schemas/NewThing/properties/size/x-effect", "destroy"),
    ("component-name", REST, "components/schemas/small", {"type": "string"}),
    ("front", REST, "x-front", None),
    ("front", REST, "x-front/head", None),
    ("front", REST, "x-front/head", "maybe"),
    ("front", REST, "x-front/colour", "red"),
    ("front", REST, "x-front/body-limit", "1 MB"),
    ("problem", REST, "x-problems", None),
    ("problem", REST, "x-problems/unauthorized", None),
    ("problem", REST, "x-problems/unauthorized/status", None),
    ("problem", REST, "x-problems/unauthorized/status", 200),
    ("problem", REST, "x-problems/unauthorized/schema", None),
    ("problem", REST, "x-problems/unauthorized/schema", "#/components/schemas/Nothing"),
    ("problem", REST, "x-problems/unauthorized/example", "#/components/examples/Nothing"),
    ("problem", REST, "x-problems/unauthorized/detail", "reason"),
    ("problem", REST, "x-problems/unauthorized/colour", "red"),
    ("problem", REST, "x-problems/too-large/schema", "#/components/schemas/Error"),
    ("problem", REST, "components/examples/Unauthorized/value", {"text": 7}),
    ("rpc", RPC, "x-rpc-errors/parse-error", None),
    ("rpc", RPC, "x-rpc-errors/parse-error/code", "none"),
    ("rpc", RPC, "paths/~/post/x-rpc-methods/get_thing/result", None),
    ("rpc", RPC, "paths/~/post/x-rpc-methods/get_thing/result", "#/components/schemas/Nothing"),
    ("rpc", RPC, "paths/~/post/x-rpc-methods/get_thing/params", ["#/components/schemas/Nothing"]),
    ("rpc", RPC, "paths/~/post/x-rpc-methods/get_thing/required", 3),
    ("rpc", RPC, "paths/~/post/x-rpc-methods/get_thing/effect", "destroy"),
    ("rpc", RPC, "paths/~/post/x-rpc-methods/get_thing/errors", ["unheard-of"]),
    ("rpc", RPC, "paths/~/post/x-rpc-methods/get_thing/tags", None),
]


@pytest.mark.parametrize(("rule", "document", "place", "value"), BROKEN, ids=[f"{b[0]} {b[2]} {b[3]}" for b in BROKEN])
def test_each_rule_finds_what_breaks_it(
    findings_of: Callable[..., list[Finding]], rule: str, document: Any, place: str, value: Any
) -> None:
    found = findings_of(changed(document, place, value))
    assert rule in {finding.rule for finding in found}
    assert all("\n" not in str(finding) for finding in found)


CLAUSE = CLAUSES[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "min-added"}, "the id is not a prefix in capitals"),
        ({"sentence": "A thing is read back"}, "does not end with a full stop"),
        ({"sentence": "A thing is read. It is kept."}, "more than one sentence"),
        ({"sentence": "A thing should be read back."}, "it says 'should'"),
        ({"sentence": "Test that a thing is read back."}, "it says 'Test that'"),
        ({"sentence": "A thing " + "really " * 50 + "is read back."}, "characters"),
        ({"operations": []}, "it names no operation"),
        ({"operations": ["lose_thing"]}, "it names the operation 'lose_thing'"),
        ({"source": "M1, M9"}, "the source 'M9' is not explained"),
    ],
)
def test_each_rule_for_a_clause(findings_of: Callable[..., list[Finding]], changes: Any, said: str) -> None:
    found = findings_of(REST, [{**CLAUSE, **changes}], readme="Sources: M1, A1.")
    assert [said] == [said for finding in found if said in finding.message]


@pytest.mark.parametrize(
    "sentence",
    ["The A/B test that a message belongs to is named.", "A name such as `a. B.` is kept.", "Version 1.5 is kept."],
)
def test_a_clause_may_speak_of_tests_and_dots(findings_of: Callable[..., list[Finding]], sentence: str) -> None:
    assert [] == findings_of(REST, [{**CLAUSE, "sentence": sentence}])


def _nothing(check: Check) -> None:
    del check


def test_clauses_and_cases_are_held_against_each_other(bench: Callable[..., Any], things: Any) -> None:
    own = bench(things()).contract
    laws = [Law("MIN-added-is-read", "a", _nothing, "m"), Law("MIN-lost", "b", _nothing, "m")]
    assert [
        ("MIN-names-are-kept", "traceability", "no case pins this clause"),
        ("MIN-lost", "traceability", "m.b pins a clause that is not there"),
    ] == list(traceability(own, laws))


VINTAGES = changed(REST, "x-vintages", ["1", "2"])
NEWER = changed(VINTAGES, "components/schemas/Thing/properties/size/x-vintage", "2")


def test_a_good_contract_of_two_vintages_has_no_findings(findings_of: Callable[..., list[Finding]]) -> None:
    assert [] == findings_of(NEWER, CLAUSES)


def test_every_vintage_is_looked_at(findings_of: Callable[..., list[Finding]]) -> None:
    without = changed(NEWER, "paths/~things~{thingId}/get/parameters/0/x-vintage", "2")
    found = {finding.rule: finding.message for finding in findings_of(without, CLAUSES)}
    assert {"openapi", "path-parameter"} == set(found)
    assert "as of 1: the path has {thingId}, and no parameter declares it" == found["path-parameter"]


def test_what_is_wrong_in_every_vintage_is_said_once(findings_of: Callable[..., list[Finding]]) -> None:
    wrong = changed(VINTAGES, "components/schemas/NewThing/properties/name/example", 7)
    assert ["example"] == [finding.rule for finding in findings_of(wrong, CLAUSES)]


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("x-vintages", "2", "/x-vintages: must be a list of different names"),
        ("x-vintages", ["1"], "/components/schemas/Thing/properties/size/x-vintage: is '2'; it is one of '1'"),
        ("components/schemas/Error/allOf", [{"$ref": "#/components/schemas/Thing/properties/size/not"}], "as of 1: "),
    ],
)
def test_vintages_that_do_not_hold_together_are_found(
    findings_of: Callable[..., list[Finding]], place: str, value: Any, said: str
) -> None:
    inner = changed(NEWER, "components/schemas/Thing/properties/size/not", {"type": "string"})
    found = [finding.message for finding in findings_of(changed(inner, place, value), CLAUSES)]
    assert any(message.startswith(said) for message in found), found


def test_a_setting_says_what_it_is(findings_of: Callable[..., list[Finding]]) -> None:
    fixtures = {**FIXTURES, "settings": {"a": {"value": 0, "description": "d"}, "b": {"value": 1}, "c": 2}}
    found = [(finding.pointer, finding.message) for finding in findings_of(REST, CLAUSES, fixtures)]
    assert [(f"/settings/{name}", "needs a value and a description") for name in ("b", "c")] == found


def test_a_function_that_another_one_uses_needs_no_operation(
    bench: Callable[..., Any], things: Any, tmp_path: Path
) -> None:
    (tmp_path / "one.py").write_text("async def get_thing(call):\n    return await thing_of(call)\n")
    (tmp_path / "two.py").write_text("async def add_thing(call): ...\nasync def thing_of(call): ...\n")
    assert [] == list(handlers(bench(things()).contract, tmp_path))


def test_operations_and_functions_are_held_against_each_other(
    bench: Callable[..., Any], things: Any, tmp_path: Path
) -> None:
    functions = ["async def get_thing(call)", "async def lose_thing(call)", "async def _inner(call)", "def name(a)"]
    (tmp_path / "things.py").write_text("".join(f"{function}: ...\n" for function in functions))
    found = [(name, message) for _, name, message in handlers(bench(things()).contract, tmp_path)]
    assert [
        ("add_thing", "the contract has this operation, and no function of this name answers it"),
        ("lose_thing", "this function answers no operation of the contract"),
    ] == found


def test_a_missing_file_lacks_every_function(bench: Callable[..., Any], calls: Any, tmp_path: Path) -> None:
    found = [name for _, name, _ in handlers(bench(calls()).contract, tmp_path)]
    assert ["get_things", "get_thing"] == found


FIXTURES: dict[str, Any] = {
    "epoch": "2024-06-01T09:00:00Z",
    "kinds": {"thing": {"id": "id", "schema": "#/components/schemas/Thing"}},
    "accounts": {
        "mini": {
            "credentials": [{"scheme": "basicAuth", "username": "mini", "password": "mini"}],
            "rows": {"thing": [{"id": "alpha", "name": "Alpha", "size": 3, "_hidden": True}]},
        }
    },
    "samples": {"thingId": "alpha"},
    "login": {"account": "mini", "credential": 0},
}


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("epoch", None, "has no epoch"),
        ("accounts/mini/rows/thing/0/size", -1, "does not fit #/components/schemas/Thing"),
        ("accounts/mini/rows/thing/0/id", None, "has no id"),
        ("accounts/mini/rows/thing/1", {"id": "alpha", "name": "b", "size": 1}, "of an earlier row"),
        ("accounts/mini/rows/other", [], "there is no kind 'other'"),
        ("accounts/mini/credentials/0/scheme", "digest", "is for the security scheme 'digest'"),
        ("kinds/thing/schema", "#/components/schemas/Nothing", "refers to the schema"),
        ("samples/thingId", None, "has no thingId, which get_thing needs"),
        ("login/credential", 1, "there is no credential 1"),
        ("others", {"guest": {"account": "nobody", "credential": 0}}, "there is no credential 0 of account 'nobody'"),
    ],
)
def test_each_rule_for_fixtures(findings_of: Callable[..., list[Finding]], place: str, value: Any, said: str) -> None:
    assert [] == findings_of(REST, fixtures=FIXTURES)
    broken = FIXTURES
    if place.endswith("thing/1"):
        broken = copy.deepcopy(FIXTURES)
        broken["accounts"]["mini"]["rows"]["thing"].append(value)
    else:
        broken = changed(FIXTURES, place, value)
    found = findings_of(REST, fixtures=broken)
    assert {"fixture"} == {finding.rule for finding in found}
    assert any(said in finding.message for finding in found)


def test_a_contract_of_ones_own_is_held_to_openapi_alone(findings_of: Callable[..., list[Finding]]) -> None:
    own = {
        "openapi": "3.1.0",
        "info": {"title": "Own", "version": "1"},
        "paths": {
            "/a": {
                "get": {
                    "parameters": [{"name": "b", "in": "query", "schema": {"type": "integer"}, "example": "c"}],
                    "responses": {"200": {"description": "Well."}},
                }
            }
        },
    }
    assert ["example"] == [finding.rule for finding in findings_of(own)]


def test_the_shipped_contracts_are_clean(command: Callable[..., tuple[int, str, str]]) -> None:
    code, output, errors = command("lint")
    assert (0, "") == (code, output), output
    assert "0 findings in getresponse, whatcounts, which50" in errors


def test_findings_are_exit_1_with_file_pointer_rule_and_message(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    spec = tmp_path / "own.yaml"
    spec.write_text(yaml.safe_dump(changed(REST, "x-front/head", "maybe")))
    code, output, errors = command("lint", str(spec))
    assert 1 == code
    assert f"{spec}:/x-front/head: front: is 'maybe'; it is one of as-get, refuse\n" == output
    assert "1 finding in" in errors


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "cannot be read"), ("{", "not YAML"), ("a: 1", "not an OpenAPI document")],
)
def test_a_file_that_is_no_contract_is_exit_2(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path, text: str | None, said: str
) -> None:
    spec = tmp_path / "own.yaml"
    if text is not None:
        spec.write_text(text)
    code, output, errors = command("lint", str(spec))
    assert (2, "") == (code, output)
    assert said in errors
    assert 1 == errors.count("\n")


def test_fixtures_need_one_spec_to_be_held_against(command: Callable[..., tuple[int, str, str]]) -> None:
    code, _, errors = command("lint", "--fixtures", "a.yaml")
    assert 2 == code
    assert "exactly one SPEC" in errors


BODY = "components/schemas/NewThing/properties/name"


@pytest.mark.parametrize(
    ("place", "value", "rule", "text"),
    [
        (f"{BODY}/x-names", "", "reach", "x-names is the name of an id"),
        (f"{BODY}/x-names", 7, "reach", "x-names is the name of an id"),
        (f"{BODY}/x-names", None, "reach", "no path, x-names or x-record says to what"),
        (f"{BODY}/x-match", "yes", "reach", "x-match is true where it stands"),
        (f"{BODY}/x-folder", 1, "reach", "x-folder is true where it stands"),
        (f"{BODY}/x-recipient", "Email", "reach", "x-recipient is true, or names of fields"),
        (f"{BODY}/x-recipient", [], "reach", "x-recipient is true, or names of fields"),
        (f"{BODY}/x-record", {"id": "a"}, "reach", "x-record has `key`"),
        (f"{BODY}/x-record", {"key": ["a"], "kind": 1}, "reach", "x-record has `key`"),
        (f"{BODY}/x-effect", "send", "recipient", "no x-recipient says to whom"),
        ("paths/~things/post/x-effect", "send", "recipient", "no x-recipient says to whom"),
    ],
)
def test_what_a_request_reaches_is_said_rightly(
    findings_of: Callable[..., list[Finding]], place: str, value: Any, rule: str, text: str
) -> None:
    found = [item for item in findings_of(changed(REST, place, value), CLAUSES) if item.rule in {"reach", "recipient"}]
    assert [rule] == [item.rule for item in found]
    assert text in found[0].message
