"""Whether an answer keeps the contract: status, media type, headers and body, by validators compiled once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, sequence, token
from mailproof_conformance.bodies import read_body
from mailproof_conformance.exchange import printable
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.front import FRAMEWORK_PROBLEMS, level_of, problems_of
from mailproof_conformance.http_date import is_http_date
from mailproof_conformance.standing import ANY_SERVER, of_answer, of_place, weakest
from mailproof_conformance.validators import Validators
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import jsonschema_rs

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.front import Problem

_CLIENT_ERROR = 400
_SERVER_ERROR = 500
_MOST_ERRORS = 10
"""As many errors of one value are enough to see what is wrong with it."""
_COMBINING = frozenset({"anyOf", "oneOf", "allOf", "not"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which an answer breaks the contract."""

    rule: str
    """`server-error`, `status`, `outcome`, `media-type`, `header`, `body`, `schema` or `problem`.

    Empty where the answer keeps the contract and is not what the case asks for.
    """
    about: str
    expected: object
    actual: object
    level: Level | None = None
    """That of the promise that is broken, as docs/check.md has the table of it; None: that of the case."""
    whatever: bool = False
    """Whether it is broken whatever was asked. Else it counts no higher than the case that asked it."""

    def of(self, answer: Level, *, whatever: bool) -> Finding:
        """The same as a finding in an answer of that level; what no server may do stays what it is."""
        if self.whatever:
            return self
        return replace(self, level=weakest(answer, self.level or answer), whatever=whatever)

    def broken(self, case: Level, response: Response | None = None) -> Broken:
        """The finding in an answer as the exception that ends a case of that level."""
        level = self.level or case
        counts = level if self.whatever else weakest(level, case)
        about = f"{self.rule}: {self.about}" if self.rule else self.about
        return Broken(about, self.expected, self.actual, level=counts, response=response)


