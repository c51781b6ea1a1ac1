#include "privacy/map.h"

#include "base/memory.h"

#include <string.h>

const char PERSONAL_COMMON[] = "tenant_id company_id id rev customer_id item_id import_id at by_user";

#define HIS        "t.customer_id = $customer"
#define BY_ACTION  "EXISTS (SELECT 1 FROM action a WHERE a.tenant_id = t.tenant_id AND a.company_id = t.company_id AND a.id = t.action_id AND a.customer_id = $customer)"
#define BY_ITEM    "EXISTS (SELECT 1 FROM item i WHERE i.tenant_id = t.tenant_id AND i.company_id = t.company_id AND i.id = t.item_id AND i.customer_id = $customer)"
#define BY_LINK(x) "EXISTS (SELECT 1 FROM cash_link k WHERE k.tenant_id = t.tenant_id AND k.company_id = t.company_id AND k.application_id = " x " AND k.customer_id = $customer)"
#define BY_FACT(x) "EXISTS (SELECT 1 FROM cash_fact k WHERE k.tenant_id = t.tenant_id AND k.company_id = t.company_id AND k.application_id = " x " AND k.customer_id = $customer)"
#define PLAIN(table, columns) { .name = table, .plain = columns }

static const char books[] = "The books and their vouchers are kept ten years (C. com. L123-22); the tax office may ask for them for six (LPF L102 B).";
static const char proof[] = "Papers that prove what was claimed, paid or agreed are kept as long as they may be contested.";
static const char opposed[] = "Kept so that nobody writes to this address or number again.";
static const char audit[] = "Who did what is kept under a number, without a name, so that the history stays provable.";
static const char published[] = "Published by the official gazette, and part of the file of the procedure.";

