#!/bin/sh
# Makes the cluster, unless it is there.
set -eu

name=$(jq -r .name "$CONTEXT_FILE")
if kind get clusters | grep -qx "$name"; then
    echo "the cluster $name is there"
    exit 0
fi
kind create cluster --config cluster.yaml --wait 120s
