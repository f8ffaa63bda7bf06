"""The compiled corpus, and the one library behind it whose inside we rely on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mailproof import contract, providers
from mailproof_conformance import cache, corpus, schemathesis_adapter

if TYPE_CHECKING:
    from mailproof.promises import Contract

HERE = Path(__file__).parent


def own(name: str) -> Contract:
    return contract(HERE / name / "openapi.yaml")


def test_the_adapter_is_for_the_installed_version() -> None:
    assert schemathesis_adapter.VERSION == schemathesis_adapter.installed_version()


def test_what_is_enumerated_for_a_rest_api() -> None:
    made = corpus.compile_corpus(own("miniature"))
    assert {
        ("get_thing", "positive"): 4,
        ("get_thing", "negative"): 6,
        ("add_thing", "positive"): 8,
        ("add_thing", "negative"): 24,
    } == Counter((case.operation, case.mode) for case in made)


def test_what_is_enumerated_for_methods() -> None:
    made = corpus.compile_corpus(own("miniature_rpc"))
    assert {
        ("get_things", "positive"): 3,
        ("get_things", "negative"): 35,
        ("get_thing", "positive"): 2,
        ("get_thing", "negative"): 30,
    } == Counter((case.operation, case.mode) for case in made)


def test_what_is_enumerated_for_bodies_of_every_kind() -> None:
    made = corpus.compile_corpus(own("miniature_desk"))
    kinds = Counter((case.operation, case.media_type, case.mode) for case in made if case.location == "body")
    assert {
        ("put_note", "application/json", "positive"): 22,
        ("put_note", "application/json", "negative"): 49,
        ("put_note", "application/json", "neutral"): 1,
        ("put_note", "application/xml", "positive"): 23,
        ("put_note", "application/xml", "negative"): 39,
        ("put_note", None, "negative"): 1,
        ("submit_form", "application/x-www-form-urlencoded", "positive"): 7,
        ("submit_form", "application/x-www-form-urlencoded", "negative"): 5,
        ("submit_form", "multipart/form-data", "positive"): 7,
        ("submit_form", "multipart/form-data", "negative"): 8,
        ("submit_form", None, "negative"): 1,
        ("put_file", "multipart/form-data", "positive"): 2,
        ("put_file", "multipart/form-data", "negative"): 1,
        ("put_file", None, "negative"): 1,
    } == kinds


def test_a_query_of_any_name_is_neither_right_nor_wrong() -> None:
    made = corpus.compile_corpus(own("miniature_desk"))
    assert {"neutral", "positive"} == {case.mode for case in made if case.parameter == "labels"}


@pytest.mark.parametrize("name", ["miniature", "miniature_rpc", "miniature_desk"])
def test_a_contract_compiles_to_the_same_cases_each_time(name: str) -> None:
    first, second = (corpus.compile_corpus(own(name)) for _ in range(2))
    assert first == second
    assert len(first) == len({case.id for case in first})


def _compiled_again(again: Contract) -> None:
    pytest.fail(f"{again.provider} is compiled twice")


def test_a_compiled_corpus_is_kept_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILPROOF_CACHE", str(tmp_path))
    compiled = corpus.load(own("miniature"))
    assert 1 == len(list((tmp_path / "corpus").iterdir()))
    monkeypatch.setattr(corpus, "compile_corpus", _compiled_again)
    assert compiled == corpus.load(own("miniature"))


def test_a_cache_that_cannot_be_written_or_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("MAILPROOF_CACHE", str(blocked))
    cache.store("a/b.json", [1])
    assert cache.load("a/b.json") is None
    assert corpus.load(own("miniature"))


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILPROOF_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/tmp/cache")  # noqa: S108 - only a name
    assert Path("/var/tmp/cache/mailproof") == cache.folder()  # noqa: S108 - only a name
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert Path("/home/someone/.cache/mailproof") == cache.folder()


@pytest.mark.parametrize("provider", providers())
def test_no_case_of_a_shipped_contract_holds_a_header_that_only_a_check_would_send(provider: str) -> None:
    for case in corpus.compile_corpus(contract(provider)):
        assert "authorization" not in {name.lower() for name in case.headers}
