#!/bin/sh
# Checks the packs of a repository, for a pull request.
#
#   PACKYARD_SARIF   where findings are written for code scanning; default: packyard.sarif
#
# Ends with 1 when a pack has an error.
set -eu
. "$(dirname "$0")/setup.sh"
packyard check --format sarif > "${PACKYARD_SARIF:-packyard.sarif}" || [ $? -eq 1 ]
if [ "${GITHUB_ACTIONS:-}" = true ]; then
    exec packyard check --format github
fi
exec packyard check
