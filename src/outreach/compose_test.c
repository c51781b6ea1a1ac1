/* The cases of reference/letters.md section 9: today 2026-01-15; A 1 200.00 due 2026-01-03, 12 days; B 600.50 due 2026-01-12,
 * 3 days; a professional. */
#include "outreach/compose.h"

#include "base/memory.h"
#include "base/test.h"
#include "outreach/mime.h"
#include "outreach/parts.h"

#define NB "\u00a0"

static int32_t day(const char *iso)
{
	int32_t out = 0;
	CHECK(day_parse(iso, 10, &out));
	return out;
}

static struct compose_item item_a(enum plan_role role)
{
	return (struct compose_item){ 1, "FA-A", ITEM_INVOICE, day("2025-12-04"), day("2026-01-03"), 120000, 120000, 120000, role, 12, NULL, true };
}

static struct compose_item item_b(enum plan_role role)
{
	return (struct compose_item){ 2, "FA-B", ITEM_INVOICE, day("2025-12-13"), day("2026-01-12"), 60050, 60050, 60050, role, 3, NULL, true };
}

static struct compose_facts facts_for(const char *template, enum lang lang, const struct compose_item *items, size_t count)
{
	static const int32_t contacts[] = { 20460, 20464 };
	struct compose_facts facts = {
		.lang = lang, .today = day("2026-01-15"), .currency = "EUR", .rank = RANK_FOLLOW_UP,
		.sender = { .name = "Brévent Industrie", .form = "SAS", .capital = "100 000 €", .rcs = "RCS Annecy 123 456 789", .siren = "123456789",
		            .vat = "FR12123456789", .address = "12 rue des Alpes", .postcode = "74000", .city = "Annecy", .country = "FR",
		            .phone = "04 50 00 00 00", .iban = "FR7630006000011234567890189", .bic = "AGRIFRPP", .payee = "", .mediator = "",
		            .signatory_name = "Claire Morel", .signatory_title = "Responsable crédit", .user_name = "Claire Morel",
		            .user_email = "claire@brevent.example", .user_phone = "04 50 00 00 01" },
		.customer_id = 7, .action_id = 3, .customer_name = "Menuiserie Dupont", .customer_code = "C00012", .customer_siren = "",
		.customer_address = "3 quai du port", .customer_postcode = "74200", .customer_city = "Thonon-les-Bains", .customer_country = "FR",
		.debtor = DEBTOR_PROFESSIONAL, .profile = "average", .contact_name = "Paul Dupont", .recipient = "paul@dupont.example",
		.items = items, .item_count = count, .contact_days = contacts, .contact_count = 2,
		.next_day = day("2026-01-23"), .notice_days = 8, .claims_fee = true, .claims_interest = true,
		.promise_day = DAY_NONE, .payment_day = DAY_NONE, .next_due_day = DAY_NONE, .dispute_due_day = DAY_NONE,
	};
	snprintf(facts.template, sizeof facts.template, "%s", template);
	return facts;
}

static struct message made(struct arena *arena, const struct compose_facts *facts)
{
	struct template_text text;
	struct message message = { 0 };
	CHECK_OK(template_shipped(facts->template, facts->lang, arena, &text));
	struct status status = compose_message(facts, &text, arena, &message);
	if (status.code) printf("  %s: %s\n", facts->template, status.text);
	CHECK(!status.code);
	if (status.code) message.text = message.html = message.subject = message.html_body = "";
	return message;
}

static bool has(const char *text, const char *part)
{
	if (strstr(text, part)) return true;
	printf("  “%s” is not in:\n%s\n", part, text);
	return false;
}

static int occurrences(const char *text, const char *part)
{
	int count = 0;
	for (const char *at = text; (at = strstr(at, part)); at++) count++;
	return count;
}

