"""One walk that is written down: each kind of write in its turn, so that none is left to the luck of the draw."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mailproof_conformance.forms import MULTIPART, URLENCODED
from mailproof_conformance.laws import law
from mailproof_conformance.which50.machine import TO_MATCHING, TO_ONE, UPSERTS, walk_of
from mailproof_conformance.which50.reads import XML
from mailproof_conformance.which50.trail import Trail
from mailproof_conformance.which50.walker import Person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mailproof_conformance.check import Check


def _matching(wanted: Person, person: Person, match: str, media_type: str) -> Mapping[str, Any]:
    return {"place": 0, "wanted": wanted, "match": match, "person": person, "media_type": media_type}


def _sent(operation_id: str, wanted: Person, match: str, media_type: str) -> Mapping[str, Any]:
    return {
        "operation_id": operation_id,
        "wanted": wanted,
        "match": match,
        "person": replace(wanted, email=None),
        "media_type": media_type,
    }


_JSON = "application/json"
_ANN = Person(0, in_capitals=False, email="own", mobile="own", group=0, further=None, beyond=False)
_BEN = replace(_ANN, who=1, further="one", beyond=True)
_CAT = replace(_ANN, who=2, mobile=None, group=1, further="")
_DAN = replace(_ANN, who=3, in_capitals=True, mobile="malformed", group=1)
_PERSONS = [_ANN, _BEN, _CAT, _DAN, _ANN, _BEN]
"""Four in the list of the sample journey, two in the other."""
_SPOKEN = replace(_ANN, further="Two <&> Zoë")
_ASTRAY = replace(_BEN, email="malformed")
_EMPTY = replace(_ANN, email=None, mobile=None)
_TURNS: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("write", {"operation_id": "save_contact", "place": 1, "person": _CAT, "match": None, "media_type": _JSON}),
    ("write", {"operation_id": "register_device", "place": 1, "person": _DAN, "match": None, "media_type": XML}),
    (
        "write",
        {"operation_id": "register_device", "place": 0, "person": _SPOKEN, "match": "email", "media_type": _JSON},
    ),
    ("write", {"operation_id": "save_contact", "place": 0, "person": _CAT, "match": "email,group", "media_type": XML}),
    ("write_by_form", {"place": 0, "person": replace(_BEN, further="two"), "match": None, "content_type": URLENCODED}),
    ("write_by_form", {"place": 1, "person": replace(_ANN, group=1), "match": "email", "content_type": MULTIPART}),
    ("print_page", {"person": replace(_ANN, further="one"), "match": None, "media_type": _JSON}),
    ("print_page", {"person": replace(_CAT, further="two"), "match": "email", "media_type": XML}),
    ("write_by_id", {"place": 0, "number": 2, "person": replace(_CAT, mobile="own"), "media_type": _JSON}),
    ("write_to_matching", _matching(_ANN, replace(_EMPTY, further="all of them"), "group", _JSON)),
    ("write_to_matching", _matching(_CAT, replace(_EMPTY, further="one of them"), "email,group", XML)),
    ("send", {"operation_id": "send_email", "person": _BEN, "match": None, "media_type": _JSON}),
    ("send", {"operation_id": "send_email_by_put", "person": _ANN, "match": "email", "media_type": XML}),
    ("send", {"operation_id": "send_email_by_put", "person": _CAT, "match": None, "media_type": _JSON}),
    ("send", {"operation_id": "send_email", "person": replace(_ANN, email=None), "match": None, "media_type": _JSON}),
    ("send", {"operation_id": "send_email", "person": _ASTRAY, "match": None, "media_type": _JSON}),
    ("send", {"operation_id": "send_text_message", "person": _ANN, "match": None, "media_type": XML}),
    ("send", {"operation_id": "send_text_message", "person": _DAN, "match": None, "media_type": _JSON}),
    ("send", {"operation_id": "send_text_message_by_put", "person": _BEN, "match": "email", "media_type": _JSON}),
    ("send", {"operation_id": "send_text_message_by_put", "person": _ANN, "match": None, "media_type": _JSON}),
    ("send_to_matching", _sent("send_email_to_matching", _ANN, "group", _JSON)),
    ("send_to_matching", _sent("send_text_message_to_matching", _BEN, "email", XML)),
    ("send_to_matching", _sent("send_text_message_to_matching", _ANN, "group", _JSON)),
    ("add_batch", {"place": 0, "texts": 2, "persons": _PERSONS[:4], "media_type": _JSON, "enough": False}),
    ("add_batch", {"place": 0, "texts": 2, "persons": [_SPOKEN], "media_type": XML, "enough": True}),
    ("add_batch", {"place": 1, "texts": 1, "persons": [_ANN, _BEN, _BEN], "media_type": _JSON, "enough": True}),
    ("upload", {"number": 0, "data": b"first"}),
    ("upload", {"number": 1, "data": b""}),
    ("upload", {"number": 0, "data": b"second"}),
    ("delete", {"number": 1}),
    ("delete", {"number": 1}),
    *(("ask_in_vain", {"operation_id": name, "person": _DAN}) for name in (*UPSERTS, *TO_ONE, *TO_MATCHING)),
)
"""Each kind of write, with who and how: by the key field and by `match`, new and known, in more than one form."""


@law("W50-views-agree")
def all_views_agree_after_each_kind_of_write(check: Check) -> None:
    """One walk through every kind of write, with a look at the account in between."""
    trail = Trail()
    walk = walk_of(trail, check)()
    for name, drawn in (("begin", {"persons": _PERSONS}), *_TURNS):
        for step, values in ((name, drawn), ("views_agree", {})):
            getattr(walk, step)(**values)
    walk.teardown()
    trail.end()
