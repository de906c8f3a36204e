#!/bin/sh
# Fails unless every node is ready.
set -eu

wanted=$(jq -r .nodes "$CONTEXT_FILE")
ready=$(kubectl get nodes --no-headers | awk '$2 == "Ready"' | wc -l)
if [ "$ready" -ne "$wanted" ]; then
    echo "$ready of $wanted nodes are ready" >&2
    exit 1
fi
