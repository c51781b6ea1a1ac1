#include "db/page_memory.h"

#include "base/memory.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum {
	LARGE_PAGE = 2 << 20,
	REGION = 128 << 20,            /* of addresses: memory only as far as it was used; beyond it malloc serves */
	LEAST = 4096, PLACE = 4096 + 512, /* a page and what SQLite keeps beside it */
};

struct place {
	struct place *next;
};

static struct {
	pthread_mutex_t lock;
	struct place *free;            /* guarded by lock, as used */
	size_t used;                   /* bytes from the start that were ever given */
	char *start, *end;
} region = { .lock = PTHREAD_MUTEX_INITIALIZER };
static sqlite3_mem_methods usual;

static bool within(const void *p)
{
	return (uintptr_t)p >= (uintptr_t)region.start && (uintptr_t)p < (uintptr_t)region.end;
}

static void *take(int size)
{
	if (size < LEAST || size > PLACE) return usual.xMalloc(size);
	pthread_mutex_lock(&region.lock);
	void *place = region.free;
	if (place)
		region.free = region.free->next;
	else if (region.used + PLACE <= (size_t)(region.end - region.start))
		place = region.start + region.used, region.used += PLACE;
	pthread_mutex_unlock(&region.lock);
	return place ? place : usual.xMalloc(size);
}

static void give(void *p)
{
	if (!within(p)) {
		usual.xFree(p);
		return;
	}
	struct place *place = p;
	pthread_mutex_lock(&region.lock);
	place->next = region.free, region.free = place;
	pthread_mutex_unlock(&region.lock);
}

static int size_of(void *p)
{
	return within(p) ? PLACE : usual.xSize(p);
}

static void *resize(void *p, int size)
{
	if (!within(p)) return usual.xRealloc(p, size);
	if (size <= PLACE) return p;
	void *bigger = usual.xMalloc(size);
	if (!bigger) return NULL;
	memcpy(bigger, p, PLACE);
	give(p);
	return bigger;
}

static void use(void)
{
	char *memory = mmap(NULL, REGION + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED) return;
	region.start = (char *)(((uintptr_t)memory + LARGE_PAGE - 1) & ~(uintptr_t)(LARGE_PAGE - 1));
	region.end = region.start + REGION;
	madvise(region.start, REGION, MADV_HUGEPAGE); /* a wish */
	sqlite3_mem_methods ours;
	bool fine = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual) == SQLITE_OK;
	ours = usual;
	ours.xMalloc = take, ours.xFree = give, ours.xSize = size_of, ours.xRealloc = resize;
	if (fine && sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK) return;
	region.start = region.end = NULL;
	munmap(memory, REGION + LARGE_PAGE);
}

void page_memory_use(void)
{
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ /* a use after the end is to be seen */
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, use);
#else
	(void)use;
#endif
}
