#!/bin/sh
# Reports how full a file system is, as JSON. Parameters arrive as key=value lines on standard input.
set -eu

path="/"
while IFS= read -r line; do
    value="${line#*=}"
    value="${value#[\"\']}"
    value="${value%[\"\']}"
    case "$line" in
        path=*) path="$value" ;;
    esac
done

df -Pk -- "$path" | awk 'NR == 2 { sub("%", "", $5); printf "{\"percent\": %d, \"free_kib\": %d}\n", $5, $4 }'