static void follow_up_lists_both_and_their_sum(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED), item_b(PLAN_CLAIMED) };
	struct compose_facts facts = facts_for("follow_up", LANG_FR, items, 2);
	struct message message = made(arena, &facts);
	CHECK(has(message.text, "1" NB "800,50" NB "€ échus, dont le plus ancien depuis 12 jours"));
	CHECK(has(message.text, "FA-A du 4 décembre 2025, échéance 3 janvier 2026 (12 jours de retard) : 1" NB "200,00" NB "€\n- FA-B"));
	CHECK(has(message.text, "Total : 1" NB "800,50" NB "€"));
	CHECK(has(message.html, "<b>1" NB "800,50" NB "€</b>"));
	CHECK_INT(occurrences(message.html, "<tr>"), 3); /* two rows and the total */
	CHECK_INT(message.asked, 180050);
	CHECK(!strstr(message.text, "40"));
	facts = facts_for("follow_up", LANG_EN, items, 2);
	message = made(arena, &facts);
	CHECK(has(message.text, "€1,800.50"));
	facts = facts_for("reminder", LANG_FR, items, 2);
	message = made(arena, &facts);
	CHECK_TEXT(message.subject, "Brévent Industrie - situation de votre compte au 15 janvier 2026");
}

static void a_free_credit_is_a_row_and_deducted(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED), item_b(PLAN_CLAIMED),
		{ 3, "AV-1", ITEM_CREDIT_NOTE, day("2026-01-05"), day("2026-01-05"), -30050, -30050, -30050, PLAN_CREDIT, 0, NULL, false } };
	struct compose_facts facts = facts_for("follow_up", LANG_FR, items, 3);
	struct message message = made(arena, &facts);
	CHECK(has(message.text, "1" NB "500,00" NB "€ échus, vos avoirs et règlements non affectés déduits"));
	CHECK(has(message.text, "AV-1 du 5 janvier 2026, Avoir : −300,50" NB "€"));
	CHECK_INT(occurrences(message.html, "<tr>"), 4); /* three rows and the total */
	CHECK_INT(message.asked, 150000);
}

static void firm_claims_one_and_shows_the_other_apart(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED), item_b(PLAN_STATEMENT) };
	struct compose_facts facts = facts_for("firm", LANG_FR, items, 2);
	facts.next_step = "nous vous adresserons une mise en demeure";
	struct message message = made(arena, &facts);
	CHECK_INT(message.asked, 120000);
	CHECK(has(message.text, "restent à régler, pour 1" NB "200,00" NB "€ :"));
	const char *apart = strstr(message.text, "Pour information, les autres pièces");
	CHECK(apart && strstr(apart, "FA-B"));
	CHECK(apart && !strstr(apart, "FA-A"));
	CHECK(has(message.text, "Sans règlement au 23 janvier 2026, nous vous adresserons une mise en demeure."));
	CHECK(has(message.text, "L'indemnité forfaitaire de 40 € par facture s'y ajoute : 40,00" NB "€."));
	CHECK(!strstr(message.text, "1" NB "800,50"));
	/* without a step that follows there is no threat (ladder rule 9) */
	facts.next_step = "";
	message = made(arena, &facts);
	CHECK(!strstr(message.text, "Sans règlement"));
}

static void a_formal_notice_counts_the_fee_by_invoice(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct compose_item one[] = { item_a(PLAN_CLAIMED), item_b(PLAN_STATEMENT) };
	struct compose_facts facts = facts_for("formal_notice", LANG_FR, one, 2);
	struct message message = made(arena, &facts);
	CHECK(has(message.text, "principal 1" NB "200,00" NB "€ ; indemnités forfaitaires 40,00" NB "€."));
	CHECK_TEXT(message.subject, "MISE EN DEMEURE DE PAYER - 1" NB "240,00" NB "€");
	struct compose_item both[] = { item_a(PLAN_CLAIMED), item_b(PLAN_CLAIMED) };
	facts = facts_for("formal_notice", LANG_FR, both, 2);
	message = made(arena, &facts);
	CHECK(has(message.text, "indemnités forfaitaires 80,00" NB "€."));
	/* a consumer, or an unknown class: the facts claim no fee, and no 40 is anywhere */
	facts.claims_fee = false;
	message = made(arena, &facts);
	CHECK(!strstr(message.text, "40") && !strstr(message.html_body, "40") && !strstr(message.text, "indemnité"));
}

