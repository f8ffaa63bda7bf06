"""Keeps the page's template compiled between runs: that takes longer than filling it in for a thousand cases."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache

from mailproof_conformance import cache

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket

_OTHERS_WRITE = 0o022


class CompiledTemplates(BytecodeCache):
    """Code in the cache folder, where nobody else can write to it; everything works without.

    Jinja names it by the template's text, its own version and that of Python.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """Takes the code of a template if it is there, whole, and of the very same text."""
        folder = _folder()
        if folder is None:
            return
        try:
            with (folder / bucket.key).open("rb") as file:
                bucket.load_bytecode(file)
        except Exception:  # noqa: BLE001 - a file that is missing, cut off or something else: it is compiled anew
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps the code of a template, whole or not at all."""
        folder = _folder()
        if folder is not None:
            cache.store_bytes(folder / bucket.key, bucket.bytecode_to_string())


def _folder() -> Path | None:
    """The folder, made if need be; None where it cannot be, or where code in it could be somebody else's."""
    folder = cache.folder() / "templates"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_WRITE:
            return folder
    return None
