"""`make demo`: starts the mock, sends the vendors' own sample requests, judges the mock with the suite."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from import_and_send import import_and_send
from sample_requests import Reply, Sample, Story, samples
from sandbox import SandboxError, sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof_mock.own_process import Running

_ROOT = Path(__file__).resolve().parent.parent
_BODY_LINES = 16
_WIDTH = 110
_COLUMNS = ("pass", "fail", "error", "skip", "disabled", "note")
_SHOWN_HEADERS = ("Content-Type", "Link", "Allow", "WWW-Authenticate")


def main() -> int:
    """Runs the tour. 0: every answer was as the vendors' pages say and no case failed; 1: some were not."""
    folder = _ROOT / "build" / "demo"
    try:
        with sandbox(folder) as running:
            print(f"The mock answers at {running.url}; its log: {_named(running.log)}.\n")
            wrong = _send_samples(running)
            _reset(running)
            wrong += _judge(running, folder)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the mock is stopped", file=sys.stderr)
        return 130
    said = f"Not as expected: {'; '.join(wrong)}." if wrong else "All was as expected."
    print(f"\nThe mock is stopped. {said}")
    return 1 if wrong else 0


def _send_samples(running: Running) -> list[str]:
    print("== The requests that the vendors' pages print")
    wrong = _tell(running, _told(samples(running.providers)), "request")
    print("\n== An import and a send, found again in the report")
    return wrong + _tell(running, import_and_send(running.providers["which50"]), "step")


def _reset(running: Running) -> None:
    """Puts the worlds back, so that the suite finds the empty list empty."""
    parts = urlsplit(running.url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=30)
    try:
        connection.request("POST", "/_mailproof/reset")
        connection.getresponse().read()
    finally:
        connection.close()
    print("\n(POST /_mailproof/reset puts every world back to its fixtures.)")


def _told(requests: Iterable[Sample]) -> Story:
    """Requests of which none needs an answer."""
    for sample in requests:  # noqa: UP028 - a plain iterator cannot be sent the answers
        yield sample


def _tell(running: Running, story: Story, word: str) -> list[str]:
    """Sends the requests of a story up to one without an answer; names those answered otherwise than wanted."""
    wrong: list[str] = []
    sample, number = next(story), 1
    while True:
        base_url = running.providers[sample.provider]["base_url"]
        print(f"\n{number}. {sample.provider}: {sample.title}")
        try:
            reply = _exchange(base_url, sample)
        except (OSError, http.client.HTTPException) as error:
            print(f"   no answer: {error}")
            return [*wrong, f"{word} {number}"]
        _print_exchange(base_url, sample, reply)
        if not _is_kept(sample, reply):
            print("   NOT as it should be")
            wrong.append(f"{word} {number}")
        try:
            sample, number = story.send(reply), number + 1
        except StopIteration:
            return wrong
        except (ValueError, LookupError, TypeError) as error:
            print(f"   the story cannot go on: the answer has no {error}")
            return [*wrong, f"{word} {number}"]


def _exchange(base_url: str, sample: Sample) -> Reply:
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=30)
    try:
        connection.request(sample.method, parts.path + sample.target, sample.body or None, dict(sample.headers))
        answer = connection.getresponse()
        return Reply(answer.status, answer.reason, answer.headers, answer.read())
    finally:
        connection.close()


def _is_kept(sample: Sample, reply: Reply) -> bool:
    try:
        return sample.kept(reply)
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        SyntaxError,
    ):  # an answer of quite another form
        return False


def _print_exchange(base_url: str, sample: Sample, reply: Reply) -> None:
    print(f"   > {sample.method} {urlsplit(base_url).path}{sample.target}")
    for name, value in sample.headers.items():
        print(f"   > {name}: {value}")
    if sample.body:
        print(_shortened(sample.body.decode(), "   > "))
    print(f"   < {reply.status} {reply.reason}")
    for name in _SHOWN_HEADERS:
        if name in reply.headers:
            print(f"   < {name}: {reply.headers[name]}")
    print(_shortened(_readable(reply), "   < "))


def _readable(reply: Reply) -> str:
    text = reply.body.decode("utf-8", errors="replace")
    try:
        return json.dumps(reply.json(), indent=2, ensure_ascii=False)
    except ValueError:
        return text.replace("><", ">\n<")


def _shortened(text: str, start: str) -> str:
    lines = [line for long in text.splitlines() for line in textwrap.wrap(long, _WIDTH, drop_whitespace=False)]
    more = len(lines) - _BODY_LINES
    if more > 1:
        lines[_BODY_LINES:] = [f"... {more} more lines"]
    return textwrap.indent("\n".join(lines), start)


def _judge(running: Running, folder: Path) -> list[str]:
    print("\n== The verdict of the suite on the mock\n", flush=True)
    wrong: list[str] = []
    for provider in running.providers:
        report = folder / provider
        shutil.rmtree(report, ignore_errors=True)
        line = [sys.executable, "-m", "mailproof", "check", provider]
        line += ["--ready-file", str(running.ready_file), "--report", str(report)]
        code = subprocess.run(line, check=False).returncode
        if code != 0:
            wrong.append(f"check {provider} (exit code {code})")
    _print_totals(folder, running.providers)
    return wrong


def _print_totals(folder: Path, providers: Iterable[str]) -> None:
    print(f"\n{'':12}" + "".join(f"{name:>10}" for name in (*_COLUMNS, "requests", "seconds")) + "  report")
    for provider in providers:
        report = folder / provider / "report.json"
        if not report.exists():
            continue
        told = json.loads(report.read_text(encoding="utf-8"))
        cells = [told["totals"].get(name, 0) for name in _COLUMNS]
        line = "".join(f"{cell:>10}" for cell in (*cells, told["requests"], round(told["seconds"], 1)))
        print(f"{provider:12}{line}  {_named(report.with_suffix('.html'))}")
    print("\nBeside each report.html: report.json for programs, junit.xml for CI servers.")


def _named(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    sys.exit(main())
