"""`make wheel-check`: builds the wheel, tries it in a fresh environment: bare, with one extra, with all."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
import venv
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from sandbox import SandboxError, sandbox

_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = {"mailproof", "mailproof_mock", "mailproof_conformance"}
_COMMAND_MISUSED = 2


class WheelError(Exception):
    """The wheel is not what it should be; the text says in what."""


def main() -> int:
    """Builds and tries the wheel. 0: it is as it should be; 1: the first thing that is not is printed."""
    try:
        with TemporaryDirectory(prefix="mailproof-wheel-") as folder:
            scratch = Path(folder)
            wheel = _built(scratch / "dist")
            _check_content(wheel)
            environment = scratch / "venv"
            venv.create(environment, with_pip=True)
            _check_bare(environment / "bin", wheel)
            _check_mock(environment / "bin", wheel, scratch)
            _check_all(environment / "bin", wheel, scratch)
    except (WheelError, SandboxError) as error:
        print(f"wheel-check: {error}", file=sys.stderr)
        return 1
    print(f"wheel-check: {wheel.name} holds {', '.join(sorted(_PACKAGES))}, and works")
    return 0


def _built(folder: Path) -> Path:
    _run([sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(_ROOT)])
    return next(folder.glob("*.whl"))


def _check_content(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    if tops != _PACKAGES:
        raise WheelError(f"its top level holds {', '.join(sorted(tops))}, not {', '.join(sorted(_PACKAGES))}")
    wanted = {f"{package}/py.typed" for package in _PACKAGES}
    for source in ("spec", "mock", "conformance"):
        paths = (path.relative_to(_ROOT / source) for path in (_ROOT / source).rglob("*.*") if path.is_file())
        wanted |= {str(path) for path in paths if not _is_left_behind(path)}
    missing = sorted(wanted - names)
    if missing:
        raise WheelError(f"it lacks {', '.join(missing)}")


def _is_left_behind(path: Path) -> bool:
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def _check_bare(binaries: Path, wheel: Path) -> None:
    _run([str(binaries / "python"), "-m", "pip", "install", "--quiet", str(wheel)])
    for arguments in (["--version"], ["--help"], ["clauses"]):
        _run([str(binaries / "mailproof"), *arguments])
    for command, extra in (("mock", "mock"), ("check", "conformance"), ("lint", "conformance")):
        result = subprocess.run([binaries / "mailproof", command], capture_output=True, text=True, check=False)
        lines = result.stderr.splitlines()
        if result.returncode != _COMMAND_MISUSED or len(lines) != 1 or f"mailproof[{extra}]" not in lines[0]:
            raise WheelError(f"without extras `mailproof {command}` says: {result.stderr.strip()[-500:]}")


def _check_mock(binaries: Path, wheel: Path, scratch: Path) -> None:
    _run([str(binaries / "python"), "-m", "pip", "install", "--quiet", f"{wheel}[mock]"])
    with (
        sandbox(scratch / "sandbox", [str(binaries / "mailproof"), "mock"]) as running,
        urllib.request.urlopen(f"{running.url}/_mailproof", timeout=30) as answer,  # noqa: S310 - loopback
    ):
        answer.read()


def _check_all(binaries: Path, wheel: Path, scratch: Path) -> None:
    _run([str(binaries / "python"), "-m", "pip", "install", "--quiet", f"{wheel}[all]"])
    _run([str(binaries / "mailproof"), "lint"])
    with sandbox(scratch / "sandbox", [str(binaries / "mailproof"), "mock"]) as running:
        for provider in running.providers:
            line = [str(binaries / "mailproof"), "check", provider, "--ready-file", str(running.ready_file)]
            _run([*line, "--profile", "quick"])


def _run(line: list[str]) -> None:
    result = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        raise WheelError(f"`{' '.join(line)}` ends with exit code {result.returncode}:\n{result.stdout[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
