#!/usr/bin/env bash
# Installs the languages and libraries that tests/clients tries the mock with (Debian and Ubuntu).
# As somebody else than root, or on another system, it installs nothing; the tests then skip what is missing.
set -euo pipefail

packages=(
    php-cli php-curl
    ruby
    perl libjson-rpc-perl libwww-perl
    python3 python3-jsonrpclib-pelix
    mono-mcs mono-runtime libmono-system-runtime-serialization4.0-cil libmono-system-web-extensions4.0-cil
)
# A runtime that is there already, perhaps newer than the system's, is left alone.
command -v node >/dev/null || packages+=(nodejs)
command -v javac >/dev/null || packages+=(default-jdk-headless)

missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
((${#missing[@]})) || exit 0

if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
    printf 'not installed, so some of tests/clients is skipped: %s\n' "${missing[*]}" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}" >/dev/null
