#!/usr/bin/env bash
# Gateway overhead: requests/s and latency through Breakeven (metered, booked durably), beside nginx's
# proxy_pass and LiteLLM's proxy, against an nginx that answers at once. All on the same cores, in
# turns, so that what the machine does meanwhile strikes all alike; the medians are printed.
#
#   BREAKEVEN      the executable (default: bin/breakeven, which make build leaves)
#   LITELLM_VENV   a virtual environment that has litellm[proxy]; made when not given; "none" leaves it out
#   CONNECTIONS=32  SECONDS_EACH=10  ROUNDS=3  PORT=9100 (and the four after it)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
breakeven=${BREAKEVEN:-$root/bin/breakeven}
connections=${CONNECTIONS:-32}
seconds=${SECONDS_EACH:-10}
rounds=${ROUNDS:-3}
port=${PORT:-9100}
work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
for tool in nginx wrk curl awk; do
  command -v "$tool" >/dev/null || { echo "run.sh: $tool is missing; install it with: apt-get install nginx wrk curl gawk" >&2; exit 1; }
done
[ -x "$breakeven" ] || { echo "run.sh: no executable at $breakeven; build it with: make build" >&2; exit 1; }

start() { "$@" >"$work/log.$((${#pids[@]}))" 2>&1 & pids+=($!); }
await() { # URL
  for _ in $(seq 300); do
    [ "$(curl -s -o /dev/null -w '%{http_code}' --max-time 1 "$1" || true)" != 000 ] && return
    sleep 0.2
  done
  echo "run.sh: nothing answers at $1; logs:" >&2; tail -n 20 "$work"/log.* >&2; exit 1
}

upstream=$port proxy=$((port + 1)) ours=$((port + 2)) litellm=$((port + 3))
sed "s/@UPSTREAM@/$upstream/; s#@WORK@#$work#g" "$here/upstream.conf" >"$work/upstream.conf"
sed "s/@UPSTREAM@/$upstream/; s/@PROXY@/$proxy/; s#@WORK@#$work#g" "$here/proxy.conf" >"$work/proxy.conf"
start nginx -p "$work" -c "$work/upstream.conf"
start nginx -p "$work" -c "$work/proxy.conf"

if [ -n "${BREAKEVEN_COMMAND:-}" ]; then
  # Another way to start the gateway, for development: it gets the port and the upstream's URL.
  start $BREAKEVEN_COMMAND "$work/books" "$ours" "http://127.0.0.1:$upstream/v1"
  key=${BREAKEVEN_KEY:?the key of BREAKEVEN_COMMAND}
else
  "$breakeven" init "$work/shop" >/dev/null
  cli() { "$breakeven" "$@" --workspace "$work/shop"; }
  cli upstream add fast --url "http://127.0.0.1:$upstream/v1" --model gpt-fixed \
    --cost-input 0.5 --cost-output 1.5 --currency USD >/dev/null
  cli price set fast --input 1 --cached 0.1 --output 3 --currency USD >/dev/null
  cli customer create bench >/dev/null
  key=$(cli key create --customer bench --credit 1000000 | tail -n 1)
  start "$breakeven" up --workspace "$work/shop" --listen "127.0.0.1:$ours"
fi
targets=("nginx $proxy none" "breakeven $ours $key")

if [ "${LITELLM_VENV:-}" != none ]; then
  venv=${LITELLM_VENV:-$work/venv}
  if [ ! -x "$venv/bin/litellm" ]; then
    python3 -m venv "$venv" && "$venv/bin/pip" install -q 'litellm[proxy]'
  fi
  sed "s/@UPSTREAM@/$upstream/" "$here/litellm.yaml" >"$work/litellm.yaml"
  start env LITELLM_LOG=ERROR PATH="$venv/bin:$PATH" "$venv/bin/litellm" --config "$work/litellm.yaml" \
    --host 127.0.0.1 --port "$litellm" --num_workers 1
  targets+=("litellm $litellm sk-bench")
fi
for target in "${targets[@]}"; do
  set -- $target
  await "http://127.0.0.1:$2/"
done

measure() { # NAME PORT KEY SECONDS -> "requests/s p50ms p99ms errors"
  KEY=$3 wrk -t1 -c"$connections" -d"$4s" --latency -s "$here/post.lua" "http://127.0.0.1:$2/v1/chat/completions" |
    awk '
      function ms(t) { if (t ~ /us$/) return t / 1000; if (t ~ /ms$/) return t + 0; return t * 1000 }
      $1 == "50%" { p50 = ms($2) } $1 == "99%" { p99 = ms($2) }
      $1 == "Requests/sec:" { rate = $2 }
      /Non-2xx/ { errors = $NF } /Socket errors/ { errors += $4 + $6 + $8 + $10 }
      END { printf "%.1f %.3f %.3f %d\n", rate, p50, p99, errors }'
}

for target in "${targets[@]}"; do set -- $target; measure "$1" "$2" "$3" 2 >/dev/null; done
for round in $(seq "$rounds"); do
  for target in "${targets[@]}"; do
    set -- $target
    result=$(measure "$1" "$2" "$3" "$seconds")
    echo "$result" >>"$work/$1.results"
    echo "round $round  $1  $result" >&2
  done
done

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
echo "$connections connections, $rounds rounds of $seconds s, $(nproc) cores; medians"
printf '%-10s %12s %10s %10s %8s\n' "" requests/s "p50 ms" "p99 ms" errors
for target in "${targets[@]}"; do
  set -- $target
  rate=$(cut -d' ' -f1 "$work/$1.results" | median)
  p50=$(cut -d' ' -f2 "$work/$1.results" | median)
  p99=$(cut -d' ' -f3 "$work/$1.results" | median)
  errors=$(awk '{ sum += $4 } END { print sum + 0 }' "$work/$1.results")
  printf '%-10s %12s %10s %10s %8s\n' "$1" "$rate" "$p50" "$p99" "$errors"
  eval "${1}_rate=$rate ${1}_p99=$p99 ${1}_errors=$errors"
done
awk -v n="$nginx_rate" -v b="$breakeven_rate" -v np="$nginx_p99" -v bp="$breakeven_p99" -v l="${litellm_rate:-0}" 'BEGIN {
  printf "breakeven / nginx: 1/%.1f of the requests/s (target 1/8), %.1f x its p99 (target under 10)\n", n / b, bp / np
  if (l > 0) printf "breakeven / LiteLLM: %.0f x the requests/s (target 80)\n", b / l
}'
if [ "$breakeven_errors" != 0 ]; then echo "run.sh: $breakeven_errors requests failed" >&2; exit 1; fi
if [ -z "${BREAKEVEN_COMMAND:-}" ]; then "$breakeven" ledger verify --workspace "$work/shop"; fi
