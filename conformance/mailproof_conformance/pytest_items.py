"""The cases of a run as items of pytest: one for each clause, one for each operation and generated kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from mailproof_conformance.pytest_running import Running, may_write
from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from mailproof_conformance.case import Case
    from mailproof_conformance.runner import Outcome

_LEVELS = ("core", "extended", "assumed")
_WHOLE = "whole-api"


class BrokenPromises(Exception):  # noqa: N818 - a finding about the target
    """An item's cases found promises broken; the text tells them."""


class HarnessError(Exception):
    """The suite itself broke in an item; the text tells how."""


class ContractNode(pytest.Collector):
    """A contract, which holds an item for each of its promises."""

    running: Running

    def collect(self) -> Iterator[pytest.Item]:
        """Its items, in the order of the plan."""
        for name, cases in grouped(self.running.cases):
            yield CaseItem.of(self, name, cases)


class CaseItem(pytest.Item):
    """Some cases that stand or fall together: those of a clause, or of one kind for one operation."""

    running: Running
    cases: tuple[Case, ...]
    outcomes: list[Outcome]
    home: str
    """The name of the contract's node: it stands where other items have a file."""

    @classmethod
    def of(cls, parent: ContractNode, name: str, cases: tuple[Case, ...]) -> CaseItem:
        """An item with its marks (`mailproof`, its level), and its kind and operations as words for `-k`."""
        item = cast("CaseItem", cast("Any", cls).from_parent(parent, name=name))
        item.running, item.cases, item.outcomes, item.home = parent.running, cases, [], parent.name
        item.add_marker("mailproof")
        item.add_marker(min((case.level for case in cases), key=_LEVELS.index))
        item.extra_keyword_matches |= {cases[0].kind, *(word for case in cases for word in case.operations)}
        if parent.config.pluginmanager.hasplugin("xdist") and may_write(parent.running.contract, cases):
            item.add_marker(pytest.mark.xdist_group(parent.name))
        return item

    def setup(self) -> None:
        """Runs the cases. Raises HarnessError where the suite broke: pytest has errors, and no failures, in a setup."""
        self.outcomes = self.running.run(self.cases)
        if any(outcome.verdict is Verdict.ERROR for outcome in self.outcomes):
            raise HarnessError(self.running.story(self.outcomes))

    def runtest(self) -> None:
        """Raises BrokenPromises, or ends as an expected failure or as skipped, by the gravest of the outcomes."""
        if any(outcome.counts for outcome in self.outcomes):
            raise BrokenPromises(self.running.story(self.outcomes))
        for outcome in self.outcomes:
            if outcome.verdict is Verdict.FAIL:
                why = f"known failure ({outcome.known})" if outcome.known else "note, a broken assumption"
                pytest.xfail(f"{why}: {outcome.case.id}: {self.running.redacted(outcome.reason)}")
        if all(outcome.verdict in {Verdict.SKIP, Verdict.DISABLED} for outcome in self.outcomes):
            first = self.outcomes[0]
            pytest.skip(f"{first.verdict}: {self.running.redacted(first.reason)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The story of what is broken; how the suite got there is of no use to its reader."""
        if isinstance(excinfo.value, BrokenPromises | HarnessError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where it stands: in no file, so below the contract's name."""
        return self.config.rootpath / self.home, None, self.name


def grouped(cases: Sequence[Case]) -> list[tuple[str, tuple[Case, ...]]]:
    """The cases of each item, by the item's name: a clause's id, or `kind[operation]`."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        name = case.clause or f"{case.kind}[{'+'.join(case.operations) or _WHOLE}]"
        found.setdefault(name, []).append(case)
    return [(name, tuple(own)) for name, own in found.items()]
