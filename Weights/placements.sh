#!/bin/sh
# Which of the placements that Reasoning holds out for its test a model answers wrongly: documents of eight segments
# about each of the 24, three places in a row from west to east or from south to north, and in all.
#
#   placements.sh RMT MODEL TEXTS OUT
#
# TEXTS holds inaugural; the zoo's page says where it is from. Takes one to two minutes for a model of bert-nano's shape.
set -eu
rmt=$1 model=$2 texts=$3 out=$4
mkdir -p "$out"
count=60 correct=0 total=0

# place NUMBER: one of the six, round and round
place() { echo bathroom hallway garden office bedroom kitchen | cut -d ' ' -f $(($1 % 6 + 1)); }

# story SUBJECT DIRECTION OBJECT OPPOSITE, twice: both facts in both orders, and every question about them
story() {
  for facts in "$1 $2 $3 $4 $5 $6 $7 $8" "$5 $6 $7 $8 $1 $2 $3 $4"; do
    # shellcheck disable=SC2086
    set -- $facts
    for asked in "$1 $2 $3 $4 1" "$5 $6 $7 $8 2"; do
      echo "$asked" | while read -r subject direction object opposite fact; do
        for question in "What is $direction of the $object?" "What is the $object $opposite of?"; do
          printf '1 The %s is %s of the %s.\n2 The %s is %s of the %s.\n3 %s\t%s\t%s\n' \
            "$1" "$2" "$3" "$5" "$6" "$7" "$question" "$subject" "$fact"
        done
      done
    done
  done
}

for ways in "east west" "north south"; do
  to=${ways% *} from=${ways#* }
  # The steps from the near place to the middle one and from there to the far one, of the row that is held out.
  for steps in "4 1" "5 2"; do
    for first in 0 1 2 3 4 5; do
      near=$(place "$first") middle=$(place $((first + ${steps% *})))
      far=$(place $((first + ${steps% *} + ${steps#* })))
      file="$out/$near-$middle-$far-$to.txt"
      {
        for one in "$middle $to $near $from" "$near $from $middle $to"; do
          for other in "$far $to $middle $from" "$middle $from $far $to"; do
            # shellcheck disable=SC2086
            story $one $other
          done
        done
      } > "$file"
      "$rmt" evaluate "$model" -q --task reason --stories "$file" --fact-positions first --segments 8 --samples $count \
        --seed 3 --evaluation-background "$texts/inaugural" -o "${file%.txt}.jsonl" --force > "$out/table.txt"
      right=$(sed 's/.*"correct":\([0-9]*\),.*/\1/' "${file%.txt}.jsonl")
      echo "$near, $to of it $middle, $to of that $far: $right of $count"
      correct=$((correct + right)) total=$((total + count))
    done
  done
done
echo "all: $correct of $total"
