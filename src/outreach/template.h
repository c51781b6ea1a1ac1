/* template — the texts of mails and letters: shipped ones (pages/mail/<code>.<language>.txt), and those a company changed.
 *
 * One text serves a mail and a letter; each medium escapes in its own way. Variables, tests and blocks are one table
 * (reference/letters.md section 9): a text that uses any other name can't be saved, and the message names the place.
 *
 *     struct template_text text;
 *     TRY(template_load(db, tenant, company, "reminder", "de-AT", LANG_EN, arena, &text));      German if there is one, else English
 *     TRY(template_check(&text, NULL));
 */
#ifndef OUTREACH_TEMPLATE_H
#define OUTREACH_TEMPLATE_H

#include "base/arena.h"
#include "base/language.h"
#include "base/mustache.h"
#include "ledger/company.h"

/* What a step can name. In the order of the ladder, then what stands beside it. */
struct template_kind {
	const char *code;    /* before_due due reminder follow_up firm formal_notice thanks promise_noted promise_broken
	                      * dispute_opened instalments public consumer bill debit_returned purchase_order call_notes */
	const char *label;   /* English msgid */
	const char *help;    /* English msgid: when it is sent */
	bool letter;         /* made for paper as well */
};
const struct template_kind *template_kinds(size_t *count);
const struct template_kind *template_kind(const char *code); /* NULL when there is none */

struct template_variable {
	const char *name, *help; /* help: English msgid */
	enum mustache_name what;
};
const struct template_variable *template_variables(size_t *count);
enum mustache_name template_name(void *context, const char *name); /* for mustache_rules */

enum { TEMPLATE_SUBJECT_MAX = 400, TEMPLATE_BODY_MAX = 20000 };

struct template_text {
	char code[40];
	char language[LANGUAGE_TAG]; /* it is written in */
	enum lang lang;              /* of the labels, dates and amounts in it */
	const char *subject, *body;
	bool changed;        /* the company's own */
	int64_t updated_at, by_user, rev;
};

/* STATUS_NOT_FOUND for an unknown code. French and English are shipped; others are the company's own. The text in that language, else
 * in the wider one (pt-BR: pt), else in that of `words` (setting_words), never an empty letter; language "" is that of `words`. */
struct status template_load(struct db *db, int64_t tenant, int64_t company, const char *code, const char *language, enum lang words,
                            struct arena *arena, struct template_text *out);
/* The very text of that language, and no other: STATUS_NOT_FOUND when there is none. */
struct status template_get(struct db *db, int64_t tenant, int64_t company, const char *code, const char *language, enum lang words,
                           struct arena *arena, struct template_text *out);
/* Languages beside the two: those of texts and those that customers or contacts read. In order of their codes. */
struct template_language {
	char tag[LANGUAGE_TAG];
	int64_t texts, customers, contacts;
};
struct status template_languages(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct template_language **out, size_t *count);
struct status template_shipped(const char *code, enum lang lang, struct arena *arena, struct template_text *out);

/* What saving refuses: an unknown name, an unclosed section, a block in the subject, an empty text. *problem (may be NULL) says
 * where; `in_subject` in which part. */
struct template_problem {
	struct mustache_problem problem;
	bool in_subject;
};
struct status template_check(const struct template_text *text, struct template_problem *problem);
/* Checks and stores; a text equal to the shipped one is forgotten. Adds the event template.changed. */
struct status template_save(struct change *change, const struct template_text *text);
struct status template_reset(struct change *change, const char *code, const char *language);

/* What a mail of that text carries, as bits; TEMPLATE_FILES_USUAL when the company chose nothing. */
enum { TEMPLATE_FILES_USUAL = 0, FILE_PDF = 1, FILE_XLSX = 2, FILE_CSV = 4, FILE_INVOICES = 8, FILES_CHOSEN = 16 /* by the company, maybe none */ };
struct status template_files(struct db *db, int64_t tenant, int64_t company, const char *code, int *files);
/* TEMPLATE_FILES_USUAL forgets the choice. Adds template.files. */
struct status template_files_set(struct change *change, const char *code, int files);

#endif
