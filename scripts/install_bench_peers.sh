#!/usr/bin/env bash
# Installs what `make bench` measures the mock beside: Prism, Mockoon and WireMock from npm into build/peers, the server
# granian into the virtual environment, and wrk, which makes the load, from Debian's packages (as root).
# What cannot be installed is said, and the bench then leaves it out.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
folder=$here/build/peers
packages=(@stoplight/prism-cli@5.12.0 @mockoon/cli@9.9.0 wiremock@3.13.2)

bash "$here/scripts/install_wrk.sh"

"$here/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$here[bench]" ||
    echo "not installed: granian" >&2

if command -v npm >/dev/null; then
    mkdir -p "$folder"
    # Scripts of packages are not run: none of the three needs one.
    npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error "${packages[@]}"
else
    echo "not installed, for want of npm: ${packages[*]}; install it: sudo apt-get install npm" >&2
fi
command -v java >/dev/null || echo "WireMock will not run without Java; install it: sudo apt-get install default-jre-headless" >&2