class Expectations:
    """Judges answers by one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._validators = Validators(contract.document, "response")
        self._files: dict[str, bool] = {}
        self._definitions: dict[tuple[str, int], tuple[Mapping[str, Any], str] | None] = {}

    @cached_property
    def problems(self) -> Mapping[str, Problem]:
        """The contract's error answers by name."""
        return problems_of(self._contract)

    def judge(self, operation: Operation, response: Response) -> list[Finding]:
        """Every way in which an answer to an operation breaks the contract.

        A 5xx breaks it even where it is listed.
        """
        if response.status >= _SERVER_ERROR:
            about = "no request makes the server fail"
            return [
                Finding("server-error", about, "a status below 500", shown(response), ANY_SERVER, whatever=True),
            ]
        definition = self._definition(operation, response.status)
        if definition is None:
            return self._undocumented(operation, response)
        node, pointer = definition
        findings = [*self._headers(node, pointer, response), *self._content(node, pointer, response)]
        answer = of_answer(operation, node)
        # Who asks strangely may be refused by what stands before the operation, in words of its own.
        return [finding.of(answer, whatever=response.status < _CLIENT_ERROR) for finding in findings]

    def judge_problem(self, name: str, response: Response) -> list[Finding]:
        """Every way in which an answer differs from the contract's error answer of that name."""
        return list(self._differences(self.problems[name], response))

    def documents(self, operation: Operation, status: int) -> bool:
        """Whether the contract has an answer of that status for the operation."""
        return self._definition(operation, status) is not None

    def pointer_of(self, operation: Operation, response: Response) -> str | None:
        """Where the schema of an answer's body stands; None for an answer that the contract does not describe."""
        definition = self._definition(operation, response.status)
        return self._schema_pointer(definition, response) if definition else None

    def level(self, operation: Operation, status: int) -> Level:
        """How far the contract stands behind the answer of that status to an operation.

        One that it does not list is judged by the operation's own standing.
        """
        definition = self._definition(operation, status)
        return of_answer(operation, definition[0] if definition else None)

    def read(self, operation: Operation, response: Response) -> Any:
        """The value of an answer's body, by its media type and the contract; of a file (`format: binary`) its bytes.

        Raises Broken where it cannot be read.
        """
        definition = self._definition(operation, response.status)
        pointer = self._schema_pointer(definition, response) if definition else None
        if pointer is not None and response.body and self._is_file(pointer):
            return response.content
        value, findings = read_body(self._contract, pointer, response)
        if findings:
            first = next(item for item in self.judge(operation, response) if item.rule == "body")
            raise Broken("the body can be read", "a body as the contract describes it", findings, level=first.level)
        return value

    def judge_result(self, method: str, result: object) -> list[Finding]:
        """Every way in which the result of a JSON-RPC method breaks its schema."""
        entry = self._contract.rpc_methods[method]
        findings = self.judge_value(entry["result"], result, f"the result of {method}")
        return [finding.of(level_of(entry.get("x-standing")), whatever=True) for finding in findings]

    def judge_value(self, pointer: str, value: object, about: str) -> list[Finding]:
        """Every way in which a value breaks the schema at a pointer; the first ten.

        Each has the level of the place where it does.
        """
        errors = islice(self.validator(pointer).iter_errors(value), _MOST_ERRORS)
        return [replace(_schema_finding(error, about), level=self._level(pointer, _place(error))) for error in errors]

    def _level(self, pointer: str, place: Sequence[str | int] = ()) -> Level:
        return of_place(self._contract.document, {"$ref": f"#{pointer.removeprefix('#')}"}, place)

    def validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """The compiled validator of the schema at a pointer of the contract, for what a server answers."""
        return self._validators.of(pointer)

    def _definition(self, operation: Operation, status: int) -> tuple[Mapping[str, Any], str] | None:
        key = (operation.pointer, status)
        if key not in self._definitions:
            self._definitions[key] = self._found(operation, status)
        return self._definitions[key]

    def _found(self, operation: Operation, status: int) -> tuple[Mapping[str, Any], str] | None:
        responses = operation.definition["responses"]
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in responses:
                return cast(
                    "tuple[Mapping[str, Any], str]",
                    resolve(self._contract.document, f"{operation.pointer}/responses/{key}"),
                )
        return None

    def _undocumented(self, operation: Operation, response: Response) -> list[Finding]:
        front = [self.problems[name] for name in FRAMEWORK_PROBLEMS if name in self.problems]
        for problem in front:
            if problem.status == response.status:
                return list(self._differences(problem, response))
        known = ", ".join(sorted(operation.definition["responses"]))
        return [Finding("status", f"the status of {operation.id} is documented", f"one of {known}", shown(response))]

    def _headers(self, node: Mapping[str, Any], pointer: str, response: Response) -> Iterator[Finding]:
        yield from _dated(response)
        for name in mapping(node.get("headers")):
            definition, place = resolve(self._contract.document, f"{pointer}/headers/{token(name)}")
            value = response.headers.get(name.lower())
            level = level_of(definition.get("x-standing"))
            if value is None:
                if definition.get("required"):
                    yield Finding("header", f"the header {name}", "present", "absent", level)
            elif "schema" in definition:
                for finding in self._header_value(name, value, definition["schema"], f"{place}/schema"):
                    yield finding.of(level, whatever=False)

    def _header_value(self, name: str, value: str, schema: Mapping[str, Any], pointer: str) -> Iterator[Finding]:
        kind = resolve(self._contract.document, pointer)[0].get("type") if schema else None
        try:
            typed = int(value) if kind == "integer" else float(value) if kind == "number" else value
        except ValueError:
            typed = value
        for finding in self.judge_value(pointer, typed, f"the header {name}"):
            yield replace(finding, rule="header")

    def _content(self, node: Mapping[str, Any], pointer: str, response: Response) -> Iterator[Finding]:
        content = mapping(node.get("content"))
        if not content:
            if response.body:
                yield Finding(
                    "body", f"the body of a {response.status}", "no body", _clipped(printable(response.content))
                )
            return
        place = self._schema_pointer((node, pointer), response)
        if place is None:
            actual = response.headers.get("content-type", "no Content-Type")
            about, wanted = f"the media type of a {response.status}", f"one of {', '.join(content)}"
            # Who does not show a body does not show its media type either.
            levels: list[Level] = [self._level(f"{pointer}/content/{token(name)}/schema") for name in content]
            yield Finding("media-type", about, wanted, actual, weakest(*levels))
            return
        yield from _charset(response)
        readable = is_json(response.media_type) or is_xml(response.media_type)
        if readable and not self._is_file(place):
            yield from self._judge_body(place, response)

    def _judge_body(self, pointer: str, response: Response) -> Iterator[Finding]:
        try:
            value, findings = read_body(self._contract, pointer, response)
        except Broken as broken:
            yield _unreadable("body", broken.about.removeprefix("body: "), broken)
            return
        for text in findings:
            level = self._level(pointer, text.way)
            yield Finding("body", "the XML form of the body", "what the contract describes", str(text), level)
        if not findings:
            yield from self.judge_value(pointer, value, f"the body of a {response.status}")

    def _schema_pointer(self, definition: tuple[Mapping[str, Any], str], response: Response) -> str | None:
        """Where the schema of an answer's media type stands: its own, else that of the narrowest range it is in."""
        node, pointer = definition
        declared = {name.partition(";")[0].strip().lower(): name for name in mapping(node.get("content"))}
        for name in (response.media_type, response.media_type.partition("/")[0] + "/*", "*/*"):
            if name in declared:
                return f"{pointer}/content/{token(declared[name])}/schema"
        return None

    def _is_file(self, pointer: str) -> bool:
        """Whether the schema at a pointer says that a body is a file, whatever its media type."""
        if pointer not in self._files:
            try:
                schema, _ = resolve(self._contract.document, pointer)
            except LookupError:
                schema = None
            self._files[pointer] = mapping(schema).get("format") == "binary"
        return self._files[pointer]

    def _differences(self, problem: Problem, response: Response) -> Iterator[Finding]:
        yield from _dated(response)
        about = f"the error answer `{problem.name}`"
        if response.status != problem.status:
            yield Finding("problem", f"the status of {about}", problem.status, shown(response))  # of the case's level
            return
        for finding in self._words(problem, response, about):
            yield finding.of(problem.level, whatever=False)

    def _words(self, problem: Problem, response: Response, about: str) -> Iterator[Finding]:
        for name, expected in problem.headers.items():
            actual = response.headers.get(name)
            if actual != expected:
                yield Finding("problem", f"the header {name} of {about}", expected, actual)
        if problem.body is None:
            if response.body:
                yield Finding("problem", f"the body of {about}", "no body", _clipped(printable(response.content)))
            return
        yield from self._different_body(problem, response, about)

    def _different_body(self, problem: Problem, response: Response, about: str) -> Iterator[Finding]:
        try:
            value, findings = read_body(self._contract, problem.schema, response)
        except Broken as broken:
            yield _unreadable("problem", f"{about}: {broken.about.removeprefix('body: ')}", broken)
            return
        for text in findings:
            yield Finding("problem", f"the body of {about}", "what the contract describes", str(text))
        if findings:
            return
        if problem.schema is not None:
            yield from self.judge_value(problem.schema, value, f"the body of {about}")
        if _without(value, problem.detail) != _without(problem.body, problem.detail):
            yield Finding("problem", f"the body of {about}", problem.body, value)