static void interest_is_claimed_with_its_rate(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct interest_segment segments[] = { { day("2026-01-04"), day("2026-01-15"), 12, 120000, 1215, true } };
	struct interest interest = { .principal = 120000, .open = 120000, .interest = 479, .days = 12, .segments = segments, .segment_count = 1 };
	struct compose_item items[] = { item_a(PLAN_CLAIMED) };
	items[0].interest = &interest;
	struct compose_facts facts = facts_for("formal_notice", LANG_FR, items, 1);
	struct message message = made(arena, &facts);
	CHECK(has(message.text, "pénalités de retard arrêtées au 15 janvier 2026 4,79" NB "€ (taux 12,15 %, détail joint"));
	CHECK(has(message.subject, "1" NB "244,79" NB "€"));
	/* two half-years: the schedule, no single rate */
	struct interest_segment two[] = { segments[0], { day("2026-01-16"), day("2026-01-16"), 1, 120000, 1240, true } };
	interest.segments = two, interest.segment_count = 2;
	message = made(arena, &facts);
	CHECK(has(message.text, "(taux en vigueur, détail joint"));
}

static void each_part_escapes_for_its_medium(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED) };
	struct compose_facts facts = facts_for("reminder", LANG_FR, items, 1);
	facts.contact_name = "<b>&Co";
	struct template_text text = { .code = "reminder", .lang = LANG_FR, .subject = "À {{contact_name}}", .body = "Bonjour {{contact_name}} <x>" };
	struct message message;
	CHECK_OK(compose_message(&facts, &text, arena, &message));
	CHECK_TEXT(message.subject, "À <b>&Co");
	CHECK(has(message.text, "Bonjour <b>&Co <x>"));
	CHECK(has(message.html_body, "Bonjour &lt;b&gt;&amp;Co &lt;x&gt;"));
	facts.contact_name = "A\r\nBcc: x@y.example";
	CHECK(compose_message(&facts, &text, arena, &message).code == STATUS_INVALID);
}

static void fields_of_the_companys_own_are_named(void)
{
	static const struct compose_field fields[] = { { "secteur", "Secteur", "BTP <gros œuvre>" }, { "chantier", "Chantier", "" } };
	const struct compose_item items[] = { { .number = "F1", .kind = ITEM_INVOICE, .amount = 10000, .open = 10000, .asked = 10000, .role = PLAN_CLAIMED, .due_day = 20400, .issue_day = 20370, .days_late = 5 } };
	struct compose_facts facts = facts_for("reminder", LANG_FR, items, 1);
	facts.fields = fields, facts.field_count = 2;
	struct template_text text = { .code = "reminder", .lang = LANG_FR, .subject = "Relance",
		.body = "Secteur : {{field.secteur}}.\n\n{{#has_field.chantier}}Chantier {{field.chantier}}{{/has_field.chantier}}{{^has_field.chantier}}Sans chantier{{/has_field.chantier}}\n" };
	struct message message;
	cleanup_arena struct arena *arena = arena_new();
	CHECK_OK(template_check(&text, NULL));
	CHECK_OK(compose_message(&facts, &text, arena, &message));
	CHECK(strstr(message.text, "Secteur : BTP <gros œuvre>.") && strstr(message.text, "Sans chantier"));
	CHECK(strstr(message.html, "BTP &lt;gros œuvre&gt;") != NULL);
	text.body = "Sur le chantier {{field.chantier}}.\n";
	CHECK_INT(compose_message(&facts, &text, arena, &message).code, STATUS_INVALID); /* nothing leaves with a hole */
	text.body = "{{field.Chantier}}\n";
	CHECK_INT(template_check(&text, NULL).code, STATUS_INVALID);
}

static void a_missing_value_refuses_the_message(void) /* R10 */
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED) };
	struct compose_facts facts = facts_for("firm", LANG_FR, items, 1);
	facts.contact_count = 0; /* "despite our messages of": there were none */
	struct template_text text;
	struct message message;
	CHECK_OK(template_shipped("firm", LANG_FR, arena, &text));
	struct status status = compose_message(&facts, &text, arena, &message);
	CHECK(status.code == STATUS_INVALID && strstr(status.text, "contact_dates"));
	facts = facts_for("reminder", LANG_FR, NULL, 0);
	CHECK_OK(template_shipped("reminder", LANG_FR, arena, &text));
	status = compose_message(&facts, &text, arena, &message);
	CHECK(status.code == STATUS_INVALID && strstr(status.text, "invoice_table") && strstr(status.text, "amount_overdue"));
}

