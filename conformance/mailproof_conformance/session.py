"""One run's shared things: the contract, the target, the client, and what follows from the seed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mailproof_conformance.effects import Effects
from mailproof_conformance.expectation import Expectations
from mailproof_conformance.front import front_of
from mailproof_conformance.own import prefix_of
from mailproof_conformance.payload import Payloads
from mailproof_conformance.verdicts import Skipped

if TYPE_CHECKING:
    from mailproof.promises import Contract
    from mailproof_conformance.client import Client
    from mailproof_conformance.exchange import Request, Response
    from mailproof_conformance.options import Profile
    from mailproof_conformance.target import Target


_MOST_PATIENCE = 3
"""How often a request is asked again that the server puts off."""


class Session:
    """What every case of a run works with."""

    def __init__(  # noqa: PLR0913 - what a run consists of
        self,
        contract: Contract,
        target: Target,
        client: Client,
        *,
        profile: Profile = "standard",
        seed: int = 0,
        prefix: str | None = None,
    ) -> None:
        self.contract = contract
        self.target = target
        self.client = client
        self.profile: Profile = profile
        self.seed = seed
        self.expectations = Expectations(contract)
        self.front = front_of(contract)
        self.payloads = Payloads(contract)
        self.prefix = prefix or prefix_of(seed)
        """What the names begin with that this run gives to things."""
        self._effects = Effects(contract, target)
        self._names: dict[str, int] = {}

    def send(self, request: Request) -> Response:
        """The answer to a request. Raises Disabled if the guard refuses it, NoAnswer if none comes.

        Where a server that is not on this machine answers 429, a read is asked again after the wait, a few times.
        """
        wrong, effect = self._effects.wrong_credentials(request), self._effects.of(request)
        response = self.client.send(request, effect, wrong_credentials=wrong)
        patience = _MOST_PATIENCE
        while self.client.guard.put_off(response):
            if effect != "read" or not patience:
                why = "keeps asking to wait" if effect == "read" else f"asks to wait, and what would {effect} goes once"
                raise Skipped(f"the server {why} (429)")
            patience -= 1
            response = self.client.send(request, effect, wrong_credentials=wrong)
        bounds = self.client.guard.bounds
        if bounds is not None and effect != "read":
            bounds.learn(request, response, self.expectations)
        return response

    def seed_for(self, case_id: str) -> int:
        """The seed of a case: the same for the same run seed and id, unrelated to other cases'."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}/{case_id}".encode()).digest()[:8], "big")

    def fresh(self, case_id: str, prefix: str) -> str:
        """A name that this run has not used before, with its prefix: the same in every run with the same seed."""
        number = self._names.get(case_id, 0) + 1
        self._names[case_id] = number
        mark = hashlib.sha256(f"{self.seed}/{case_id}/{number}".encode()).hexdigest()[:8]
        return f"{self.prefix}{prefix}{mark}"
