#!/bin/sh
# Records what the sources of a registry released since the last time, and pushes it; does nothing when that is nothing.
#
#   PACKYARD_TOKEN   a token that may push; not needed where the checkout can push already
#   PACKYARD_BRANCH  the branch; default: the one that is checked out
#
# An error in a pack stops only that pack, and is printed. Ends with an error when the machine, the network or the
# configuration fails.
set -eu
. "$(dirname "$0")/setup.sh"
branch=${PACKYARD_BRANCH:-$(git rev-parse --abbrev-ref HEAD)}
for attempt in 1 2 3 4 5; do
    packyard build || [ $? -eq 1 ]
    for folder in registry-index registry-archives; do
        if [ -d "$folder" ]; then
            git add "$folder" 2> /dev/null || true
        fi
    done
    if git diff --cached --quiet; then
        echo "Nothing new."
        exit 0
    fi
    git -c user.name="${PACKYARD_NAME:-packyard}" -c user.email="${PACKYARD_EMAIL:-packyard@localhost}" \
        commit --quiet --message "Record what the sources released"
    if git push --quiet origin "HEAD:refs/heads/$branch"; then
        git show --stat --oneline HEAD
        exit 0
    fi
    echo "somebody else recorded meanwhile; trying again on what they recorded (attempt $attempt)" >&2
    git fetch --quiet origin "$branch"
    git reset --quiet --hard FETCH_HEAD
done
echo "others were faster five times; try again later" >&2
exit 3
