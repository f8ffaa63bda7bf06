"""Clients that others wrote get along with the mock: each language's usual library, left as it comes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).parent
SECONDS = 120
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
EVERY_TYPE: dict[str, Any] = {  # what DataContractWriter.cs puts into one value
    "string": 'Gr\u00e1inne <& "Co">\r\n\tb \U0001f600',
    "empty": "",
    "null": None,
    "bool": False,
    "byte": 255,
    "sbyte": -128,
    "short": -1,
    "int": -(2**31),
    "long": 2**63 - 1,
    "ulong": 2**64 - 1,
    "decimal": 12.5,
    "double": 0.1,
    "float": 0.5,
    "char": "A",
    "guid": "e1c2b6a0-0000-4000-8000-000000000001",
    "span": "PT1H30M",
    "uri": "http://example.com/a?b=c&d",
    "bytes": "AAEC",
    "utc": "2024-06-01T09:00:00Z",
    "local": "2024-06-01T10:00:00.0000001+01:00",
    "objects": ["1", 2, None, []],
    "strings": ["a", None],
    "ints": [1, 2],
    "texts": {"k": "v"},
}
SEND = "/msg/sendWithCustomerKey/My%20List/My%20Template/5606"
IMAGES = "/subscribers/availableimagessenttocustomerkey/5606"


def installed(program: str) -> str:
    """The path of a program; without it the test is skipped."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed; scripts/install_clients.sh installs it")
    return found


def require(probe: Sequence[str], what: str) -> None:
    """Skips the test when a command that only loads a library fails."""
    if subprocess.run(probe, capture_output=True, check=False, timeout=SECONDS).returncode:
        pytest.skip(f"{what} is not installed; scripts/install_clients.sh installs it")


def run(*command: str) -> Any:
    """The JSON that a client program prints."""
    done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    assert (0, "") == (done.returncode, done.stderr.decode()), done.stdout.decode()
    return json.loads(done.stdout)


