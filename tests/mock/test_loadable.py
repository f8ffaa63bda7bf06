"""The contracts that are shipped are OpenAPI 3.0 for Connexion too, which is not asked when they are served."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailproof import contract, providers
from mailproof.promises import ContractError
from mailproof.vintage import vintages
from mailproof_mock.loadable import require_loadable

SHIPPED = [
    (provider, vintage) for provider in providers() for vintage in (None, *vintages(contract(provider).document))
]


@pytest.mark.parametrize(("provider", "vintage"), SHIPPED)
def test_connexion_loads_a_shipped_contract(provider: str, vintage: str | None) -> None:
    require_loadable(contract(provider, vintage))


def test_what_is_not_openapi_is_told_with_its_place() -> None:
    known = contract("getresponse")
    broken = replace(known, document={**known.document, "info": []})
    with pytest.raises(ContractError, match=r"/info: not OpenAPI 3\.0"):
        require_loadable(broken)
