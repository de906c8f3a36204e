#!/bin/sh
# Publishes what the tag of this job releases.
#
#   PACKYARD_REGISTRY   the registry's repository; required
#   PACKYARD_TOKEN      a token that may push to it over https; not needed with ssh
#   PACKYARD_PROPOSE    if it is not empty, a branch is pushed for review instead
#
# The tag and the source are told by the variables of the CI service. Running it again changes nothing.
set -eu
. "$(dirname "$0")/setup.sh"
if [ -z "${PACKYARD_REGISTRY:-}" ]; then
    echo "PACKYARD_REGISTRY is not set: it names the registry's repository" >&2
    exit 2
fi
if [ -n "${PACKYARD_PROPOSE:-}" ]; then
    exec packyard publish --pr
fi
exec packyard publish
