"""One case of a saved report once more: what to repeat, and whether it still breaks in the same way.

A report is read as what anybody may have written: nothing in it is believed but what a run would take from its user.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from mailproof.pointers import mapping, sequence
from mailproof_conformance.options import MOST_EXAMPLES, Options
from mailproof_conformance.report_file import ReportError, load_report
from mailproof_conformance.report_options import FILE
from mailproof_conformance.story import line

if TYPE_CHECKING:
    from collections.abc import Mapping

Ending = Literal["still broken in the same way", "broken in another way", "no longer broken", "not tried"]

_LONGEST = 500
"""Letters of a name, a URL or an id in a message."""
_PROFILES = ("quick", "standard", "deep")
_BROKEN = frozenset({"fail", "error"})
_SOME = 3
"""Ids that are named as examples of what could be replayed."""


class ReplayError(Exception):
    """There is nothing to repeat; the text is one line that says why, and what would be right."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One case of a report, and the run that it was part of."""

    file: Path
    provider: str
    vintage: str | None
    digest: str
    base_url: str
    options: Options
    case: Mapping[str, Any]
    """As the report has it; `id`, `verdict` and `reason` are texts."""

    @property
    def id(self) -> str:
        """The id of the case."""
        return str(self.case["id"])

    @property
    def here(self) -> bool:
        """Whether the run was against this machine: no other address is believed of a report."""
        try:
            host = urlsplit(self.base_url).hostname or ""
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


def find(words: str) -> Replayed:
    """What `FILE#CASE` names: the file may be a report's folder, the case may be named by its finding.

    Raises ReplayError.
    """
    file, name = _parted(words)
    report = _read(file)
    case = _case(file, report, name)
    return Replayed(
        file=file,
        provider=_line(file, report, "provider"),
        vintage=_optional_line(file, mapping(report.get("contract")), "vintage"),
        digest=_line(file, mapping(report.get("contract")), "digest"),
        base_url=_line(file, mapping(report.get("target")), "base_url"),
        options=_options(file, report, str(case["id"])),
        case=case,
    )


def ending(before: Mapping[str, Any], now: Mapping[str, Any]) -> Ending:
    """How a replayed case ended, compared with how the report has it; both as a report tells a case.

    Values differ from one run to the next, such as ids that the server makes: what counts is what was looked at.
    """
    if now["verdict"] == "pass":
        return "no longer broken"
    if now["verdict"] not in _BROKEN:
        return "not tried"
    findings = before.get("finding"), now.get("finding")
    alike = findings[0] == findings[1] if None not in findings else before["reason"] == now["reason"]
    same = alike and before["verdict"] == now["verdict"]
    return "still broken in the same way" if same else "broken in another way"


def one_line(text: object) -> str:
    """A text of a report for a terminal: no control character of it gets there, and it ends."""
    return line(str(text), _LONGEST)


def _parted(words: str) -> tuple[Path, str]:
    """The file and the name after it. Either may have a `#` in it: the shortest file that is there is meant."""
    if "#" not in words:
        raise ReplayError(f"{one_line(words)}: names no case; it looks like {FILE}#CASE, with an id of the report")
    places = [number for number, letter in enumerate(words) if letter == "#"]
    for place in filter(None, places):
        path = Path(words[:place])
        if "\0" not in words and path.is_dir() and (path / FILE).is_file():
            return path / FILE, words[place + 1 :]
        if "\0" not in words and path.exists():
            return path, words[place + 1 :]
    raise ReplayError(f"{one_line(words[: places[0]])}: there is no such file; it looks like {FILE}#CASE")


def _read(file: Path) -> dict[str, Any]:
    try:
        return load_report(file)
    except ReportError as error:
        raise ReplayError(str(error)) from None


def _case(file: Path, report: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    cases = [mapping(item) for item in sequence(report.get("cases"))]
    found = next((case for case in cases if case.get("id") == name), None)
    if found is None:
        findings = [mapping(item) for item in sequence(report.get("findings"))]
        meant: object = next((item.get("case") for item in findings if item.get("id") == name), None)
        found = next((case for case in cases if meant is not None and case.get("id") == meant), None)
    if found is None:
        some = [one_line(case.get("id")) for case in cases if case.get("verdict") in _BROKEN][:_SOME]
        broken = f"broken are {', '.join(some)}" if some else "none of its cases is broken"
        raise ReplayError(f"{file}: has no case or finding {one_line(name)!r}; {broken}")
    if not isinstance(found.get("verdict"), str) or not isinstance(found.get("reason", ""), str):
        raise ReplayError(f"{file}: the case {one_line(name)!r} has no verdict, or a reason that is no text")
    return {"reason": "", **found}


def _options(file: Path, report: Mapping[str, Any], case_id: str) -> Options:
    profile: Any
    examples: Any
    profile, seed, strict = report.get("profile"), report.get("seed"), report.get("strict")
    examples = mapping(report.get("options")).get("examples")
    if profile not in _PROFILES:
        raise ReplayError(f"{file}: profile is {one_line(profile)!r}; there are {', '.join(_PROFILES)}")
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise ReplayError(f"{file}: seed is {one_line(seed)!r} and no integer")
    if not isinstance(strict, bool):
        raise ReplayError(f"{file}: strict is {one_line(strict)!r}, neither true nor false")
    if examples is not None and (type(examples) is not int or not 1 <= examples <= MOST_EXAMPLES):
        raise ReplayError(f"{file}: options.examples is {one_line(examples)!r} and not from 1 to {MOST_EXAMPLES}")
    return Options(
        profile=profile,
        seed=seed,
        strict=strict,
        examples=examples,
        only=(case_id,),
    )


def _line(file: Path, members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value or not value.isprintable() or len(value) > _LONGEST:
        raise ReplayError(f"{file}: {name} is {one_line(value)!r}; it must be a text of at most {_LONGEST} letters")
    return value


def _optional_line(file: Path, members: Mapping[str, Any], name: str) -> str | None:
    return None if members.get(name) is None else _line(file, members, name)
