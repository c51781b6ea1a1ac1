/* The program: global options, the table of commands, the exit status (contract section 1). */
#include "cli/cli.h"
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "db/db.h"
#include "formats/facturx.h"

#include <errno.h>
#include <locale.h>
#include <sodium.h>
#include <sys/stat.h>

const struct cli_entry cli_entries[] = {
	{ "serve", command_serve, "[--listen ADDR:PORT] [--hosts NAMES] [--https] [--proxy] [--upload-limit MB] [--no-jobs]",
	  "The desk in the browser, its API and scheduled work", .makes_store = true },
	{ "demo", command_demo, "[--listen ADDR:PORT]", "The desk with a fresh demo company, in a store of its own", .makes_store = true },
	{ "report", command_report,
	  "NAME [--as-of DATE] [--from DATE --to DATE] [--by DIM] [--basis gross|net] [--currency C] [--format text|json|csv|xlsx|pdf]",
	  "A report: aged-balance, kpis, behaviour; of a day, or month by month" },
	{ "items", command_items, "[--customer C] [--as-of DATE] [--open] [--state S] [--kind K] [--text T] [--currency C] [--format F]",
	  "Items and what is open of them on a day" },
	{ "customers", command_customers, "[--as-of DATE] [--open] [--overdue] [--group G] [--text T] [--currency C] [--format F]",
	  "Customers with what they owe and how they pay" },
	{ "customer", command_customer, "CODE [--as-of DATE] [--currency C] [--format F]", "One customer's file" },
	{ "forecast", command_forecast, "[--months 12] [--as-of DATE] [--currency C] [--format F]", "Receipts expected in the coming months" },
	{ "forecast judge", command_forecast_judge, "FILE.csv [--train 0.8]", "The forecast judged on a file of invoice histories, split by time" },
	{ "routes", command_routes, "[--openapi]", "Every address of the desk" },
	{ "init", command_init, "--name NAME [--code C] [--siren S] [--currency EUR] [--country FR]", "Create a company", .makes_store = true },
	{ "company show", command_company_show, "", "Settings of the company" },
	{ "company set", command_company_set, "KEY=VALUE…", "Change settings" },
	{ "company keys", command_company_keys, "", "What can be set, with defaults" },
	{ "user add", command_user_add, "EMAIL --role ROLE [--name NAME] [--password-stdin]", "Add an account", .makes_store = true },
	{ "user import", command_user_import, "FILE [--dry-run] [--undo]", "Accounts from a list: e-mail, name, role, portfolio; passwords printed once" },
	{ "user list", command_user_list, "", "Accounts" },
	{ "user disable", command_user_disable, "EMAIL", "Disable an account: its sessions and tokens end" },
	{ "user enable", command_user_enable, "EMAIL", "Enable an account again" },
	{ "user reset", command_user_reset, "EMAIL [--password-stdin]", "Make a new password, to be changed at the next login" },
	{ "customer set", command_customer_set, "CODE KEY=VALUE…", "Change a customer's settings; an import leaves them" },
	{ "contact add", command_contact_add, "CODE --email E [--name N] [--phone P] [--role R] [--language L] [--main]", "Add a contact" },
	{ "dispute open", command_dispute_open, "--item N… | --customer C [--reason R] [--amount A] [--date D] [--credit-date D] [--note T]",
	  "What the customer contests is not asked for; --date is our deadline to answer" },
	{ "dispute close", command_dispute_close, "ID… | --item N… | --customer C [--outcome accepted|refused|settled] [--note T]",
	  "Close disputes" },
	{ "dispute list", command_dispute_list, "[--customer C] [--all]", "Disputes: where they stand, who answers and by when" },
	{ "promise add", command_promise_add, "--item N… | --customer C --date D [--amount A] [--note T]",
	  "A payment announced for a day: its items are left in peace" },
	{ "promise cancel", command_promise_cancel, "ID… | --item N… | --customer C", "Cancel promises" },
	{ "promise list", command_promise_list, "[--customer C] [--all]", "Promises and what became of them" },
	{ "promise confirm", command_promise_confirm, "ID…", "Confirm promises to the customer by mail" },
	{ "plan list", command_plan_list, "[--customer C] [--all]", "Payment plans" },
	{ "plan show", command_plan_show, "ID", "A payment plan with its instalments" },
	{ "plan propose", command_plan_propose,
	  "--item N… [--customer C] --count N [--first DATE] | --part DATE=AMOUNT… [--keep-interest] [--by-debtor] [--remind] [--insurer] [--note T]",
	  "Propose a payment plan on items of one customer" },
	{ "plan agree", command_plan_agree, "ID [--acknowledged]", "The customer agreed to it; with his signed acknowledgement of debt" },
	{ "plan acknowledge", command_plan_acknowledge, "ID", "The signed acknowledgement of debt came back" },
	{ "plan insurer", command_plan_insurer, "ID", "The credit insurer was told of it" },
	{ "plan accelerate", command_plan_accelerate, "ID", "An instalment is late: all that is left is due at once" },
	{ "plan cancel", command_plan_cancel, "ID [--note T]", "Cancel a payment plan" },
	{ "plan send", command_plan_send, "ID", "Mail its letter to the customer" },
	{ "plan letter", command_plan_letter, "ID --to FILE.pdf", "Its letter with the acknowledgement of debt, to be signed" },
	{ "hold list", command_hold_list, "[--customer C] [--all]", "What is held, until when and why" },
	{ "hold set", command_hold_set, "--item N… | --customer C [--date LAST_DAY] [--reason R] [--kind hold|plan|direct_debit|ceded|exclusion]",
	  "Keep items, or a customer, out of reminders until a day" },
	{ "hold lift", command_hold_lift, "ID… | --item N… | --customer C [--kind K]", "Lift a hold" },
	{ "exclusion set", command_exclusion_set, "--item N… | --customer C [--reason R]", "Never remind of these items, or this customer" },
	{ "exclusion lift", command_exclusion_lift, "ID… | --item N… | --customer C", "Lift an exclusion" },
	{ "reply add", command_reply_add, "--customer C [--kind reply|bounce|absence] [--address A] [--note T]",
	  "Note what came back; a bounce marks its address" },
	{ "run", command_run, "[--dry-run]", "Plan the day, and let leave what is automatic; safe to repeat" },
	{ "agenda", command_agenda, "[--for EMAIL]", "The day's actions" },
	{ "action confirm", command_action_confirm, "ID…", "Say yes to messages" },
	{ "action skip", command_action_skip, "ID… [--note T]", "Pass a step over" },
	{ "action snooze", command_action_snooze, "ID… [--until DATE]", "Put actions off" },
	{ "action approve", command_action_approve, "ID…", "The second person's yes to a formal notice" },
	{ "action done", command_action_done, "ID… [--outcome O] [--note T]", "Calls, letters and tasks that are done" },
	{ "remind", command_remind, "CODE [--item N…] [--send]", "The message about what is late, as a person asks for it now; sent only with --send" },
	{ "explain", command_explain, "item NUMBER | customer CODE", "Why it was, or was not, chased on that day" },
	{ "cash", command_cash, "[--state certain|proposed|tie|none|applied|ignored|open]", "Bank lines with what is proposed for each" },
	{ "cash apply", command_cash_apply, "--certain | LINE [--item NUMBER[=AMOUNT]…] [--customer C] [--difference discount|fee|rounding]",
	  "Apply the certain bank lines, or one as proposed or as said" },
	{ "cash undo", command_cash_undo, "LINE", "Take back what was decided of a bank line" },
	{ "cash ignore", command_cash_ignore, "LINE [--reason R]", "Not a customer's payment" },
	{ "cash wait", command_cash_wait, "LINE [--note T]", "Nobody knows yet: keep it in suspense" },
	{ "cash accounts", command_cash_accounts, "", "Bank accounts with their last balance" },
	{ "cash credits", command_cash_credits, "[--oldest]", "Credits that settle nothing yet, and what they would" },
	{ "cash twice", command_cash_twice, "", "Payments that bank and books may both have counted" },
	{ "cash same", command_cash_same, "PAYMENT ITEM", "They are the same money: counted once" },
	{ "cash another", command_cash_another, "PAYMENT ITEM", "They are two payments" },
	{ "cash match", command_cash_match, "CREDIT… [--oldest]", "Match credits by hand, as they are proposed" },
	{ "cash unmatch", command_cash_unmatch, "MATCH", "Take a manual match back" },
	{ "cash lettering", command_cash_lettering, "[--from DATE] [--to DATE] [--format csv|fec]", "Entries and lettering of a period, for the books" },
	{ "cash payers", command_cash_payers, "", "Who pays for whom, as people taught" },
	{ "cash payer forget", command_cash_payer_forget, "ID", "Forget one of them" },
	{ "collected", command_collected, "[--format csv|cdar] [--again BATCH] [--dry-run]", "Money collected for electronic invoices, for the invoicing platform; each once" },
	{ "interest", command_interest, "[--customer C] [--item N] [--as-of DATE]", "Late interest and fixed fee, with their computation" },
	{ "limitation", command_limitation, "[--before DATE] [--customer C] [--item N]", "Items by the day their claim becomes time-barred" },
	{ "interest note", command_interest_note, "CODE [--item N…]", "Claim what accrued and was not claimed yet, by a numbered note" },
	{ "interest notes", command_interest_notes, "CODE", "The notes of a customer" },
	{ "interest pay", command_interest_pay, "ID --amount A", "Late interest was paid" },
	{ "interest waive", command_interest_waive, "ID --reason WORDS [--amount A]", "Give late interest up" },
	{ "interest cancel", command_interest_cancel, "ID --reason WORDS", "Take a note back" },
	{ "handover", command_handover, "CODE --route R [--partner P] [--email E] [--item N…] [--to FILE.zip]",
	  "Hand overdue items over: bailiff, agency, lawyer, small_claims, order_for_payment, summary_order, writ" },
	{ "mandate add", command_mandate_add, "CODE --rum R --iban I --signed DATE [--type core|b2b] [--bic B] [--debtor NAME]", "Note a direct debit mandate" },
	{ "mandate end", command_mandate_end, "ID [--why WORDS]", "End a mandate" },
	{ "mandate list", command_mandate_list, "[--customer C]", "Direct debit mandates" },
	{ "bill draw", command_bill_draw, "CODE --kind lcr|bor|debit --due DATE --item N… [--to-accept] [--iban I] [--note T] [--again ID [--corrected]]",
	  "Draw a bill or a direct debit from items" },
	{ "bill step", command_bill_step, "ID send|accept|refuse|paid|unpaid|cancel [--day D] [--code CODE] [--note T]", "What became of a bill or a direct debit" },
	{ "bill list", command_bill_list, "[--customer C] [--all]", "Bills and direct debits" },
	{ "bill remit", command_bill_remit, "ID… --to FILE [--discount]", "Write the file for the bank" },
	{ "deposit list", command_deposit_list, "[--customer C]", "Deposits" },
	{ "deposit ask", command_deposit_ask, "CODE --order NUMBER --order-amount A [--amount A] [--due DATE] [--note T]", "Ask for a deposit before a delivery" },
	{ "deposit step", command_deposit_step, "ID received|used|returned|cancel [--amount A] [--day D] [--item N] [--note T]", "What became of a deposit" },
	{ "insurance", command_insurance, "[--as-of DATE]", "What credit insurance covers, and what is owed to the insurer by when" },
	{ "insurance policy", command_insurance_policy, "[ID] [KEY=VALUE…]", "Note a credit insurance policy; without anything: the list" },
	{ "insurance limit", command_insurance_limit,
	  "CODE --policy ID --state requested|granted|reduced|withdrawn|refused [--amount A] [--from D] [--until D] [--temporary] [--reference R] [--note T] | --remove ID",
	  "Note what a credit insurer decided for a customer" },
	{ "insurance limits", command_insurance_limits, "[--customer C]", "What credit insurers decided" },
	{ "insurance items", command_insurance_items, "CODE [--as-of DATE]", "Each item of a customer: covered or not, why, by when what is told" },
	{ "insurance mark", command_insurance_mark, "ITEM deliver|extend|declare|claim|paid|refuse|undo [--day D] [--amount A] [--note T]", "What a credit insurer was told of an item" },
	{ "insurance import", command_insurance_import, "FILE [--policy ID] [--dry-run]", "Limits from the insurer’s list (CSV, workbook)" },
	{ "insurance folder", command_insurance_folder, "CODE --to FILE.zip", "What the insurer asks for with a declaration, as a ZIP" },
	{ "insurance told", command_insurance_told, "CODE [--of insolvency|other] [--day D] [--note T]", "A credit insurer was told of a customer" },
	{ "document add", command_document_add, "CODE FILE [--kind contract|order|delivery|acceptance|invoice|notice_proof|letter|other] [--item N]", "Keep a paper with a customer or one of his items" },
	{ "document list", command_document_list, "CODE", "The papers of a customer" },
	{ "document mark", command_document_mark, "ID --kind K [--item N]", "Say what a paper is" },
	{ "payee add", command_payee_add,
	  "NAME --iban I [--route dailly|factoring] [--bic B] [--address A] [--contract C] [--notified] [--recourse] [--managed] [--commission P] [--interest P] [--reserve P]",
	  "Note a bank or factor that claims are assigned to" },
	{ "payee list", command_payee_list, "", "Banks and factors that claims are assigned to" },
	{ "assignment make", command_assignment_make, "--payee ID --item N…", "Assign claims by one slip" },
	{ "assignment list", command_assignment_list, "", "Slips of assigned claims" },
	{ "assignment step", command_assignment_step, "ID notify|back|cancel [--item N] [--note T]", "The debtors were told, a claim came back, or a slip is taken back" },
	{ "assignment batch", command_assignment_batch, "ID --to FILE.csv", "The batch for the factor, as a file" },
	{ "case list", command_case_list, "[--customer C] [--all]", "Files handed over" },
	{ "case step", command_case_step, "ID [--stage S] [--reference R] [--partner P] [--deadline D] [--note T] [--cost A]", "What became of a file" },
	{ "case close", command_case_close, "ID --outcome recovered|partly_recovered|settled|irrecoverable|withdrawn [--note T]", "End a file" },
	{ "person show", command_person_show, "CODE|E-MAIL", "What is held about a person, and what an erasure would do" },
	{ "person export", command_person_export, "CODE|E-MAIL --to FILE.zip", "A person's data, for himself" },
	{ "person erase", command_person_erase, "CODE|E-MAIL [--reason asked|ended] [--yes]", "Erase a person's data; without --yes only looked at" },
	{ "person due", command_person_due, "", "What may be erased now, by the periods of the settings" },
	{ "person erase-due", command_person_erase_due, "KIND --yes", "Erase what is due of one kind" },
	{ "person erasures", command_person_erasures, "", "What was erased" },
	{ "person lift", command_person_lift, "ID", "Let an erased person be known again" },
	{ "case bundle", command_case_bundle, "ID --to FILE.zip", "The sealed bundle of a file" },
	{ "doubtful list", command_doubtful_list, "[--proposed | --small]", "Doubtful and lost debts; what a rule proposes; balances too small to follow" },
	{ "doubtful set", command_doubtful_set, "--item N… --reason insolvency|handed_over|dispute|age|other [--note T] [--vat RATE]", "Hold debts to be doubtful; the entry to 416 waits for the books" },
	{ "doubtful lose", command_doubtful_lose,
	  "--item N… --proof certificate|liquidation|closed|plan|gone|none [--day D] [--reference T] [--note T] [--vat RATE] [--keep-vat]", "Write debts off, with what proves it" },
	{ "doubtful small", command_doubtful_small, "--item N… [--note T]", "Let small balances go" },
	{ "doubtful undo", command_doubtful_undo, "ID [--note T]", "Take the last decision on a debt back, with its entries" },
	{ "doubtful duplicate", command_doubtful_duplicate, "ID [--to FILE.pdf] [--sent [--day D]]", "The duplicate of an unpaid invoice that taking its VAT back wants (CGI 272)" },
	{ "doubtful provisions", command_doubtful_provisions, "[--as-of DATE] [--book [--in-books] | --take-back] [--format F]", "Provisions that the closing of a day asks for" },
	{ "doubtful entries", command_doubtful_entries, "[--to FILE [--format fec|csv] [--again FILE_NUMBER]]", "Entries that wait for the books, written once" },
	{ "case sheet", command_case_sheet, "ID --to FILE.pdf", "What the form of an order for payment or of small claims asks for, and what is missing" },
	{ "limitation note", command_limitation_note,
	  "--item N --kind acknowledged|payment_named|court|demand|suspension --date D [--until D] [--proof WORDS] [--confirm]",
	  "What interrupts or suspends it; counts once confirmed" },
	{ "limitation confirm", command_limitation_confirm, "ID [--proof WORDS]", "Confirm such an event" },
	{ "limitation remove", command_limitation_remove, "ID --reason WORDS", "Take such an event back" },
	{ "backup", command_backup, "FILE", "A consistent copy of the store, also while serving" },
	{ "restore", command_restore, "FILE", "Put a copy back; refused while a server holds the store", .makes_store = true },
	{ "verify", command_verify, "", "Check identities and the event chain" },
	{ "export", command_export, "FOLDER", "Everything as CSV and documents, readable without Encours" },
	{ "import", command_import,
	  "FILE… [--format NAME] [--mode ledger|stock|delta] [--source NAME] [--mapping NAME] [--as-of DATE] [--dry-run] "
	  "[--accept-partial] [--yes]", "Files of an accounting program into the ledger" },
	{ "imports", command_imports, "", "What was imported" },
	{ "import undo", command_import_undo, "ID", "Take an import back" },
	{ "rule list", command_rule_list, "", "Rules of assignment, in their order" },
	{ "rule add", command_rule_add, "NAME [--when 'FIELD is VALUE'…] --then KEY=VALUE… [--any] [--over-hand] [--off]", "A rule more, at the end: who has which scenario, collector, group, terms, payer, tags" },
	{ "rule edit", command_rule_edit, "ID [--name N] [--when …] [--then …] [--any|--all] [--over-hand] [--on|--off]", "Change a rule; what is not said stays" },
	{ "rule move", command_rule_move, "ID up|down", "Change the order of rules" },
	{ "rule remove", command_rule_remove, "ID", "Remove a rule" },
	{ "rule preview", command_rule_preview, "", "What the rules would change now" },
	{ "rule apply", command_rule_apply, "", "Follow the rules now, for everybody" },
	{ "preset list", command_preset_list, "", "What the columns of programs mean: presets that ship, and your own" },
	{ "preset show", command_preset_show, "CODE", "A preset as text, to be copied and edited" },
	{ "preset save", command_preset_save, "CODE FILE", "Keep a preset of your own; with the code of one that ships, in its place" },
	{ "preset remove", command_preset_remove, "CODE", "Remove one of your own; the one that ships comes back" },
	{ "feed add", command_feed_add,
	  "folder|sftp|https|mailbox|bodacc|business-central|sap|pennylane|odoo PLACE [--name N] [--pattern '*.txt'] [--secret-file FILE] [--host-key SHA256] [--every MINUTES] [--late HOURS] "
	  "[--format NAME] [--mode M] [--source NAME] [--mapping NAME] [--set KEY=VALUE…]", "A place that files come from by themselves" },
	{ "feed list", command_feed_list, "", "The places that files come from" },
	{ "feed remove", command_feed_remove, "ID", "No longer look there" },
	{ "feed run", command_feed_run, "[ID]", "Look there now" },
	{ "version", command_version, "", "Version, build and store schema" },
	{ 0 },
};

