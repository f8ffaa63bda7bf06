"""The hooks by which a run of the suite takes place inside a run of pytest, with workers of pytest-xdist or without."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
import pytest

from mailproof.promises import ContractError
from mailproof_conformance.closing import closing
from mailproof_conformance.configuration import read_configuration
from mailproof_conformance.plain import plain
from mailproof_conformance.plan import plan
from mailproof_conformance.preflight import NotTestable
from mailproof_conformance.pytest_items import CaseItem, ContractNode, HarnessError
from mailproof_conformance.pytest_running import Running, quiet
from mailproof_conformance.pytest_words import MISTAKES, Words, mistake
from mailproof_conformance.safety_options import bounded
from mailproof_conformance.story import result_line
from mailproof_conformance.subject import find
from mailproof_conformance.target import Credential, Target, TargetError
from mailproof_conformance.turns import POSSIBLE, Turns

if TYPE_CHECKING:
    from collections.abc import Generator

    from mailproof_conformance.run import Result

_NOT_TESTED = 3
_TURNS, _OUTCOMES = "mailproof-turns", "mailproof-outcomes"
"""Under which names a worker is told of the turns, and tells of its outcomes."""


class Hooks:
    """What pytest calls, in the one process or in the controller and each worker."""

    running: Running

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._input: dict[str, Any] | None = getattr(config, "workerinput", None)
        # What xdist tells this process, where it is a worker.
        self._words = Words(config)
        self._folder: Path | None = None
        self._out = 0
        # How many workers have not told their outcomes.
        self._result: Result | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Reads the user's words. Raises pytest.UsageError, one line, for what is wrong with them."""
        self.running = self._prepared()
        if self._input is not None or self._collects_only:
            return
        self._folder = self._words.path("report")
        if self._folder is not None:
            _prepare(self._folder)
        if self._distributes:
            if not POSSIBLE:
                raise pytest.UsageError("--mailproof: workers cannot take turns on this system; leave -n out")
            self._examine()
            self.running.turns = Turns.begin()

    def pytest_report_header(self) -> str:
        """Which server is judged, and how."""
        running = self.running
        where = f" at {running.target.base_url}" if running.target.base_url else ""
        return f"mailproof: {running.contract.provider}{where}, {running.options.profile}, seed {running.options.seed}"

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Puts the contract beside whatever files and folders pytest collects."""
        report = yield
        if isinstance(collector, pytest.Session):
            name = f"mailproof:{self.running.contract.provider}"
            node = cast("ContractNode", cast("Any", ContractNode).from_parent(collector, name=name, nodeid=name))
            node.running = self.running
            report.result = [*(report.result or []), node]
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Looks at the server before the first item; the controller did so for its workers."""
        if (
            self._input is None
            and not self._collects_only
            and any(isinstance(item, CaseItem) for item in session.items)
        ):
            self._examine()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tells an item that was skipped or ended in an error as `repr_failure` tells a failure.

        Ends the run where the server is gone.
        """
        report = yield
        if isinstance(item, CaseItem):
            if call.excinfo is not None and isinstance(call.excinfo.value, HarnessError):
                report.longrepr = str(call.excinfo.value)
            if report.skipped and isinstance(report.longrepr, tuple):
                report.longrepr = (item.home, 0, report.longrepr[2])
            if report.when == "teardown" and item.outcomes and self.running.is_gone(item.outcomes):
                item.session.shouldfail = "mailproof: the server no longer answers"
        return report

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tells a new worker of the turns."""
        self._out += 1
        if self.running.turns is not None:
            node.workerinput[_TURNS] = str(self.running.turns.path)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Takes over what a worker found out."""
        packed = getattr(node, "workeroutput", {}).get(_OUTCOMES)
        if packed is not None:
            self._out -= 1
            self.running.take_over(packed)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hands the outcomes to the controller, or makes the report of them."""
        if not hasattr(self, "running"):
            return
        self.running.close()
        if self._input is not None:
            cast("Any", self._config).workeroutput[_OUTCOMES] = self.running.packed()
            return
        if self.running.turns is not None:
            self.running.turns.end()
        if not self.running.outcomes:
            return
        self._result = self.running.result()
        if session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = _exit_code(self._result)
        if self._folder is not None and not self._out:
            self._result.write(self._folder)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """How the run ended, in one line, and where its report lies."""
        if self._result is None:
            return
        terminalreporter.section("mailproof")
        if self._out:
            terminalreporter.line("a worker was lost with what it found out: there is neither a verdict nor a report")
            return
        for text in closing(self._result.report):
            terminalreporter.line(text)
        terminalreporter.line(result_line(self._result.report))
        if not self._result.tried:
            terminalreporter.line("could not be tested: every case was skipped or disabled; -rs tells the reasons")
        if self._folder is not None:
            terminalreporter.line(f"report: {self._folder / 'report.html'}")

    @property
    def _collects_only(self) -> bool:
        return bool(self._config.getoption("collectonly"))

    @property
    def _distributes(self) -> bool:
        """Whether this process is the controller of workers."""
        return self._config.pluginmanager.hasplugin("dsession")

    def _prepared(self) -> Running:
        words, options = self._words, self._words.options()
        ready_file, auth_file = words.path("ready-file"), words.path("auth-file")
        config = words.path("config")
        try:
            configuration = None if config is None else read_configuration(config)
            subject = find(
                words.provider,
                configuration=configuration,
                url=words.text("url"),
                ready_file=ready_file,
                auth_file=auth_file,
                vintage=words.text("vintage"),
            )
            contract = subject.contract
            nowhere = Target(contract.provider, "", Credential())
            target = nowhere if self._collects_only else subject.target()
            if configuration is not None and not self._collects_only:
                allow, rate, budget = tuple(options.allow), options.rate, options.budget
                options = bounded(options, configuration, target, allow, (), rate, budget, None)
        except (ContractError, TargetError) as error:
            raise mistake(error) from None
        except click.UsageError as error:
            raise mistake(ValueError(error.message)) from None
        with quiet():
            cases = plan(contract, options.profile, options.only)
        if not cases:
            raise pytest.UsageError(
                f"no case fits --mailproof-only {' '.join(options.only)}; `mailproof check --list` prints their ids"
            )
        running = Running(contract, target, options.settled(target), cases)
        if self._input is not None:
            running.workers, running.turns = self._input["workercount"], Turns(Path(self._input[_TURNS]))
        return running

    def _examine(self) -> None:
        try:
            with quiet():
                self.running.examine()
        except NotTestable as reason:
            line = plain(str(reason))
            pytest.exit(f"mailproof: could not be tested: {MISTAKES.sub('--mailproof-', line)}", _NOT_TESTED)


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise pytest.UsageError(f"--mailproof-report {folder}: cannot be made: {error.strerror}") from None


def _exit_code(result: Result) -> int:
    """What pytest's own verdict, which is that nothing failed, leaves out."""
    if not result.tried:
        return _NOT_TESTED
    return pytest.ExitCode.OK if result.conforms else pytest.ExitCode.TESTS_FAILED
