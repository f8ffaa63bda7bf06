"""What Hypothesis draws depends on nothing but the seed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def from_the_seed_alone() -> Generator[None, None, None]:
    """For its length Hypothesis draws no constants from the modules that happen to be loaded.

    It takes one value in twenty from the source text of what it deems local: that is this suite where it is
    installed for development, nothing where it is installed from a wheel, and a user's own modules under pytest. The
    same seed would draw other values in each. Nothing public turns it off; what the user's own tests draw is
    left as it was.
    """
    engine: Any = providers
    kept = engine._get_local_constants, engine.CONSTANTS_CACHE  # noqa: SLF001 - there is no public switch
    engine._get_local_constants = Constants  # noqa: SLF001 - as above
    engine.CONSTANTS_CACHE = LRUCache(1024)
    try:
        yield
    finally:
        engine._get_local_constants, engine.CONSTANTS_CACHE = kept  # noqa: SLF001 - as above
