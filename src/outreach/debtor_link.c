#include "outreach/debtor_link.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "db/seal.h"
#include "ledger/customer.h"
#include "ledger/payer_group.h"
#include "ledger/event.h"

#include <sodium.h>

#define PERSONAL "personal" /* never a link: it has no number and no point */
enum { STALE_SECONDS = 300 };

/* --- addresses --------------------------------------------------------------------------------------------------------- */
const char *debtor_link_base(const struct settings *settings)
{
	return setting_text(settings, "debtor.address");
}

const char *debtor_link_url(const struct settings *settings, const char *token, struct arena *arena)
{
	const char *base = debtor_link_base(settings);
	return *base && *token ? arena_printf(arena, "%s/r/%s", base, token) : "";
}

const char *debtor_link_placeholder(const struct settings *settings, struct arena *arena)
{
	return debtor_link_url(settings, PERSONAL, arena);
}

/* The next placeholder, not a longer word that begins like one. */
static const char *find_place(const char *text)
{
	static const char place[] = "/r/" PERSONAL;
	for (const char *at = strstr(text, place); at; at = strstr(at + 1, place)) {
		unsigned char next = (unsigned char)at[sizeof place - 1];
		bool longer = (next >= '0' && next <= '9') || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '_' || next == '-';
		if (!longer) return at;
	}
	return NULL;
}

bool debtor_link_wanted(const char *text)
{
	return find_place(text) != NULL;
}

const char *debtor_link_fill(const char *text, const char *token, struct arena *arena)
{
	const char *at = find_place(text);
	if (!at) return text;
	cleanup_text struct text out = { 0 };
	for (; at; at = find_place(text)) {
		text_add_bytes(&out, text, (size_t)(at - text));
		text_addf(&out, "/r/%s", token);
		text = at + strlen("/r/" PERSONAL);
	}
	text_add(&out, text);
	return arena_strdup(arena, text_cstr(&out));
}

/* --- one link ------------------------------------------------------------------------------------------------------------ */
static struct status insert(struct db *db, const struct debtor_link_new *link, const char *token, int64_t *id)
{
	uint8_t hash[SECRET_HASH];
	secret_hash(token, hash);
	TRY(id_take(db, link->tenant_id, link->company_id, "debtor_link", 1, id));
	return db_run(db,
	        "INSERT INTO debtor_link (tenant_id, company_id, id, customer_id, question_id, hash, recipient, language, outbox_id, action_id, "
	        "made_at, made_by, expires_at) VALUES ($tenant, $company, $id, $customer, $question, $hash, $recipient, $language, $outbox, "
	        "$action, $now, $by, $expires)",
	        DB_ARGS(db_int("tenant", link->tenant_id), db_int("company", link->company_id), db_int("id", *id),
	                db_int("customer", link->customer_id), db_int("question", link->question_id), db_blob("hash", hash, sizeof hash),
	                db_text("recipient", link->recipient ? link->recipient : ""), db_text("language", lang_code(link->lang)),
	                db_int("outbox", link->outbox_id), db_int("action", link->action_id), db_int("now", link->now),
	                db_int("by", link->made_by), db_int("expires", link->now + link->days * 86400)));
}

struct status debtor_link_make(struct db *db, const struct debtor_link_new *link, char token[static DEBTOR_TOKEN_MAX], int64_t *id)
{
	char secret[SECRET_TEXT];
	secret_make(secret);
	snprintf(token, DEBTOR_TOKEN_MAX, "%lld.%s", (long long)link->tenant_id, secret);
	sodium_memzero(secret, sizeof secret);
	return insert(db, link, token, id);
}

#define COLUMNS                                                                                                              \
	"l.company_id, l.id, l.customer_id, l.question_id, l.outbox_id, l.action_id, l.made_by, l.made_at, l.expires_at, "       \
	"l.revoked_at, l.opened_at, l.seen_at, l.recipient, l.language, c.merged_into, "                                         \
	"COALESCE((SELECT CASE WHEN u.name <> '' THEN u.name ELSE u.email END FROM user_account u WHERE u.tenant_id = l.tenant_id AND u.id = l.made_by), '')"

