# Gives the command one file, within ten seconds and 1 GiB of address space: attempt FILE
#
# Sourced by keep.sh and strangers.sh, which set `rmt`, the command, and `work`, an empty folder of
# theirs. Sets `inspect` and `convert`, the codes with which the command ends; `says`, what it says first
# where it does not end well; `left`, what a conversion that failed left behind. A file of a tokenizer is
# tried beside the weights of a small BERT.
fixture=$(dirname "$(realpath "$0")")/../Fixtures/bert-tiny

attempt() {
  source=$1
  case ${1##*/} in
    tokenizer.json | vocab.txt | vocab.json | merges.txt | spiece.model | sentencepiece.bpe.model)
      source=$work/model
      rm -rf "$source"
      mkdir "$source"
      cp "$fixture/config.json" "$fixture/model.safetensors" "$1" "$source"
      # Which model's conventions SentencePiece's file follows is told beside it.
      case ${1##*/} in
        spiece.model) echo '{"tokenizer_class": "AlbertTokenizer"}' ;;
        sentencepiece.bpe.model) echo '{"tokenizer_class": "XLMRobertaTokenizer"}' ;;
        *) echo '{}' ;;
      esac > "$source/tokenizer_config.json"
      ;;
  esac
  inspect=0 convert=0
  (ulimit -v 1048576 && exec timeout 10 "$rmt" inspect "$source") \
    > "$work/out" 2> "$work/inspect" || inspect=$?
  (ulimit -v 1048576 && exec timeout 10 "$rmt" convert "$source" -o "$work/out.rmtw") \
    > "$work/out" 2> "$work/convert" || convert=$?
  text=$work/inspect
  [ "$inspect" != 0 ] || text=$work/convert
  says=$(tr '\n' ' ' < "$text" | LC_ALL=C tr -cd '\40-\176' | cut -c 1-600)
  [ "$convert" != 0 ] || rm -f "$work/out.rmtw"
  left=$(ls "$work" | grep -v -x -e out -e inspect -e convert -e model || true)
  [ -z "$left" ] || rm -rf "$work"/out.*
}
