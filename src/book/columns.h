/* columns — how a book is laid out; only the book's own files include this.
 *
 * A book is a list of blocks: the base, then smaller ones with the customers that changed since. A block is immutable and
 * shared between books. In a block the items of a customer are side by side, and in them those of one currency: a segment.
 *
 *   segment   [ debits: due, posting, number ][ credits: same ][ outside the balance ]   + its settlements, by debit
 *
 * Debits only ever shrink to 0 and credits only rise to 0, so every bucket is a plain sum of masked amounts: items by their
 * posting day, less settlements by theirs. No pass needs the open amount of a single item: the kernels read two streams in
 * order, and gcc vectorises them. A settlement repeats its debit's due day for that.
 *
 *   item        amount 8, posting 4, due 4, issue 4, id 4, flags 2, (number 4)   = 26 bytes, numbers not counted
 *   settlement  amount 8, day 4, due 4, debit 4, credit 4                        = 24 bytes
 */
#ifndef BOOK_COLUMNS_H
#define BOOK_COLUMNS_H

#include "book/book.h"

#include <pthread.h>
#include <stdatomic.h>

#define NOBODY UINT32_MAX
enum { BLOCKS_MAX = 12, CURRENCIES_MAX = 200, KEEPSAKES_MAX = 32 };

enum { FLAG_KIND = 15, FLAG_SOURCE_SHIFT = 4, FLAG_SOURCE = 7, FLAG_WITHDRAWN = 1 << 7, FLAG_ORIGIN = 1 << 8 };
static inline enum item_kind flags_kind(uint16_t flags) { return (enum item_kind)(flags & FLAG_KIND); }
static inline enum due_source flags_source(uint16_t flags)
{
	return (enum due_source)(flags >> FLAG_SOURCE_SHIFT & FLAG_SOURCE);
}

static inline bool flags_sale(uint16_t flags)
{
	return flags_kind(flags) == ITEM_INVOICE || flags_kind(flags) == ITEM_CREDIT_NOTE;
}

struct segment {
	uint32_t customer;                 /* of the block */
	uint16_t currency;                 /* of the block */
	uint32_t first, debits, credits, outside;
	uint32_t first_settlement, settlements;
};

struct origin {
	uint32_t item;
	int64_t id;
};

struct block {
	atomic_int readers;
	size_t items, settlements, segments_count, customers;
	int64_t id_base;
	/* items */
	int64_t *amount;
	int32_t *posting, *due, *issue;
	uint32_t *id;                      /* less id_base */
	uint16_t *flags;
	uint32_t *number;                  /* where in texts */
	char *texts;
	size_t texts_len;
	/* settlements */
	int64_t *settled;
	int32_t *settled_day, *settled_due;
	uint32_t *debit, *credit;
	/* who owns what */
	struct segment *segments;
	uint32_t *customer_segment;        /* first segment of each customer; one more at the end */
	int64_t *customer_id;
	struct origin *origins;            /* by item */
	size_t origins_count;
	char (*currencies)[4];
	size_t currencies_count;
	int32_t issue_first, issue_last, posting_first;
	_Atomic(uint32_t *) by_id;         /* items in order of id, made at first use */
	pthread_mutex_t kept_lock;
	struct keepsake *kept[KEEPSAKES_MAX]; /* moment.h; guarded by kept_lock, as the turn */
	uint64_t kept_turn;
};
void block_release(struct block *block);
int block_currency(const struct block *block, const char *currency); /* -1: none */

struct people_texts {                      /* what rows point to: of these people, and of those they were made from */
	atomic_int readers;
	struct arena *arena;
	struct people_texts *older;        /* NULL: none */
	int depth;                         /* how many are behind it */
};
enum { PEOPLE_DEPTH_MAX = 64 };            /* then everybody is copied, and the old texts go */

struct people {                            /* customers, by code; shared between books */
	atomic_int readers;
	size_t count;
	int64_t stored;                    /* rows in the store then, the merged ones too; -1: not counted */
	struct book_customer *rows;        /* first_item and item_count are the book's */
	uint32_t *by_id;                   /* indexes in order of id */
	struct people_texts *texts;
};
struct people_texts *people_texts_new(void); /* empty, behind nobody */
void people_release(struct people *people);
size_t people_find(const struct people *people, int64_t id); /* SIZE_MAX: none */

