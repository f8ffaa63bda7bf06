"""The vendor's own words for every error: the contract's `x-problems`, compiled to ready answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import members, resolve
from mailproof.promises import ContractError
from mailproof_mock.encode import JSON, Encoder, encoder_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.call import Problem
    from mailproof_mock.validate import Validators

FRAMEWORK = {
    "bad-request": 400,
    "unauthorized": 401,
    "unknown-path": 404,
    "wrong-verb": 405,
    "not-acceptable": 406,
    "too-large": 413,
    "url-too-long": 414,
    "unsupported-media-type": 415,
    "internal-error": 500,
}
"""The problems that the pipeline itself raises, with their usual status; a contract names them in `x-problems`."""


@dataclass(slots=True)  # not frozen: there is one for each request
class Spoken:
    """An answer as it goes out."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    media_type: str | None


@dataclass(frozen=True, slots=True)
class _Entry:
    status: int
    headers: Mapping[str, str]
    value: Any
    detail: str | None
    encoders: Mapping[str, Encoder]


class Dialect:
    """Every error answer of one API by its name."""

    def __init__(
        self, document: Mapping[str, Any], validators: Validators, media_types: tuple[str, ...], where: str
    ) -> None:
        """Compiles the problems.

        Raises ContractError for one that is missing or whose example does not fit its schema.
        """
        problems = cast("dict[str, dict[str, Any]] | None", document.get("x-problems"))
        if problems is None:
            problems = _standard_problems()
            media_types = ("application/problem+json",)
        missing = sorted(set(FRAMEWORK) - set(problems))
        if missing:
            raise ContractError(f"{where}: x-problems: has no {', '.join(missing)}")
        self.media_types = media_types
        self._entries = {
            name: _entry(document, name, problem, validators, media_types, where) for name, problem in problems.items()
        }

    def speak(self, problem: Problem, media_type: str | None) -> Spoken:
        """The answer to a problem, in the given media type or, where errors do not come in it, in the first they do."""
        entry = self._entries[problem.name]
        headers = {**entry.headers, **problem.headers}
        if entry.value is None:
            return Spoken(entry.status, headers, b"", None)
        value = entry.value
        if entry.detail is not None and problem.detail is not None:
            value = {**value, entry.detail: problem.detail}
        chosen = media_type if media_type is not None and media_type in entry.encoders else next(iter(entry.encoders))
        return Spoken(entry.status, headers, entry.encoders[chosen](value), chosen)


def _entry(  # noqa: PLR0913 - one table row and what it is checked against
    document: Mapping[str, Any],
    name: str,
    problem: Mapping[str, Any],
    validators: Validators,
    media_types: tuple[str, ...],
    where: str,
) -> _Entry:
    place = f"{where}: x-problems/{name}"
    if not isinstance(problem.get("status"), int):
        raise ContractError(f"{place}: has no status, an integer")
    value = problem.get("value")
    pointer = problem.get("schema")
    if "example" in problem:
        value = _example(document, problem["example"], place)
    if value is not None and pointer is not None:
        wrong = validators.first_error(pointer, value)
        if wrong is not None:
            raise ContractError(f"{place}: its example does not fit {pointer}: {wrong}")
    encoders = {media_type: encoder_for(document, pointer, media_type) for media_type in media_types}
    return _Entry(problem["status"], dict(problem.get("headers") or {}), value, problem.get("detail"), encoders)


def _example(document: Mapping[str, Any], pointer: str, place: str) -> Any:
    try:
        return members(resolve(document, pointer)[0])["value"]
    except LookupError:
        raise ContractError(f"{place}: example {pointer} leads nowhere") from None


def _standard_problems() -> dict[str, dict[str, Any]]:
    """RFC 9457 problem details, for a contract that says nothing of its errors."""
    titles = {name: name.replace("-", " ").capitalize() for name in FRAMEWORK}
    return {
        name: {"status": status, "value": {"title": titles[name], "status": status}, "detail": "detail"}
        for name, status in FRAMEWORK.items()
    }


def error_media_types(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The media types that an API's errors come in: those of its error responses, in the order they are met."""
    found: dict[str, None] = {}
    for item in document.get("paths", {}).values():
        for operation in item.values():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            responses = cast("dict[str, Any]", cast("dict[str, Any]", operation)["responses"])
            for status, response in responses.items():
                if not str(status).startswith(("4", "5")):
                    continue
                name = str(response.get("$ref", "")).removeprefix("#/components/responses/")
                content = members(members(document, "components", "responses").get(name, response), "content")
                found.update(dict.fromkeys(content))
    return tuple(found) or (JSON,)
