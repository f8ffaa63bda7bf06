"""The composite action: its shell steps, run with bash as a runner would run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = [step for step in STEPS if "run" in step]
BASH = shutil.which("bash") or ""
SHELL = [BASH, "--noprofile", "--norc", "-e", "-o", "pipefail"]
"""As a runner starts it for `shell: bash`."""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[subprocess.CompletedProcess[str], dict[str, str]]]:
    """Runs one step of the action with some inputs; gives what it printed, and its outputs."""

    def start(
        name: str, inputs: dict[str, str], **environment: str
    ) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
        step = next(item for item in SCRIPTS if item["name"] == name)
        given = {key: str(entry.get("default", "")) for key, entry in ACTION["inputs"].items()} | inputs
        own = {
            variable: given.get(text.removeprefix("${{ inputs.").removesuffix(" }}"), str(ROOT))
            for variable, text in step["env"].items()
        }
        output = tmp_path / "output"
        output.write_text("")
        runner = {
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "sum"),
        }
        script = tmp_path / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        result = subprocess.run(
            [*SHELL, str(script)],
            cwd=tmp_path,
            env={**os.environ, **runner, **own, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        told = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return result, told

    return start


@pytest.fixture
def installed(tmp_path: Path) -> None:
    """The command where the step `install mailproof` puts it."""
    binaries = tmp_path / "mailproof" / "bin"
    binaries.mkdir(parents=True)
    command = binaries / "mailproof"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mailproof "$@"\n')
    command.chmod(0o755)


def test_no_input_is_written_into_a_script() -> None:
    assert 2 == len(SCRIPTS)
    for step in SCRIPTS:
        assert "${{" not in step["run"]
        assert "bash" == step["shell"]
    used = {text for step in STEPS for entry in (step.get("env", {}), step.get("with", {})) for text in entry.values()}
    used |= {step.get("if", "") for step in STEPS}
    for name in ACTION["inputs"]:
        assert any(f"inputs.{name} " in f"{text} " for text in used), name


@pytest.mark.parametrize("step", SCRIPTS, ids=[step["name"] for step in SCRIPTS])
def test_the_scripts_are_clean(step: dict[str, Any]) -> None:
    program = Path(sys.executable).parent / "shellcheck"
    line = [str(program), "--shell=bash", "--enable=all", "--exclude=SC2154,SC2250,SC2310", "-"]
    result = subprocess.run(line, input=step["run"], capture_output=True, text=True, check=False)
    assert "" == result.stdout


def test_the_package_is_installed_into_an_environment_of_its_own(run: Any, tmp_path: Path) -> None:
    stub = tmp_path / "stub"
    stub.mkdir()
    (stub / "pip").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/said"\n')
    (stub / "python3").write_text(f'#!/bin/sh\nmkdir -p "$3/bin"\ncp "{stub}/pip" "$3/bin/python"\n')
    (stub / "pip").chmod(0o755)
    (stub / "python3").chmod(0o755)
    path = f"{stub}{os.pathsep}{os.environ['PATH']}"
    for given, installs in (("", f"{ROOT}[conformance]"), ("mailproof; echo x", "mailproof; echo x")):
        result, _ = run("install mailproof", {"package": given}, PATH=path)
        assert 0 == result.returncode, result.stderr
        assert ["-m", "pip", "install", "--quiet", installs] == (tmp_path / "said").read_text().splitlines()


@pytest.mark.usefixtures("installed")
def test_a_server_is_judged_and_the_outputs_say_how(run: Any, sandbox: Any, tmp_path: Path) -> None:
    inputs = {"provider": "whatcounts", "ready-file": str(sandbox.ready_file), "options": "--only\nverbs/*\n\n--strict"}
    result, told = run("mailproof check", inputs)
    assert 0 == result.returncode, result.stderr
    assert {"conforms": "true", "report": "mailproof-report"} == told
    report = json.loads((tmp_path / "mailproof-report/report.json").read_text())
    assert (True, "standard", True) == (report["conforms"], report["profile"], report["strict"])
    assert {"verbs"} == {case["kind"] for case in report["cases"]}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("inputs", "code", "said"),
    [
        ({"provider": "$(touch pwned)"}, 2, "no provider '$(touch pwned)'"),
        ({"provider": "--help; touch pwned"}, 2, "no provider '--help; touch pwned'"),
        ({"provider": "whatcounts", "url": '"; touch pwned; "'}, 2, "not a base URL"),
        ({"provider": "whatcounts", "url": "http://127.0.0.1:1", "seed": "`touch pwned`"}, 2, "--seed"),
        ({"provider": "whatcounts", "strict": "perhaps"}, 2, "strict: must be true or false"),
        ({"provider": "whatcounts", "options": "--only x; touch pwned"}, 2, "No such option"),
    ],
)
def test_an_input_is_a_word_whatever_it_holds(
    run: Any, tmp_path: Path, inputs: dict[str, str], code: int, said: str
) -> None:
    result, told = run("mailproof check", inputs)
    assert code == result.returncode
    assert said in result.stderr
    assert "true" != told.get("conforms")
    assert not (tmp_path / "pwned").exists()


@pytest.mark.usefixtures("installed")
def test_what_cannot_be_tested_does_not_count_as_broken(run: Any) -> None:
    inputs = {"provider": "whatcounts", "url": "http://127.0.0.1:1"}
    result, told = run("mailproof check", inputs, MAILPROOF_WHATCOUNTS_AUTHORIZATION="Basic c2VjcmV0OnNlY3JldA==")
    assert 3 == result.returncode
    assert {"conforms": "", "report": "mailproof-report"} == told
    assert "c2VjcmV0OnNlY3JldA==" not in result.stdout + result.stderr


def test_a_summary_is_shown_on_the_page_of_the_run(run: Any, tmp_path: Path) -> None:
    command = tmp_path / "mailproof" / "bin" / "mailproof"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\nmkdir -p mailproof-report\necho '# broken' > mailproof-report/summary.md\nexit 1\n")
    command.chmod(0o755)
    result, told = run("mailproof check", {"provider": "whatcounts"})
    assert (1, "false") == (result.returncode, told["conforms"])
    assert "# broken\n" == (tmp_path / "sum").read_text()
