"""What a case finds in its hand before it asks: the run, the target, and what that is known to hold."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, cast

from mailproof.pointers import mapping, sequence
from mailproof_conformance.session import REMEMBERED
from mailproof_conformance.target import Credential
from mailproof_conformance.verdicts import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.expectation import Expectations
    from mailproof_conformance.options import Profile
    from mailproof_conformance.session import Session


_Made = TypeVar("_Made")


class Credentials(Enum):
    """Whose credentials a request carries, where it is not one of the target's further ones by name."""

    DEFAULT = "default"
    NONE = "none"


DEFAULT: Literal[Credentials.DEFAULT] = Credentials.DEFAULT
NONE: Literal[Credentials.NONE] = Credentials.NONE


class Holdings:
    """The target's samples and credentials; a missing one raises Skipped."""

    def __init__(self, session: Session, case_id: str) -> None:
        self._session = session
        self._case_id = case_id
        self._seen: deque[tuple[str, Response]] = deque(maxlen=REMEMBERED)
        # The last answers, each with the operation (or JSON-RPC method) that was asked for it.

    @property
    def contract(self) -> Contract:
        """The contract that is checked."""
        return self._session.contract

    @property
    def profile(self) -> Profile:
        """`quick`, `standard` or `deep`."""
        return self._session.profile

    @property
    def examples(self) -> int | None:
        """How many values a property draws, where the user chose it."""
        return self._session.examples

    @property
    def seed(self) -> int:
        """The seed of this case: it follows from the run's seed and the case's id."""
        return self._session.seed_for(self._case_id)

    @property
    def expectations(self) -> Expectations:
        """The judge of answers to this contract."""
        return self._session.expectations

    def sample(self, name: str) -> Any:
        """A value that the target is known to hold.

        The case is skipped where the target does not offer it.
        """
        samples: Any = self._session.target.samples
        if name in samples:
            return samples[name]
        for part in name.split("."):
            if not isinstance(samples, dict) or part not in samples:
                self.skip(f"the target offers no sample {name!r}")
            samples = cast("dict[str, Any]", samples)[part]
        return samples

    def path_value(self, operation: Operation, parameter: Mapping[str, Any]) -> Any:
        """A value for a parameter of a path: the target's sample of its name.

        Where only some words are allowed it is one of those, whatever the sample is. Skips as `sample` does.
        """
        name, words = parameter["name"], sequence(mapping(parameter.get("schema")).get("enum"))
        own = self.samples_for(operation)
        if not words:
            return own[name] if name in own else self.sample(name)
        return own[name] if own.get(name) in words else parameter.get("example", words[0])

    def samples_for(self, operation: Operation) -> Mapping[str, Any]:
        """Every value that the target is known to hold, by name; what stands under the operation's name goes before."""
        samples = self._session.target.samples
        own = mapping(samples.get(operation.id))
        return {**samples, **own} if own else samples

    @property
    def samples(self) -> dict[str, Any]:
        """Every value that the target is known to hold, by name."""
        return dict(self._session.target.samples)

    @property
    def on_loopback(self) -> bool:
        """Whether the target is on this machine and is really asked: then there is nothing that the guard refuses."""
        return self._session.client.address.loopback and self._session.client.direct

    @property
    def seconds(self) -> float:
        """How long the last answer took."""
        return self._session.client.seconds

    @property
    def base_url(self) -> str:
        """The target's base URL, without a slash at the end."""
        return self._session.target.base_url

    @property
    def root_url(self) -> str:
        """The URL one level above, where the contract's `x-root` paths are."""
        return self.base_url.removesuffix(self._session.target.prefix) + self._session.target.root_prefix

    @property
    def default_headers(self) -> dict[str, str]:
        """The headers of the target's own credentials."""
        return dict(self._session.target.credential.headers)

    def api_key(self) -> str:
        """The target's API key; the case is skipped where the target offers none."""
        key = self._session.target.credential.api_key
        if key is None:
            self.skip("the target offers no API key")
        return key

    def credential(self, name: str) -> Credential:
        """One of the target's further callers; the case is skipped where the target does not offer it."""
        if name not in self._session.target.others:
            self.skip(f"the target offers no credentials {name!r}")
        return self._session.target.others[name]

    def once(self, key: tuple[str, ...], make: Callable[[], _Made]) -> _Made:
        """What follows from the contract alone, made once in a run; nobody may change it."""
        known = self._session.worked_out
        if key not in known:
            known[key] = make()
        found: _Made = known[key]
        return found

    def offers(self, name: str) -> bool:
        """Whether the target has a further caller of that name."""
        return name in self._session.target.others

    def skip(self, reason: str) -> NoReturn:
        """Ends the case: the target does not offer what it needs."""
        raise Skipped(reason)

    def fresh(self, prefix: str) -> str:
        """A name that nobody used before, the same in every run with the same seed and state of the server."""
        return self._session.fresh(self._case_id, prefix)

    def _credential(self, credentials: Credentials | str) -> Credential:
        if credentials is DEFAULT:
            return self._session.target.credential
        return Credential() if isinstance(credentials, Credentials) else self.credential(credentials)

    def _key(self, key: Credentials | str) -> list[str]:
        if key is NONE:
            return []
        if isinstance(key, str):
            return [self._session.target.others[key].api_key or key] if key in self._session.target.others else [key]
        return [self.api_key()]
