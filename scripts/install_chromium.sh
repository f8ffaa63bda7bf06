#!/usr/bin/env bash
# Installs the browser in which tests/conformance/test_browser.py looks at a report's page (Debian and Ubuntu).
# As somebody else than root, or on another system, it installs nothing; the tests then say that they are skipped.
set -euo pipefail

if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then
    exit 0
fi
if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
    printf 'not installed, so tests/conformance/test_browser.py is skipped: chromium\n' >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends chromium fonts-dejavu-core >/dev/null