def as_xml_holds_it(value: Any) -> Any:
    """A JSON value with U+FFFD for the characters that XML 1.0 has no way to write."""
    if isinstance(value, dict):
        return {key: as_xml_holds_it(member) for key, member in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [as_xml_holds_it(item) for item in cast("list[Any]", value)]
    return NOT_IN_XML.sub("\ufffd", value) if isinstance(value, str) else value


def addresses(sandbox: Any) -> list[str]:
    """What every client program is told: RPC address, key, image list, send, Authorization."""
    rpc, rest = sandbox.provider("getresponse"), sandbox.provider("whatcounts")
    base = rest["base_url"]
    return [rpc["base_url"], rpc["api_key"], base + IMAGES, base + SEND, rest["headers"]["Authorization"]]


@pytest.fixture
def expected(sandbox: Any) -> Mapping[str, Any]:
    """The answers that a client ought to see, by the names that the programs give them."""
    pong = {"ping": "pong"}
    images = sandbox.request("whatcounts", "GET", IMAGES)
    return {
        "ping": {"jsonrpc": "2.0", "id": 1, "result": pong},
        "messages": sandbox.rpc("get_messages", id=2),
        "refused": {"jsonrpc": "2.0", "id": 3, "error": {"code": -1, "message": "API key verification failed"}},
        "one_dot_zero": {"id": "a-1", "result": pong, "error": None},
        "padded": {"jsonrpc": "2.0", "id": 4, "result": pong},
        "batch": [{"jsonrpc": "2.0", "id": 5, "result": pong}],
        "notification": [204, ""],
        "images": [200, images.headers["link"], images.json()],
        "send": [200, "0"],
        "stranger": 401,
    }


def test_node(sandbox: Any, expected: Mapping[str, Any]) -> None:
    node = installed("node")
    require([node, "-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"], "Node 18 or newer")

    assert expected == run(node, str(HERE / "client.mjs"), *addresses(sandbox))


def test_php(sandbox: Any, expected: Mapping[str, Any]) -> None:
    php = installed("php")
    require([php, "-r", "exit(extension_loaded('curl') ? 0 : 1);"], "PHP's curl extension")

    assert expected == run(php, str(HERE / "client.php"), *addresses(sandbox))


def test_ruby(sandbox: Any, expected: Mapping[str, Any]) -> None:
    assert expected == run(installed("ruby"), str(HERE / "client.rb"), *addresses(sandbox))


def test_perl(sandbox: Any, expected: Mapping[str, Any]) -> None:
    perl = installed("perl")
    require([perl, "-MJSON::RPC::Legacy::Client", "-MLWP::UserAgent", "-e1"], "Perl's JSON::RPC with LWP")

    assert expected == run(perl, str(HERE / "client.pl"), *addresses(sandbox))


def test_java(sandbox: Any, expected: Mapping[str, Any]) -> None:
    java = installed("java")
    require([java, "--list-modules", "--limit-modules", "jdk.compiler,java.net.http"], "a JDK of 11 or newer")

    assert expected == run(java, "-XX:TieredStopAtLevel=1", str(HERE / "Client.java"), *addresses(sandbox))


def test_the_python_library_of_the_vendors_sample(sandbox: Any, expected: Mapping[str, Any]) -> None:
    python = installed("/usr/bin/python3")  # Debian's own: the library is a package of Debian's
    require([python, "-c", "import jsonrpclib.history"], "jsonrpclib")
    answers = run(python, str(HERE / "client_jsonrpclib.py"), *addresses(sandbox)[:2])

    assert {name: {**expected[name], "id": answers[name]["id"]} for name in answers} == answers
    assert len({answer["id"] for answer in answers.values()}) == len(answers)


def compiled(program: str, folder: Path) -> Sequence[str]:
    """The command that runs a C# program, compiled with the DTOs of Which50."""
    compiler, mono = installed("mcs"), installed("mono")
    executable = folder / f"{program}.exe"
    libraries = ["-r:System.Runtime.Serialization", "-r:System.Web.Extensions", "-r:System.Xml"]
    sources = [str(HERE / name) for name in (f"{program}.cs", "Which50.cs")]
    subprocess.run([compiler, *libraries, f"-out:{executable}", *sources], check=True, timeout=SECONDS)
    return [mono, str(executable)]


def test_datacontract_serializer_reads_the_same_from_xml_as_stands_in_json(sandbox: Any, tmp_path: Path) -> None:
    entry = sandbox.provider("which50")
    samples = entry["samples"]
    ids = [samples["contactId"], *(samples["contacts"][name] for name in ("empty", "bare", "awkward"))]
    reader = compiled("DataContractReader", tmp_path)
    read = run(*reader, entry["base_url"], entry["headers"]["Authorization"], *ids)

    for id_ in ids:
        assert isinstance(read[f"/contacts/{id_}"].pop("Id"), int)  # XML alone shows it
    assert {path: as_xml_holds_it(sandbox.request("which50", "GET", path).json()) for path in read} == read


def writing(sandbox: Any) -> list[str]:
    """What a program that writes XML is told: base address, Authorization, contact list, e-mail."""
    entry = sandbox.provider("which50")
    list_id, email_id = str(entry["samples"]["lists"]["spare"]), str(entry["samples"]["emailId"])
    return [entry["base_url"], entry["headers"]["Authorization"], list_id, email_id]


def stored(sandbox: Any, list_id: str) -> dict[str, Any]:
    """The values of the contacts of a list by their e-mail addresses."""
    contacts = sandbox.request("which50", "GET", f"/contactLists/{list_id}/contacts").json()
    return {contact["Values"]["Email"]: contact["Values"] for contact in contacts}


def test_datacontract_serializer_writes_what_the_mock_stores(sandbox: Any, tmp_path: Path) -> None:
    arguments = writing(sandbox)
    before = stored(sandbox, arguments[2])
    answers = run(*compiled("DataContractWriter", tmp_path), *arguments)
    contacts = stored(sandbox, arguments[2])

    assert EVERY_TYPE == contacts["grainne@example.com"]["Address"]
    assert contacts["grainne@example.com"] == answers["contact"]["Values"]
    job = answers["import"]
    assert ("Finished", 40, 40) == (job["CurrentStatus"], job["TotalContacts"], job["InsertedContacts"])
    assert [14] * 40 == [contacts[f"net{number}@example.com"]["Visits"] for number in range(1, 41)]
    assert contacts["maeve@example.com"] == answers["send"]["Values"]
    assert len(before) + 42 == len(contacts)
    assert ["maeve@example.com"] == [entry["to"] for entry in sandbox.outbox()]


def test_xml_of_the_standard_library_is_read(sandbox: Any) -> None:
    arguments = writing(sandbox)
    answers = run(sys.executable, str(HERE / "client_xml.py"), *arguments)
    contacts = stored(sandbox, arguments[2])

    siobhan = {"Email": "siobhan@example.com", "FirstName": "Siobh\u00e1n <3", "Visits": "3", "Newsletter": "true"}
    assert siobhan == {name: answers["contact"]["Values"][name] for name in siobhan}
    assert [answers["contact"]["EncContactId"]] == [one["EncContactId"] for one in answers["changed"]]
    found = contacts["siobhan@example.com"]
    assert (None, 4, True) == (found["FirstName"], found["Visits"], found["Newsletter"])
    assert ("Finished", "30") == (answers["import"]["CurrentStatus"], answers["import"]["InsertedContacts"])
    assert [number / 2 for number in range(30)] == [
        contacts[f"py{number}@example.com"]["Visits"] for number in range(30)
    ]
    assert "eoin@example.com" == answers["send"]["Values"]["Email"]
    assert ["eoin@example.com"] == [entry["to"] for entry in sandbox.outbox()]
