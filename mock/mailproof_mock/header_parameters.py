"""The parameters of a header: `; name=value; name="value"`."""

from __future__ import annotations

import re

_WORD = r"[\w!#$%&'*+\-.^`|~]+"
_PARAMETER = re.compile(rf';[ \t]*({_WORD})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))[ \t]*', re.ASCII)
_ESCAPE = re.compile(r'\\(["\\])')


def parameters_of(text: str) -> dict[str, str]:
    r"""The parameters in what follows the value of a header, by their names in lower case.

    In quotes `\"` and `\\` stand for a character, and another backslash for itself: browsers write the path of a file
    on Windows as it is. Raises ValueError for a text that is not of this form, and for a name that is written twice.
    """
    found: dict[str, str] = {}
    text = text.rstrip("; \t")
    end = 0
    while end < len(text):
        match = _PARAMETER.match(text, end)
        if match is None:
            raise ValueError(f"a parameter cannot be read: {text[end : end + 40]!r}")
        name, quoted, token = match.groups()
        if name.lower() in found:
            raise ValueError(f"the parameter {name[:40]!r} stands twice in one header")
        found[name.lower()] = token if quoted is None else _ESCAPE.sub(r"\1", quoted)
        end = match.end()
    return found