static void a_long_subject_counts_its_items(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct compose_item items[12];
	for (int i = 0; i < 12; i++) {
		items[i] = item_a(PLAN_CLAIMED);
		items[i].number = arena_printf(arena, "FACTURE-2025-%04d", i);
	}
	struct compose_facts facts = facts_for("due", LANG_FR, items, 12);
	struct message message = made(arena, &facts);
	CHECK_TEXT(message.subject, "Factures (12) à échéance ce jour");
	facts.customer_name = "Établissements très très très longs à n'en plus finir et fils réunis";
	facts.action_id = 1;
	memcpy(facts.template, "firm", 5);
	message = made(arena, &facts);
	CHECK(utf8_length(message.subject) == 78);
}

static void a_part_payment_shows_the_rest_everywhere(void) /* pitfalls 10 */
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { { 1, "FA-P", ITEM_INVOICE, day("2025-12-04"), day("2026-01-03"), 100000, 60000, 60000, PLAN_CLAIMED, 12, NULL, true } };
	struct compose_facts facts = facts_for("follow_up", LANG_FR, items, 1);
	struct message message = made(arena, &facts);
	CHECK(has(message.text, "600,00" NB "€ (montant 1" NB "000,00" NB "€, réglé 400,00" NB "€)"));
	CHECK(has(message.subject, "600,00" NB "€ à régler"));
	CHECK(strstr(parts_epc(&facts, arena), "\nEUR600.00\n"));
}

static void a_disputed_part_is_left_out_and_said(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct compose_item items[] = { item_a(PLAN_CLAIMED) };
	items[0].asked = 80000;
	struct compose_facts facts = facts_for("follow_up", LANG_FR, items, 1);
	struct message message = made(arena, &facts);
	CHECK(has(message.text, "hors part contestée : 400,00" NB "€ : 800,00" NB "€"));
	CHECK_INT(message.asked, 80000);
}

static void references_check_themselves(void)
{
	char out[26];
	compose_reference("539007547034", out); /* the standard's own example: RF18 5390 0754 7034 */
	CHECK_TEXT(out, "RF18539007547034");
	compose_reference("c-00012", out);
	CHECK_TEXT(out, "RF08C00012");
}

static void every_step_can_be_made_in_both_languages(void)
{
	static const char *const codes[] = { "before_due", "due", "reminder", "follow_up", "firm", "formal_notice", "public", "consumer" };
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED), item_b(PLAN_CLAIMED) };
	for (size_t i = 0; i < COUNT(codes); i++)
		for (int lang = 0; lang < 2; lang++)
			for (size_t count = 1; count <= 2; count++) {
				struct compose_facts facts = facts_for(codes[i], (enum lang)lang, items, count);
				facts.contact_name = "";
				struct message message = made(arena, &facts);
				CHECK(!strstr(message.text, "{{") && !strstr(message.text, "\n\n\n") && !strstr(message.text, "  "));
				CHECK(utf8_length(message.subject) <= 78);
			}
}

static void an_edited_message_keeps_its_words(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED) };
	struct compose_facts facts = facts_for("reminder", LANG_FR, items, 1);
	struct message message;
	CHECK_OK(compose_edited(&facts, "Bonjour", "Un <mot>.\n\nDeux.\n", arena, &message));
	CHECK_TEXT(message.html_body, "<p>Un &lt;mot&gt;.</p>\n<p>Deux.</p>\n");
	CHECK(compose_edited(&facts, "Bonjour", "{{company}}", arena, &message).code == STATUS_INVALID);
	CHECK(compose_edited(&facts, "a\nb", "x", arena, &message).code == STATUS_INVALID);
}

static void save(const char *name, struct attachment file)
{
	const char *folder = getenv("ENCOURS_TEST_KEEP");
	if (!folder) return;
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	cleanup_file FILE *out = fopen(path, "wb");
	if (out) fwrite(file.bytes, 1, file.len, out);
}

