"""Whether Connexion, as an independent reader of OpenAPI 3.0, loads a contract.

The contracts that are shipped are asked in the tests; one of the user's own is asked before it is served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof.promises import ContractError
from mailproof_mock.fitness import one_line
from mailproof_mock.framework import AsyncApp, InvalidSpecification, SwaggerUIOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof.promises import Contract


def require_loadable(contract: Contract) -> None:
    """Raises ContractError, one line, for a contract that is no OpenAPI 3.0.

    What else Connexion trips over is raised as it is, for `fitness`.
    """
    app = AsyncApp("mailproof_mock", swagger_ui_options=SwaggerUIOptions(swagger_ui=False, serve_spec=False))
    try:
        app.add_api(  # pyright: ignore[reportUnknownMemberType] - Connexion's dictionaries are untyped
            dict(contract.document), base_path="/loaded", name=contract.provider, resolver=_resolve
        )
    except InvalidSpecification as error:
        place = "/".join(str(part) for part in error.absolute_path)
        raise ContractError(f"{contract.path}: /{place}: not OpenAPI 3.0: {one_line(error.message)}") from None


def _resolve(operation_id: str) -> Callable[..., Any]:
    del operation_id
    return _never_called


async def _never_called(**_: Any) -> None:
    """Stands for every operation: Connexion wants a function for each."""
