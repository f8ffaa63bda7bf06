"""Laws of the text operators, on every text that the account has: subjects and names."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from mailproof_conformance.getresponse.columns import Column, Condition, columns, recased
from mailproof_conformance.getresponse.questions import refuses, several
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from mailproof_conformance.check import Check

_OPERATORS: tuple[str, ...] = ("EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS")
_METHODS = (
    ("get_messages", "subject"),
    ("get_messages", "name"),
    ("get_campaigns", "name"),
    ("get_ab_tests", "name"),
)
_TIMES = (("get_messages", "send_on"), ("get_messages", "created_on"), ("get_ab_tests", "created_on"))


def _operands(column: Column) -> SearchStrategy[str]:
    """Values, parts of values, values with wildcards put in, and texts that have nothing to do with them."""
    values = st.sampled_from(column.lines())
    cuts = st.tuples(values, st.integers(0, 12), st.integers(0, 12), st.sampled_from(["", "%", "_", "x", ".", "%_"]))
    pieced = cuts.map(lambda cut: cut[0][: cut[1]] + cut[3] + cut[0][cut[1] + cut[2] :])
    framed = cuts.map(lambda cut: "%" + cut[0][cut[1] : cut[1] + cut[2]] + "%")
    return st.one_of(values, pieced, framed, st.text("%_aeinrst ", max_size=6)).filter(bool)


def _questions(check: Check) -> SearchStrategy[tuple[Column, str]]:
    made = st.sampled_from(columns(check))
    return made.flatmap(lambda column: st.tuples(st.just(column), _operands(column)))


def _finds(check: Check, column: Column, condition: Condition) -> None:
    expected, actual = column.sure(column.where(condition)), column.sure(column.find(check, condition))
    check.equal(expected, actual, f"what {condition} on {column} finds")


def _finds_all(check: Check, column: Column, condition: Condition) -> None:
    """The same with the values that take an assumption."""
    check.equal(column.where(condition), column.find(check, condition), f"what {condition} on {column} finds")


@law("GR-equals-whole-value")
def a_value_finds_itself_and_its_likes(check: Check) -> None:
    """Every value, and what almost is one: shorter by a character, with a blank around it, without its accents."""
    for column in columns(check):
        for value in dict.fromkeys(column.lines()):
            near = (value[:-1], value[1:], value + "x", f" {value}", f"{value} ", f"{value}\t", _plain(value))
            for operand in filter(None, dict.fromkeys((value, *near))):
                _finds(check, column, {"EQUALS": operand})


def _plain(text: str) -> str:
    """A text without its accents, as some collations compare it."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


@law("GR-equals-is-literal")
def wildcards_mean_nothing_in_equals(check: Check) -> None:
    """Patterns that CONTAINS would match."""
    for column in columns(check):
        for value in column.lines()[:3]:
            for operand in ("%", "_" * len(value), value[:1] + "%", "%" + value[1:], "_" + value[1:]):
                _finds(check, column, {"EQUALS": operand})
                _finds(check, column, {"NOT_EQUALS": operand})


@law("GR-text-ignores-case")
def letter_case_makes_no_difference(check: Check) -> None:
    """Values in capitals, in small letters and turned round, by every operator."""
    for column in columns(check):
        values = [value for value in dict.fromkeys(column.lines()) if value.isascii()]
        for value in values[:5]:
            _finds_the_same_recased(check, column, value)


@law("GR-text-ignores-case-beyond-ascii")
def letter_case_makes_no_difference_beyond_ascii(check: Check) -> None:
    """Every value that has such letters, in capitals, in small letters and turned round, by every operator."""
    made = [
        (column, value) for column in columns(check) for value in dict.fromkeys(column.texts()) if not value.isascii()
    ]
    if not made:
        check.skip("the account has no text beyond ASCII")
    for column, value in made:
        _finds_the_same_recased(check, column, value)


def _finds_the_same_recased(check: Check, column: Column, value: str) -> None:
    for operator in _OPERATORS:
        frame = "%" if "CONTAINS" in operator else ""
        plain = column.find(check, {operator: f"{frame}{value}{frame}"})
        for form in recased(value):
            other = column.find(check, {operator: f"{frame}{form}{frame}"})
            check.equal(plain, other, f"what {operator} {form!r} on {column} finds, compared with {value!r}")


@law("GR-not-equals-complement")
def not_equals_is_the_rest_of_equals(check: Check) -> None:
    """Together they find every value that is no null, and none twice."""
    check.forall(_questions(check), lambda question: _is_complement(check, question, "EQUALS", "NOT_EQUALS"))


@law("GR-not-contains-complement")
def not_contains_is_the_rest_of_contains(check: Check) -> None:
    """Together they find every value that is no null, and none twice."""
    check.forall(_questions(check), lambda question: _is_complement(check, question, "CONTAINS", "NOT_CONTAINS"))