/* In the order of an export. */
static const struct personal_table tables[] = {
	/* --- who he is --- */
	{ "customer", "Customer", "t.id = $customer", NULL,
	  "name siren vat_number address postcode city phone email note stopped_reason insolvency_note tags", NULL,
	  "code group_code class -key_account:n profile scenario country language -collector_id:n -sales_id:n salesperson terms_days:n terms_month terms_day:n "
	  "payment_means credit_limit:m supplier_balance:m -generic stopped:n insolvency_day:d minimum:m -merged_into:n -hand_made created_at:t -ledger_rev:n "
	  "-payer_id:n payer_mode discount_days:n discount_rate:n", PERSONAL_EMPTY, NULL, true },
	{ "contact", "Contact", HIS, NULL, "name email phone", NULL, "role language main:n bounced_at:t removed:n", PERSONAL_DELETE, NULL, true },
	{ "preference", "How he wants to be written to", HIS, NULL, "copies note", NULL, "channel hours no_phone:n language", PERSONAL_DELETE, NULL, true },
	{ "custom_value", "Field of our own", "t.subject = 'customer' AND t.owner_id = $customer", NULL, "value before", NULL, "subject -owner_id:n -field_id:n -by_hand:n", PERSONAL_DELETE, NULL, true },
	{ "customer_before", "Former value of a field", HIS, NULL, "before after", NULL, "field", PERSONAL_DELETE, NULL },
	{ "customer_merge", "Customers made one", "(t.into_id = $customer OR (t.from_id = $customer AND t.state = 'undone'))", NULL, "moved={}", NULL, "-from_id:n -into_id:n state undone_at:t -undone_by:n", PERSONAL_EMPTY, NULL, true },
	{ "mandate", "Direct debit mandate", HIS, NULL, "iban bic debtor ended_why", NULL, "rum scheme signed_day:d last_used_day:d ended_day:d", PERSONAL_EMPTY, NULL, true },
	{ "cash_payer", "Known as a payer", HIS, NULL, "iban name", NULL, "times:n last_day:d", PERSONAL_DELETE, NULL, true },
	/* --- what was said --- */
	{ "outbox", "Message sent", HIS, NULL, "recipient copies cc subject body_text body_html error", NULL,
	  "-action_id:n channel -message_id -sender state -attempts:n -not_before:t -lease_token:n queued_at:t sent_at:t -parts:n -cost:n -provider_ref -internal:n -about",
	  PERSONAL_EMPTY, NULL, true },
	{ "reply", "Answer received", HIS, NULL, "address name subject text detail handled_note", NULL,
	  "day:d kind -action_id:n handled_at:t -handled_by:n source topic -outbox_id:n -inbox_id:n back_day:d handled_how", PERSONAL_EMPTY, NULL, true },
	{ "inbox_message", "Mail received", HIS, NULL, "from_address from_name subject words text detail", NULL,
	  "received_at:t -uid_validity:n -uid:n -digest:b -message_id kind state -how -suggested_id:n -outbox_id:n -reply_id:n -filed:n -settled_by:n settled_at:t", PERSONAL_EMPTY, NULL, true },
	{ "answer", "Answer on his page", HIS, NULL, "text words detail={} outcome", NULL,
	  "-link_id:n -reply_id:n -key:b -content:b kind day:d state -waits -owner_id:n due_day:d settled_at:t -settled_by:n", PERSONAL_EMPTY, NULL, true },
	{ "debtor_link", "Link to his page", HIS, NULL, "recipient", NULL,
	  "-question_id:n -hash:b language -outbox_id:n -action_id:n made_at:t -made_by:n expires_at:t revoked_at:t opened_at:t seen_at:t", PERSONAL_DELETE, NULL },
	{ "action", "Reminder, call or task", HIS, NULL, "recipient note why", "reason outcome",
	  "plan_day:d scenario -scenario_version:n step -step_rank:n channel mode state -test:n currency amount:m -priority:n -template -contact_id:n language "
	  "-assigned_to:n snoozed_until:d -next_step next_day:d max_days_late:n -broken_promise:n attempts:n done_at:t done_day:d -done_by:n created_at:t", PERSONAL_EMPTY, NULL, true },
	{ "action_member", "Asked of his payer", HIS, NULL, NULL, NULL, "-action_id:n", PERSONAL_EMPTY, NULL },
	{ "call_attempt", "Call", HIS, NULL, NULL, NULL, "-action_id:n day:d minute:n outcome reached:n reason -undone:n", PERSONAL_EMPTY, NULL },
	{ "letter", "Letter", HIS, NULL, "note", NULL, "-action_id:n -batch_id:n number printed_at:t deposited_day:d delivered_day:d fate", PERSONAL_EMPTY, NULL, true },
	{ "document", "Document", HIS, NULL, "name", NULL, "-outbox_id:n type kind -digest:b -bytes:b -reply_id:n -inbox_id:n", PERSONAL_KEEP, books },
	{ "task", "Task", HIS, NULL, "text outcome", NULL, "-owner_id:n due_day:d created_at:t done_at:t -done_by:n", PERSONAL_EMPTY, NULL, true },
	{ "question", "Question to a colleague", HIS, NULL, "address text answer answered_name", NULL, "-dispute_id:n asked_at:t -asked_by:n due_day:d answered_at:t closed_at:t -outbox_id:n", PERSONAL_EMPTY, NULL, true },
	{ "notification", "Notification", HIS, "t.user_id = $user", "text", NULL, "-user_id:n kind -ref:n seen_at:t mailed_at:t", PERSONAL_DELETE, NULL },
	/* --- what was agreed, contested, found --- */
	{ "promise", "Promise", HIS, NULL, "note", NULL, "day:d amount:m currency means made_day:d state settled_day:d received:m", PERSONAL_EMPTY, NULL, true },
	{ "payment_plan", "Payment plan", HIS, NULL, "note ended_why", NULL,
	  "state proposed_by currency principal:m interest:m interest_kept:n -waived_by:n grace_days:n remind:n made_day:d agreed_day:d acknowledged:n insurer:n insurer_day:d ended_day:d",
	  PERSONAL_EMPTY, NULL, true },
	{ "dispute_case", "Dispute", HIS, NULL, "note owner_name owner_email manager_email closing cause remedy", NULL,
	  "reason state -chain -step:n currency -owner_id:n opened_day:d due_day:d paused_day:d answered_day:d credit_amount:m credit_day:d -credit_item_id:n proposed_day:d outcome granted:m "
	  "closed_day:d reminded_day:d escalated_day:d", PERSONAL_EMPTY, NULL, true },
	{ "dispute", "Item in dispute", HIS, NULL, "note owner", NULL, "amount:m reason opened_day:d due_day:d credit_expected_day:d closed_day:d outcome -case_id:n contested:m", PERSONAL_EMPTY, NULL, true },
	{ "dispute_message", "Said about a dispute", HIS, NULL, "author text", NULL, "-case_id:n side direction -outbox_id:n", PERSONAL_EMPTY, NULL, true },
	{ "hold", "Hold", HIS, NULL, "reason", NULL, "kind from_day:d until_day:d lifted_day:d", PERSONAL_EMPTY, NULL, true },
	{ "case_file", "File handed over", HIS, NULL, "partner partner_email reference deadline_text", NULL,
	  "route stage opened_day:d deadline_day:d closed_day:d outcome currency principal:m interest:m fee:m costs:m -bundle_head -bundle_digest:b", PERSONAL_EMPTY, NULL, true },
	{ "insolvency_file", "Collective procedure", HIS, NULL, "trustee declared_proof note", NULL,
	  "kind court published_day:d abroad:n retention_of_title:n declared_day:d declared_amount:m admitted_amount:m admitted_day:d dividends:m", PERSONAL_EMPTY, NULL, true },
	{ "insolvency_notice", "Notice of a collective procedure", HIS, NULL, "name text", NULL,
	  "siren notice published_day:d judgment_day:d act kind nature court corrects state -opened:n decided_at:t -decided_by:n", PERSONAL_KEEP, published, true },
	{ "limitation_event", "Limitation", HIS, NULL, NULL, "proof", "kind day:d until_day:d -document_id:n -noted_by:n noted_at:t -confirmed_by:n confirmed_at:t removed_at:t", PERSONAL_KEEP, proof, true },
	{ "level_taken", "Level of reminder taken over", HIS, NULL, NULL, NULL, "level:n day:d", PERSONAL_EMPTY, NULL },
	{ "left_out", "Why he was not reminded", HIS, NULL, "detail", NULL, "day:d reason amount:m until_day:d", PERSONAL_DELETE, NULL },
	{ "plan_note", "Plan of a day", HIS, NULL, "content", NULL, "day:d -action_id:n", PERSONAL_DELETE, NULL },
	{ "customer_profile", "Profile", HIS, NULL, NULL, NULL, "profile since_day:d", PERSONAL_DELETE, NULL, true },
	{ "trial_member", "Trial of scenarios", HIS, NULL, NULL, NULL, "-trial_id:n arm stratum", PERSONAL_EMPTY, NULL },
	{ "watch", "Followed by", HIS, "t.user_id = $user", NULL, NULL, "-user_id:n", PERSONAL_DELETE, NULL },
	/* --- the books --- */
	{ "item", "Invoice, credit note or payment", HIS, NULL, NULL, "label extra",
	  "number kind account issue_day:d posting_day:d due_day:d due_source amount:m open_amount:m currency closed_day:d -origin_id:n -withdrawn:n", PERSONAL_KEEP, books, true },
	{ "fact", "Line of the books", HIS, NULL, NULL, "label extra",
	  "-line:n -class account journal -entry:n -pair:n posting_day:d number piece piece_day:d due_day:d amount:m currency lettering applies_to external_id", PERSONAL_KEEP, books },
	{ "fact_change", "Later state of a line", HIS, NULL, NULL, "label extra",
	  "-fact_id:n -present:n -class -line:n -entry:n -pair:n number piece_day:d due_day:d amount:m lettering applies_to", PERSONAL_KEEP, books },
	{ "bank_line", "Line of a bank account", "(" BY_LINK("t.application_id") " OR " BY_FACT("t.application_id") ")", NULL,
	  "payer payer_iban ultimate_payer mandate", "text label structured return_text reason end_to_end",
	  "-account_id:n -position:n -occurrence:n booking_day:d value_day:d amount:m currency kind reversal:n pending:n advice:n bank_reference return_code fee:m original_amount:m "
	  "original_currency -batch:n -present:n state -application_id:n waiting_day:d decided_at:t -decided_by:n -lump_id:n -told:b", PERSONAL_KEEP, books, true },
	{ "cash_application", "Payment applied", "(" BY_LINK("t.id") " OR " BY_FACT("t.id") ")", NULL, "detail={}", NULL,
	  "-line_id:n day:d -automatic:n -returns_id:n fees:m state undone_at:t -undone_by:n", PERSONAL_EMPTY, NULL, true },
	{ "cash_fact", "Payment noted", HIS, NULL, NULL, "label extra", "-application_id:n -class difference account posting_day:d number amount:m currency -reopens_id:n collected_day:d", PERSONAL_KEEP, books },
	{ "instrument", "Bill or direct debit", HIS, NULL, "iban note", "ended_why",
	  "kind state to_accept:n currency amount:m made_day:d due_day:d sent_day:d chased_day:d accepted_day:d -remittance_id:n remitted_day:d discounted:n paid_day:d back_day:d back_code "
	  "-mandate_id:n attempt:n -before_id:n -tasked_day:d", PERSONAL_KEEP, books, true },
	{ "set_off", "Set-off", HIS, NULL, NULL, "note", "state currency amount:m agreed:n connected:n made_day:d effect_day:d answered_day:d ended_day:d", PERSONAL_KEEP, books, true },
	{ "doubtful", "Doubtful or lost debt", HIS, NULL, NULL, "why lost_why proof_words",
	  "state reason currency amount:m vat_rate:n day:d -before lost_day:d lost_amount:m lost_vat:m -lost_by:n proof proof_day:d duplicate_day:d", PERSONAL_KEEP, books, true },
	{ "provision", "Provision", HIS, NULL, NULL, "why", "day:d currency base:m rate:n rule was:m amount:m -in_books:n -cancelled:n", PERSONAL_KEEP, books, true },
	{ "book_entry", "Entry for the books", HIS, NULL, NULL, "label", "kind -subject_id:n day:d number currency -reverses_id:n -cancelled:n -file_id:n written_day:d", PERSONAL_KEEP, books, true },
	{ "interest_note", "Note of late interest", HIS, NULL, NULL, NULL, "number day:d currency interest:m fee:m paid:m waived:m settled_day:d cancelled:n -plan_id:n", PERSONAL_KEEP, books, true },
	{ "invoice_status", "Status of an invoice", HIS, NULL, NULL, "reason note",
	  "-line:n number code said day:d -minutes:n reason_code contested:n currency buyer_siren buyer_siret issue_day:d format -message -present:n -task handled_at:t -handled_by:n", PERSONAL_KEEP, books, true },
	{ "collected_report", "Collection told to the platform", HIS, NULL, NULL, NULL, "-batch_id:n number issue_day:d day:d amount:m currency payment", PERSONAL_KEEP, books },
	{ "cover_decision", "Decision of a credit insurer", HIS, NULL, "note", NULL, "-policy_id:n kind state amount:m from_day:d until_day:d reference removed_day:d", PERSONAL_EMPTY, NULL, true },
	{ "insured_item", "Told to a credit insurer", BY_ITEM, NULL, NULL, "refused_why",
	  "delivered_day:d extended_until:d extended_day:d declared_day:d claimed_day:d claim_reference refused_day:d paid_day:d paid:m -tasked", PERSONAL_KEEP, proof, true },
	{ "insurer_notice", "Told to a credit insurer of him", HIS, NULL, "note", NULL, "kind day:d", PERSONAL_EMPTY, NULL, true },
	{ "deposit", "Deposit asked for", HIS, NULL, "note ended_why", NULL,
	  "state order_ref order_amount:m amount:m received:m currency why made_day:d due_day:d received_day:d used_day:d -used_item:n -action_id:n -tasked_day:d", PERSONAL_EMPTY, NULL, true },
	{ "retention", "Retention", BY_ITEM, NULL, "guarantee", "opposed_why", "accepted_day:d guarantee_day:d opposed_day:d claimed_day:d -tasked_day:d", PERSONAL_KEEP, books, true },
	{ "event", "History", HIS, "t.by_user = $user", "content", NULL, "-seq:n day:d kind -ref:n -salt:b -content_hash:b -hash:b", PERSONAL_EMPTY, NULL },
	/* --- colleagues --- */
	{ "user_account", "Account", NULL, "t.id = $user", "email name phone", NULL,
	  "role -password_hash -must_change:n language theme portfolio portfolio_group -single_keys:n disabled:n disabled_at:t created_at:t digest:n team -listed:n", PERSONAL_EMPTY, NULL },
	{ "session", "Session", NULL, "t.user_id = $user", NULL, NULL, "-id_hash:b -user_id:n -csrf created_at:t seen_at:t expires_at:t", PERSONAL_DELETE, NULL },
	{ "token", "API token", NULL, "t.user_id = $user", "name", NULL, "-user_id:n -hash:b scope created_at:t used_at:t revoked_at:t", PERSONAL_DELETE, NULL },
	{ "user_company", "Company he may see", NULL, "t.user_id = $user", NULL, NULL, "-user_id:n", PERSONAL_DELETE, NULL },
	{ "absence", "Absence", NULL, "t.user_id = $user", NULL, NULL, "-user_id:n from_day:d until_day:d -stand_in_id:n ended_at:t", PERSONAL_DELETE, NULL },
	{ "action_approval", "Approval", NULL, "t.user_id = $user", NULL, NULL, "-action_id:n -user_id:n day:d amount:m", PERSONAL_KEEP, audit },
	/* --- of a person, but nobody's file: found by their words, or gone by themselves --- */
	{ "suppression", "Address never to be used", NULL, NULL, "address", NULL, "reason", PERSONAL_KEEP, opposed },
	{ "phone_stop", "Number that wants no text message", NULL, NULL, "phone", NULL, "reason", PERSONAL_KEEP, opposed },
	{ "login_attempt", "Failed login", NULL, NULL, "subject", NULL, "failed_count:n last_at:t", PERSONAL_DELETE, NULL },
	{ "import", "Import", NULL, NULL, NULL, "file_name report", "format source mode -digest:b from_day:d to_day:d as_of_day:d opening_days lines:n state", PERSONAL_KEEP, books, true },
	{ "import_file", "Original file", NULL, NULL, "bytes:b", NULL, "part:n", PERSONAL_KEEP, books },
	{ "import_draft", "File not imported yet", NULL, NULL, "file_name preview={}", NULL, "size:n options", PERSONAL_DELETE, NULL },
	{ "import_draft_part", "Part of a file not imported yet", NULL, NULL, "bytes:b", NULL, "draft_id:n part:n size:n", PERSONAL_DELETE, NULL },
	{ "import_work", "Import under way", NULL, NULL, "file_name words result", NULL,
	  "draft_id:n task options asked_at:t asked_by:n language size:n state tries:n started_at:t lines:n done:n doing ended_at:t seen:n", PERSONAL_DELETE, NULL },
	{ "import_key", "Answer to a program", NULL, NULL, "answer={}", NULL, "key digest:b", PERSONAL_DELETE, NULL },
	{ "feed_file", "File of a feed", NULL, NULL, "name text", NULL, "feed_id:n size:n changed_at:t state draft_id:n", PERSONAL_KEEP, books },
	{ "remittance", "Remittance to the bank", NULL, NULL, "bytes:b", NULL, "kind discount:n made_day:d value_day:d iban count:n total:m currency file_name", PERSONAL_KEEP, books, true },
	{ "buyer_contact", "Day on which a buyer was written to", NULL, NULL, "siren", NULL, "test:n day:d action_id:n", PERSONAL_DELETE, NULL },
	{ "payee", "Bank or factor", NULL, NULL, NULL, "address", "name route iban bic contract notified:n recourse:n managed:n commission_bp:n interest_bp:n reserve_bp:n ended:n", PERSONAL_KEEP, books, true },
	{ "setting", "Setting", NULL, NULL, NULL, "value", "name", PERSONAL_KEEP, audit },
	{ "template", "Text of messages", NULL, NULL, NULL, "subject body", "code language updated_at:t", PERSONAL_KEEP, audit, true },
	{ "assign_rule", "Assignment rule", NULL, NULL, NULL, "name conditions outcome", "position:n enabled:n any_of:n over_hand:n", PERSONAL_KEEP, audit, true },
	{ "inbox", "Mailbox read", NULL, NULL, NULL, "place error", "uid_validity:n last_uid:n since_at:t next_at:t checked_at:t received_at:t failures:n", PERSONAL_KEEP, audit },
	{ "erasure", "Erasure", NULL, NULL, NULL, "reason", "subject ref_id:n day:d row_count:n events:n kept lifted_day:d", PERSONAL_KEEP, audit, true },
	{ "forgotten", "Digest of what was erased", NULL, NULL, "hash:b", NULL, "kind erasure_id:n", PERSONAL_KEEP, audit },
	/* --- nobody's --- */
	PLAIN("account_day", "account day debit credit"),
	PLAIN("action_item", "action_id role amount"),
	PLAIN("answer_file", "answer_id document_id"),
	PLAIN("answer_item", "answer_id amount effect effect_id"),
	PLAIN("assignment", "payee_id day notified recourse managed currency total state"),
	PLAIN("assignment_item", "assignment_id amount notified_day back_day back_why"),
	PLAIN("bank_account", "account currency name bank"),
	PLAIN("bank_line_said", "line_id"),
	PLAIN("bank_statement", "position account_id number from_day to_day opening_day opening closing_day closing unbalanced"),
	PLAIN("book_entry_line", "entry_id rank account person amount"),
	PLAIN("case_file_item", "file_id open_amount hold_id"),
	PLAIN("cash_posting", "cash_id fact_id same"),
	PLAIN("cash_link", "application_id position debit_id credit_id amount"),
	PLAIN("company", "code name siren country currency zone live event_seq event_hash created_at"),
	PLAIN("counter", "name value"),
	PLAIN("custom_field", "subject code kind label_fr label_en choices position removed"),
	PLAIN("customer_distinct", "low_id high_id"),
	PLAIN("customer_origin", "field source rule_id"),
	PLAIN("feed", "name kind location pattern secret_file host_key format mode source mapping every_minutes late_hours enabled etag next_at checked_at received_at failures error "
	              "created_at secret options cursor"),
	PLAIN("instrument_item", "instrument_id amount"),
	PLAIN("interest_note_item", "note_id interest fee"),
	PLAIN("invoice_status_effect", "status_id kind ref_id ended"),
	PLAIN("invoice_status_said", "status_id"),
	PLAIN("lease", "name holder token until_at"),
	PLAIN("letter_batch", "day letters pages document_id posted_day"),
	PLAIN("logo", "type width height bytes"),
	PLAIN("mapping", "name header columns updated_at"),
	PLAIN("plan_instalment", "plan_id rank day amount received state settled_day reminded_day"),
	PLAIN("plan_item", "plan_id amount"),
	PLAIN("platform_due", "due_day"),
	PLAIN("preset", "code name content updated_at"),
	PLAIN("profile_rule", "position profile scenario conditions"),
	PLAIN("promise_item", "promise_id amount"),
	PLAIN("rate", "kind from_day basis_points"),
	PLAIN("restatement", "fact_id"),
	PLAIN("run", "day first_at last_at created"),
	PLAIN("scenario", "code version state name_fr name_en steps published_at"),
	PLAIN("schema_migration", "version name checksum"),
	PLAIN("insurance_policy", "insurer number email currency scope from_day until_day share_bp vat_bp deductible discretionary discretionary_late terms_days terms_export_days "
	                          "extension_days counted_from declare_days declare_from claim_days insolvency_days stop_days public_buyers note"),
	PLAIN("set_off_debt", "set_off_id rank number due_day amount"),
	PLAIN("set_off_item", "set_off_id amount"),
	PLAIN("settlement", "debit_id credit_id day amount"),
	PLAIN("source_rank", "field source position"),
	PLAIN("template_file", "code files updated_at"),
	PLAIN("tenant", "name created_at"),
	PLAIN("trial", "name scenario_a scenario_b seed started_day days stopped_day stop_reason"),
};

