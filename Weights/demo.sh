#!/usr/bin/env bash
# Gives the small BERT of this folder a memory, from checkpoint to export, and says what it does.
#
#   Weights/demo.sh path/to/rmt output-folder
set -euo pipefail

rmt=$1
output=$2
source_folder=$(dirname "$0")/bert-nano
recipe=$(dirname "$0")/demo/recipe.json
started=$SECONDS

# Prints a heading and the command as a user would type it, runs it, and says how long it took.
step() {
  local title=$1 begun=$SECONDS
  shift
  printf '\n\033[1m%s\033[0m\n\n  $ rmt' "$title"
  printf ' %s' "$@"
  printf '\n\n'
  "$rmt" "$@"
  printf '\n  (%d s)\n' $((SECONDS - begun))
}

# Prints what the step before has done.
explain() { printf '  %s\n' "$@"; }

# A document that is several segments long: a fact, a lot of small talk, the question.
write_document() {
  printf 'Mary went to the garden.'
  for ((sentence = 0; sentence < 40; sentence++)); do
    printf ' The day was long and nothing of note took place.'
  done
  printf ' Where is Mary?\n'
}

if [ -n "$(ls -A "$output" 2>/dev/null)" ] && [ ! -f "$output/bert.rmtw" ]; then
  printf '%s holds something else than what this demo makes: name a new folder.\n' "$output" >&2
  exit 1
fi
rm -rf "$output"
mkdir -p "$output"

step "1. Convert a Hugging Face folder into one native file" \
  convert "$source_folder" -o "$output/bert.rmtw"
explain "The checkpoint's tensors, configuration and vocabulary now lie in $output/bert.rmtw." \
  "bert-nano is a small BERT that this project pretrained; a checkpoint of yours goes the same way."

step "2. Look at what is in it" \
  inspect "$output/bert.rmtw"

step "3. Run a recipe: attach a memory, learn over 1, 2, 4 and 8 segments, measure, report" \
  experiment "$recipe" -o "$output/experiment"
explain "A fact opens the document, small talk fills it, a question ends it; chance is 16.7 %." \
  "Each stage starts from the best weights of the one before. The recipe starts from random numbers:" \
  "a model this small learns to carry a memory sooner so." \
  "Charts and results are on $output/experiment/report.html."

trained=$output/experiment/seed-1/trained.rmtw
write_document >"$output/document.txt"
step "4. Ask it about a document" \
  run "$trained" "$output/document.txt"
explain "The document opens with \"Mary went to the garden.\" and ends with \"Where is Mary?\"."

step "5. See who reads and writes the memory" \
  attention "$trained" "$output/document.txt" -o "$output/attention.svg"

step "6. Export it for transformers" \
  export "$trained" -o "$output/huggingface" --layout huggingface
explain "In Python: AutoModelForSequenceClassification.from_pretrained(\"$output/huggingface\", trust_remote_code=True)"

number=7
for model in "$(dirname "$0")"/rmt-nano-*/model.rmtw; do
  folder=$(dirname "$model")
  task=${folder##*-}
  step "$((number++)). Try a model that was trained longer: $task, through 64 segments of 512 positions" \
    evaluate "$model" --task "$task" --segments 1...64 --samples 20
  explain "It was measured to 4,096 segments, two million tokens: see Weights/${folder##*/}/README.md."
done

printf '\nThe whole way took %d s; its files are in %s/.\n' $((SECONDS - started)) "$output"
