"""What a run says on the terminal: how far it is, the matrix, and what is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from mailproof_conformance.case import KINDS
from mailproof_conformance.report import word
from mailproof_conformance.story import apart, line, rows, title
from mailproof_conformance.telling import many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

    from mailproof_conformance.runner import Outcome

STYLES: Mapping[str, str] = {
    "pass": "green",
    "fail": "bold red",
    "error": "bold magenta",
    "note": "yellow",
    "known": "cyan",
    "skip": "dim",
    "disabled": "dim",
}
_HEADINGS: Mapping[str, str] = {
    "authentication": "auth",
    "media-types": "types",
    "not-found": "paths",
    "bad-input": "input",
    "agreement": "agree",
}
_MOST_SHOWN = 20
_WIDTH = 120
"""Columns where the output is no terminal."""


def console(*, errors: bool = False) -> Console:
    """The terminal, or whatever takes its place, on standard output or standard error."""
    made = Console(stderr=errors)
    return made if made.is_terminal else Console(stderr=errors, width=_WIDTH)


class Meter:
    """Shows on standard error how far a run is.

    A bar on a terminal, one line for each kind of case elsewhere.
    """

    def __init__(self, total: int, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description:<15}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[broken]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=total, broken="")
        self._kind = ""
        self._counts: dict[str, int] = {}
        self._broken = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        self._end_kind()

    def advance(self, outcome: Outcome) -> None:
        """One more case is done."""
        if outcome.case.kind != self._kind:
            self._end_kind()
            self._kind = outcome.case.kind
        name = word(outcome)
        self._counts[name] = self._counts.get(name, 0) + 1
        self._broken += name in {"fail", "error"}
        if not self._bar.disable:
            told = f"[red]{self._broken} broken[/red]" if self._broken else ""
            self._bar.update(self._task, advance=1, description=self._kind, broken=told)

    def _end_kind(self) -> None:
        if self._kind and not self._console.is_terminal:
            told = ", ".join(f"{count} {name}" for name, count in self._counts.items())
            self._console.print(f"{self._kind:<15} {told}", highlight=False)
        self._counts = {}


def summary(report: Mapping[str, Any], console: Console) -> None:
    """Prints the matrix, what is broken, each defect once, and the result."""
    console.print(_matrix(report))
    broken = apart(report)
    for finding in broken[:_MOST_SHOWN]:
        _tell(report, finding, console)
    if len(broken) > _MOST_SHOWN:
        more = many(len(broken) - _MOST_SHOWN, "more finding")
        console.print(f"... and {more}; the report has them all (--report DIR)")
    notes = [item for item in report["findings"] if item["known"] is None and item["verdict"] == "note"]
    if notes:
        _list(
            "note",
            f"{many(len(notes), 'note')}, which --strict counts: assumptions of ours that the server does not share",
            notes,
            console,
        )
    known = [item for item in report["findings"] if item["known"] is not None]
    if known:
        _list("known", f"{many(len(known), 'known failure')} (not counted)", known, console)
    for text in _safety(report["safety"] or {}):
        console.print(escape(text), highlight=False, soft_wrap=True)
    totals = ", ".join(f"[{STYLES[name]}]{count} {name}[/]" for name, count in report["totals"].items() if count)
    result = "[green]conforms[/green]" if report["conforms"] else "[bold red]does not conform[/bold red]"
    strict = ", strict" if report["strict"] else ""
    told = f"{report['requests']} requests in {report['seconds']:.1f} s, seed {report['seed']}{strict}"
    console.print(f"{escape(report['provider'])} {result}: {totals} ({told})", highlight=False, soft_wrap=True)


def _list(name: str, heading: str, findings: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Findings that do not count, one line each."""
    console.print(f"[{STYLES[name]}]{heading}[/]", highlight=False, soft_wrap=True)
    for item in findings[:_MOST_SHOWN]:
        why = f": {item['known']}" if item["known"] is not None else ""
        told = f"{item['title']} ({many(item['count'], 'case')}: {item['case']}){why}"
        console.print(f"  [{STYLES[name]}]{name}[/] {escape(line(told))}", highlight=False, soft_wrap=True)
    if len(findings) > _MOST_SHOWN:
        console.print(f"  ... and {len(findings) - _MOST_SHOWN} more")


def _safety(safety: Mapping[str, Any]) -> Iterator[str]:
    """A line each, where anything was refused, waited for, or left behind."""
    if safety.get("refused"):
        kinds = ", ".join(f"{count} {name}" for name, count in safety["reasons"].items())
        yield f"not sent: {safety['refused']} requests that the safety rule refused ({kinds})"
    if safety.get("waited"):
        yield f"waited: {safety['waited']:.0f} s, because the server asked for it (429)"
    left: list[Mapping[str, Any]] = safety.get("left", [])
    if left:
        removable = sum(item["removable"] for item in left)
        named = f"{len(left)} things named {safety['prefix']}... or known by id"
        yield f"left behind: {named}, of which the API can delete {removable}; `mailproof sweep` lists them"


def _matrix(report: Mapping[str, Any]) -> Table:
    used = {kind for row in report["matrix"] for kind in row["cells"]}
    kinds = [kind for kind in KINDS if kind in used]
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("operation", no_wrap=True)
    for kind in kinds:
        table.add_column(_HEADINGS.get(kind, kind), justify="right", no_wrap=True)
    for row in report["matrix"]:
        cells = [_cell(row["cells"].get(kind)) for kind in kinds]
        table.add_row(escape(row["operation"] or "(whole API)"), *cells)
    return table


def _cell(cell: Mapping[str, Any] | None) -> str:
    """How many passed, of how many; what is not a pass is named."""
    if cell is None:
        return "[dim]-[/dim]"
    counts: Mapping[str, int] = cell["counts"]
    style = STYLES[cell["verdict"]]
    if cell["verdict"] == "pass":
        return f"[{style}]{counts['pass']}[/]"
    named = [name for name in ("error", "fail", "note", "known", "skip", "disabled") if name in counts]
    return f"[{style}]{counts[named[0]]} {named[0]}[/]"


def _tell(report: Mapping[str, Any], finding: Mapping[str, Any], console: Console) -> None:
    """What a stranger needs to know what to fix, and to see it again."""
    name = finding["verdict"]
    console.print(f"[{STYLES[name]}]{name}[/] {escape(title(finding))}", highlight=False, soft_wrap=True)
    for label, text in rows(report, finding):
        console.print(f"     [dim]{label:<9}[/dim] {escape(text)}", highlight=False, soft_wrap=True)