/* The text of a PDF, by poppler. */
static char *pdf_text(struct attachment file)
{
	char path[] = "/tmp/encours-pdf-XXXXXX", command[128];
	int fd = mkstemp(path);
	CHECK(fd >= 0 && write(fd, file.bytes, file.len) == (ssize_t)file.len);
	close(fd);
	snprintf(command, sizeof command, "pdftotext -layout %s -", path);
	FILE *pipe = popen(command, "r");
	cleanup_text struct text out = { 0 };
	char buffer[4096];
	for (size_t n; pipe && (n = fread(buffer, 1, sizeof buffer, pipe));) text_add_bytes(&out, buffer, n);
	CHECK(pipe && pclose(pipe) == 0);
	unlink(path);
	return text_take(&out);
}

static void the_statement_has_the_mails_total(void) /* pitfalls 47 */
{
	cleanup_arena struct arena *arena = arena_new();
	struct interest_segment segments[] = { { day("2026-01-04"), day("2026-01-15"), 12, 120000, 1215, true } };
	struct interest interest = { .interest = 479, .segments = segments, .segment_count = 1 };
	struct compose_item items[] = { item_a(PLAN_CLAIMED), item_b(PLAN_STATEMENT) };
	items[0].interest = &interest;
	struct compose_facts facts = facts_for("firm", LANG_FR, items, 2);
	struct message message = made(arena, &facts);
	CHECK_OK(compose_attachments(&facts, arena, &message));
	CHECK_INT(message.attachment_count, 1);
	CHECK_TEXT(message.attachments[0].name, "releve-c00012-2026-01-15.pdf");
	save("statement.pdf", message.attachments[0]);
	cleanup_free char *text = pdf_text(message.attachments[0]);
	CHECK(has(text, "Relevé de compte au 15 janvier 2026"));
	CHECK(has(text, "1 200,00 €"));
	CHECK(has(text, "1 800,50 €")); /* the account's balance */
	CHECK(has(text, "FR76 3000 6000 0112 3456 7890 189"));
	CHECK(has(text, "12,15 %"));
	struct attachment again;
	CHECK_OK(statement_pdf(&facts, arena, &again));
	CHECK(again.len == message.attachments[0].len && memcmp(again.bytes, message.attachments[0].bytes, again.len) == 0);
}

static void a_long_statement_goes_on_over_pages(void)
{
	cleanup_arena struct arena *arena = arena_new();
	enum { MANY = 150 };
	struct compose_item *items = arena_array(arena, struct compose_item, MANY);
	for (int i = 0; i < MANY; i++) {
		items[i] = item_a(i < 60 ? PLAN_CLAIMED : PLAN_STATEMENT);
		items[i].number = arena_printf(arena, "FA-%05d", i);
	}
	struct compose_facts facts = facts_for("reminder", LANG_EN, items, MANY);
	struct attachment file;
	CHECK_OK(statement_pdf(&facts, arena, &file));
	save("long.pdf", file);
	cleanup_free char *text = pdf_text(file);
	CHECK(has(text, "FA-00000") && has(text, "FA-00149"));
	CHECK(has(text, "4/4") || has(text, "5/5"));
}

static void a_letter_fits_its_window(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED), item_b(PLAN_STATEMENT) };
	struct compose_facts facts = facts_for("formal_notice", LANG_FR, items, 2);
	facts.channel = CHANNEL_REGISTERED_LETTER;
	facts.next_step = "nous demanderons au tribunal compétent une injonction de payer";
	struct template_text text;
	struct attachment file;
	CHECK_OK(template_shipped("formal_notice", LANG_FR, arena, &text));
	CHECK_OK(letter_pdf(&facts, &text, 0, 0, arena, &file));
	save("letter.pdf", file);
	cleanup_free char *words = pdf_text(file);
	CHECK(has(words, "MISE EN DEMEURE DE PAYER") && has(words, "74200 THONON-LES-BAINS") && has(words, "3 QUAI DU PORT"));
	CHECK(has(words, "Lettre recommandée avec"));
	facts.customer_city = "";
	CHECK(letter_pdf(&facts, &text, 0, 0, arena, &file).code == STATUS_INVALID);
}

