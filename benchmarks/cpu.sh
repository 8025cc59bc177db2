#!/usr/bin/env bash
# Steps per second of every engine on the CPU. BATCH and SPECC may be given.
set -euo pipefail
cd "$(dirname "$0")/.."
export JAX_PLATFORMS=cpu
specc=${SPECC:-.venv/bin/specc}
batch=${BATCH:-4096}
mkdir -p benchmarks/results
for spec in specs/*.yaml; do
    "$specc" bench "$spec" --batch "$batch" --json "benchmarks/results/$(basename "$spec" .yaml)-cpu-$batch.json"
done
