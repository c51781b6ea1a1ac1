# A short front for Meson. `make build` puts the program at build/encours.
.PHONY: build assets run check check-all bench fuzz format clean

build: assets
	@test -f build/build.ninja || meson setup build >/dev/null
	@ninja -C build encours

# what the pages load: fonts, icons, htmx, charts (npm packages, pinned in package-lock.json)
assets:
	@scripts/assets.sh

run:
	@./run

check:
	@./check

# clang, thread sanitizer, longer fuzzing, LibreOffice reading our XLSX
check-all:
	@scripts/install.sh build test extra
	@$(MAKE) --no-print-directory assets
	@python3 scripts/check.py --all

bench:
	@test -f build/build.ninja || meson setup build >/dev/null
	@ninja -C build encours bench/book_bench
	@bench/run.sh

# usage: make fuzz NAME=fec SECONDS=60
fuzz:
	@test -f build-san/build.ninja || CC=clang-14 meson setup build-san -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
	@ninja -C build-san $(NAME)_fuzz
	@mkdir -p .cache/fuzz/$(NAME)
	@build-san/$(NAME)_fuzz -max_total_time=$(or $(SECONDS),60) .cache/fuzz/$(NAME) fuzz/corpus/$(NAME)

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	@rm -rf build build-san build-tsan build-clang
