"""The tree of paths finds what a plain comparison of templates finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof_mock.route import Routes, Undecodable

SEGMENTS = st.sampled_from(["a", "b", "{x}", "{y}"])
TEMPLATES = st.lists(
    st.lists(SEGMENTS, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts)),
    unique=True,
    max_size=8,
)
PATHS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))


def best(templates: list[str], path: str) -> set[str]:
    """The templates that match a path and have, segment by segment, a literal where any of them has one."""
    wanted = path.split("/")[1:]
    rows = [template.split("/")[1:] for template in templates]
    rows = [
        row
        for row in rows
        if len(row) == len(wanted) and all(s in (w, "{x}", "{y}") for s, w in zip(row, wanted, strict=True))
    ]
    ranked = {tuple(part.startswith("{") for part in row) for row in rows}
    return {"/" + "/".join(row) for row in rows if tuple(part.startswith("{") for part in row) == min(ranked)}


@given(templates=TEMPLATES, path=PATHS)
def test_literals_win_over_parameters(templates: list[str], path: str) -> None:
    routes: Routes[str] = Routes()
    for template in templates:
        routes.add("get", template, template)
    found = routes.find(path)
    expected = best(templates, path)
    assert bool(expected) == (found is not None)
    if found is not None:
        assert found[0]["GET"] in expected


@given(value=st.text(min_size=1).filter(lambda text: "\0" not in text and text not in (".", "..")))
def test_a_parameter_comes_out_as_it_was_encoded(value: str) -> None:
    routes: Routes[str] = Routes()
    routes.add("get", "/x/{id}", "x")
    encoded = "".join(f"%{byte:02X}" for byte in value.encode("utf-8", "replace"))
    found = routes.find(f"/x/{encoded}")
    assert found is not None
    assert {"id": value.encode("utf-8", "replace").decode()} == found[1]


@pytest.mark.parametrize("path", ["/x/%ff", "/x/%00", "/x/%c0%af", "/x/a%00b"])
def test_what_is_no_text_is_said(path: str) -> None:
    routes: Routes[str] = Routes()
    routes.add("get", "/x/{id}", "x")
    with pytest.raises(Undecodable):
        routes.find(path)


@pytest.mark.parametrize(
    ("sensitive", "slash", "path", "found"),
    [
        (True, True, "/Fixed/A", True),
        (True, True, "/fixed/A", False),
        (False, True, "/fIXED/A", True),
        (True, True, "/Fixed/A/", False),
        (True, False, "/Fixed/A/", True),
        (True, False, "/Fixed//", False),
        (True, True, "/Fixed/", False),
        (True, True, "/Fixed/a%2Fb", True),
    ],
)
def test_case_and_slash_count_as_the_front_door_says(sensitive: bool, slash: bool, path: str, found: bool) -> None:
    routes: Routes[str] = Routes(case_sensitive=sensitive, slash_matters=slash)
    routes.add("get", "/Fixed/{id}", "x")
    assert found == (routes.find(path) is not None)