def _unreadable(rule: str, about: str, broken: Broken) -> Finding:
    """A body that cannot be read as what it is said to be; `broken` has a level where no server may send that."""
    found = Finding(rule, about, broken.expected, broken.actual, broken.level)
    return replace(found, whatever=broken.level is not None)


def _charset(response: Response) -> Iterator[Finding]:
    """JSON is UTF-8 (RFC 8259, 8.1): a Content-Type that says otherwise misleads whoever believes it."""
    if response.charset is not None and is_json(response.media_type):
        yield Finding("media-type", f"the charset of a {response.status} in JSON", "utf-8", response.charset)


def _schema_finding(error: jsonschema_rs.ValidationError, about: str) -> Finding:
    place = "/".join(str(part) for part in error.instance_path)
    return Finding("schema", f"{about} at /{place}: {error.message}", _wanted(error), _clipped(error.instance))


def _place(error: jsonschema_rs.ValidationError) -> list[str | int]:
    """Where a value breaks its schema: a member that is missing is a place of its own."""
    missing = error.kind.as_dict().get("property") if error.kind.name == "required" else None
    return [*error.instance_path, *([str(missing)] if missing is not None else [])]


def _wanted(error: jsonschema_rs.ValidationError) -> object:
    """What the schema asks for where a value breaks it: the keyword with its value, where it has one that is short."""
    keyword = error.kind.name
    if keyword == "additionalProperties":
        return "no member beside the declared ones"
    values = list(error.kind.as_dict().values())
    match keyword, values:
        case "type", [list()]:
            return f"of type {' or '.join(map(str, sequence(values[0])))}"
        case "required", [name]:
            return f"the member {name}"
        case _:
            pass
    if len(values) == 1 and isinstance(values[0], str | int | float | list) and keyword not in _COMBINING:
        return {keyword: cast("object", values[0])}
    return f"a value that `{keyword}` allows"


def shown(response: Response) -> str:
    """An answer in one line: status and the start of the body."""
    text = " ".join(printable(response.content)[:200].split())
    return f"{response.status} {text}".strip()


def _clipped(value: object) -> object:
    text = value if isinstance(value, str) else repr(value)
    return value if len(text) <= 500 else text[:500] + "..."  # noqa: PLR2004 - what fits a report's line


def _without(value: object, name: str | None) -> object:
    if isinstance(value, dict):
        return {key: item for key, item in cast("dict[str, Any]", value).items() if key != name}
    return value


def _dated(response: Response) -> Iterator[Finding]:
    """The Date of an answer, if it has one, is written as HTTP writes dates (RFC 9110, 5.6.7)."""
    text = response.headers.get("date")
    if text is not None and not is_http_date(text):
        yield Finding("header", "the header Date", "a date as in Sun, 06 Nov 1994 08:49:37 GMT", text)
