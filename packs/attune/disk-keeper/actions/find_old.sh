#!/bin/sh
# Lists old files, one per line. Parameters arrive as key=value lines on standard input.
set -eu

directory=""
days="30"
pattern="*.log"
larger="0"
while IFS= read -r line; do
    value="${line#*=}"
    value="${value#[\"\']}"
    value="${value%[\"\']}"
    case "$line" in
        directory=*) directory="$value" ;;
        days=*) days="$value" ;;
        pattern=*) pattern="$value" ;;
        larger_than_kib=*) larger="$value" ;;
    esac
done

case "$directory" in
    /?*) ;;
    *) echo "give an absolute directory below /" >&2; exit 2 ;;
esac
find "$directory" -xdev -type f -name "$pattern" -mtime "+$days" -size "+${larger}k" -print
