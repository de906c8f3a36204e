#!/bin/sh
# Guards a registry: a pull request may only add to its history, and only what the sources say.
#
#   PACKYARD_BASE   the branch that is merged into; default: what the CI service says, else the branch `main`
set -eu
. "$(dirname "$0")/setup.sh"
base=${PACKYARD_BASE:-${GITHUB_BASE_REF:-${CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-${CHANGE_TARGET:-main}}}}
git fetch --quiet origin "$base"
exec packyard check --against FETCH_HEAD
