#!/bin/sh
# Removes old files and reports how many, as JSON. Parameters arrive as key=value lines on standard input.
set -eu

directory=""
days="30"
pattern="*.log"
dry_run="true"
while IFS= read -r line; do
    value="${line#*=}"
    value="${value#[\"\']}"
    value="${value%[\"\']}"
    case "$line" in
        directory=*) directory="$value" ;;
        days=*) days="$value" ;;
        pattern=*) pattern="$value" ;;
        dry_run=*) dry_run="$value" ;;
    esac
done

case "$directory" in
    / | /etc* | /usr* | /bin* | /home*) echo "refusing to clean $directory" >&2; exit 2 ;;
    /?*) ;;
    *) echo "give an absolute directory below /" >&2; exit 2 ;;
esac

if [ "$dry_run" = "true" ]; then
    count=$(find "$directory" -xdev -type f -name "$pattern" -mtime "+$days" -print | wc -l)
else
    count=$(find "$directory" -xdev -type f -name "$pattern" -mtime "+$days" -print -delete | wc -l)
fi
printf '{"files": %d}\n' "$count"
