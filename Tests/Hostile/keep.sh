#!/bin/sh
# Makes a folder of wrong files, one or more for each rule of each format: keep.sh RMT FOLDER
#
# The suites of the readers make the files and keep them here. The command is then given each, and
# FOLDER/README.md tells what it says. Fails where `rmt convert` does not end with an error of its
# own (65, bad data; 66, missing input), where `rmt inspect` ends in another way than that or well,
# or where one takes longer than ten seconds or more than 1 GiB of address space.
set -eu
. "$(dirname "$0")/attempt.sh"
rmt=$(realpath "$1") folder=$2
rm -rf "$folder"
mkdir -p "$folder"
folder=$(realpath "$folder")
RMT_HOSTILE_FOLDER=$folder ${SWIFT:-swift} test --skip-build --filter \
  \
  'RefusalTests|SafetensorsFileTests|ShardedTensorsTests|SubwordFileTests|SentencePieceTests|WordPieceVocabularyTests|KerasConversionTests' > "$folder/tests.log" 2>&1 || {
  tail -n 30 "$folder/tests.log"
  exit 1
}
rm "$folder/tests.log"

# Files that are large and not wrong in any one place; the suites keep none over 100 KB.
large() {
  mkdir -p "$folder/large/$1"
  cat > "$folder/large/$1/$2"
}
head -c 30000000 /dev/zero | tr '\0' a | large one-piece vocab.txt
yes a | head -n 10000000 | large pieces vocab.txt
seq 1 3000000 | large different-pieces vocab.txt
{ printf '{"model": {"type": "WordPiece", "vocab": {"' && head -c 60000000 /dev/zero | tr '\0' a \
  && printf '": 0}}}'; } | large piece-of-json tokenizer.json
{ printf '{"x": [' && yes '0,' | head -n 20000000 | tr -d '\n' && printf '0]}'; } \
  | large numbers-of-json tokenizer.json

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0 count=0
{
  echo '# Files that break a rule'
  echo
  echo 'Each folder is named by the rule that its file breaks. Made by the suites of `swift-rmt`'
  echo '(`make hostile`); free to use, like the project. The codes are those with which `rmt inspect`'
  echo 'and `rmt convert` end: 0 well, 65 bad data, 66 something is missing. The text is from the'
  echo 'first that is not 0.'
  echo
  echo '| file | inspect | convert | what `rmt` says |'
  echo '| --- | --- | --- | --- |'
} > "$folder/README.md"
for case in "$folder"/*/*/; do
  case=${case%/}
  for file in "$case"/bad.* "$case"/damaged.* "$case"/length.* "$case"/m.index "$case"/m.gguf \
    "$case"/m.onnx "$case"/model.bin "$case"/wrong.* "$case"/*.index.json \
    "$case"/tokenizer.json "$case"/vocab.txt "$case"/*.model \
    "$case"/*.keras; do
    [ -f "$file" ] || continue
    attempt "$file"
    count=$((count + 1))
    says=$(echo "$says" | sed "s#$case/##g; s#$folder/##g; s#$work/model#.#g; s#|#\\\\|#g" \
      | cut -c 1-240)
    echo "| ${file#"$folder/"} | $inspect | $convert | $says |" >> "$folder/README.md"
    case ${file#"$folder/"}-$inspect-$convert in
      # A tokenizer of an unknown kind keeps no weights from being converted.
      tokenizer/*-0-0 | large/*-0-0 | *-0-65 | *-0-66 | *-65-65 | *-65-66 | *-66-65 | *-66-66) ;;
      *)
        failures=$((failures + 1))
        echo "inspect $inspect, convert $convert: $file: $says" >&2
        ;;
    esac
    if [ -n "$left" ]; then
      failures=$((failures + 1))
      echo "convert left something behind: $file" >&2
    fi
  done
done
echo "$count files in $folder, $failures failures"
[ "$failures" = 0 ] && [ "$count" -gt 0 ]
