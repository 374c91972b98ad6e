#!/bin/sh
# What pretraining is worth: steps to 99.5 % on each task, from bert-nano and from random numbers.
#
#   worth.sh RMT TEXTS OUT
#
# TEXTS holds state_union, inaugural and the bAbI files qa4_train.txt, qa4_valid.txt and qa4_test.txt;
# the recipes beside this folder say where they are from. Both starts get the same settings and seed.
# A run that was stopped goes on. Takes about half an hour on two cores.
set -eu
rmt=$(realpath "$1") texts=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3") here=$(realpath "$(dirname "$0")")

# recipe TASK START: three evaluations in a row at 99.5 % end a stage.
recipe() {
  stories= batch=32 rate=0.0005
  stages='{"segments": 1, "steps": 1000}, {"segments": 2, "steps": 1000, "mixing": "spread"}'
  positions=64
  if [ "$1" = reason ]; then
    stories='"stories": "qa4_train.txt", "validationStories": "qa4_valid.txt",
      "testStories": "qa4_test.txt",'
    batch=256 rate=0.001 positions=48 stages='{"segments": 1, "steps": 3000}'
  fi
  cat << JSON
{
  "title": "$1 from $2 weights",
  "sources": [{"name": "state_union", "origin": "NLTK"}, {"name": "inaugural", "origin": "NLTK"},
    {"name": "qa4_train.txt", "origin": "bAbI"}, {"name": "qa4_valid.txt", "origin": "bAbI"},
    {"name": "qa4_test.txt", "origin": "bAbI"}],
  "model": {"checkpoint": "$here", "start": "$2", "memoryTokens": 10, "segmentPositions": $positions},
  "task": {"name": "$1", $stories "background": ["state_union"], "evaluationBackground": ["inaugural"]},
  "training": {"batch": $batch, "learningRate": $rate, "warmUpSteps": 50, "beta2": 0.98, "clipNorm": 0.1,
    "dropout": 0, "schedule": "constant", "evaluateEvery": 25, "validationSamples": 200,
    "stages": [$stages]},
  "seeds": [1],
  "evaluations": [{"segments": [1, 2], "samples": 200}]
}
JSON
}

for task in memorize detect reason; do
  for start in random checkpoint; do
    name=$task-$start
    [ -f "$out/$name.json" ] || recipe "$task" "$start" > "$out/$name.json"
    "$rmt" experiment "$out/$name.json" --data "$texts" -o "$out/$name" > "$out/$name.log" 2>&1 || true
    echo "$name: $(grep -E 'target reached' "$out/$name.log" | tr -s ' \n' ' ')"
  done
done
