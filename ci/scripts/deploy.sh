#!/bin/sh
# Writes the registry to public/ from what is recorded, for a deployment: records nothing.
#
#   PACKYARD_OUT   where it is written; default: public
#
# Ends with 1 when the index and the sources disagree about a published release: then nothing should be deployed.
set -eu
. "$(dirname "$0")/setup.sh"
exec packyard build --locked --out "${PACKYARD_OUT:-public}"
