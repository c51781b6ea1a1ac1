#include "outreach/threat.h"

#include "base/memory.h"
#include "base/text.h"
#include "outreach/template.h"

#include <stdlib.h>

/* Of normalised words: small letters, no accents, single spaces (text_normalise). */
static const struct {
	const char *words;
	enum threat threat;
} phrases[] = {
	{ "mise en demeure", THREAT_NOTICE }, { "mettre en demeure", THREAT_NOTICE }, { "formal notice", THREAT_NOTICE },
	{ "contentieux", THREAT_COURT }, { "huissier", THREAT_COURT }, { "commissaire de justice", THREAT_COURT }, { "notre avocat", THREAT_COURT },
	{ "nos avocats", THREAT_COURT }, { "tribunal", THREAT_COURT }, { "voie judiciaire", THREAT_COURT }, { "injonction de payer", THREAT_COURT },
	{ "poursuites", THREAT_COURT }, { "our lawyer", THREAT_COURT }, { "our solicitor", THREAT_COURT }, { "legal action", THREAT_COURT },
	{ "legal proceedings", THREAT_COURT }, { "bailiff", THREAT_COURT }, { "the court", THREAT_COURT }, { "debt collection agency", THREAT_COURT },
	{ "suspendre vos livraisons", THREAT_BLOCK }, { "suspendre les livraisons", THREAT_BLOCK }, { "suspension des livraisons", THREAT_BLOCK },
	{ "bloquer vos livraisons", THREAT_BLOCK }, { "bloquer les livraisons", THREAT_BLOCK }, { "blocage des livraisons", THREAT_BLOCK },
	{ "blocage de vos livraisons", THREAT_BLOCK }, { "suspend deliveries", THREAT_BLOCK }, { "suspend your deliveries", THREAT_BLOCK },
	{ "stop deliveries", THREAT_BLOCK }, { "deliveries will be stopped", THREAT_BLOCK }, { "deliveries will be suspended", THREAT_BLOCK },
};

/* Without what stands in {{…}}: names of variables are no words to the debtor. Sections for what is past stay: they are printed. */
static char *plain_words(const char *text)
{
	cleanup_text struct text kept = { 0 };
	for (const char *c = text; *c;) {
		const char *open = strstr(c, "{{");
		if (!open) {
			text_add(&kept, c);
			break;
		}
		text_add_bytes(&kept, c, (size_t)(open - c));
		text_add_char(&kept, ' ');
		const char *close = strstr(open, "}}");
		if (!close) break;
		c = close + 2;
	}
	return text_normalise(text_cstr(&kept), kept.len);
}

unsigned threats_in(const char *text)
{
	cleanup_free char *words = plain_words(text);
	unsigned found = 0;
	for (size_t i = 0; words && i < COUNT(phrases); i++)
		if (strstr(words, phrases[i].words)) found |= (unsigned)phrases[i].threat;
	return found;
}

static unsigned threats_of(const struct step *step)
{
	unsigned is = 0;
	if (step->rank == RANK_FORMAL_NOTICE) is |= THREAT_NOTICE;
	if (step->channel == CHANNEL_HANDOVER) is |= THREAT_COURT;
	if (step->channel == CHANNEL_BLOCK) is |= THREAT_BLOCK;
	return is;
}

unsigned threats_allowed(const struct scenario *scenario, size_t index)
{
	unsigned allowed = threats_of(&scenario->steps[index]); /* what it is itself it may be called */
	if (scenario->steps[index].rank == RANK_FORMAL_NOTICE) allowed |= THREAT_COURT;
	if (index + 1 < scenario->count) allowed |= threats_of(&scenario->steps[index + 1]);
	return allowed;
}

static struct status text_says(size_t at, const char *language, unsigned threats)
{
	if (threats & THREAT_NOTICE)
		return status_make(STATUS_INVALID, "Step %zu: its text (%s) speaks of a formal notice, and none follows it. Change the text, or add the step.", at, language);
	if (threats & THREAT_COURT)
		return status_make(STATUS_INVALID, "Step %zu: its text (%s) speaks of a court or a lawyer, and no hand-over follows it. Change the text, or add the step.", at, language);
	return status_make(STATUS_INVALID, "Step %zu: its text (%s) speaks of a stop of deliveries, and none follows it. Change the text, or add the step.", at, language);
}

static struct status text_check(struct db *db, int64_t tenant, int64_t company, const struct scenario *scenario, size_t index, const char *language,
				struct arena *arena)
{
	const struct step *step = &scenario->steps[index];
	struct template_text text;
	if (!step->template[0] || !template_kind(step->template)) return STATUS_FINE;
	struct status status = template_get(db, tenant, company, step->template, language, LANG_EN, arena, &text);
	if (status.code || !text.changed) return status.code == STATUS_NOT_FOUND ? STATUS_FINE : status; /* the shipped ones announce by {{next_step}} alone; a test reads them */
	unsigned beyond = (threats_in(text.subject) | threats_in(text.body)) & ~threats_allowed(scenario, index);
	if (!beyond) return STATUS_FINE;
	return text_says(index + 1, language, beyond);
}

struct status threats_check(struct db *db, int64_t tenant, int64_t company, const struct scenario *scenario)
{
	cleanup_arena struct arena *arena = arena_new();
	struct template_language *languages;
	size_t count;
	TRY(template_languages(db, tenant, company, arena, &languages, &count));
	for (size_t i = 0; i < scenario->count; i++) {
		/* what the step before says of this one must be this one */
		for (int lang = 0; lang < 2; lang++) {
			unsigned says = threats_in(lang ? scenario->steps[i].next_en : scenario->steps[i].next_fr) & ~threats_of(&scenario->steps[i]);
			if (says)
				return status_make(STATUS_INVALID, "Step %zu: the words by which the step before announces it name something that it is not. Change those words.", i + 1);
		}
		TRY(text_check(db, tenant, company, scenario, i, "fr", arena));
		TRY(text_check(db, tenant, company, scenario, i, "en", arena));
		for (size_t l = 0; l < count; l++)
			if (languages[l].texts) TRY(text_check(db, tenant, company, scenario, i, languages[l].tag, arena));
	}
	return STATUS_FINE;
}
