"""One run's shared things: the contract, the target, the client, and what follows from the seed."""

from __future__ import annotations

import hashlib
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mailproof_conformance.clock import SYSTEM, Clock
from mailproof_conformance.effects import Effects
from mailproof_conformance.exercised import Exercised
from mailproof_conformance.expectation import Expectations
from mailproof_conformance.front import front_of
from mailproof_conformance.known_failures import NONE_KNOWN, KnownFailures
from mailproof_conformance.own import prefix_of
from mailproof_conformance.payload import Payloads
from mailproof_conformance.recollections import Outdated, Recollections
from mailproof_conformance.reduction import Reductions
from mailproof_conformance.verdicts import Disabled, Skipped

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from mailproof.promises import Contract
    from mailproof_conformance.client import Client
    from mailproof_conformance.exchange import Exchange, Request, Response
    from mailproof_conformance.options import Profile
    from mailproof_conformance.recollections import Recall
    from mailproof_conformance.target import Target

INTERRUPTED = "the run was interrupted"
REMEMBERED = 50
"""How many of the last answers a stumble is explained by."""

_MOST_PATIENCE = 3
"""How often a request is asked again that the server puts off."""

_REFUSED = 400
"""The statuses of a refusal begin there: a read that was refused has looked at nothing."""


class Session:
    """What every case of a run works with."""

    def __init__(  # noqa: PLR0913 - what is tested, and each choice of the run that a case depends on
        self,
        contract: Contract,
        target: Target,
        client: Client,
        *,
        profile: Profile = "standard",
        seed: int = 0,
        prefix: str | None = None,
        examples: int | None = None,
        time_budget: float | None = None,
        known_failures: KnownFailures = NONE_KNOWN,
        clock: Clock = SYSTEM,
    ) -> None:
        self.contract = contract
        self.target = target
        self.client = client
        self.profile: Profile = profile
        self.seed = seed
        self.examples = examples
        self.known_failures = known_failures
        self.clock = clock
        self.unfinished: str | None = None
        """Why the run ends before its last case; None as long as it does not."""
        self.operations = {operation.id: operation for operation in contract.operations}
        self.worked_out: dict[tuple[str, ...], Any] = {}
        """What follows from the contract alone and is asked for again and again."""
        self.recollections = Recollections() if profile == "quick" and client.address.loopback else None
        """Answers that are not asked for again; elsewhere an account has a life of its own."""
        self.recalled = 0
        """How many answers were not asked for again."""
        self.written = 0
        """How many requests could have changed something."""
        self.outdated = False
        """Whether the case was told an answer from before that no longer is one."""
        self.kept: set[tuple[object, ...]] = set()
        """Answers that were held against the whole contract and kept it, as short as they can be told apart."""
        self.reductions = Reductions()
        self._time_budget = time_budget
        self._until = None if time_budget is None else clock.seconds() + time_budget
        self._told: tuple[Exchange, ...] = ()
        self._recent: deque[Exchange] = deque(maxlen=REMEMBERED)
        self.expectations = Expectations(contract)
        self.front = front_of(contract)
        self.payloads = Payloads(contract)
        self.exercised = Exercised()
        self.prefix = prefix or prefix_of(seed)
        """What the names begin with that this run gives to things."""
        self._effects = Effects(contract, target)
        self._names: dict[str, int] = {}
        self._state = ""

    def send(self, request: Request, recall: Recall = "never") -> Response:
        """The answer to a request. Raises Disabled if the guard refuses it, NoAnswer if none comes.

        Where a server that is not on this machine answers 429, a read is asked again after the wait, a few times.
        `recall` says when an answer from before will do; only `quick` makes use of it.
        """
        if self.recollections is not None:
            known = self.recollections.of(request, recall)
            if known is not None and known.response is not None:
                self.client.tell_again(known)
                self.recalled += 1
                return known.response
        try:
            return self._sent(request, recall)
        except BaseException:
            self.forget()
            raise

    def _sent(self, request: Request, recall: Recall) -> Response:
        wrong, effect = self._effects.wrong_credentials(request), self._effects.of(request)
        operation = self._effects.operation(request)
        if effect != "read":
            self._confirm()
            self.written += 1
        response = self.client.send(request, effect, wrong_credentials=wrong)
        self.exercised.exchanged(operation, request, response)
        patience = _MOST_PATIENCE
        while self.client.guard.put_off(response):
            if effect != "read" or not patience:
                why = "keeps asking to wait" if effect == "read" else f"asks to wait, and what would {effect} goes once"
                raise Skipped(f"the server {why} (429)")
            patience -= 1
            response = self.client.send(request, effect, wrong_credentials=wrong)
            self.exercised.exchanged(operation, request, response)
        bounds = self.client.guard.bounds
        if bounds is not None and effect != "read":
            bounds.learn(request, response, self.expectations)
        if self.recollections is not None:
            changes = effect != "read" or (response.status < _REFUSED and self._effects.goes_on(request))
            self.recollections.asked(request, response, recall, changes=changes)
        return response

    def begin(self) -> None:
        """Another case begins, or the same once more: nothing is told of it yet."""
        self.tell()
        self.outdated = False
        if self.recollections is not None:
            self.recollections.begin()

    def _confirm(self) -> None:
        """Asks again for what the case has from an earlier one; raises Outdated if that is another now.

        It is called before a write, which may change it. So a case that writes fails on fresh answers only.
        """
        if self.recollections is None:
            return
        for request, known in self.recollections.relied_on().items():
            now = self._sent(request, "unchanged")
            if (known.status, known.media_type, known.body) != (now.status, now.media_type, now.body):
                self.outdated = True
                raise Outdated(f"{request.method} {request.target}")

    @contextmanager
    def asking_anew(self) -> Generator[None]:
        """Meanwhile nothing is recalled, and afterwards nothing from before."""
        self.forget()
        recollections, self.recollections = self.recollections, None
        try:
            yield
        finally:
            self.recollections = recollections

    def record(self, exchange: Exchange) -> None:
        """Notes an exchange that another client made to the same server."""
        self.forget()
        self.client.record(exchange)
        if exchange.response is not None:
            request = exchange.request
            self.exercised.exchanged(self._effects.operation(request), request, exchange.response)

    def forget(self) -> None:
        """Somebody else may have had the server since."""
        if self.recollections is not None:
            self.recollections.forget()

    def told(self) -> tuple[Exchange, ...]:
        """What a reader of the case has to see: its exchanges, without those of a search that led nowhere."""
        self._told += self.take()
        return self._told

    def tell(self, exchanges: tuple[Exchange, ...] = ()) -> None:
        """Sets what is told; what was exchanged until now is left out otherwise."""
        self.take()
        self._told = exchanges

    @contextmanager
    def aside(self) -> Generator[None]:
        """What is asked meanwhile is not told, unless it raises."""
        before = self.client.take()
        try:
            yield
            self._recent.extend(self.client.take())
        finally:
            for exchange in (*before, *self.client.take()):
                self.client.tell_again(exchange)

    def exchange_of(self, response: Response) -> Exchange | None:
        """The last exchange with that answer, of a search too; None for one that is long ago."""
        return next((item for item in reversed(self._recent) if item.response == response), None)

    def take(self) -> tuple[Exchange, ...]:
        """The exchanges since the last call of this method."""
        taken = self.client.take()
        self._recent.extend(taken)
        return taken

    def check_time(self) -> None:
        """Raises Disabled once the run has had its time."""
        if self._until is not None and self.clock.seconds() >= self._until:
            self.unfinished = f"the time budget of {self._time_budget:g} s is used up"
            raise Disabled(self.unfinished)

    def interrupt(self) -> None:
        """The user wants the run to end."""
        self.unfinished = INTERRUPTED

    def recognise(self, shown: Iterable[bytes]) -> None:
        """Takes what the server shows at first into the names that the run makes up.

        A server that kept what an earlier run left there gets other names; one that is as it was gets the same.
        """
        digest = hashlib.sha256()
        for body in shown:
            digest.update(hashlib.sha256(body).digest())
        self._state = digest.hexdigest()

    def seed_for(self, case_id: str) -> int:
        """The seed of a case: the same for the same run seed and id, unrelated to other cases'."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}/{case_id}".encode()).digest()[:8], "big")

    def fresh(self, case_id: str, prefix: str) -> str:
        """A name that nobody has used before, with the run's prefix.

        It is the same in every run with the same seed and state of the server.
        """
        number = self._names.get(case_id, 0) + 1
        self._names[case_id] = number
        mark = hashlib.sha256(f"{self.seed}/{case_id}/{number}/{self._state}".encode()).hexdigest()[:8]
        return f"{self.prefix}{prefix}{mark}"
