"""What a handler gets and gives: the call, the answer, and the problem it may raise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailproof_mock.world import World

Headers = Mapping[str, str]
_UNREAD = object()
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    return _NOTHING


class Problem(Exception):  # noqa: N818 - the contract's own word for it (`x-problems`)
    """An error answer of the contract, by its name in `x-problems` (`x-rpc-errors` for a JSON-RPC method).

    `detail` is the specific text for the member that the contract names for it; without such a member it is
    dropped. `headers` are added to the answer (for example `Allow`).
    """

    def __init__(self, name: str, detail: str | None = None, headers: Headers | None = None) -> None:
        super().__init__(name, detail)
        self.name = name
        self.detail = detail
        self.headers: Headers = headers or {}


@dataclass(frozen=True, slots=True)
class Login:
    """Whom a credential stands for: the account, a world of its own, and what the fixtures say of the caller."""

    account: str
    caller: Mapping[str, Any]


@dataclass(slots=True)  # not frozen: there is one for each request
class Answer:
    """What a handler answers when it is more than an object with status 200.

    With `media_type` the body is bytes and goes out as it is; without, it is a JSON-like value that is written
    in the media type that was negotiated.
    """

    body: Any = None
    status: int = 200
    headers: Headers = field(default_factory=_nothing)
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a form: the name and media type that the client gave it, and its content."""

    filename: str
    content_type: str
    data: bytes


class Form(dict[str, str | Upload]):
    """The fields of a form by name; of a repeated name the first."""

    def __init__(self) -> None:
        super().__init__()
        self.uploads: list[Upload] = []
        """Every file, in the order in which they came."""


@dataclass(slots=True)
class Call:
    """One call of an operation, decoded and checked against the contract.

    `path` and `query` hold the declared parameters by name, typed as their schemas say; `params` the positional
    parameters of a JSON-RPC call after the credential. `caller` is empty for an anonymous call. `settings` are those
    of the fixtures, as chosen at start.

    A value that does not bind raises Problem("bad-request") when it is asked for: a handler that looks up what the
    path names before it asks for the body answers 404 before 400 (`x-front: binding`).
    """

    world: World
    caller: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=_nothing)
    path: Mapping[str, Any] = field(default_factory=_nothing)
    query: Mapping[str, Any] = field(default_factory=_nothing)
    headers: Mapping[str, str] = field(default_factory=_nothing)
    read_body: Callable[[], Any] | None = None
    read_root_url: Callable[[], str] = lambda: ""
    params: Sequence[Any] = ()
    _body: Any = _UNREAD

    @property
    def body(self) -> Any:
        """The body's value; None without a body.

        JSON and XML give the same value; a form gives its fields by name, files as `Upload`.
        """
        if self._body is _UNREAD:
            self._body = None if self.read_body is None else self.read_body()
        return self._body

    @property
    def root_url(self) -> str:
        """The address of the API's root as the client reached it, without a slash at the end."""
        return self.read_root_url()

    def settle(self) -> None:
        """Raises Problem("bad-request") or ("unsupported-media-type") if anything of the call does not bind."""
        for values in (self.path, self.query, self.headers):
            if not isinstance(values, dict):  # whose values were all read
                for name in values:
                    values[name]
        _ = self.body


Asked = tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, str], Callable[[], Any] | None, Callable[[], str]]
"""What a request asks of an operation: `path`, `query`, `headers`, `read_body` and `read_root_url` of its call."""

Handler = Callable[[Call], Awaitable[Any]]
"""Answers one operation: an `Answer`, or a JSON-like value that goes out with status 200."""
