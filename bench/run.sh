#!/bin/sh
# The benchmarks of docs/performance.md. usage: bench/run.sh [LINES of the FEC, default 3000000]
set -eu
cd "$(dirname "$0")/.."
lines=${1:-3000000}
nproc | sed 's/^/processors: /'
uptime
echo "== the book, 10 million items"
build/bench/book_bench 10
python3 bench/import_bench.py "$lines"
exec python3 bench/import_bench.py csv 500000