struct dispute_span {
	int64_t item_id, customer_id, amount; /* amount -1: the whole item */
	int32_t opened, closed;               /* DAY_NONE: open */
};
struct promise_span {
	int64_t item_id, customer_id;         /* item 0: the account as a whole */
	int64_t amount;
	int32_t made, day, settled;           /* settled: when it stopped being expected; DAY_NONE */
	bool cancelled;
};
struct hold_span {
	int64_t customer_id, item_id;         /* item 0: all of his */
	int32_t from, until, lifted;          /* until: last day held; DAY_NONE: until lifted */
};
struct bounds {                            /* what binds items, by item id; shared between books */
	atomic_int readers;
	struct dispute_span *disputes;
	struct promise_span *promises;
	struct hold_span *holds;           /* by customer id */
	size_t disputes_count, promises_count, holds_count;
};
struct bounds *bounds_new(void); /* nothing bound; one reader */
void bounds_release(struct bounds *bounds);

struct place {
	uint32_t block, customer;          /* block NOBODY: he has no item */
};

struct book {
	atomic_int readers;
	int64_t rev;
	char currency[4];
	struct block *blocks[BLOCKS_MAX];
	size_t first_item[BLOCKS_MAX + 1];
	size_t block_count;
	uint32_t *owner[BLOCKS_MAX];       /* customer index of each customer of a block; NOBODY: a later block has him */
	struct people *people;
	struct place *places;              /* by customer index */
	struct bounds *bounds;
	char currencies[CURRENCIES_MAX][4];
	size_t currencies_count;
};
/* Takes the references of blocks, people and bounds; later blocks win. `old`: a book of customers with the same indexes, whose first
 * blocks are these too; NULL: none. */
struct book *book_assemble(int64_t rev, const char *currency, struct block **blocks, size_t count, struct people *people,
                           struct bounds *bounds, const struct book *old);

/* --- walking ------------------------------------------------------------------------------------------------------------ */
/* Segments of one currency that belong to a selected customer. */
struct walk {
	const struct book *book;
	const uint8_t *selected;
	const char *currency;              /* NULL: all */
	/* where it stands */
	size_t block, segment, step;
	int currency_index;                /* in this block; -1: none here */
	const struct block *columns;
	const struct segment *now;
	size_t customer;                   /* index of the book */
	size_t only;                       /* 1 + customer index; 0: all */
};
struct walk walk_start(const struct book *book, const char *currency, const uint8_t *selected);
struct walk walk_customer(const struct book *book, size_t customer, const char *currency);
/* As options ask: the company's currency unless one is named; customer: 1 + index, 0 all. */
struct walk walk_options(const struct book *book, const char *currency, const uint8_t *selected, size_t customer);
bool walk_next(struct walk *walk);
/* The index of the first item of the block it stands in. */
static inline size_t book_block_first(const struct walk *walk)
{
	return walk->book->first_item[walk->block];
}

/* The block and local index of an item. */
const struct block *book_block(const struct book *book, size_t index, size_t *block, uint32_t *local);
const struct segment *block_segment(const struct block *block, uint32_t item);
int64_t block_origin(const struct block *block, uint32_t item); /* 0: none */
/* Open amounts of a segment's items (debits, credits; 0 outside) as of a day, and the days they closed when closed is given. */
void segment_open(const struct block *block, const struct segment *segment, int32_t as_of, int64_t *open, int32_t *closed);

/* Payment behaviour of a segment, without what promises and disputes add. */
void segment_behaviour(const struct block *block, const struct segment *segment, int32_t as_of, unsigned no_lateness,
                       struct book_behaviour *out);
/* Whether a settlement counts in the days late of the year: a payment on an invoice whose due date says something. */
bool settlement_counts_late(const struct block *block, uint32_t settlement, int32_t as_of, unsigned no_lateness);

struct cut { int32_t edge[3]; };
struct cut ageing_edges(const int32_t edges[3]);
/* Adds to: 0 all positive, 1 late, 2..4 beyond each edge; 5 negative ones. */
void segment_sums(const struct block *block, const struct segment *segment, int32_t as_of, struct cut cut, int64_t sums[6]);
void ageing_of_sums(const int64_t sums[6], enum book_basis basis, struct book_ageing *out);

/* Disputed and promised amounts of a currency on a day, over the selected customers. */
void bounds_sum(const struct book *book, struct book_age_options options, int64_t *disputed, int64_t *promised);
/* What was promised and fell due (with its grace) in (as_of − 365, as_of], and what of it came in time, by customer. */
void bounds_kept(const struct book *book, struct book_behaviour_options options, struct book_behaviour *rows,
                 struct book_behaviour *total);
/* Disputed amounts of disputes opened in the year, by customer. */
void bounds_disputed(const struct book *book, struct book_behaviour_options options, struct book_behaviour *rows,
                     struct book_behaviour *total);

/* Wider vectors where the machine has them; the sanitizers start before the choice can be made. */
#if defined __GNUC__ && !defined __clang__ && defined __x86_64__ && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#define VECTOR_CLONES [[gnu::target_clones("avx2", "default")]]
#else
#define VECTOR_CLONES
#endif

#endif