static void read_link(struct rows *rows, int64_t tenant, int64_t now, struct arena *arena, struct debtor_link *out)
{
	*out = (struct debtor_link){ .tenant_id = tenant, .company_id = row_int(rows, 0), .id = row_int(rows, 1), .customer_id = row_int(rows, 2),
		                     .question_id = row_int(rows, 3), .outbox_id = row_int(rows, 4), .action_id = row_int(rows, 5),
		                     .made_by = row_int(rows, 6), .made_at = row_int(rows, 7), .expires_at = row_int(rows, 8),
		                     .revoked_at = row_int(rows, 9), .opened_at = row_int(rows, 10), .seen_at = row_int(rows, 11),
		                     .recipient = arena_strdup(arena, row_text(rows, 12)), .lang = lang_parse(row_text(rows, 13), LANG_FR),
		                     .maker = arena_strdup(arena, row_text(rows, 15)) };
	if (row_int(rows, 14)) out->customer_id = row_int(rows, 14); /* two customers were made one: it is his account now */
	out->state = out->revoked_at ? DEBTOR_LINK_REVOKED : now >= out->expires_at ? DEBTOR_LINK_EXPIRED : DEBTOR_LINK_GOOD;
}

struct status debtor_link_find(struct db *db, const char *token, const struct clock *clock, struct arena *arena, struct debtor_link *out)
{
	struct status unknown = status_make(STATUS_NOT_FOUND, "This link is not known. Open it as it stands in our message, whole.");
	int64_t tenant = 0;
	if (!secret_tenant(token, "", &tenant)) return unknown;
	uint8_t hash[SECRET_HASH];
	secret_hash(token, hash);
	{
		cleanup_rows struct rows *rows = db_query(db,
		        "SELECT " COLUMNS " FROM debtor_link l JOIN customer c ON c.tenant_id = l.tenant_id AND c.company_id = l.company_id "
		        "AND c.id = l.customer_id WHERE l.tenant_id = $tenant AND l.hash = $hash",
		        DB_ARGS(db_int("tenant", tenant), db_blob("hash", hash, sizeof hash)));
		if (!rows_next(rows)) {
			TRY(rows_status(rows));
			return unknown;
		}
		read_link(rows, tenant, 0, arena, out);
	}
	struct company company;
	struct viewer system = viewer_system(tenant);
	TRY(company_get(db, &system, out->company_id, &company));
	if (out->state == DEBTOR_LINK_GOOD && company_now(&company, clock) >= out->expires_at) out->state = DEBTOR_LINK_EXPIRED;
	return STATUS_FINE;
}

bool debtor_link_stale(const struct debtor_link *link, int64_t now)
{
	return now - link->seen_at >= STALE_SECONDS;
}

struct status debtor_link_touch(struct db *db, const struct debtor_link *link, int64_t now)
{
	return db_run(db,
	        "UPDATE debtor_link SET seen_at = $now, opened_at = CASE WHEN opened_at = 0 THEN CAST($now AS BIGINT) ELSE opened_at END "
	        "WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	        DB_ARGS(db_int("now", now), db_int("tenant", link->tenant_id), db_int("company", link->company_id), db_int("id", link->id)));
}

/* --- on the customer's file ------------------------------------------------------------------------------------------------ */
struct status debtor_link_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t now,
                               struct arena *arena, struct debtor_link **out, size_t *count)
{
	enum { LISTED = 100 };
	TRY(customer_check(db, viewer, company_id, customer_id));
	*out = arena_array(arena, struct debtor_link, LISTED), *count = 0;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT " COLUMNS " FROM debtor_link l JOIN customer c ON c.tenant_id = l.tenant_id AND c.company_id = l.company_id "
	        "AND c.id = l.customer_id WHERE l.tenant_id = $tenant AND l.company_id = $company AND l.customer_id = $customer "
	        "AND l.question_id = 0 ORDER BY l.id DESC LIMIT 100",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id)));
	while (*count < LISTED && rows_next(rows)) read_link(rows, viewer->tenant_id, now, arena, &(*out)[(*count)++]);
	return rows_status(rows);
}

