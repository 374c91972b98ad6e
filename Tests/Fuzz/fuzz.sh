#!/bin/sh
# Fuzzes the reader of one format, or of each in turn: fuzz.sh PROGRAM FORMAT|all SECONDS
#
# The corpus begins with the fixtures of the format and grows under .build/fuzz-corpus; what the
# reader does not survive (a trap, another error than its own, ten seconds, a gigabyte) is kept under
# .build/fuzz-findings, and `PROGRAM FILE` with the same two variables repeats it.
set -eu
program=$1 format=$2 seconds=$3
fixtures=$(dirname "$0")/../Fixtures

if [ "$format" = all ]; then
  for one in gguf hdf5 keras native onnx pytorch safetensors sentencepiece tensorflow tokenizer zip; do
    "$0" "$program" "$one" "$seconds"
  done
  exit
fi

# Inputs lie in memory where there is such a folder.
parent=/dev/shm
[ -d "$parent" ] || parent=${TMPDIR:-/tmp}
folder=$(mktemp -d "$parent/rmt-fuzz.XXXXXX")
trap 'rm -rf "$folder"' EXIT
corpus=.build/fuzz-corpus/$format findings=.build/fuzz-findings
mkdir -p "$corpus" "$findings" "$folder/seeds"

# add PATTERN...: well-formed files of the format, small ones, each under a name of its own.
number=0
add() {
  for pattern in "$@"; do
    for file in $(find "$fixtures" -name "$pattern" -type f -size -128k | sort); do
      number=$((number + 1))
      cp "$file" "$folder/seeds/$number"
    done
  done
}
case $format in
  gguf) add '*.gguf' ;;
  hdf5) add '*.h5' ;;
  keras) add '*.keras' ;;
  native) ;; # the program puts its own there
  onnx)
    add '*.onnx'
    cp "$fixtures/onnx/dynamic/model.onnx.data" "$folder"
    ;;
  pytorch) add '*.pt' '*.pth' '*.bin' ;;
  safetensors) add '*.safetensors' ;;
  sentencepiece)
    add '*.model'
    # Which model's conventions it follows is told beside it.
    echo '{"tokenizer_class": "AlbertTokenizer"}' > "$folder/tokenizer_config.json"
    ;;
  tensorflow)
    add '*.index'
    # Data to point into, whatever the number of parts that an index asks for.
    for data in 00000-of-00001 00000-of-00002 00001-of-00002 \
      00000-of-00003 00001-of-00003 00002-of-00003; do
      head -c 16384 /dev/zero > "$folder/m.data-$data"
    done
    ;;
  tokenizer) add 'tokenizer.json' ;;
  zip) add '*.pt' '*.pth' '*.keras' ;;
  *)
    echo "fuzz.sh: unknown format '$format'" >&2
    exit 64
    ;;
esac

echo "== $format, $seconds s"
RMT_FUZZ_FORMAT=$format RMT_FUZZ_FOLDER=$folder "$program" \
  -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=1024 \
  -max_len=131072 -use_value_profile=1 -print_final_stats=1 -verbosity=1 \
  -artifact_prefix="$findings/$format-" "$corpus" "$folder/seeds" 2> "$findings/$format.log" || {
  tail -n 60 "$findings/$format.log"
  exit 1
}
grep -E 'DONE|stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb|slowest)' \
  "$findings/$format.log"
