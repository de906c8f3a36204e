#!/bin/sh
# Waits until the broker answers.
set -eu

seconds=$(jq -r .seconds "$CONTEXT_FILE")
kubectl --namespace messaging rollout status statefulset/nats --timeout "${seconds}s"
