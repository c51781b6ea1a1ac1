#!/bin/sh
# A PostgreSQL server of Debian's package for tests: on a socket in FOLDER, no TCP, no durability.
# usage: postgres.sh start FOLDER | stop FOLDER
# `start` prints the URL of its database "postgres".
set -eu
action=$1 folder=$2
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "postgres.sh: PostgreSQL is not installed" >&2; exit 1; }
as() {
	if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid postgres --regid postgres --clear-groups "$@"); else "$@"; fi
}
case $action in
start)
	mkdir -p "$folder"
	chmod 755 "$folder"
	[ "$(id -u)" != 0 ] || chown postgres: "$folder"
	as "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
	as "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w \
		-o "-k $folder -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB" \
		start >/dev/null
	echo "postgresql://postgres@/postgres?host=$folder"
	;;
stop)
	as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
	rm -rf "$folder"
	;;
*) echo "usage: postgres.sh start FOLDER | stop FOLDER" >&2; exit 2 ;;
esac
