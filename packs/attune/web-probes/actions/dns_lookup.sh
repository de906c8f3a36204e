#!/bin/sh
# Resolves a name with the system's resolver. Parameters arrive as key=value lines on standard input.
set -eu

name=""
family="any"
while IFS= read -r line; do
    value="${line#*=}"
    value="${value#[\"\']}"
    value="${value%[\"\']}"
    case "$line" in
        name=*) name="$value" ;;
        family=*) family="$value" ;;
    esac
done

case "$family" in
    ipv4) database="ahostsv4" ;;
    ipv6) database="ahostsv6" ;;
    *) database="ahosts" ;;
esac
getent "$database" -- "$name" | awk '{ print $1 }' | sort -u
