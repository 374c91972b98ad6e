#!/bin/sh
# What the number of memory tokens is worth: Memorize with 1 to 20 of them, trained on up to 8 segments of 64
# positions and measured on up to 128.
#
#   memory-tokens.sh RMT TEXTS OUT
#
# TEXTS holds state_union and inaugural; the zoo's page says where they are from. A run that was stopped goes on.
# Takes about five minutes on two cores.
set -eu
rmt=$(realpath "$1") texts=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3") here=$(realpath "$(dirname "$0")")

for count in 1 2 5 10 20; do
  cat > "$out/$count.json" << JSON
{
  "title": "Memorize with $count memory tokens",
  "sources": [{"name": "state_union", "origin": "NLTK"}, {"name": "inaugural", "origin": "NLTK"}],
  "model": {"checkpoint": "$here/bert-nano", "start": "random", "initializerRange": 0.05,
    "memoryTokens": $count, "segmentPositions": 64},
  "task": {"name": "memorize", "background": ["state_union"], "evaluationBackground": ["inaugural"]},
  "training": {"batch": 32, "learningRate": 0.0005, "warmUpSteps": 20, "beta2": 0.98, "clipNorm": 0.1,
    "dropout": 0, "evaluateEvery": 25, "validationSamples": 200, "stopAtChance": false,
    "stages": [{"segments": 1, "steps": 200}, {"segments": 2, "steps": 250, "mixing": "spread"},
      {"segments": 8, "steps": 150, "mixing": "spread", "tokenNoise": 0.3}]},
  "seeds": [1],
  "evaluations": [{"segments": [1, 2, 4, 8, 16, 32, 64, 128], "samples": 200}]
}
JSON
  "$rmt" experiment "$out/$count.json" --data "$texts" -o "$out/$count" > "$out/$count.log" 2>&1 ||
    { cat "$out/$count.log" >&2; exit 1; }
  echo "$count memory tokens: $(grep -E '^  [0-9]+ segments?:' "$out/$count.log" | tr -s ' \n' ' ')"
done
