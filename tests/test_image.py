"""The image, the compose file and the Kubernetes sample say what is so of the command and of the project."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
import pytest
import yaml

from mailproof_mock.command import mock

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE: Any = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
PROJECT: Any = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SAMPLE = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8"), re.DOTALL)
OPTIONS = {option: parameter for parameter in mock.params for option in parameter.opts}
PORT = cast("int", OPTIONS["--port"].default)


def instructions(name: str) -> list[str]:
    """What follows an instruction's name, wherever it stands in the Dockerfile."""
    return [text.strip() for text in re.findall(rf"^\s*{name}\s+(.+)$", DOCKERFILE, re.MULTILINE)]


def words(form: str) -> list[str]:
    """The words of an instruction in its exec form."""
    found: list[str] = yaml.safe_load(form)
    return found


def kubernetes() -> Iterator[Any]:
    assert SAMPLE is not None
    yield from yaml.safe_load_all(SAMPLE[1])


def assert_options(arguments: list[str]) -> None:
    """The command line takes these arguments."""
    context = click.Context(mock)
    mock.make_parser(context).parse_args(list(arguments))
    assert {word for word in arguments if word.startswith("--")} <= OPTIONS.keys()


def test_the_image_is_of_a_python_that_is_supported() -> None:
    bases = {image.split()[0] for image in instructions("FROM")}
    assert 1 == len(bases)
    version = re.fullmatch(r"python:(3\.\d+)-slim", bases.pop())
    assert version is not None
    assert f"Programming Language :: Python :: {version[1]}" in PROJECT["classifiers"]


def test_the_image_installs_what_there_is() -> None:
    (extras,) = re.findall(r"'\.\[(.+?)\]'", DOCKERFILE)
    assert {"mock", "postgres"} == set(extras.split(","))
    assert set(extras.split(",")) <= PROJECT["optional-dependencies"].keys()


def test_what_the_image_copies_is_there_and_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    packages = [package.partition("/")[0] for package in _packages()]
    assert {"pyproject.toml", PROJECT["readme"], *packages} <= set(copied)
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in ignored


def _packages() -> list[str]:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    packages: list[str] = tool["hatch"]["build"]["targets"]["wheel"]["packages"]
    return packages


def test_the_image_runs_the_command_as_nobody_special() -> None:
    (entrypoint,) = map(words, instructions("ENTRYPOINT"))
    assert ["mailproof", "mock"] == entrypoint[:2]
    assert_options(entrypoint[2:])
    assert [str(PORT)] == instructions("EXPOSE")
    (user,) = instructions("USER")
    assert f"--uid {user} " in DOCKERFILE
    assert "0" != user


@pytest.fixture
def health() -> list[str]:
    """The command of the health check, in this Python."""
    (form,) = re.findall(r"HEALTHCHECK.*?CMD (\[.+\])", DOCKERFILE)
    python, *arguments = words(form)
    assert "python" == python
    return [sys.executable, *arguments]


def test_the_health_check_passes_where_the_mock_answers(health: list[str], running_sandbox: Any) -> None:
    port = running_sandbox.url.rpartition(":")[2]
    here = [word.replace(f":{PORT}/", f":{port}/") for word in health]
    assert here != health
    assert 0 == subprocess.run(here, check=False, capture_output=True).returncode


def test_the_health_check_fails_where_nobody_answers(health: list[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # and nobody listens
        here = [word.replace(f":{PORT}/", f":{free.getsockname()[1]}/") for word in health]
        assert 1 == subprocess.run(here, check=False, capture_output=True).returncode


def test_compose_starts_workers_on_the_database_beside_them() -> None:
    service, postgres = COMPOSE["services"]["mailproof"], COMPOSE["services"]["postgres"]
    assert_options(service["command"])
    (variable,) = service["environment"]
    assert variable == OPTIONS["--database"].envvar
    url = re.fullmatch(r"postgresql://(\w+):\$\{(\w+):.*\}@(\w+):5432/(\w+)", service["environment"][variable])
    assert url is not None
    user, password, host, name = url.groups()
    assert host in COMPOSE["services"]
    environment = postgres["environment"]
    assert (user, name) == (environment["POSTGRES_USER"], environment["POSTGRES_DB"])
    assert environment["POSTGRES_PASSWORD"].startswith(f"${{{password}:?")
    assert {"postgres": {"condition": "service_healthy"}} == service["depends_on"]
    assert all(port.startswith("127.0.0.1:") and port.endswith(f":{PORT}") for port in service["ports"])
    assert {volume.partition(":")[0] for volume in postgres["volumes"]} == COMPOSE["volumes"].keys()


def test_the_kubernetes_sample_asks_for_what_there_is(running_sandbox: Any) -> None:
    kinds = {document["kind"]: document for document in kubernetes()}
    assert {"Deployment", "Service", "NetworkPolicy"} == set(kinds)
    (container,) = kinds["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert [PORT] == [port["containerPort"] for port in container["ports"]]
    assert [OPTIONS["--database"].envvar] == [variable["name"] for variable in container["env"]]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = container[probe]["httpGet"]
        assert 200 == running_sandbox.client.get(running_sandbox.url + asked["path"]).status_code
        assert container["ports"][0]["name"] == asked["port"]
    user = kinds["Deployment"]["spec"]["template"]["spec"]["securityContext"]["runAsUser"]
    assert [str(user)] == instructions("USER")


def test_the_commands_of_the_page_are_taken() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    lines = re.findall(r"^docker run .*? mailproof(?: (.*?))?(?:\s+#.*)?$", page, re.MULTILINE)
    assert 3 == len(lines)
    for line in lines:
        assert_options(shlex.split(line))