def _is_complement(check: Check, question: tuple[Column, str], positive: str, negative: str) -> None:
    column, operand = question
    found = [column.sure(column.find(check, {operator: operand})) for operator in (positive, negative)]
    check.equal(
        column.sure(column.values),
        sorted(found[0] + found[1]),
        f"what {positive} and {negative} {operand!r} on {column} find together",
    )


@law("GR-contains-whole-pattern")
def a_part_alone_finds_nothing(check: Check) -> None:
    """Beginnings, ends and middles of values, without a wildcard around them."""
    for column in columns(check):
        for value in column.lines():
            for operand in filter(None, (value[:-1], value[1:], value[1:-1], value[: len(value) // 2])):
                if not set(operand) & set("%_"):
                    expected = column.sure(column.where({"EQUALS": operand}))
                    actual = column.sure(column.find(check, {"CONTAINS": operand}))
                    check.equal(expected, actual, f"what CONTAINS {operand!r} on {column} finds")


@law("GR-contains-whole-pattern")
def any_pattern_finds_what_it_describes(check: Check) -> None:
    """Patterns made from the account's own texts."""
    check.forall(_questions(check), lambda question: _finds(check, question[0], {"CONTAINS": question[1]}))


@law("GR-percent-any-run")
def percent_stands_for_any_run(check: Check) -> None:
    """At the beginning, at the end, in the middle, for nothing at all, several times and doubled."""
    for column in columns(check):
        for operand in ("%", "%%"):
            _finds(check, column, {"CONTAINS": operand})
        for value in column.lines()[:3]:
            half = len(value) // 2
            for operand in (
                f"%{value}%",
                f"{value[:half]}%",
                f"%{value[half:]}",
                f"{value[:1]}%%{value[half:]}",
                f"{value[:half]}%{value[half:]}",
            ):
                _finds(check, column, {"CONTAINS": operand})


@law("GR-percent-spans-lines")
def wildcards_stand_for_line_breaks(check: Check) -> None:
    """On values of several lines."""
    made = [(column, value) for column in columns(check) for value in column.texts() if "\n" in value]
    if not made:
        check.skip("the account has no text of several lines")
    for column, value in made:
        for operand in (
            "%",
            value[:1] + "%" + value[-1:],
            value.replace("\n", "_"),
            value.replace("\n", "%"),
        ):
            _finds_all(check, column, {"CONTAINS": operand})
            _finds_all(check, column, {"NOT_CONTAINS": operand})


@law("GR-underscore-one-character")
def an_underscore_stands_for_one_character(check: Check) -> None:
    """As many as the value has characters, one more, one less, and one in each place; also beyond the basic plane."""
    for column in columns(check):
        astral = [value for value in column.lines() if max(value) > "\uffff"]
        for value in dict.fromkeys((*column.lines()[:3], *astral)):
            length = len(value)
            for operand in ("_" * length, "_" * (length + 1), "_" * max(length - 1, 1), f"{value}_", f"_{value}"):
                _finds(check, column, {"CONTAINS": operand})
            for place in {*range(min(length, 8)), *(at for at, char in enumerate(value) if char > "\uffff")}:
                _finds(check, column, {"CONTAINS": f"{value[:place]}_{value[place + 1 :]}"})


@law("GR-pattern-is-no-regex")
def regular_expressions_are_plain_text(check: Check) -> None:
    """Expressions that would match, and characters that would break one."""
    for column in columns(check):
        for value in column.lines()[:2]:
            for operand in (
                ".*",
                ".+",
                f"^{value}$",
                f"{value[:1]}.*",
                f"({value})",
                "[",
                "(",
                "*",
                "?",
                f"{value[:1]}*",
                "[a-z]%",
                "%|%",
                "%+%",
                *(f"{value[:place]}{char}{value[place + 1 :]}" for place in (0, 1, len(value) - 1) for char in "?.*#"),
                f"[{value[:1]}]{value[1:]}",
                f"\\{value}",
            ):
                _finds(check, column, {"CONTAINS": operand})


@law("GR-null-never-matches")
def null_is_found_by_no_operator(check: Check) -> None:
    """Names that are null, under operators that everything else meets."""
    made = [column for column in columns(check) if None in column.values.values()]
    if not made:
        check.skip("the account has no name that is null")
    for column in made:
        nulls = {name for name, value in column.values.items() if value is None}
        for condition in several(
            [
                {"EQUALS": ""},
                {"EQUALS": "null"},
                {"CONTAINS": "%"},
                {"NOT_EQUALS": "x"},
                {"NOT_CONTAINS": "x"},
            ]
        ):
            check.equal(
                [],
                sorted(nulls & set(column.find(check, condition))),
                f"nulls that {condition} on {column} finds",
            )


@law("GR-empty-pattern")
def the_empty_pattern_finds_the_empty_text(check: Check) -> None:
    """By both operators and their opposites."""
    for column in columns(check):
        for operator in _OPERATORS:
            _finds_all(check, column, {operator: ""})


@law("GR-text-operators-and")
def several_operators_hold_together(check: Check) -> None:
    """Two to four operators find what each of them finds alone; each pair of them where both take something away."""

    def holds(question: tuple[Column, Condition]) -> None:
        column, condition = question
        alone = [set(column.find(check, {operator: operand})) for operator, operand in condition.items()]
        check.equal(
            sorted(alone[0].intersection(*alone[1:])),
            column.find(check, condition),
            f"what {condition} on {column} finds",
        )

    operators: SearchStrategy[str] = st.sampled_from(_OPERATORS)

    def conditions(column: Column) -> SearchStrategy[tuple[Column, Condition]]:
        drawn: SearchStrategy[Condition] = st.dictionaries(operators, _operands(column), min_size=2)
        return st.tuples(st.just(column), drawn)

    pairs = [(column, condition) for column in columns(check) for condition in _pairs(column)]
    check.forall(st.sampled_from(columns(check)).flatmap(conditions), holds, examples=pairs)


def _pairs(column: Column) -> Iterator[Condition]:
    """Each two operators, where what the one leaves is not all that the other leaves."""
    one, *further = dict.fromkeys(column.lines())
    two = next(iter(further), one)
    yield {"EQUALS": one, "NOT_EQUALS": one}
    yield {"EQUALS": one, "CONTAINS": two}
    yield {"EQUALS": one, "NOT_CONTAINS": one}
    yield {"NOT_EQUALS": one, "CONTAINS": "%"}
    yield {"NOT_EQUALS": one, "NOT_CONTAINS": two}
    yield {"CONTAINS": "%", "NOT_CONTAINS": one}


@law("GR-operators-uppercase")
def operators_in_small_letters_are_refused(check: Check) -> None:
    """Every operator, alone and beside a good one."""
    for method, member in _METHODS:
        for operator in _OPERATORS:
            for name in (operator.lower(), operator.capitalize()):
                refuses(
                    check,
                    method,
                    {member: {name: "x"}},
                    about=f"the answer of {method} to the operator {name}",
                )
                about = f"the answer of {method} to {operator} and {name}"
                refuses(check, method, {member: {operator: "x", name: "x"}}, about=about)


@law("GR-operators-uppercase")
def time_and_nested_operators_in_small_letters_are_refused(check: Check) -> None:
    """Of times by both methods that take them, and of names inside get_campaigns in either form."""
    for method, member in _TIMES:
        for name in ("from", "To", "at"):
            condition = {member: {name: "2010-01-01"}}
            refuses(check, method, condition, about=f"the answer of {method} to {member} {name}")
    for campaigns in several([{"name": {"contains": "%"}}, {"contains": "%"}, {"CONTAINS": "%", "equals": "x"}]):
        about = f"the answer to get_campaigns {campaigns}"
        refuses(check, "get_messages", {"get_campaigns": campaigns}, about=about)


@law("GR-no-regular-expressions")
def matches_is_no_operator(check: Check) -> None:
    """The operator that the vendor's documents had until 2012, and some that they never had."""
    for method, member in _METHODS:
        for name in ("MATCHES", "LIKE", "STARTS", "LESS", "FROM", ""):
            refuses(check, method, {member: {name: "x"}}, about=f"the answer of {method} to the operator {name!r}")
    for method, member in _TIMES:
        for name in ("MATCHES", "EQUALS", "GREATER", "BETWEEN", ""):
            condition = {member: {name: "2010-01-01"}}
            refuses(check, method, condition, about=f"the answer of {method} to {member} {name!r}")


@law("GR-empty-operators-refused")
def a_condition_without_operator_is_refused(check: Check) -> None:
    """Empty operator objects of both kinds, and values that are no operator object."""
    for method, member in _METHODS:
        for condition in several([{}, [], "x", None, 1, ["EQUALS", "x"]]):
            refuses(check, method, {member: condition}, about=f"the answer of {method} to {member}: {condition!r}")
    for member in ("send_on", "created_on"):
        for condition in several([{}, [], "2010-01-01", None]):
            refuses(check, "get_messages", {member: condition}, about=f"the answer to {member}: {condition!r}")


@law("GR-empty-operators-refused")
def an_operand_that_is_no_text_is_refused(check: Check) -> None:
    """Numbers, null, lists and objects."""
    for method, member in _METHODS:
        for operator in _OPERATORS:
            for operand in several([None, 1, True, ["x"], {"EQUALS": "x"}]):
                about = f"the answer of {method} to {operator}: {operand!r}"
                refuses(check, method, {member: {operator: operand}}, about=about)
