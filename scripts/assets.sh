#!/bin/sh
# Builds assets/vendor from npm packages: fonts, icons in use, htmx, charts. Run once, and again when a page uses a new icon;
# the pages work without it, only plainer. Needs Node 18 or newer.
set -eu
cd "$(dirname "$0")/.."
if [ ! -d node_modules/echarts ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	npm ci --no-audit --no-fund
fi
mkdir -p assets/vendor
font=node_modules/@fontsource-variable/inter/files
cp "$font/inter-latin-wght-normal.woff2" assets/vendor/inter-latin.woff2
cp "$font/inter-latin-ext-wght-normal.woff2" assets/vendor/inter-latin-ext.woff2
cp node_modules/htmx.org/dist/htmx.min.js assets/vendor/htmx.js
node scripts/icons.mjs
node_modules/.bin/esbuild scripts/echarts_entry.mjs --bundle --minify --format=esm --target=es2020 --legal-comments=none \
	--log-level=warning --outfile=assets/vendor/echarts.js
wc -c assets/vendor/* | sed 's/^/  /'
