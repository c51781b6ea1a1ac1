#include "outreach/proof.h"

#include "access/user.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/words.h"
#include "ledger/event.h"
#include "ledger/setting.h"
#include "outreach/mime.h"
#include "outreach/mail_login.h"

#include <errno.h>
#include <fcntl.h>

struct proof {
	const struct viewer *viewer;
	const struct company *company;
	int32_t today;
	int64_t now, seq;
	char hex[EVENT_HEX];
	bool already;
	/* whom to tell */
	const struct settings *settings;
	struct user *users;
	size_t users_count;
	struct arena *arena;
};

static struct status claim(struct db *db, void *context)
{
	struct proof *proof = context;
	struct change change;
	int64_t told = 0;
	TRY(company_begin(db, proof->viewer, proof->company->id, proof->today, proof->now, &change));
	TRY(db_get_int(db, "SELECT COUNT(*) FROM event WHERE tenant_id = $tenant AND company_id = $company AND kind = 'chain.published' AND day = $day",
	               DB_ARGS(db_int("tenant", proof->company->tenant_id), db_int("company", proof->company->id), db_day("day", proof->today)),
	               &told, NULL));
	proof->already = told > 0;
	if (proof->already) return STATUS_FINE;
	TRY(event_head(db, proof->company->tenant_id, proof->company->id, &proof->seq, proof->hex));
	TRY(event_add_json(&change, (struct event_new){ .kind = "chain.published", .ref = proof->seq }, json_pack("{s:s}", "head", proof->hex)));
	return company_end(&change);
}

static struct status read_people(struct store *store, struct proof *proof)
{
	struct db *db = NULL;
	TRY(store_reader(store, &db));
	struct status status = settings_load(db, proof->company->tenant_id, proof->company->id, proof->arena, &proof->settings);
	if (!status.code) status = user_list(db, proof->viewer, proof->arena, &proof->users, &proof->users_count);
	store_release(store, db);
	return status;
}

/* One line a day, in one write: two servers that share the folder don't mix theirs. */
static bool add_line(const struct proof *proof, const char *folder)
{
	cleanup_text struct text path = { 0 }, line = { 0 };
	char day[11];
	day_format(proof->today, day);
	text_addf(&path, "%s/%s-heads.txt", folder, proof->company->code);
	text_addf(&line, "%s %s %lld %s\n", day, proof->company->code, (long long)proof->seq, proof->hex);
	int fd = open(text_cstr(&path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	bool done = fd >= 0 && write(fd, line.bytes, line.len) == (ssize_t)line.len && fsync(fd) == 0;
	int trouble = errno;
	if (fd >= 0) close(fd);
	if (!done) log_line(LOG_WARNING, "the head of %s could not be written to %s: %s", proof->company->code, text_cstr(&path), strerror(trouble));
	return done;
}

static struct status build_mail(const struct proof *proof, const char *to, size_t index, struct text *out)
{
	enum lang lang = lang_parse(setting_text(proof->settings, "language"), LANG_FR);
	const char *from = setting_text(proof->settings, "mail.from"), *name = setting_text(proof->settings, "mail.from_name"), *at = strrchr(from, '@');
	cleanup_text struct text subject = { 0 }, body = { 0 }, html = { 0 }, id = { 0 }, date = { 0 };
	words_date_long(&date, lang, proof->today);
	text_addf(&subject, tr(lang, "Seal of the history of %s, %s"), proof->company->name, text_cstr(&date));
	text_addf(&body, tr(lang, "The history of %s holds %lld events. Its seal is:"), proof->company->name, (long long)proof->seq);
	text_addf(&body, "\n\n%s\n\n", proof->hex);
	text_add(&body, tr(lang, "Keep this message. Should anybody rewrite what happened until today, no history that leads to this seal could be shown any more; "
	                         "“encours verify” checks the chain."));
	text_add(&html, "<!doctype html><html><body><pre style=\"font-family:inherit;white-space:pre-wrap\">");
	mustache_escape(&html, text_cstr(&body), body.len);
	text_add(&html, "</pre></body></html>");
	text_addf(&id, "encours.head.%lld.%lld.%zu@%s", (long long)proof->company->id, (long long)proof->seq, index, at ? at + 1 : "localhost");
	return mime_build(&(struct mime_mail){ .from = from, .from_name = *name ? name : proof->company->name, .to = to, .to_name = "", .reply_to = "",
		.message_id = text_cstr(&id), .in_reply_to = "", .subject = text_cstr(&subject), .text = text_cstr(&body), .html = text_cstr(&html),
		.date = proof->now }, out);
}

static struct status tell(const struct proof *proof, const struct proof_options *options, struct proof_result *out)
{
	struct smtp_server server = mail_server(proof->settings);
	server.timeout_s = 30;
	for (size_t i = 0; i < proof->users_count; i++) {
		const struct user *user = &proof->users[i];
		if (user->role != ROLE_ADMINISTRATOR || user->disabled) continue;
		cleanup_text struct text bytes = { 0 };
		TRY(build_mail(proof, user->email, i, &bytes));
		const char *to[] = { user->email, NULL };
		struct smtp_mail mail = { .from = setting_text(proof->settings, "mail.from"), .to = to, .bytes = bytes.bytes, .len = bytes.len };
		struct smtp_result result;
		if (options->transport) options->transport(options->context, &server, &mail, &result);
		else smtp_send(&server, &mail, &result);
		if (result.outcome == SMTP_SENT) {
			out->sent++;
			continue;
		}
		out->failed++;
		log_line(LOG_WARNING, "the head of %s did not reach an administrator: %s", proof->company->code, result.words);
	}
	return STATUS_FINE;
}

struct status proof_day(struct store *store, const struct viewer *viewer, const struct company *company, int32_t today, int64_t now,
                        const struct proof_options *options, struct arena *arena, struct proof_result *out)
{
	struct proof proof = { .viewer = viewer, .company = company, .today = today, .now = now, .arena = arena };
	*out = (struct proof_result){ 0 };
	TRY(read_people(store, &proof));
	bool mails = company->live && setting_bool(proof.settings, "proof.mail") && !setting_bool(proof.settings, "stop_all") && mail_ready(proof.settings);
	if (!mails && !options->folder) return STATUS_FINE;
	if (mails) TRY(mail_login_ready(proof.settings, "mail"));
	TRY(store_transact(store, claim, &proof));
	out->already = proof.already;
	if (proof.already) return STATUS_FINE;
	log_line(LOG_INFO, "chain %s %lld %s day", company->code, (long long)proof.seq, proof.hex);
	if (options->folder) out->filed = add_line(&proof, options->folder);
	return mails ? tell(&proof, options, out) : STATUS_FINE;
}
