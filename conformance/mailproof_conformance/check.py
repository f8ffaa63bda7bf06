"""What a case holds in its hand: the target, the contract, and the ways to say what is expected."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeVar

from mailproof.pointers import mapping
from mailproof_conformance.asking import Asking
from mailproof_conformance.expectation import shown
from mailproof_conformance.formats import is_json
from mailproof_conformance.holdings import DEFAULT, NONE, Credentials
from mailproof_conformance.properties import run_machine, run_property
from mailproof_conformance.refusals import unlike
from mailproof_conformance.rpc import Wanted, judge_call
from mailproof_conformance.sameness import same
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hypothesis.stateful import RuleBasedStateMachine
    from hypothesis.strategies import SearchStrategy

    from mailproof.promises import Level, Operation
    from mailproof_conformance.exchange import Response, RpcAnswer
    from mailproof_conformance.expectation import Finding
    from mailproof_conformance.session import Session

__all__ = ["DEFAULT", "NONE", "Check", "Credentials"]

_Value = TypeVar("_Value")


class Check(Asking):
    """The one argument of a case: makes requests and judges what comes back.

    A method that judges raises Broken (verdict `fail`); `skip` and a missing sample raise Skipped; a request
    that the safety rule forbids raises Disabled.
    """

    def __init__(self, session: Session, case_id: str, level: Level = "core") -> None:
        super().__init__(session, case_id)
        self._level: Level = level

    def equal(self, expected: object, actual: object, about: str) -> None:
        """Raises Broken unless the two are the same JSON value."""
        if not same(expected, actual):
            raise Broken(about, expected, actual)

    def true(self, condition: object, about: str, *, expected: object = True, actual: object = None) -> None:
        """Raises Broken unless the condition holds."""
        if not condition:
            raise Broken(about, expected, condition if actual is None else actual)

    def conforms(self, operation_id: str, response: Response) -> None:
        """Raises Broken unless an answer to an operation keeps the contract.

        Status, media type, headers, body.
        """
        known = _known(operation_id, response)
        if known in self._session.kept:
            return
        self.accept(self.expectations.judge(self.contract.operation(operation_id), response), response)
        if response.status < 400:  # noqa: PLR2004 - of a refusal the words are judged in the end
            self._session.kept.add(known)

    def problem(self, name: str, response: Response) -> None:
        """Raises Broken unless an answer is the contract's error answer of that name."""
        if name not in self.expectations.problems:
            self.skip(f"the contract has no error answer {name!r}")
        self.accept(self.expectations.judge_problem(name, response), response)

    def refused(self, operation: Operation, status: int, response: Response, about: str) -> None:
        """Raises Broken where a request succeeded that has to be refused by that status, whatever the words are.

        It is broken at the level at which the contract has that answer.
        """
        if response.status < 400:  # noqa: PLR2004 - the client errors begin there
            level = self.expectations.level(operation, status)
            raise Broken(about, status, shown(response), level=level, response=response)

    def judge_seen(self) -> Iterator[Broken]:
        """What is wrong, by the contract, with the last answers of operations, the newest first."""
        for name, response in reversed(self._seen):
            for finding in self._judge(name, response):
                yield finding.broken(self._level, response)

    def judge_kept(self) -> None:
        """Raises Broken where one of the last answers breaks the contract, whatever the case is about.

        What was asked with another verb than the operation's is not among them, nor is a call that has no result.
        """
        for name, response in self._seen:
            known = _known(name, response)
            if known not in self._session.kept:
                self.accept(self._judge(name, response), response)
                self._session.kept.add(known)

    def _judge(self, name: str, response: Response) -> Iterator[Finding]:
        """What is wrong with an answer to an operation or a call."""
        entry = self.contract.rpc_methods.get(name)
        if entry is not None:
            if is_json(response.media_type) and response.body:
                envelope = mapping(response.json())
                if envelope.get("error") is None and "result" in envelope:
                    yield from self.expectations.judge_result(name, envelope["result"])
        elif name in self._session.operations:
            yield from self.expectations.judge(self._session.operations[name], response)
            yield from unlike(self.expectations, response)

    def answers(self, method: str, answer: RpcAnswer, wanted: Wanted) -> None:
        """Raises Broken unless the answer to a 2.0 call with id 1 keeps the contract and is as wanted."""
        self.accept(judge_call(self.expectations, self.contract, method, answer, wanted))

    def accept(self, findings: Iterable[Finding], response: Response | None = None) -> None:
        """Raises Broken for the first of some findings in an answer, at the level that it counts at in this case."""
        for finding in findings:
            raise finding.broken(self._level, response)

    def fits(self, pointer: str, value: object) -> bool:
        """Whether a value fits the schema at a pointer of the contract."""
        return self.expectations.validator(pointer).is_valid(value)

    def forall(
        self,
        strategy: SearchStrategy[Any],
        function: Callable[[Any], object],
        examples: Iterable[Any] | None = None,
        *,
        most: int | None = None,
    ) -> None:
        """Runs a function on values that a Hypothesis strategy draws, and on the examples.

        The same ones for the same seed. `most` caps their number in every profile, for a case that leaves
        something behind with each value, which makes the next one slower.
        """
        run_property(
            strategy,
            function,
            examples=examples or (),
            session=self._session,
            case_seed=self.seed,
            most=most,
        )

    def some(self, values: Iterable[_Value], most: int, turn: int = 0) -> list[_Value]:
        """In the profile `quick` at most so many of some values that are tried alike, spread over all; else all.

        Which ones follows from the case's seed. Where they are tried with each of several things, the number of the
        thing is the `turn`: the next one takes the next values, so that each value is tried with one of them.
        """
        every = list(values)
        step = -(-len(every) // most) if self.profile == "quick" else 1
        return every[(self.seed + turn) % step :: step] if step > 1 else every

    def machine(
        self,
        factory: Callable[[Check], type[RuleBasedStateMachine]],
        *,
        most: int | None = None,
    ) -> None:
        """Runs the Hypothesis state machine that the factory makes for this check; `most` as in `forall`."""
        run_machine(factory(self), session=self._session, case_seed=self.seed, most=most)


def _known(name: str, response: Response) -> tuple[object, ...]:
    """What an answer is judged by: another one of which all this is the same is judged alike."""
    headers = dict(response.headers)
    headers.pop("date", None)
    digest = hashlib.blake2b(response.body, digest_size=16).digest()
    return name, response.status, digest, frozenset(headers.items())
