#!/usr/bin/env bash
# Makes bert-nano again, to the same bytes: a vocabulary, random numbers, four stretches of pretraining.
#
#   Weights/bert-nano/pretrain.sh path/to/rmt state_union output-folder
#
# What an earlier run has finished is left as it is, and the stretch that it was in goes on.
#
# Short sequences come first: with 512 positions from the start the loss stays for thousands of steps where
# the words' frequencies alone bring it.
set -euo pipefail
rmt=$1
text=$2
output=$3
mkdir -p "$output"

[ -f "$output/random.rmtw" ] || "$rmt" create -o "$output/random.rmtw" --vocabulary-from "$text" --generated-share 0.2 \
  --vocabulary-size 4000 --hidden-size 128 --layers 4 --heads 4 --positions 512 --seed 1

# stretch NUMBER STEPS POSITIONS BATCH RATE WARM-UP FROM
stretch() {
  [ -f "$output/stretch-$1.rmtw" ] && [ ! -f "$output/stretch-$1.rmtw.training" ] && return
  "$rmt" pretrain "$output/$7" --text "$text" --generated-share 0.5 -o "$output/stretch-$1.rmtw" \
    --steps "$2" --positions "$3" --batch "$4" --learning-rate "$5" --warmup-steps "$6" \
    --beta2 0.98 --dropout 0 --seed "$1" --evaluate-every 500 --resume
}
stretch 1 1500 64 64 1e-3 150 random.rmtw
stretch 2 1500 128 48 1e-3 50 stretch-1.rmtw
stretch 3 600 512 16 7e-4 50 stretch-2.rmtw
stretch 4 1200 512 16 7e-4 50 stretch-3.rmtw

[ -d "$output/bert-nano" ] || "$rmt" export "$output/stretch-4.rmtw" -o "$output/bert-nano" --layout huggingface --dtype f16
