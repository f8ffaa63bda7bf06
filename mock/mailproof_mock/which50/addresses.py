"""What can be an e-mail address or a mobile number: the one place that decides it."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 254  # octets of an address, RFC 5321 section 4.5.3.1.3 and the errata to it
_LONGEST_LOCAL = 64  # octets before the @, section 4.5.3.1.1
_ATOM = r"[^\s\x00-\x1f\x7f\ud800-\udfff\"(),:;<>@\[\\\].]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_DOMAIN = re.compile(r"((?!-)[^\W_](?:[^\W_]|-){0,61}(?<!-)\.|[^\W_]\.)+[^\W\d_](?:[^\W_]|-){0,61}[^\W_]")
_BETWEEN_DIGITS = re.compile(r"[ ().\-]")
_DIGITS = re.compile(r"\+?\d{7,15}", re.ASCII)  # the country code included, E.164


@lru_cache(maxsize=4_096)
def is_email(text: str) -> bool:
    """Whether a text has the form of an e-mail address; quoted local parts and bare hosts do not pass.

    >>> is_email("o'neill&sons@mail.example.com"), is_email("zoë@bücher.example")
    (True, True)
    >>> [text for text in ("ada", "ada@example", "a..b@example.com", "a b@example.com", "a@-x.com") if is_email(text)]
    []
    """
    local, at, domain = text.rpartition("@")
    return (
        at == "@"
        and len(text.encode("utf-8", "replace")) <= _LONGEST
        and len(local.encode("utf-8", "replace")) <= _LONGEST_LOCAL
        and _LOCAL.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
    )


@lru_cache(maxsize=4_096)
def is_mobile(text: str) -> bool:
    """Whether a text can be dialled: 7 to 15 digits, a plus in front or not, with the usual signs between them.

    >>> is_mobile("+353 86 123-4567"), is_mobile("(086) 123.4567")
    (True, True)
    >>> [text for text in ("", "12345", "086 123 4567 ext 2", "+" * 3 + "353861234567", "٣٥٣٨٦١٢٣٤") if is_mobile(text)]
    []
    """
    return _DIGITS.fullmatch(_BETWEEN_DIGITS.sub("", text)) is not None
