# shellcheck shell=sh
# What the other scripts begin with; to be read with `.`.

# What a job puts beside the packs is none of theirs: packyard itself, and what these scripts write.
exclude=$(git rev-parse --git-path info/exclude)
mkdir -p "$(dirname "$exclude")"
printf '%s\n' '/.packyard' '/.packyard-bin' '/packyard.sarif' >> "$exclude"

# Git pushes over https with $PACKYARD_TOKEN, if it is set. The token reaches git through a credential helper: it is in no
# URL, no file and no log.
if [ -n "${PACKYARD_TOKEN:-}" ]; then
    export PACKYARD_TOKEN
    number=${GIT_CONFIG_COUNT:-0}
    export "GIT_CONFIG_KEY_$number=credential.helper"
    export "GIT_CONFIG_VALUE_$number=!f() { echo username=${PACKYARD_USER:-x-access-token}; echo \"password=\$PACKYARD_TOKEN\"; }; f"
    export GIT_CONFIG_COUNT=$((number + 1))
fi
