"""The suite for a program: a server is judged by one call, without a terminal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailproof_conformance.options import Options
from mailproof_conformance.plan import plan
from mailproof_conformance.run import judge
from mailproof_conformance.subject import find
from mailproof_conformance.target import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mailproof_conformance.run import Result
    from mailproof_conformance.runner import Outcome

_OPTION = re.compile(r"(?<!\S)--([a-z][a-z-]*)")


def check_server(  # noqa: PLR0913 - each is a word of the user's
    provider: str,
    *,
    url: str | None = None,
    target: Mapping[str, Any] | None = None,
    ready_file: Path | str | None = None,
    auth_file: Path | str | None = None,
    vintage: str | None = None,
    options: Options | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> Result:
    """What comes of judging a server by the contract of a provider (a name, or the path of a contract).

    Credentials and samples come from one of three: `target`, a mapping with the members of an auth file
    (`base_url`, `headers` or `api_key`, `samples`, `others`, `vintage`, `strict`); the file that a mock wrote; an auth
    file. Without one they come from the variables MAILPROOF_<PROVIDER>_*. `url` takes precedence over what they say.
    `on_outcome` hears of each case as it ends.

    A server that breaks promises raises nothing: see `Result.conforms`. Raises ContractError where there is no such
    contract or vintage, TargetError where the target is described wrongly or not at all, ValueError where no case
    fits `options.only`, NotTestable where the server cannot be reached or refuses its credentials.
    """
    chosen = options or Options()
    if sum(item is not None for item in (target, ready_file, auth_file)) > 1:
        raise TargetError("target, ready_file and auth_file exclude each other; give one of them")
    try:
        subject = find(
            provider,
            url=url,
            ready_file=None if ready_file is None else Path(ready_file),
            auth_file=None if auth_file is None else Path(auth_file),
            entry=target,
            vintage=vintage,
        )
        server = subject.target()
    except TargetError as error:
        raise TargetError(_OPTION.sub(_as_argument, str(error))) from None
    cases = plan(subject.contract, chosen.profile, chosen.only)
    if not cases:
        raise ValueError(f"no case fits only={list(chosen.only)}; `mailproof check --list {provider}` prints their ids")
    return judge(subject.contract, server, cases, chosen, on_outcome=on_outcome)


def _as_argument(option: re.Match[str]) -> str:
    """An option of the command as the argument that it is here."""
    return option[1].replace("-", "_")
