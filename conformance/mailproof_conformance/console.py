"""What a run says on the terminal: how far it is, the matrix, and what is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from mailproof_conformance.case import KINDS
from mailproof_conformance.report import word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from mailproof_conformance.runner import Outcome

STYLES: Mapping[str, str] = {
    "pass": "green",
    "fail": "bold red",
    "error": "bold magenta",
    "note": "yellow",
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
        told = f"[red]{self._broken} broken[/red]" if self._broken else ""
        self._bar.update(self._task, advance=1, description=self._kind, broken=told)

    def _end_kind(self) -> None:
        if self._kind and not self._console.is_terminal:
            told = ", ".join(f"{count} {name}" for name, count in self._counts.items())
            self._console.print(f"{self._kind:<15} {told}", highlight=False)
        self._counts = {}


def summary(report: Mapping[str, Any], console: Console) -> None:
    """Prints the matrix, the broken promises and the result."""
    console.print(_matrix(report))
    broken = [case for case in report["cases"] if case["verdict"] in {"fail", "error"} and not case["note"]]
    for case in broken[:_MOST_SHOWN]:
        _tell(case, console)
    if len(broken) > _MOST_SHOWN:
        console.print(f"... and {len(broken) - _MOST_SHOWN} more; the report has them all (--report DIR)")
    notes = [case for case in report["cases"] if case["note"]]
    if notes:
        console.print(
            f"[yellow]{len(notes)} notes[/yellow]: assumptions of this project that the server does not share"
        )
        for case in notes[:_MOST_SHOWN]:
            console.print(f"  [yellow]note[/yellow] {escape(case['id'])}: {escape(case['promise'])}", soft_wrap=True)
    for line in _safety(report.get("safety") or {}):
        console.print(escape(line), highlight=False, soft_wrap=True)
    totals = ", ".join(f"[{STYLES[name]}]{count} {name}[/]" for name, count in report["totals"].items() if count)
    result = "[green]conforms[/green]" if report["conforms"] else "[bold red]does not conform[/bold red]"
    told = f"{report['requests']} requests in {report['seconds']:.1f} s, seed {report['seed']}"
    console.print(f"{escape(report['provider'])} {result}: {totals} ({told})", highlight=False, soft_wrap=True)


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
    named = [name for name in ("error", "fail", "note", "skip", "disabled") if name in counts]
    return f"[{style}]{counts[named[0]]} {named[0]}[/]"


def _tell(case: Mapping[str, Any], console: Console) -> None:
    style = STYLES[case["verdict"]]
    console.print(f"[{style}]{case['verdict']}[/] {escape(case['id'])}", highlight=False, soft_wrap=True)
    rows = [("promise", case["promise"]), ("read in", case["source"]), ("broken", case["reason"])]
    rows += [
        ("expected", _short(case["expected"])),
        ("came", _short(case["actual"])),
        ("again", case["replay"]),
    ]
    for name, text in rows:
        console.print(f"     [dim]{name:<8}[/dim] {escape(text)}", highlight=False, soft_wrap=True)


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 200 else text[:200] + "..."  # noqa: PLR2004 - two lines of a terminal
