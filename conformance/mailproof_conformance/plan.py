"""Which cases a run consists of: all that a contract asks for, in a fixed order."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING

from mailproof_conformance import corpus, fuzz, matrices
from mailproof_conformance.case import KINDS, Case
from mailproof_conformance.laws import laws_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailproof.promises import Contract
    from mailproof_conformance.check import Check
    from mailproof_conformance.laws import Law
    from mailproof_conformance.options import Profile

_NOT_QUICK = frozenset({"bad-input", "text"})
_NEAR = "/near-"
"""In the ids of cases that try a whole table of near misses."""


def plan(
    contract: Contract, profile: Profile, only: Sequence[str] = (), laws: Iterable[Law] | None = None
) -> tuple[Case, ...]:
    """The cases of a profile, by kind and then as their source makes them.

    `quick` leaves out what is sent to break things, the tables of near misses and the negative part of the corpus, and
    takes by turns what is tried alike with each operation; `standard` leaves out only the random part, `deep` nothing.
    `only` keeps the ids that are one of its words or fit one of its globs; `laws` stands for those of the provider's
    folder.
    """
    known = laws_of(contract.provider) if laws is None else tuple(laws)
    made = [*corpus.cases(contract), *matrices.cases(contract), *_law_cases(contract, known)]
    if profile == "deep":
        made.extend(fuzz.cases(contract))
    kept = [case for case in made if profile != "quick" or _is_quick(case)]
    if only:
        kept = [case for case in kept if any(case.id == word or fnmatchcase(case.id, word) for word in only)]
    return tuple(sorted(kept, key=lambda case: KINDS.index(case.kind)))


def _is_quick(case: Case) -> bool:
    return (
        case.in_quick
        and case.kind not in _NOT_QUICK
        and _NEAR not in case.id
        and not (case.kind == "corpus" and "/positive-" not in case.id)
    )


def _law_cases(contract: Contract, laws: Sequence[Law]) -> Iterator[Case]:
    order = {name: number for number, name in enumerate(contract.clauses)}
    for law in sorted(laws, key=lambda item: order.get(item.clause, len(order))):
        clause = contract.clauses.get(law.clause)
        if law.clause in contract.later_clauses:
            continue
        if clause is None:
            promise = f"The case {law.id} names a clause that the contract does not have."
            yield Case(law.id, "laws", (), promise, law.module, "core", partial(_no_clause, law), law.clause)
        else:
            yield Case(
                id=law.id,
                kind="laws",
                operations=clause.operations,
                promise=clause.sentence,
                source=clause.source,
                level=clause.level,
                run=law.function,
                clause=clause.id,
            )


def _no_clause(law: Law, check: Check) -> None:
    del check
    raise LookupError(f"{law.module}: {law.name}: there is no clause {law.clause}")
