/* page_memory — where SQLite keeps the pages of its caches: places of one size in a region of large pages of the system.
 *
 * A cache of 64 MB is 16,000 pieces of 4 KB. From malloc each is touched for the first time by a fault of its own, which costs as much
 * as filling it: an import of a million lines took a twelfth less processor time without them (bench/import_bench.py).
 */
#ifndef DB_PAGE_MEMORY_H
#define DB_PAGE_MEMORY_H

/* Before the first connection of the process; later it changes nothing. */
void page_memory_use(void);

#endif
