#!/bin/sh
# Gives the command every file under folders of strangers: strangers.sh RMT FOLDER…
#
# Made for collections of files that crashed other readers, such as github.com/HDFGroup/cve_hdf5. Fails
# where `rmt inspect` or `rmt convert` ends other than well (0) or with an error of its own (65, bad
# data; 66, something is missing), takes longer than ten seconds, more than 1 GiB of address space, or
# leaves something behind.
set -eu
. "$(dirname "$0")/attempt.sh"
rmt=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find "$@" -type f ! -path '*/.git/*' | LC_ALL=C sort > "$work.list"
trap 'rm -rf "$work" "$work.list"' EXIT
count=0 read=0 failures=0
while IFS= read -r file; do
  attempt "$file"
  count=$((count + 1))
  [ "$inspect" != 0 ] || read=$((read + 1))
  case $inspect-$convert in
    0-0 | 0-65 | 0-66 | 65-65 | 65-66 | 66-65 | 66-66) problem= ;;
    *) problem="inspect $inspect, convert $convert" ;;
  esac
  [ -z "$left" ] || problem="$problem left behind: $left"
  [ -z "$problem" ] || {
    failures=$((failures + 1))
    echo "$file: $problem: $says" >&2
  }
done < "$work.list"
echo "$count files, $read of them opened, $failures failures"
[ "$failures" = 0 ] && [ "$count" -gt 0 ]