struct status debtor_link_give(struct change *change, int64_t customer_id, struct arena *arena, const char **url)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	struct customer customer;
	const struct settings *settings;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(customer_get(change->db, change->viewer, change->company.id, customer_id, arena, &customer));
	if (!*debtor_link_base(settings))
		return status_make(STATUS_CONFLICT, "Say first under which address customers reach this desk: Settings, Customer's page.");
	if (strcmp(customer.generic, "accepted") == 0)
		return status_make(STATUS_CONFLICT, "%s is a generic account: several customers stand behind it, so it has no page.", customer.name);
	TRY(payer_group_seen(change->db, change->viewer, &change->company, settings, customer_id, change->today, arena));
	char token[DEBTOR_TOKEN_MAX];
	int64_t id = 0;
	TRY(debtor_link_make(change->db,
	        &(struct debtor_link_new){ .tenant_id = change->company.tenant_id, .company_id = change->company.id, .customer_id = customer_id,
	                                   .made_by = change->viewer->user_id, .now = change->now,
	                                   .lang = *customer.language ? setting_words(settings, customer.language) : LANG_FR,
	                                   .days = setting_int(settings, "debtor.days") },
	        token, &id));
	*url = debtor_link_url(settings, token, arena);
	sodium_memzero(token, sizeof token);
	return event_add_json(change, (struct event_new){ .kind = "link.made", .customer_id = customer_id, .ref = id }, json_object());
}

struct status debtor_link_revoke(struct change *change, int64_t customer_id, int64_t id, int64_t *revoked)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	TRY(db_run_count(change->db,
	        "UPDATE debtor_link SET revoked_at = $now WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer "
	        "AND question_id = 0 AND revoked_at = 0 AND (CAST($id AS BIGINT) = 0 OR id = $id)",
	        DB_ARGS(db_int("now", change->now), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                db_int("customer", customer_id), db_int("id", id)), revoked));
	if (!*revoked) return status_make(STATUS_NOT_FOUND, "There is no link to revoke any more.");
	return event_add_json(change, (struct event_new){ .kind = "link.revoked", .customer_id = customer_id, .ref = id },
	                      json_pack("{s:I}", "count", (json_int_t)*revoked));
}

/* --- on letters --------------------------------------------------------------------------------------------------------------- */
/* "" without a key. BLAKE2b keyed, of who the letter is about: as hard to guess as a random one. */
static const char *letter_token(const struct settings *settings, int64_t tenant, int64_t company, int64_t action_id, struct arena *arena)
{
	const char *key = setting_text(settings, "link.key");
	if (strlen(key) < 40 || strlen(key) > crypto_generichash_KEYBYTES_MAX) return "";
	char about[96], secret[SECRET_TEXT];
	size_t len = (size_t)snprintf(about, sizeof about, "letter %lld %lld %lld", (long long)tenant, (long long)company, (long long)action_id);
	unsigned char bytes[32];
	crypto_generichash(bytes, sizeof bytes, (const unsigned char *)about, len, (const unsigned char *)key, strlen(key));
	sodium_bin2base64(secret, sizeof secret, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return arena_printf(arena, "%lld.%s", (long long)tenant, secret);
}

const char *debtor_link_of_letter(const struct settings *settings, int64_t tenant, int64_t company, int64_t action_id, struct arena *arena)
{
	return debtor_link_url(settings, letter_token(settings, tenant, company, action_id, arena), arena);
}

struct status debtor_link_keep_letter(struct change *change, const struct settings *settings, int64_t customer_id, int64_t action_id,
                                      enum lang lang, struct arena *arena)
{
	const struct company *company = &change->company;
	const char *token = letter_token(settings, company->tenant_id, company->id, action_id, arena);
	if (!*debtor_link_base(settings) || !*token) return STATUS_FINE;
	uint8_t hash[SECRET_HASH];
	secret_hash(token, hash);
	int64_t known = 0, id = 0;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM debtor_link WHERE tenant_id = $tenant AND hash = $hash",
	               DB_ARGS(db_int("tenant", company->tenant_id), db_blob("hash", hash, sizeof hash)), &known, NULL));
	if (known) return STATUS_FINE;
	return insert(change->db,
	        &(struct debtor_link_new){ .tenant_id = company->tenant_id, .company_id = company->id, .customer_id = customer_id,
	                                   .action_id = action_id, .made_by = change->viewer->user_id, .now = change->now, .lang = lang,
	                                   .days = setting_int(settings, "debtor.days") },
	        token, &id);
}

struct status debtor_link_key(struct change *change, const struct settings *settings)
{
	if (!*debtor_link_base(settings) || *setting_text(settings, "link.key")) return STATUS_FINE;
	if (setting_unlocked(settings, "link.key").code || !seal_ready(db_store(change->db))) return STATUS_FINE;
	char secret[SECRET_TEXT];
	secret_make(secret);
	struct status status = setting_set(change->db, change->company.tenant_id, change->company.id, "link.key", secret);
	sodium_memzero(secret, sizeof secret);
	return status;
}
