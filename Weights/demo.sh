#!/usr/bin/env bash
# Gives the small BERT of this folder a memory, from checkpoint to export, and says what it does.
#
#   Weights/demo.sh path/to/rmt output-folder
set -euo pipefail

rmt=$1
output=$2
source_folder=$(dirname "$0")/bert-nano
segment_positions=64
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

rm -rf "$output"
mkdir -p "$output"

step "1. Convert a Hugging Face folder into one native file" \
  convert "$source_folder" -o "$output/bert.rmtw"
explain "The checkpoint's tensors, configuration and vocabulary now lie in $output/bert.rmtw." \
  "bert-nano has random weights, as its card says; a pretrained checkpoint of yours goes the same way."

step "2. Look at what is in it" \
  inspect "$output/bert.rmtw"

step "3. Attach memory tokens and a classifier" \
  attach "$output/bert.rmtw" -o "$output/bert-rmt.rmtw" --memory-tokens 10 \
  --labels bathroom,hallway,garden,office,bedroom,kitchen --seed 1
explain "The model now carries 10 memory tokens from segment to segment; they know nothing yet."

step "4. Fine-tune: remember a fact over 1, then 2, then 4 segments" \
  finetune "$output/bert-rmt.rmtw" --task memorize -o "$output/tuned.rmtw" \
  --segments 1,2,4 --steps 100,100,150 --mixing uniform --segment-positions "$segment_positions" \
  --batch 32 --learning-rate 5e-4 --clip-norm 1 --dropout 0 --evaluate-every 50 --seed 1
explain "A fact opens the document, small talk fills it, the question ends it." \
  "Each stage starts from the best weights of the one before."

step "5. Evaluate, on documents four times as long as any it was trained on too" \
  evaluate "$output/tuned.rmtw" --task memorize --segments 1,2,4,8,16 --samples 200
explain "Chance is 16.7 %."

write_document >"$output/document.txt"
step "6. Ask it about a document" \
  run "$output/tuned.rmtw" "$output/document.txt"
explain "The document opens with \"Mary went to the garden.\" and ends with \"Where is Mary?\"."

step "7. Export it for transformers" \
  export "$output/tuned.rmtw" -o "$output/huggingface" --layout huggingface
explain "In Python: AutoModelForSequenceClassification.from_pretrained(\"$output/huggingface\", trust_remote_code=True)"

printf '\nThe whole way took %d s; its files are in %s/.\n' $((SECONDS - started)) "$output"
