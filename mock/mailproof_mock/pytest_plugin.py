"""The sandbox as a fixture of pytest: `mailproof_sandbox`, for the tests of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_mock.own_process import Running

_KEY = "mailproof_sandbox"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declares what the sandbox of the tests serves."""
    told = "What the fixture mailproof_sandbox serves, in the words of `mailproof mock`; all APIs unless given."
    parser.addini(_KEY, told, type="args", default=[])


@pytest.fixture(scope="session")
def mailproof_sandbox_process(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Running]:
    """The one mock of a run, or of a worker of pytest-xdist: started when the first test asks for it."""
    from mailproof_mock.own_process import COMMAND, SandboxError, running  # noqa: PLC0415 - only who asks pays for it

    words: list[str] = pytestconfig.getini(_KEY)
    try:
        with running(tmp_path_factory.mktemp("mailproof"), [*COMMAND, *words]) as started:
            yield started
    except SandboxError as error:
        pytest.fail(f"mailproof_sandbox: {error}", pytrace=False)


@pytest.fixture
def mailproof_sandbox(mailproof_sandbox_process: Running) -> Running:
    """The mock as its fixtures have it: what an earlier test wrote or sent is gone."""
    mailproof_sandbox_process.reset()
    return mailproof_sandbox_process
