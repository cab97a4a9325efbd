#!/bin/sh
# The doctor of this release, as the service and with its settings: doctor.sh [--url https://chat.example.org] [--json]
set -eu
release=$(cd "$(dirname "$0")/../.." && pwd)
exec systemd-run --quiet --pipe --wait --collect \
  --uid=parley --gid=parley --working-directory="$release" \
  --property=EnvironmentFile=/etc/parley/parley.env \
  --setenv=NODE_ENV=production --setenv=DATA_DIR=/var/lib/parley \
  "$release/node_modules/.bin/node" packages/server/src/main.ts doctor "$@"
