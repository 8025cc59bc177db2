#!/usr/bin/env bash
# Steps per second of one engine on the first GPU, over batch sizes. SPEC and SPECC may be given.
set -euo pipefail
cd "$(dirname "$0")/.."
export JAX_PLATFORMS=cuda
specc=${SPECC:-.venv/bin/specc}
spec=${SPEC:-specs/tcg.yaml}
mkdir -p benchmarks/results
for batch in 4096 16384 65536 262144; do
    "$specc" bench "$spec" --batch "$batch" --json "benchmarks/results/$(basename "$spec" .yaml)-gpu-$batch.json"
done