/* 90 items of one amount: each page but the last ends with the sum so far, and the next begins with it. */
static void a_long_letter_carries_its_sum_over_pages(void)
{
	enum { ITEMS = 90 };
	cleanup_arena struct arena *arena = arena_new();
	struct compose_item items[ITEMS];
	for (int i = 0; i < ITEMS; i++) {
		items[i] = item_a(PLAN_CLAIMED);
		items[i].number = arena_printf(arena, "FA26-%04d", i + 1);
		items[i].amount = items[i].open = items[i].asked = 10000;
	}
	struct compose_facts facts = facts_for("reminder", LANG_FR, items, ITEMS);
	struct template_text text;
	struct attachment file;
	CHECK_OK(template_shipped("reminder", LANG_FR, arena, &text));
	CHECK_OK(letter_pdf(&facts, &text, 0, 0, arena, &file));
	save("long-letter.pdf", file);
	cleanup_free char *words = pdf_text(file);
	size_t carried = 0;
	for (const char *at = words; (at = strstr(at, "À reporter")) != NULL; carried++) {
		const char *eol = strchr(at, '\n'), *next = strstr(at, "\nReport "), *next_eol = next ? strchr(next + 1, '\n') : NULL;
		CHECK(eol && next && next_eol);
		if (!eol || !next || !next_eol) return;
		const char *a = at + strlen("À reporter"), *b = next + strlen("\nReport ");
		while (*a == ' ') a++;
		while (*b == ' ') b++;
		CHECK((size_t)(eol - a) == (size_t)(next_eol - b) && strncmp(a, b, (size_t)(eol - a)) == 0);
		at = next_eol;
	}
	CHECK(carried >= 3); /* the letter's table, and the statement's after it */
}

static void mail_bytes_say_utf8_and_stay_in_their_lines(void)
{
	struct attachment file = { "relevé.pdf", "application/pdf", "%PDF-1.4 fake", 13 };
	struct mime_mail mail = { .from = "compta@brevent.example", .from_name = "Brévent — compta", .to = "paul@dupont.example",
	                          .to_name = "Paul\r\nBcc: evil@example.org", .reply_to = "reponse@brevent.example", .message_id = "abc@brevent.example",
	                          .in_reply_to = "before@brevent.example", .subject = "Relevé — 1" NB "200,00" NB "€", .text = "Été\n.\nfin\n",
	                          .html = "<p>Été</p>", .date = 1768467600, .attachments = &file, .attachment_count = 1 };
	cleanup_text struct text out = { 0 };
	CHECK_OK(mime_build(&mail, &out));
	const char *bytes = text_cstr(&out);
	CHECK(has(bytes, "Message-Id: <abc@brevent.example>\r\n"));
	CHECK(has(bytes, "In-Reply-To: <before@brevent.example>\r\n"));
	CHECK(has(bytes, "Date: Thu, 15 Jan 2026"));
	CHECK(!strstr(bytes, "\nBcc:") && !strstr(bytes, "1251") && !strstr(bytes, "8859"));
	CHECK(has(bytes, "charset=utf-8") && has(bytes, "=?UTF-8?") && has(bytes, "multipart/alternative") && has(bytes, "application/pdf"));
	for (const char *c = strchr(bytes, '\n'); c; c = strchr(c + 1, '\n')) CHECK(c[-1] == '\r');
}

