"""A text as a terminal or a line of a file may show it, whatever a server or a file had its say in."""

from __future__ import annotations


def plain(text: str) -> str:
    """The text with a question mark in place of each character that is not printable."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
