"""The folder in which what is dear to compute is kept between runs; everything works without it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis.configuration import set_hypothesis_home_dir


def folder() -> Path:
    """The user's cache folder for mailproof: below MAILPROOF_CACHE, XDG_CACHE_HOME or ~/.cache.

    It may not exist yet.
    """
    own = os.environ.get("MAILPROOF_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "mailproof"


def settle_hypothesis() -> None:
    """Makes Hypothesis keep its tables in the cache folder.

    It would leave a folder in the working directory.
    """
    set_hypothesis_home_dir(folder() / "hypothesis")


def load(name: str) -> Any:
    """The JSON document kept under a name, or None when there is none or it cannot be read."""
    try:
        return json.loads((folder() / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def store(name: str, document: Any) -> None:
    """Keeps a JSON document under a name, whole or not at all.

    A folder that cannot be written is passed over.
    """
    store_bytes(folder() / name, json.dumps(document).encode())


def store_bytes(path: Path, data: bytes) -> None:
    """Keeps a file, whole or not at all. A folder that cannot be written is passed over."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        return
