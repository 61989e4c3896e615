#!/bin/sh
# What both container recipes run, as root in a bare Debian 12: the environment of requirements.lock in /opt/squint.
set -eu
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends python3.11-venv ca-certificates >/dev/null
python3.11 -m venv /opt/squint
/opt/squint/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --no-deps --requirement "$1"
rm -rf /var/lib/apt/lists/*
