"""Columns: the texts that a text condition looks at, and what a pattern should find in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mailproof_conformance.getresponse.questions import found, message_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mailproof_conformance.check import Check

Condition = dict[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One member of the objects that a method lists, and the condition of the same name."""

    method: str
    member: str
    fixed: Mapping[str, Any]
    """Conditions that make out the objects."""
    values: Mapping[str, str | None]
    """The member's value by the object's ID."""

    def find(self, check: Check, condition: Mapping[str, object]) -> list[str]:
        """The IDs that the method finds under a condition on the member, in order."""
        return sorted(found(check, self.method, {**self.fixed, self.member: condition}))

    def texts(self) -> list[str]:
        """The values that are no null, without backslashes, whose meaning in a pattern is not promised."""
        return [value for value in self.values.values() if value is not None and "\\" not in value]

    def lines(self) -> list[str]:
        """The texts whose meaning as an operand takes no assumption: on one line, not empty, without merge words."""
        return [text for text in self.texts() if text and _is_sure(text)]

    def sure(self, names: Iterable[str]) -> list[str]:
        """Those of some IDs whose values are found, or not, without an assumption; nulls are not among them."""
        values = {name: self.values.get(name) for name in names}
        return sorted(name for name, value in values.items() if value is not None and _is_sure(value))

    def where(self, condition: Condition) -> list[str]:
        """The IDs whose values meet a condition, as the contract has it."""
        return sorted(name for name, value in self.values.items() if value is not None and meets(value, condition))

    def __str__(self) -> str:
        kind = f" of type {self.fixed['type']}" if self.fixed else ""
        return f"`{self.member}` of {self.method}{kind}"


def columns(check: Check) -> list[Column]:
    """Every column of the account that has a text in it; the case is skipped where there is none."""
    made = [
        *(
            _column(check, "get_messages", member, {"type": kind})
            for kind in message_types(check)
            for member in ("subject", "name")
        ),
        _column(check, "get_campaigns", "name", {}),
        _column(check, "get_ab_tests", "name", {}),
    ]
    filled = [column for column in made if column.lines()]
    if not filled:
        check.skip("the account has no message, campaign or test with a text")
    return filled


def _column(check: Check, method: str, member: str, fixed: Mapping[str, Any]) -> Column:
    rows = found(check, method, fixed)
    return Column(method, member, fixed, {name: row.get(member) for name, row in rows.items()})


def _is_sure(text: str) -> bool:
    return not any(part in text for part in ("\n", "\\", "{{"))


def meets(value: str, condition: Condition) -> bool:
    """Whether a text meets all operators of a condition."""
    tests: dict[str, Callable[[str], bool]] = {
        "EQUALS": lambda operand: _same(operand, value),
        "NOT_EQUALS": lambda operand: not _same(operand, value),
        "CONTAINS": lambda operand: _pattern(operand).fullmatch(value) is not None,
        "NOT_CONTAINS": lambda operand: _pattern(operand).fullmatch(value) is None,
    }
    return all(tests[operator](operand) for operator, operand in condition.items())


def _same(operand: str, value: str) -> bool:
    return re.fullmatch(re.escape(operand), value, re.IGNORECASE) is not None


@lru_cache(maxsize=1024)
def _pattern(operand: str) -> re.Pattern[str]:
    parts = ["(?s:.*)" if char == "%" else "(?s:.)" if char == "_" else re.escape(char) for char in operand]
    return re.compile("".join(parts), re.IGNORECASE)


def recased(text: str) -> list[str]:
    """The text in other letter case, as far as no letter turns into several or into another one for good."""
    forms = (text.upper(), text.lower(), text.swapcase())
    return [
        form
        for form in dict.fromkeys(forms)
        if form != text and form.lower() == text.lower() and len(form) == len(text)
    ]
