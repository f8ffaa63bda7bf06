#!/usr/bin/env bash
# Installs the PostgreSQL that scripts/postgres_cluster.py starts (Debian and Ubuntu). No server of the system's is made.
# As somebody else than root, or on another system, it installs nothing and says so.
set -euo pipefail

# Debian keeps the programs of a server out of PATH.
if command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    exit 0
fi
if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
    printf 'not installed, so make test-postgres cannot run: postgresql\n' >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
# The package would make a cluster and start it at boot; each of ours is made when it is needed.
apt-get install --quiet --quiet --yes --no-install-recommends postgresql-common >/dev/null
sed --in-place 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
apt-get install --quiet --quiet --yes --no-install-recommends postgresql >/dev/null
