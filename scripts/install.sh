#!/bin/sh
# Installs the Debian packages of the given groups of packaging/packages.txt that are missing, and says so.
# usage: install.sh build [test] [extra]
set -eu
cd "$(dirname "$0")/.."
wanted=
for group in "$@"; do
	wanted="$wanted $(sed -n "s/^$group //p" packaging/packages.txt | tr '\n' ' ')"
done
missing=
for package in $wanted; do
	state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
	[ "$state" = "install ok installed" ] || missing="$missing $package"
done
# a newer Node than Debian's may be there already, from elsewhere
if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
	missing=$(printf '%s' " $missing " | sed 's/ nodejs / /; s/ npm / /')
fi
[ -n "$(printf '%s' "$missing" | tr -d ' ')" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
	echo "These Debian packages, or what your system calls them, are needed:$missing" >&2
	exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null 2>&1 || { echo "Please install as root:$missing" >&2; exit 1; }
	sudo=sudo
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# a machine just started may be updating itself: wait for it
$sudo apt-get -o DPkg::Lock::Timeout=300 update -qq
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing >/dev/null
