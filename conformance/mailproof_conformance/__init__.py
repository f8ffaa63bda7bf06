"""Tells whether a server, any server, keeps a contract; and whether a contract is in order.

The names below are the whole of what a program may use. Each is imported when it is first asked for, so that the
package costs nothing until then.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailproof.promises import ContractError
    from mailproof_conformance.library import check_server
    from mailproof_conformance.options import Options
    from mailproof_conformance.preflight import NotTestable
    from mailproof_conformance.run import Result
    from mailproof_conformance.runner import Outcome
    from mailproof_conformance.target import TargetError
    from mailproof_conformance.verdicts import Verdict

__all__ = ["ContractError", "NotTestable", "Options", "Outcome", "Result", "TargetError", "Verdict", "check_server"]

_HOMES = {
    "ContractError": "mailproof.promises",
    "NotTestable": "mailproof_conformance.preflight",
    "Options": "mailproof_conformance.options",
    "Outcome": "mailproof_conformance.runner",
    "Result": "mailproof_conformance.run",
    "TargetError": "mailproof_conformance.target",
    "Verdict": "mailproof_conformance.verdicts",
    "check_server": "mailproof_conformance.library",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
