#!/bin/sh
# Arguments: the host, the number of echo requests.
set -eu
exec ping -n -q -c "$2" -- "$1"
