/* A text announces only what follows: words, the ladders that come ready, a company's own texts. */
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "dunning/plan_load.h"
#include "outreach/template.h"
#include "outreach/threat.h"

static void words_of_threats(void)
{
	static const struct { const char *text; unsigned threats; } cases[] = {
		{ "Nous vous adresserons une mise en demeure.", THREAT_NOTICE }, { "MISE EN\nDEMEURE", THREAT_NOTICE },
		{ "Votre dossier sera transmis au contentieux, puis au tribunal.", THREAT_COURT }, { "Merci de votre règlement.", 0 },
		{ "Nous devrons suspendre vos livraisons.", THREAT_BLOCK }, { "We will take legal action.", THREAT_COURT },
		{ "Sans paiement, {{next_step}}.", 0 }, { "{{#mise en demeure}}x{{/mise en demeure}}", 0 },
		{ "We will send a formal notice and stop deliveries", THREAT_NOTICE | THREAT_BLOCK },
	};
	for (size_t i = 0; i < COUNT(cases); i++) CHECK_INT(threats_in(cases[i].text), cases[i].threats);
}

static void what_comes_ready_announces_what_follows(void)
{
	cleanup_arena struct arena *arena = arena_new();
	size_t count;
	const struct scenario *all = scenario_ready_all(&count);
	for (size_t s = 0; s < count; s++)
		for (size_t i = 0; i < all[s].count; i++)
			for (int lang = 0; lang < 2; lang++) {
				struct template_text text;
				if (!template_kind(all[s].steps[i].template)) continue;
				CHECK_OK(template_shipped(all[s].steps[i].template, lang ? LANG_EN : LANG_FR, arena, &text));
				unsigned beyond = (threats_in(text.subject) | threats_in(text.body)) & ~threats_allowed(&all[s], i);
				if (beyond) printf("  %s %s (%s): %u\n", all[s].code, all[s].steps[i].code, text.code, beyond);
				CHECK_INT(beyond, 0);
			}
}

static struct viewer viewer;
static struct company company;
static struct status save(struct db *db, void *context)
{
	struct change change;
	TRY(company_begin(db, &viewer, company.id, 20500, 1000, &change));
	TRY(template_save(&change, context));
	return company_end(&change);
}

static void a_company_s_own_text(struct store *store)
{
	viewer = viewer_system(1);
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &company));
	cleanup_arena struct arena *arena = arena_new();
	struct template_text text;
	CHECK_OK(template_shipped("reminder", LANG_FR, arena, &text));
	text.body = "Bonjour,\n\nSans règlement, nous saisirons le tribunal.\n\n{{invoice_table}}";
	CHECK_OK(store_transact(store, save, &text));
	struct scenario scenario = *scenario_ready("average");
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	struct status status = threats_check(db, 1, company.id, &scenario);
	CHECK_INT(status.code, STATUS_INVALID);
	CHECK(strstr(status.text, "Step 2") && strstr(status.text, "a court or a lawyer"));
	int at = scenario_step(&scenario, "follow_up"); /* with a hand-over right after the reminder it would be true */
	scenario.steps[at].channel = CHANNEL_HANDOVER;
	CHECK_OK(threats_check(db, 1, company.id, &scenario));
	scenario = *scenario_ready("public");
	CHECK_OK(threats_check(db, 1, company.id, &scenario));
	/* the announcement of a step that is no formal notice */
	snprintf(scenario.steps[2].next_fr, sizeof scenario.steps[2].next_fr, "nous vous adresserons une mise en demeure");
	CHECK_INT(threats_check(db, 1, company.id, &scenario).code, STATUS_INVALID);
	store_release(store, db);
}
static void a_company_s_own_text_on_both(void) { teststore_each(a_company_s_own_text); }

TESTS({ "words of threats", words_of_threats }, { "what comes ready announces what follows", what_comes_ready_announces_what_follows },
      { "a company's own text", a_company_s_own_text_on_both })
