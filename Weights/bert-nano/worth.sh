#!/bin/sh
# What pretraining is worth: steps to 99.5 % on each task, from bert-nano and from random numbers.
#
#   worth.sh RMT TEXTS OUT
#
# TEXTS holds state_union and inaugural; the recipes beside this folder say where they are from. Both starts
# get the same settings and seed; for reason random numbers have σ = 0.05. A run that was stopped goes on.
# Takes about an hour on two cores.
set -eu
rmt=$(realpath "$1") texts=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3") here=$(realpath "$(dirname "$0")")

# recipe TASK START: three evaluations in a row at 99.5 % end a stage.
recipe() {
  batch=32 rate=0.0005 positions=64 schedule=constant range= place=
  stages='{"segments": 1, "steps": 1000}, {"segments": 2, "steps": 1000, "mixing": "spread"}'
  if [ "$1" = reason ]; then
    batch=256 rate=0.001 positions=48 schedule=linear place='"factPositions": "first",'
    stages='{"segments": 2, "steps": 500, "plainQuestions": 0.55, "ambiguousStories": true},
      {"segments": 2, "steps": 1000, "questionsPerStory": 4}'
    [ "$2" = checkpoint ] || range='"initializerRange": 0.05,'
  fi
  cat << JSON
{
  "title": "$1 from $2 weights",
  "sources": [{"name": "state_union", "origin": "NLTK"}, {"name": "inaugural", "origin": "NLTK"}],
  "model": {"checkpoint": "$here", "start": "$2", $range "memoryTokens": 10, "segmentPositions": $positions},
  "task": {"name": "$1", $place "background": ["state_union"],
    "evaluationBackground": ["inaugural"]},
  "training": {"batch": $batch, "learningRate": $rate, "warmUpSteps": 50, "beta2": 0.98, "clipNorm": 0.1,
    "dropout": 0, "schedule": "$schedule", "evaluateEvery": 25, "validationSamples": 200,
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
    # A start that does not learn is a result; anything else that ends the run is none.
    "$rmt" experiment "$out/$name.json" --data "$texts" -o "$out/$name" > "$out/$name.log" 2>&1 ||
      grep -q 'did not learn' "$out/$name.log" || { cat "$out/$name.log" >&2; exit 1; }
    echo "$name: $(grep -E 'target reached' "$out/$name.log" | tr -s ' \n' ' ')"
  done
done
