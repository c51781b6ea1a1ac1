/* match_inside — shared by the files of the matcher: the index, what a text names, who may have paid, the options weighed. */
#ifndef CASH_MATCH_INSIDE_H
#define CASH_MATCH_INSIDE_H

#include "cash/keymap.h"
#include "cash/match.h"
#include "cash/names.h"
#include "cash/text_reference.h"

#define NOBODY UINT32_MAX

enum {
	CASH_MENTIONS = 96,    /* numbers a text may name, ranges spelt out */
	CASH_BEARERS = 6,      /* items that bear the same number */
	CASH_CANDIDATES = 24,  /* customers looked at for a line */
	CASH_OPTIONS = 72,
	CASH_SCOPE = 600,      /* items of a customer that sums are sought among, the oldest */
	CASH_SCAN = 2000,      /* items of a customer looked at */
	CASH_RANGE = 60,       /* numbers a range may hold */
	CASH_STEPS = 6000,     /* of one search for sums */
	CASH_ALTERNATIVES = 5,
};
#define CASH_AMOUNT_MAX ((int64_t)1 << 53) /* beyond it an item is not matched: sums stay far from overflow */

/* Families of keys. */
enum { KEY_NUMBER = 1, KEY_DIGITS, KEY_REFERENCE, KEY_AMOUNT, KEY_CODE, KEY_SIREN, KEY_IBAN, KEY_SHAPE, KEY_ITEM, KEY_MEMBER, KEY_PARTY };

struct party {                   /* a customer with his items, which lie together by due date */
	int64_t id;
	const struct cash_customer *known; /* NULL: only items of him are known */
	uint32_t first, count, payer;
};
struct cash_index {
	struct cash_view view;
	struct party *parties;
	uint32_t party_count, item_count;
	uint32_t *places, *party_of; /* by rank, the order of parties: place in view.items; whose */
	int64_t *open;               /* by rank: what is left of it */
	struct taken {
		uint32_t rank;
		int64_t open;        /* before */
	} *taken;                    /* in order, for putting back */
	size_t taken_count, taken_cap;
	uint32_t amounts_whole;      /* entries of `amounts` before anything was taken */
	struct keymap numbers, references, amounts, ids, codes, ibans, shapes, members, party_ids;
	struct cash_names *names;
};
static inline const struct cash_item *item_at(const struct cash_index *index, uint32_t rank)
{
	return &index->view.items[index->places[rank]];
}
uint32_t party_by_id(const struct cash_index *index, int64_t id);
uint64_t shape_key(const char *plain, size_t len, size_t digits); /* len > 3 */
uint64_t amount_key(int64_t amount, const char currency[4]);

/* --- what the text names ------------------------------------------------------------------------------------------------------- */
enum mention_kind { MENTION_STRUCTURED, MENTION_NUMBER, MENTION_SHORT, MENTION_RANGE, MENTION_ORDER };
struct mention {
	enum mention_kind kind;
	bool weak;               /* may be a date, a phone, or is too short to tell */
	bool announced;          /* behind FACTURE, N° …: if it is weak, it still speaks against what it is not */
	uint16_t from, to;       /* runs; both the field's where it is the whole of it */
	uint32_t bearers[CASH_BEARERS];
	size_t bearer_count;
	bool more;
};
struct named {
	struct cash_runs runs;
	struct mention mentions[CASH_MENTIONS];
	size_t count;
	uint16_t foreign[8];     /* runs that look like a number of ours, which is not open */
	size_t foreign_count;
	bool on_account;         /* ACOMPTE, PROVISION, AVANCE */
	bool spelt;              /* some mention is a range's inside */
};
void mentions_find(const struct cash_index *index, const struct cash_line *line, struct named *named);

