/* insolvency_notice — judgments of collective proceedings that the official gazette published of our customers, by SIREN alone.
 *
 * An opening, or a conversion, stops every reminder of earlier claims at once (the customer's insolvency is set, C. com. L622-7, L622-21)
 * and waits for a person: confirmed, or dismissed because it is not so. A notice that is cancelled takes back what it set, unless a
 * person confirmed it; one that is put right changes the day. A plan or a closing is noted and lifts nothing by itself.
 */
#ifndef LEDGER_INSOLVENCY_NOTICE_H
#define LEDGER_INSOLVENCY_NOTICE_H

#include "formats/notice.h"
#include "ledger/company.h"

struct insolvency_notice {
	int64_t id, customer_id;
	enum notice_act act;
	enum notice_kind kind;
	const char *number, *siren, *name, *nature, *court, *text, *state /* proposed confirmed dismissed noted cancelled */, *customer_code, *customer_name;
	int32_t published_day, judgment_day;
	int32_t declare_by; /* last day to declare claims (R622-24): of openings; DAY_NONE otherwise */
};

/* Which notices speak of a customer and are not known yet. */
struct insolvency_news {
	struct insolvency_match {
		const struct notice *notice;
		int64_t customer_id;
		const char *siren;
	} *rows;
	const struct notice **corrections; /* of notices that we hold, whoever they name now */
	size_t count, correction_count;
	int64_t known;
};
struct status insolvency_compare(struct db *db, int64_t tenant, int64_t company, const struct notice *notices, size_t count, struct arena *arena, struct insolvency_news *out);
struct status insolvency_store(struct change *change, const struct insolvency_news *news, int64_t import_id);
struct status insolvency_undo(struct change *change, int64_t import_id);
/* A person's word. Needs RIGHT_COLLECT. Dismissed, the insolvency that it set is withdrawn. */
struct status insolvency_decide(struct change *change, int64_t id, bool confirmed);
/* Newest first; customer_id 0: all in the portfolio; proposed: only those that wait. */
struct status insolvency_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool proposed, struct arena *arena,
                              struct insolvency_notice **out, size_t *count);
/* Two months after publication: the same day number, else the month's last; the next working day where that is none (CPC 642). */
int32_t insolvency_declare_by(int32_t published_day);

#endif
