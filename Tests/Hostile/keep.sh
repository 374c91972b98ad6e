#!/bin/sh
# Makes a folder of wrong files, one or more for each rule of each format: keep.sh RMT FOLDER
#
# The suites of the readers make the files and keep them here. The command is then given each, and
# FOLDER/README.md tells what it says. Fails where `rmt convert` does not end with an error of its
# own (65, bad data; 66, missing input), where `rmt inspect` ends in another way than that or well,
# or where one takes longer than ten seconds.
set -eu
rmt=$(realpath "$1") folder=$2
rm -rf "$folder"
mkdir -p "$folder"
folder=$(realpath "$folder")
RMT_HOSTILE_FOLDER=$folder ${SWIFT:-swift} test --skip-build --filter \
  'RefusalTests|SafetensorsFileTests|ShardedTensorsTests' > "$folder/tests.log" 2>&1 || {
  tail -n 30 "$folder/tests.log"
  exit 1
}
rm "$folder/tests.log"

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
    "$case"/m.onnx "$case"/model.bin "$case"/wrong.* "$case"/*.index.json; do
    [ -f "$file" ] || continue
    inspect=0 convert=0
    timeout 10 "$rmt" inspect "$file" > "$work/out" 2> "$work/inspect" || inspect=$?
    timeout 10 "$rmt" convert "$file" -o "$work/out.rmtw" > "$work/out" 2> "$work/convert" \
      || convert=$?
    count=$((count + 1))
    text=$work/inspect
    [ "$inspect" != 0 ] || text=$work/convert
    says=$(tr '\n' ' ' < "$text" | LC_ALL=C tr -cd '\40-\176' \
      | sed "s#$case/##g; s#$folder/##g; s#|#\\\\|#g" | cut -c 1-240)
    echo "| ${file#"$folder/"} | $inspect | $convert | $says |" >> "$folder/README.md"
    case $inspect-$convert in
      0-65 | 0-66 | 65-65 | 65-66 | 66-65 | 66-66) ;;
      *)
        failures=$((failures + 1))
        echo "inspect $inspect, convert $convert: $file: $says" >&2
        ;;
    esac
    if [ -n "$(ls "$work" | grep -v -x -e out -e inspect -e convert)" ]; then
      failures=$((failures + 1))
      echo "convert left something behind: $file" >&2
      rm -f "$work"/out.*
    fi
  done
done
echo "$count files in $folder, $failures failures"
[ "$failures" = 0 ] && [ "$count" -gt 0 ]
