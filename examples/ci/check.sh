#!/bin/sh
# Runs scenarios in shards, as the machines of a CI system would, judges the whole,
# and compares it with an earlier result if there is one. Ends as orderlab does: 0 as
# expected, 1 a failure or a verdict that got worse, 2 unknown.
#
#   check.sh SCENARIO...
#
#   SHARDS (2)              how many shards
#   OUT (out)               where the results go: OUT/result, OUT/junit.xml
#   BASELINE (baseline)     an earlier OUT/result to compare with
set -u
shards=${SHARDS:-2}
out=${OUT:-out}
baseline=${BASELINE:-baseline}
mkdir -p "$out" || exit

k=1
while [ "$k" -le "$shards" ]; do
    orderlab run "$@" --shard "$k/$shards" --progress plain -o "$out/shard-$k" >"$out/shard-$k.txt"
    code=$?
    # With 1 it has found a failure, which merge reports.
    [ "$code" -le 1 ] || exit "$code"
    k=$((k + 1))
done

set -- # from here on the shards
k=1
while [ "$k" -le "$shards" ]; do
    set -- "$@" "$out/shard-$k"
    k=$((k + 1))
done
orderlab merge "$@" --format junit >"$out/junit.xml"
orderlab merge "$@" -o "$out/result"
code=$?
[ "$code" -le 2 ] || exit "$code"

if [ -d "$baseline" ]; then
    orderlab compare "$baseline" "$out/result"
    compared=$?
    [ "$code" -ne 0 ] || code=$compared
fi
exit "$code"