/* --- who may have paid ----------------------------------------------------------------------------------------------------------- */
struct candidate {
	uint32_t party;
	double weight;           /* evidence, log odds */
	unsigned signals;        /* CASH_SIGNAL_IBAN, NAME, PAYER, REFERENCE, ACCOUNT */
	bool strong;             /* one known payer and no other: with the amount, two signals */
	bool exact_name, own_name; /* own_name: not only one that was learned */
	uint32_t learned;        /* place in view.learned, or NOBODY */
	uint32_t through;        /* the party that pays for him, or NOBODY */
	size_t shared;           /* how many answer to it as well as he */
};
struct payers {
	struct candidate list[CASH_CANDIDATES];
	size_t count;
	bool contradiction;      /* account and name speak for different customers */
};
void payers_find(const struct cash_index *index, const struct cash_line *line, const struct named *named, struct payers *out);
const struct candidate *payer_of(const struct payers *payers, uint32_t party);

/* --- what is weighed --------------------------------------------------------------------------------------------------------------- */
enum how { HOW_EXACT, HOW_DISCOUNT, HOW_FEE_STATED, HOW_ROUNDING, HOW_FEE_GUESSED, HOW_SETOFF, HOW_PART, HOW_OVER, HOW_ACCOUNT };
enum set_kind { SET_NAMED, SET_SINGLE, SET_ALL, SET_DUE, SET_RUN, SET_FEW, SET_ACCOUNT, SET_OLDEST };
struct option {
	uint32_t *ranks;         /* ascending */
	int64_t *amounts;        /* the line's sign is in them */
	size_t count;
	struct cash_difference differences[4];
	size_t difference_count;
	int64_t remainder, gap;  /* gap: open less line, in the line's direction */
	uint32_t party;
	enum how how;
	enum set_kind set;
	const struct candidate *who;
	unsigned signals;
	size_t named, credits, slips, tails, cuts, weaks, contradicted, foreign; /* parts by how they are named; mentions left out */
	uint32_t slip_of;        /* a rank written with a slip, a tail or cut */
	bool several_parties, round, late; /* late: what is missing is a discount that was over */
	double combinations;     /* log of how many sets of that kind there are */
	double score, confidence;
	uint64_t key;
};
struct search {
	const struct cash_index *index;
	const struct cash_line *line;
	const struct cash_settings *settings;
	struct arena *arena;
	enum lang lang;
	int sign;
	int64_t target;          /* > 0 */
	uint32_t itself;         /* rank of the free credit, or NOBODY */
	struct named named;
	struct payers payers;
	struct option options[CASH_OPTIONS];
	size_t count;
	bool incomplete;         /* a search for sums ran out of steps */
	size_t same_amount;      /* open items of exactly that amount, anybody's (up to a bound) */
};
static inline int64_t value_of(const struct search *search, uint32_t rank)
{
	return search->sign * search->index->open[rank];
}
int64_t cash_granule(int64_t amount); /* the step that amounts this round come in: 1 200.00 is one of few */
enum cash_written written_badly(const struct search *search, uint32_t rank, size_t *at);
bool usable(const struct search *search, uint32_t rank);
/* A set of items weighed; how its sum meets the line is found here. */
void option_add(struct search *search, const uint32_t *ranks, size_t count, enum set_kind set, double combinations);
void option_account(struct search *search, uint32_t party);
void options_seek(struct search *search);
void options_rank(struct search *search);

/* --- words ---------------------------------------------------------------------------------------------------------------------------- */
enum doubt { DOUBT_NONE, DOUBT_NOTHING, DOUBT_TIE, DOUBT_ACCOUNT, DOUBT_PART, DOUBT_OVER, DOUBT_FEE, DOUBT_SETOFF, DOUBT_FOREIGN, DOUBT_CONTRADICTED, DOUBT_SLIP, DOUBT_AMOUNT_ONLY,
	DOUBT_PAYER, DOUBT_ROUND, DOUBT_OTHER_SET, DOUBT_CHANCE, DOUBT_OLDEST, DOUBT_ADVANCE, DOUBT_SHARE, DOUBT_SOME };
void reasons_write(const struct search *search, const struct option *option, struct cash_proposal *out);
const char *doubt_words(const struct search *search, enum doubt doubt, const struct option *option, size_t ties);

#endif