/* The longest name wins: "import undo" before "import". */
static const struct cli_entry *find_entry(int argc, char **argv, int *used)
{
	const struct cli_entry *best = NULL;
	for (const struct cli_entry *entry = cli_entries; entry->name; entry++) {
		const char *name = entry->name, *space = strchr(name, ' ');
		size_t first = space ? (size_t)(space - name) : strlen(name);
		if (argc < 1 || strlen(argv[0]) != first || memcmp(argv[0], name, first) != 0) continue;
		int words = 1;
		bool same = true;
		for (const char *at = space; at && same; words++) {
			const char *word = at + 1, *next = strchr(word, ' ');
			size_t len = next ? (size_t)(next - word) : strlen(word);
			same = words < argc && strlen(argv[words]) == len && memcmp(argv[words], word, len) == 0;
			at = next;
		}
		if (!same || (best && words <= *used)) continue;
		best = entry, *used = words;
	}
	return best;
}

static void usage(FILE *out, enum lang lang, const char *only)
{
	fprintf(out, "%s\n\n", tr(lang, "Usage: encours [--db DB] [--company CODE] [--today DATE] COMMAND …"));
	for (const struct cli_entry *entry = cli_entries; entry->name; entry++) {
		size_t len = only ? strlen(only) : 0;
		if (only && (strncmp(entry->name, only, len) != 0 || (entry->name[len] && entry->name[len] != ' '))) continue;
		fprintf(out, "  %s %s\n      %s\n", entry->name, entry->usage, tr(lang, entry->summary));
	}
	if (only) return;
	fprintf(out, "\n%s\n", tr(lang, "With every command:"));
	static const struct {
		const char *option, *help;
	} globals[] = {
		{ "--db DB", "SQLite file or postgresql:// URL (ENCOURS_DB)" },
		{ "--company CODE", "the company, needed when there are several (ENCOURS_COMPANY)" },
		{ "--today DATE", "the business date, YYYY-MM-DD (ENCOURS_TODAY); --now HH:MM the time of day, 10:00 otherwise" },
		{ "--json", "one JSON document on the standard output" },
		{ "--lang fr|en", "language of what people read" },
		{ "--output FILE", "write the result to a file" },
	};
	for (size_t i = 0; i < COUNT(globals); i++) fprintf(out, "  %-16s %s\n", globals[i].option, tr(lang, globals[i].help));
	fprintf(out, "\n%s\n", tr(lang, "Exit status: 0 done; 1 done, some rows refused; 2 refused, nothing changed; 3 the store can't be used."));
}

