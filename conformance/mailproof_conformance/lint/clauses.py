"""Rules `clause` and `traceability`.

Each clause says one thing that is so, and has a case; each case has a clause.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mailproof.promises import Clause, Contract
    from mailproof_conformance.laws import Law

_ID = re.compile(r"[A-Z][A-Z0-9]*(-[a-z0-9]+)+")
_ADVICE = re.compile(
    r"\b(should|shall|ought)\b|^(tests?|checks?|verify|verifies|ensures?|makes? sure) that\b", re.IGNORECASE
)
_INNER_END = re.compile(r"[.!?]\s+[A-Z]")
_LONGEST = 240
_SOURCE = re.compile(r"[,;]\s*")


def clauses(contract: Contract) -> Iterator[tuple[str, str, str]]:
    """Clause id, rule and message of every breach in `clauses.yaml`."""
    names = {operation.id for operation in contract.operations} | set(contract.rpc_methods)
    for clause in contract.clauses.values():
        for message in _clause(clause, names):
            yield clause.id, "clause", message
    yield from _sources(contract)


def traceability(contract: Contract, laws: Iterable[Law]) -> Iterator[tuple[str, str, str]]:
    """Clause id, rule and message of every clause without a case, and every case without a clause."""
    known = list(laws)
    covered = {law.clause for law in known}
    for name in contract.clauses:
        if name not in covered:
            yield name, "traceability", "no case pins this clause"
    for law in known:
        if law.clause not in contract.clauses:
            yield law.clause, "traceability", f"{law.module}.{law.name} pins a clause that is not there"


def _clause(clause: Clause, names: set[str]) -> Iterator[str]:
    if not _ID.fullmatch(clause.id):
        yield "the id is not a prefix in capitals and words in small letters, joined by hyphens"
    sentence = clause.sentence
    if not sentence.endswith("."):
        yield "the sentence does not end with a full stop"
    if _INNER_END.search(re.sub(r"`[^`]*`", "", sentence)):
        yield "there is more than one sentence"
    advice = _ADVICE.search(sentence)
    if advice is not None:
        yield f"it says {advice.group()!r}; a clause says what is"
    if len(sentence) > _LONGEST:
        yield f"the sentence has {len(sentence)} characters; {_LONGEST} are enough for one promise"
    if not clause.operations:
        yield "it names no operation"
    for name in clause.operations:
        if name not in names:
            yield f"it names the operation {name!r}, which the contract does not have"


def _sources(contract: Contract) -> Iterator[tuple[str, str, str]]:
    readme = contract.path.with_name("README.md")
    if not readme.is_file():
        return
    text = readme.read_text(encoding="utf-8")
    for clause in contract.clauses.values():
        for part in _SOURCE.split(clause.source):
            code = part.partition(" ")[0]
            if code and not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", text):
                yield clause.id, "source", f"the source {code!r} is not explained in README.md"
