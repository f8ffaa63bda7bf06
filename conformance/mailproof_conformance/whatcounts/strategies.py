"""What the laws draw from: names in other letter case, names that nobody has, values that nobody offers."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import SearchStrategy

_NAME_CHARACTERS = string.ascii_letters + string.digits + " -_.äß日"


def other_case(text: str) -> SearchStrategy[str]:
    """The same letters, at least one of them in the other case."""
    flips = st.lists(st.booleans(), min_size=len(text), max_size=len(text))

    def flipped(choices: list[bool]) -> str:
        pairs = zip(text, choices, strict=True)
        return "".join(letter.swapcase() if flip else letter for letter, flip in pairs)

    return flips.map(flipped).filter(lambda changed: changed != text)


def strange_names(start: str) -> SearchStrategy[str]:
    """Names that begin with a text nobody used, so that nothing is called so."""
    return st.text(_NAME_CHARACTERS, max_size=20).map(lambda rest: f"{start}{rest}".rstrip(". "))


def values_other_than(known: Iterable[str]) -> SearchStrategy[str]:
    """Short values that are none of the known ones, near misses among them."""
    offered = tuple(dict.fromkeys(known))  # in an order, which a set has not from one run to the next
    near = [f" {value}" for value in offered] + [f"0{value}" for value in offered] + [f"{value}.0" for value in offered]
    usual = ["TRUE", "True", "FALSE", "False", "yes", "no", "on", "-1", "3", "html", "null", "[]", "1,2", "0"]
    anything = st.text(string.ascii_letters + string.digits + " .,-+", min_size=1, max_size=8)
    return (st.sampled_from(near + usual) | anything).filter(lambda value: value not in offered)


def unknown_queries(known: Iterable[str]) -> SearchStrategy[list[tuple[str, str]]]:
    """Some queries, none of whose names is known."""
    offered = set(known)
    names = (
        st.sampled_from(
            ["customerKey", "listName", "skip", "max", "_body", "campaign", "snap", "formats", "foo", "a[b]"]
        )
        | st.text(string.ascii_letters + string.digits + "_.-[]", min_size=1, max_size=12)
    ).filter(lambda name: name not in offered)
    return st.lists(st.tuples(names, st.text(string.printable, max_size=10)), min_size=1, max_size=4)