static void blocks_are_drawn_in_every_medium(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct interest interest = { .interest = 1234, .segments = (struct interest_segment[]){ { .from = 20456, .to = 20467, .days = 12, .base = 120000, .basis_points = 1215 } },
		                     .segment_count = 1 };
	struct compose_item items[] = { item_a(PLAN_CLAIMED), item_b(PLAN_STATEMENT), { 3, "AV-1", ITEM_CREDIT_NOTE, day("2026-01-05"), day("2026-01-05"), -30050, -30050, -30050, PLAN_CREDIT, 0, NULL, false },
		{ 4, "FA-D", ITEM_INVOICE, day("2026-01-02"), day("2026-02-01"), 7000, 7000, 7000, PLAN_STATEMENT, 0, NULL, false } };
	items[0].interest = &interest;
	struct compose_facts facts = facts_for("firm", LANG_FR, items, 4);
	facts.answer_link = "https://desk.example/r/a&b";
	struct template_text text = { .code = "firm", .subject = "Compte", .body = "A {{overdue_table}} B {{not_due_table}} C {{credits_table}} D {{totals_block}} E {{interest_table}} F {{qr_block}} G {{answer_button}}" };
	struct message message;
	CHECK_OK(compose_message(&facts, &text, arena, &message));
	CHECK(has(message.text, "A\n\n- FA-A du") && has(message.text, "- FA-B du") && has(message.text, "Total : 1" NB "800,50"));
	CHECK(has(message.text, "B\n\n- FA-D du") && has(message.text, "C\n\n- AV-1 du"));
	CHECK(has(message.text, "Avoirs déduits : −300,50" NB "€") && has(message.text, "Total : 951,84" NB "€")); /* 1200 - 300.50 + 12.34 + 40 */
	CHECK(has(message.text, "- FA-A : 1" NB "200,00" NB "€ à 12,15" NB "%"));
	CHECK(has(message.text, "F\n\nRèglement par virement") && has(message.text, "https://desk.example/r/a&b"));
	CHECK(has(message.html, "<table class=\"code\"") && has(message.html, "href=\"https://desk.example/r/a&amp;b\"") && !strstr(message.html, "<img"));
	CHECK(strlen(message.html) < 60000); /* mail programs cut at 100 kB */
	struct attachment letter;
	CHECK_OK(letter_pdf(&facts, &text, 0, 0, arena, &letter));
	CHECK(letter.len > 4 && memcmp(letter.bytes, "%PDF", 4) == 0);
	/* a block with nothing to show is missing, by name; its test leaves it out */
	facts.item_count = 2;
	CHECK(compose_message(&facts, &text, arena, &message).code == STATUS_INVALID);
	text.body = "{{#has_not_due}}{{not_due_table}}{{/has_not_due}}{{#has_credit_rows}}{{credits_table}}{{/has_credit_rows}}{{overdue_table}}";
	CHECK_OK(compose_message(&facts, &text, arena, &message));
}

static void a_text_in_another_language_says_so(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED) };
	struct compose_facts facts = facts_for("reminder", LANG_EN, items, 1);
	struct template_text text = { .code = "reminder", .language = "de", .subject = "Konto", .body = "Guten Tag,\n\n{{invoice_table}}" };
	struct message message;
	CHECK_OK(compose_message(&facts, &text, arena, &message));
	CHECK(has(message.html, "<html lang=\"de\">") && has(message.text, "Guten Tag,") && has(message.text, "Total: €1,200.00"));
	CHECK_TEXT(message.language, "de");
}

static void the_statement_as_a_table(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct compose_item items[] = { item_a(PLAN_CLAIMED), item_b(PLAN_STATEMENT), { 3, "=A;1", ITEM_CREDIT_NOTE, day("2026-01-05"), day("2026-01-05"), -30050, -30005, -30005, PLAN_CREDIT, 0, NULL, false } };
	struct compose_facts facts = facts_for("reminder", LANG_FR, items, 3);
	facts.files = FILES_CHOSEN | FILE_XLSX | FILE_CSV;
	facts.channel = CHANNEL_EMAIL;
	struct message message = { 0 };
	CHECK_OK(compose_attachments(&facts, arena, &message));
	CHECK_INT(message.attachment_count, 2);
	CHECK_TEXT(message.attachments[0].name, "releve-c00012-2026-01-15.xlsx");
	CHECK(message.attachments[0].len > 1000 && memcmp(message.attachments[0].bytes, "PK", 2) == 0);
	CHECK_TEXT(message.attachments[1].bytes, "\xef\xbb\xbfNuméro;Remarque;Date;Échéance;Retard;Montant;Réglé;Reste dû;Devise\r\n"
	           "FA-A;;2025-12-04;2026-01-03;12;1200,00;0,00;1200,00;EUR\r\n\"'=A;1\";Avoir;2026-01-05;;;-300,50;-0,45;-300,05;EUR\r\n"
	           "FA-B;;2025-12-13;2026-01-12;3;600,50;0,00;600,50;EUR\r\n");
	facts.files = FILES_CHOSEN;
	message = (struct message){ 0 };
	CHECK_OK(compose_attachments(&facts, arena, &message));
	CHECK_INT(message.attachment_count, 0);
}

