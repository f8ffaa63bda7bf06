"""`make docs-check`: proves that the documentation says what is so. With `--write` it writes what it can."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from docs_names import check_coverage, check_page
from docs_pages import generated_pages, with_regions
from docs_samples import check_samples, count_samples, write_samples
from docs_text import ROOT, Page, Problem, pages
from sandbox import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def main() -> int:
    """Checks, or writes and then checks, every page. 0: nothing is wrong; 1: each problem is printed."""
    parser = argparse.ArgumentParser(description="Proves that the documentation says what is so.")
    parser.add_argument("--write", action="store_true", help="write the generated pages, regions and samples")
    write: bool = parser.parse_args().write
    try:
        if write:
            _write()
        problems = list(_problems(run=not write))
    except SandboxError as error:
        print(f"docs-check: {error}", file=sys.stderr)
        return 1
    for problem in problems:
        print(problem)
    found = pages()
    samples = sum(count_samples(page) for page in found)
    print(f"docs-check: {len(found)} pages, {samples} checked samples, {len(problems)} problems")
    return 1 if problems else 0


def _write() -> None:
    for path, text in generated_pages():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            _put(path, text)
    for page in pages():
        text = write_samples(Page(page.path, with_regions(page.text)))
        if text == page.text:
            continue
        if page.path.read_text(encoding="utf-8") != page.text:
            print(f"left {page.path.relative_to(ROOT)} alone: it changed while its samples ran")
        else:
            _put(page.path, text)


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}")


def _problems(*, run: bool) -> Iterator[Problem]:
    """What is wrong; samples that were just written need not be run once more."""
    for path, text in generated_pages():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield Problem(path, 1, "is not what the program writes; `make docs` writes it anew")
    yield from check_coverage()
    for page in pages():
        if with_regions(page.text) != page.text:
            yield Problem(page.path, 1, "has a generated region that is stale; `make docs` writes it anew")
        yield from check_page(page)
        if run:
            yield from check_samples(page)


if __name__ == "__main__":
    sys.exit(main())