/* $XDG_DATA_HOME/encours/encours.db, its folder made when it isn't there. */
static const char *default_store(struct arena *arena)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	if (!home || !*home) home = ".";
	const char *base = data && *data == '/' ? data : arena_printf(arena, "%s/.local/share", home);
	char *path = arena_printf(arena, "%s/encours/encours.db", base);
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(path, 0700); /* what can't be made shows when the store is opened */
		*slash = '/';
	}
	return path;
}

static struct status read_clock(struct clock *clock, const char *today, const char *now)
{
	if (today && *today) {
		if (!day_parse(today, strlen(today), &clock->today))
			return status_make(STATUS_INVALID, "--today wants a date written YYYY-MM-DD, not “%s”.", today);
		clock->forced = true, clock->minutes = 600;
	}
	if (!now || !*now) return STATUS_FINE;
	if (!clock->forced) return status_make(STATUS_INVALID, "--now goes with --today.");
	int64_t hours = 0, minutes = 0;
	if (strlen(now) != 5 || now[2] != ':' || !text_parse_int(now, 2, &hours) || !text_parse_int(now + 3, 2, &minutes) ||
	    hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return status_make(STATUS_INVALID, "--now wants a time written HH:MM, not “%s”.", now);
	clock->minutes = (int)(hours * 60 + minutes);
	return STATUS_FINE;
}

/* Takes the global options out of argv, wherever they stand before “--”; what remains is the command and its own. */
static struct status take_globals(struct cli *cli, int *argc, char **argv, bool *help)
{
	const char *today = getenv("ENCOURS_TODAY"), *now = getenv("ENCOURS_NOW"), *lang = NULL;
	const struct {
		const char *name;
		const char **value;
		bool *flag;
	} globals[] = {
		{ "--db", .value = &cli->store_where }, { "--company", .value = &cli->company_code },
		{ "--today", .value = &today },         { "--now", .value = &now },
		{ "--lang", .value = &lang },           { "--output", .value = &cli->output },
		{ "--json", .flag = &cli->json },       { "--help", .flag = help },
	};
	int kept = 0, count = *argc;
	struct status status = STATUS_FINE;
	for (int i = 0; i < count; i++) {
		if (strcmp(argv[i], "--") == 0) {
			while (i < count) argv[kept++] = argv[i++];
			break;
		}
		const char *equals = strchr(argv[i], '=');
		size_t len = equals ? (size_t)(equals - argv[i]) : strlen(argv[i]), g = 0;
		while (g < COUNT(globals) && (strlen(globals[g].name) != len || memcmp(globals[g].name, argv[i], len) != 0)) g++;
		if (g == COUNT(globals) || (globals[g].flag && equals)) {
			argv[kept++] = argv[i];
		} else if (globals[g].flag) {
			*globals[g].flag = true;
		} else if (equals) {
			*globals[g].value = equals + 1;
		} else if (i + 1 < count) {
			*globals[g].value = argv[++i];
		} else if (!status.code) {
			status = status_make(STATUS_INVALID, "The option %s wants a value.", argv[i]);
		}
	}
	*argc = kept;
	if (lang) {
		if (strcmp(lang, "fr") != 0 && strcmp(lang, "en") != 0)
			return status_make(STATUS_INVALID, "--lang is fr or en, not “%s”.", lang);
		cli->lang = lang_parse(lang, LANG_EN);
		lang_speak(cli->lang);
	}
	if (status.code) return status;
	return read_clock(&cli->clock, today, now);
}

/* A refusal: in words on stderr; with --json also as the one document, unless the command printed its own. */
static int refuse(struct cli *cli, struct status status)
{
	static const char *const codes[] = { [STATUS_INVALID] = "invalid",         [STATUS_NOT_FOUND] = "not_found",
		                             [STATUS_CONFLICT] = "conflict",       [STATUS_FORBIDDEN] = "forbidden",
		                             [STATUS_BUSY] = "busy",               [STATUS_UNAVAILABLE] = "unavailable",
		                             [STATUS_INTERNAL] = "internal" };
	cli_message("encours: %s", status.text);
	if (cli->json && !cli->wrote_json)
		cli_json(cli, json_pack("{s:{s:s,s:s}}", "error", "code", codes[status.code], "text", status.text));
	return status_exit(status.code);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], FACTURX_CHILD) == 0) return facturx_child();
	memory_keep_freed();
	/* numbers are written and read by our own rules, so the process stays in the C locale */
	if (sodium_init() < 0) {
		fputs("encours: the random source of the system can't be used\n", stderr);
		return 3;
	}
	const char *environment = getenv("LC_ALL");
	if (!environment || !*environment) environment = getenv("LC_MESSAGES");
	if (!environment || !*environment) environment = getenv("LANG");
	struct cli cli = { .store_where = getenv("ENCOURS_DB"), .company_code = getenv("ENCOURS_COMPANY"),
		           .lang = lang_parse(environment, LANG_EN), .arena = arena_new() };
	lang_speak(cli.lang);
	bool help = false;
	int count = argc - 1, used = 0, exit_status = 0;
	char **arguments = argv + 1;
	struct status status = take_globals(&cli, &count, arguments, &help);
	cli.store_given = cli.store_where && *cli.store_where;
	if (!cli.store_given) cli.store_where = default_store(cli.arena);
	if (cli.company_code && !*cli.company_code) cli.company_code = NULL;
	cli.entry = find_entry(count, arguments, &used);
	if (status.code) {
		exit_status = refuse(&cli, status);
	} else if (help || (count > 0 && strcmp(arguments[0], "help") == 0)) {
		usage(stdout, cli.lang, help ? (count ? arguments[0] : NULL) : count > 1 ? arguments[1] : NULL);
	} else if (!cli.entry) {
		status = count ? status_make(STATUS_INVALID, "There is no command “%s”.", arguments[0])
		               : status_make(STATUS_INVALID, "A command is missing.");
		exit_status = refuse(&cli, status);
		usage(stderr, cli.lang, NULL);
	} else {
		cli.argc = count - used, cli.argv = arguments + used;
		status = cli.entry->run(&cli, &exit_status);
		if (status.code) exit_status = refuse(&cli, status);
	}
	/* a full disk shows at the latest here; it must not look like success */
	FILE *out = cli.out ? cli.out : stdout;
	bool lost = fflush(out) != 0 || ferror(out);
	if (cli.out && cli.out != stdout) lost |= fclose(cli.out) != 0;
	if (lost) {
		cli_message("encours: %s", tr(cli.lang, "The result could not be written whole."));
		if (exit_status < 2) exit_status = 2;
	}
	store_close(cli.store);
	arena_free(cli.arena);
	return exit_status;
}