static void invoices_too_heavy_are_on_his_page(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED) };
	struct compose_facts facts = facts_for("reminder", LANG_FR, items, 1);
	facts.channel = CHANNEL_EMAIL, facts.invoice_links = true, facts.answer_link = "https://desk.example/r/abc";
	struct message message = made(arena, &facts);
	CHECK(has(message.text, "trop lourdes pour ce message : https://desk.example/r/abc"));
	CHECK(has(message.html, "<a href=\"https://desk.example/r/abc\">"));
	facts.answer_link = "";
	message = made(arena, &facts);
	CHECK(!strstr(message.text, "trop lourdes"));
}

static void the_logo_travels_with_the_mail(void)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct compose_item items[] = { item_a(PLAN_CLAIMED) };
	struct compose_facts facts = facts_for("reminder", LANG_FR, items, 1);
	static const char png[] = "\x89PNG not read here";
	struct logo logo = { png, sizeof png - 1, 600, 150, 1 };
	facts.sender.logo = &logo, facts.sender.logo_in_mail = true;
	struct message message = made(arena, &facts);
	CHECK(has(message.html, "<img src=\"cid:logo@encours\" width=\"180\" height=\"45\" alt=\"Brévent Industrie\">") && !strstr(message.html_body, "<img"));
	const struct attachment picture = { "logo.png", "image/png", message.logo->bytes, message.logo->len };
	struct mime_mail mail = { .from = "a@x.example", .from_name = "", .to = "b@x.example", .to_name = "", .reply_to = "", .message_id = "1@x", .in_reply_to = "", .subject = "s",
		                  .text = message.text, .html = message.html, .logo = &picture };
	cleanup_text struct text bytes = { 0 };
	CHECK_OK(mime_build(&mail, &bytes));
	CHECK(has(text_cstr(&bytes), "multipart/related") && has(text_cstr(&bytes), "Content-Id: <logo@encours>") && has(text_cstr(&bytes), "inline"));
	/* a picture that can't be read leaves the letter whole */
	struct attachment letter;
	struct template_text text;
	CHECK_OK(template_shipped("reminder", LANG_FR, arena, &text));
	CHECK_OK(letter_pdf(&facts, &text, 0, 0, arena, &letter));
}

TESTS({ "the statement as a table", the_statement_as_a_table },
      { "invoices too heavy are on his page", invoices_too_heavy_are_on_his_page },
      { "the logo travels with the mail", the_logo_travels_with_the_mail },
      { "blocks are drawn in every medium", blocks_are_drawn_in_every_medium },
      { "a text in another language says so", a_text_in_another_language_says_so },
      { "a follow-up lists both items and their sum", follow_up_lists_both_and_their_sum },
      { "a free credit is a row and deducted", a_free_credit_is_a_row_and_deducted },
      { "firm claims one and shows the other apart", firm_claims_one_and_shows_the_other_apart },
      { "a formal notice counts the fee by invoice", a_formal_notice_counts_the_fee_by_invoice },
      { "interest is claimed with its rate", interest_is_claimed_with_its_rate },
      { "each part escapes for its medium", each_part_escapes_for_its_medium },
      { "fields of the company's own are named", fields_of_the_companys_own_are_named },
      { "a missing value refuses the message", a_missing_value_refuses_the_message },
      { "a long subject counts its items", a_long_subject_counts_its_items },
      { "a part payment shows the rest everywhere", a_part_payment_shows_the_rest_everywhere },
      { "a disputed part is left out and said", a_disputed_part_is_left_out_and_said },
      { "references check themselves", references_check_themselves },
      { "every step can be made in both languages", every_step_can_be_made_in_both_languages },
      { "an edited message keeps its words", an_edited_message_keeps_its_words },
      { "the statement has the mail's total", the_statement_has_the_mails_total },
      { "a long statement goes on over pages", a_long_statement_goes_on_over_pages },
      { "a long letter carries its sum over pages", a_long_letter_carries_its_sum_over_pages },
      { "a letter fits its window", a_letter_fits_its_window },
      { "mail bytes say UTF-8 and stay in their lines", mail_bytes_say_utf8_and_stay_in_their_lines }, )
