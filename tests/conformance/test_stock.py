"""What stock Schemathesis is taught: the bodies it sends are those of the contract."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from mailproof import contract, providers

ROOT = Path(__file__).parents[2]
PROBE = """
import json
import schemathesis
from mailproof import contract
from mailproof_conformance import stock

def bodies(document, path, verb):
    config = schemathesis.Config.from_dict({"base-url": "http://127.0.0.1:1"})
    operation = schemathesis.openapi.from_dict(document, config=config)[path][verb]
    for media_type in ("application/xml", "application/csp-report"):
        value = {"Values": {"a": None}, "ListId": 3}
        case = operation.Case(body=value, media_type=media_type, path_parameters={"contactListId": 31})
        sent = case.as_transport_kwargs()
        yield sent["data"].decode() if "data" in sent else json.dumps(sent["json"])

document = dict(contract("which50").document)
told = [*bodies(document, "/contactLists/{contactListId}/contact", "POST")]
del document["x-xml"]
told += bodies(document, "/contactLists/{contactListId}/contact", "POST")
class Answer: content = b"[1]"
told.append(stock.read_csp_report(None, Answer))
print(json.dumps(told))
"""
"""Runs in a process of its own: what is registered with the library stays there."""


def test_bodies_are_written_as_the_contract_has_them() -> None:
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == run.returncode, run.stderr
    xml, csp, other_xml, other_csp, answer = json.loads(run.stdout)
    assert '<a:Value i:nil="true"/>' in xml
    assert "KeyValueOfstringanyType" not in other_xml
    assert {"Values": {"a": None}, "ListId": 3} == json.loads(csp) == json.loads(other_csp)
    assert [1] == answer


def test_each_project_of_the_settings_is_a_contract() -> None:
    settings = tomllib.loads((ROOT / "schemathesis.toml").read_text(encoding="utf-8"))
    titles = {contract(name).document["info"]["title"]: contract(name) for name in providers()}
    for project in settings["project"]:
        own = titles[project["title"]]
        for entry in project.get("operations", []):
            for name in entry["include-operation-id"]:
                assert "400" in own.operation(name).definition["responses"]
