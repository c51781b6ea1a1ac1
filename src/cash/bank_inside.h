/* bank_inside — what bank.c (accounts, storing, forgetting) and bank_meet.c (which line of a file is known) share. */
#ifndef CASH_BANK_INSIDE_H
#define CASH_BANK_INSIDE_H

#include "cash/bank.h"

struct account {
	int64_t id;            /* 0: new, until it is stored */
	bool fresh;
	const char *account, *name, *bank;
	char currency[4];
};

enum { TEXT_KEPT = 2000 };

struct bank_news_line {
	const struct bank_statement *statement;
	const struct bank_line *line;
	size_t account;
	const char *text;      /* what it is told by: text, else label */
	int64_t occurrence;
	struct bank_news_line *next_alike; /* of the file: same account, day and amount */
	struct bank_news_line *first_alike;
	int64_t id;            /* of the known line; 0: new, until it is stored */
	bool fresh;
	bool revive;           /* known, but no active import held it any more */
	struct bank_lump *lump; /* the payments of a sum: which one; of the sum itself: its own */
	bool whole;            /* this is the sum, and its payments stand for it */
};

/* A sum that the bank booked whole, met with the payments that it is made of: one of the two is of this file. */
struct bank_lump {
	int64_t id;            /* the line of the sum; 0: new, until it is stored */
	const int64_t *details; /* known payments that the file's sum is made of */
	size_t detail_count;
};

struct known_line {
	int64_t import_id, batch, lump_id;
	bool detailed;         /* its payments stand for it */
	bool open;             /* nobody decided on it */
	const char *payer_iban, *payer;
	int64_t id, account_id, amount, occurrence;
	int32_t day;
	const char *reference, *text, *format;
	char currency[4];
	bool present, pending, advice, taken;
	const char *end_to_end;
	const unsigned char *told; /* a name was taken out of its text: BANK_TOLD bytes; else NULL */
};

struct comparing {
	struct db *db;
	int64_t tenant, company;
	enum lang lang;
	struct arena *arena;
	struct bank_news *news;
	struct account *accounts;
	size_t account_count;
	struct known_line *known; /* by account, day, amount, id */
	size_t known_count;
};
#define OF_COMPANY(c) db_int("tenant", (c)->tenant), db_int("company", (c)->company)

struct bank_inside {
	struct bank_news news;
	struct account *accounts;
	size_t account_count;
};


/* Where no account has that very name, the only one that its number fits; SIZE_MAX: none. */
size_t account_find(const struct account *accounts, size_t count, const struct bank_statement *statement);

const char *bank_told_by(const struct bank_line *line);
bool bank_same_text(const char *a, const char *b); /* letters and digits only */
bool bank_said(const struct known_line *known, const char *text); /* the same text, also of a line that lost a name */
/* Money that is only announced is shown and never applied: its statement books it. What comes back is known at once. */
bool bank_told_pending(const struct bank_news_line *line);
struct status bank_known_load(struct comparing *c);
struct known_line *bank_alike(struct comparing *c, const struct bank_news_line *line, size_t *count);
void bank_meet(struct comparing *c); /* bank_meet.c */
void bank_meet_lumps(struct comparing *c); /* bank_lump.c */
enum { BANK_ADVICE_DAYS = 7 };

#endif
