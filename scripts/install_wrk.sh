#!/usr/bin/env bash
# Installs wrk, which makes the load of `make bench` (Debian and Ubuntu).
# As somebody else than root, or on another system, it installs nothing and says so.
set -euo pipefail

command -v wrk >/dev/null && exit 0
if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "not installed, and without it there is no load: wrk; install it: sudo apt-get install wrk" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends wrk >/dev/null
