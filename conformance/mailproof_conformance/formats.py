"""Which media types are JSON, and which are XML."""

from __future__ import annotations

import re

_JSON = re.compile(r"(application|text)/([\w.+-]+\+)?json|application/(json-rpc|csp-report)")
_XML = re.compile(r"(application|text)/([\w.+-]+\+)?xml")


def is_json(media_type: str) -> bool:
    """Whether a body of that media type, given in lower case and without parameters, is JSON."""
    return _JSON.fullmatch(media_type) is not None


def is_xml(media_type: str) -> bool:
    """Whether a body of that media type, given in lower case and without parameters, is XML."""
    return _XML.fullmatch(media_type) is not None
