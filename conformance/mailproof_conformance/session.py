"""One run's shared things: the contract, the target, the client, and what follows from the seed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mailproof_conformance.effects import Effects
from mailproof_conformance.exercised import Exercised
from mailproof_conformance.expectation import Expectations
from mailproof_conformance.front import front_of
from mailproof_conformance.payload import Payloads

if TYPE_CHECKING:
    from mailproof.promises import Contract
    from mailproof_conformance.client import Client
    from mailproof_conformance.exchange import Exchange, Request, Response
    from mailproof_conformance.options import Profile
    from mailproof_conformance.target import Target


class Session:
    """What every case of a run works with."""

    def __init__(
        self,
        contract: Contract,
        target: Target,
        client: Client,
        *,
        profile: Profile = "standard",
        seed: int = 0,
    ) -> None:
        self.contract = contract
        self.target = target
        self.client = client
        self.profile: Profile = profile
        self.seed = seed
        self.expectations = Expectations(contract)
        self.front = front_of(contract)
        self.payloads = Payloads(contract)
        self.exercised = Exercised()
        self._effects = Effects(contract, target)
        self._names: dict[str, int] = {}

    def send(self, request: Request) -> Response:
        """The answer to a request. Raises Disabled if the guard refuses it, NoAnswer if none comes."""
        wrong = self._effects.wrong_credentials(request)
        response = self.client.send(request, self._effects.of(request), wrong_credentials=wrong)
        self.exercised.exchanged(self._effects.operation(request), request, response)
        return response

    def record(self, exchange: Exchange) -> None:
        """Notes an exchange that another client made to the same server."""
        self.client.record(exchange)
        if exchange.response is not None:
            request = exchange.request
            self.exercised.exchanged(self._effects.operation(request), request, exchange.response)

    def seed_for(self, case_id: str) -> int:
        """The seed of a case: the same for the same run seed and id, unrelated to other cases'."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}/{case_id}".encode()).digest()[:8], "big")

    def fresh(self, case_id: str, prefix: str) -> str:
        """A name that this run has not used before: the same in every run with the same seed."""
        number = self._names.get(case_id, 0) + 1
        self._names[case_id] = number
        mark = hashlib.sha256(f"{self.seed}/{case_id}/{number}".encode()).hexdigest()[:8]
        return f"{prefix}{mark}"