const struct personal_table *personal_tables(size_t *count)
{
	*count = COUNT(tables);
	return tables;
}

const struct personal_table *personal_table(const char *name)
{
	for (size_t i = 0; i < COUNT(tables); i++)
		if (strcmp(tables[i].name, name) == 0) return &tables[i];
	return NULL;
}

bool personal_column_next(const char **at, struct personal_column *out)
{
	*out = (struct personal_column){ 0 };
	if (!*at) return false;
	while (**at == ' ') ++*at;
	if (!**at) return false;
	if (**at == '-') out->hidden = true, ++*at;
	size_t len = strcspn(*at, " :=");
	if (len >= sizeof out->name) len = sizeof out->name - 1;
	memcpy(out->name, *at, len);
	*at += len;
	if (**at == ':') out->type = (*at)[1], *at += 2;
	if (**at == '=') {
		++*at;
		len = strcspn(*at, " ");
		if (len >= sizeof out->empty) len = sizeof out->empty - 1;
		memcpy(out->empty, *at, len);
		*at += len;
	}
	return true;
}

static const struct {
	const char *column, *label;
} labels[] = {
	{ "account", "Account" }, { "address", "Address" }, { "after", "After" }, { "amount", "Amount" }, { "answer", "Answer" }, { "answered_name", "Answered by" }, { "at", "When" },
	{ "author", "Author" }, { "before", "Before" }, { "bic", "BIC" }, { "body_text", "Text" }, { "booking_day", "Booked on" }, { "cause", "Cause" }, { "cc", "Copy to" },
	{ "channel", "Channel" }, { "city", "City" }, { "closed_day", "Closed on" }, { "closing", "Closing words" }, { "code", "Code" }, { "content", "Content" }, { "copies", "Copies to" },
	{ "country", "Country" }, { "created_at", "Made on" }, { "day", "Day" }, { "deadline_text", "To be done" }, { "declared_proof", "Proof of the declaration" }, { "debtor", "Holder of the account" }, { "detail", "Detail" }, { "done_at", "Done on" }, { "due_day", "Due date" },
	{ "ended_day", "Ended on" }, { "ended_why", "Why it ended" }, { "email", "E-mail" }, { "expires_at", "Ends on" }, { "field", "Field" }, { "from_address", "From" }, { "from_day", "From day" },
	{ "from_name", "Name" }, { "guarantee", "Guarantee" }, { "handled_note", "Note" }, { "iban", "IBAN" }, { "insolvency_note", "Note on the insolvency" }, { "interest", "Interest" },
	{ "issue_day", "Issued on" }, { "kind", "Kind" }, { "label", "Wording" }, { "language", "Language" }, { "last_day", "Last on" }, { "made_day", "Made on" }, { "means", "Means" },
	{ "name", "Name" }, { "note", "Note" }, { "number", "Number" }, { "open_amount", "Still open" }, { "opened_day", "Opened on" }, { "outcome", "Outcome" }, { "owner", "Owner" },
	{ "owner_email", "Address of the owner" }, { "owner_name", "Owner" }, { "partner", "Partner" }, { "partner_email", "Address of the partner" }, { "payer", "Payer" },
	{ "payer_iban", "IBAN of the payer" }, { "phone", "Telephone" }, { "plan_day", "Day" }, { "postcode", "Postcode" }, { "posting_day", "Posted on" }, { "principal", "Principal" },
	{ "proof", "Proof" }, { "published_day", "Published on" }, { "queued_at", "Decided on" }, { "reason", "Reason" }, { "received_at", "Received on" }, { "recipient", "Recipient" },
	{ "reference", "Reference" }, { "remedy", "Remedy" }, { "role", "Role" }, { "rum", "Mandate reference" }, { "seen_at", "Last seen on" }, { "sent_at", "Sent on" },
	{ "signed_day", "Signed on" }, { "siren", "SIREN" }, { "state", "State" }, { "step", "Step" }, { "stopped_reason", "Why messages were stopped" }, { "subject", "Subject" },
	{ "tags", "Tags" }, { "team", "Team" }, { "text", "Text" }, { "topic", "About" }, { "trustee", "Trustee" }, { "until_day", "Until" }, { "value", "Value" }, { "vat_number", "VAT number" },
	{ "why", "Why" }, { "words", "Text" },
};

const char *personal_label(const char *column)
{
	for (size_t i = 0; i < COUNT(labels); i++)
		if (strcmp(labels[i].column, column) == 0) return labels[i].label;
	return NULL;
}
