/* Why a proposal is made, and why it is not certain, in words. */
#include "cash/match_inside.h"

#include "base/memory.h"
#include "base/words.h"

enum { REASONS = 10 };

static const char *amount_words(const struct search *search, int64_t amount)
{
	cleanup_text struct text text = { 0 };
	words_amount(&text, search->lang, amount < 0 ? -amount : amount, search->line->currency);
	return arena_strdup(search->arena, text_cstr(&text));
}

static const char *date_words(const struct search *search, int32_t day)
{
	cleanup_text struct text text = { 0 };
	words_date(&text, search->lang, day);
	return arena_strdup(search->arena, text_cstr(&text));
}

static const char *name_of(const struct search *search, uint32_t party)
{
	const struct cash_customer *customer = search->index->parties[party].known;
	return customer && customer->name && *customer->name ? customer->name : "?";
}

static void add(const struct search *search, struct cash_proposal *out, const char *words)
{
	(void)search;
	if (out->reason_count < REASONS) out->reasons[out->reason_count++] = words;
}
#define SAY(...) add(search, out, arena_printf(search->arena, __VA_ARGS__))

static void say_names(const struct search *search, const struct option *option, struct cash_proposal *out)
{
	enum lang lang = search->lang;
	const char *first = option->count ? item_at(search->index, option->ranks[0])->number : "";
	if (option->signals & CASH_SIGNAL_STRUCTURED) SAY(tr(lang, "The payment carries the reference of %s"), first);
	else if (option->named && option->named == option->count && option->count == 1) SAY(tr(lang, "The text names %s"), first);
	else if (option->named && option->named == option->count) SAY(tr(lang, "The text names all %zu documents"), option->count);
	else if (option->named && option->named + option->credits == option->count) SAY(tr(lang, "The text names what is paid; a credit note is deducted"));
	else if (option->named) SAY(tr(lang, "The text names %zu of %zu documents"), option->named, option->count);
	if (option->slips && option->slip_of != NOBODY) SAY(tr(lang, "A number in the text is one slip away from %s"), item_at(search->index, option->slip_of)->number);
	if (option->tails && option->slip_of != NOBODY) SAY(tr(lang, "The end of the number %s stands in the text"), item_at(search->index, option->slip_of)->number);
	if (option->cuts && option->slip_of != NOBODY) SAY(tr(lang, "The text is cut within a number that fits %s"), item_at(search->index, option->slip_of)->number);
	if (option->weaks && option->signals & CASH_SIGNAL_REFERENCE) SAY(tr(lang, "The text names the order or reference"));
	else if (option->weaks) SAY(tr(lang, "Digits in the text are those of the number, but may mean something else"));
}

static void say_amount(const struct search *search, const struct option *option, struct cash_proposal *out)
{
	enum lang lang = search->lang;
	switch (option->how) {
	case HOW_EXACT:
		if (option->set == SET_ALL) SAY(tr(lang, "The amount is all that is open"));
		else if (option->set == SET_DUE) SAY(tr(lang, "The amount is all that was due at that time"));
		else if (option->count == 1) SAY(tr(lang, "The amount is exactly what is open"));
		else SAY(tr(lang, "The open amounts make the payment exactly"));
		break;
	case HOW_DISCOUNT: SAY(tr(lang, "The amount less the early-payment discount of %s, allowed on that day"), amount_words(search, option->gap)); break;
	case HOW_FEE_STATED: SAY(tr(lang, "The bank says it kept %s"), amount_words(search, option->gap)); break;
	case HOW_ROUNDING: SAY(option->gap > 0 ? tr(lang, "%s is missing, within the tolerance") : tr(lang, "%s too much, within the tolerance"), amount_words(search, option->gap)); break;
	case HOW_FEE_GUESSED: SAY(tr(lang, "%s is missing: perhaps a bank fee"), amount_words(search, option->gap)); break;
	case HOW_SETOFF: SAY(tr(lang, "%s is missing: what we owe this customer"), amount_words(search, option->gap)); break;
	case HOW_PART:
		if (option->late) SAY(tr(lang, "What is missing is the early-payment discount, which was over"));
		SAY(tr(lang, "A part payment: %s stays open"), amount_words(search, option->gap)); break;
	case HOW_OVER: SAY(tr(lang, "%s more than is open: it stays on account"), amount_words(search, option->remainder)); break;
	case HOW_ACCOUNT: SAY(tr(lang, "Nothing open fits: all of it on the account of %s"), name_of(search, option->party)); break;
	}
	if (option->set == SET_OLDEST || option->signals & CASH_SIGNAL_OLDEST) SAY(tr(lang, "The oldest first, as chosen"));
}

static void say_payer(const struct search *search, const struct option *option, struct cash_proposal *out)
{
	enum lang lang = search->lang;
	const struct candidate *who = option->who;
	if (!who) return;
	const struct cash_learned *learned = who->learned == NOBODY ? NULL : &search->index->view.learned[who->learned];
	const char *name = name_of(search, who->party);
	if (who->signals & CASH_SIGNAL_IBAN && learned) SAY(tr(lang, "This bank account paid for %s before"), name);
	else if (who->signals & CASH_SIGNAL_NAME && learned && !who->own_name) SAY(tr(lang, "A payer of this name paid for %s before"), name);
	if (who->own_name) SAY(who->exact_name ? tr(lang, "The payer's name is that of %s") : tr(lang, "The payer's name resembles %s"), name);
	if (who->signals & CASH_SIGNAL_PAYER && who->through != NOBODY) SAY(tr(lang, "%s is known to pay for %s"), name_of(search, who->through), name);
	else if (who->signals & CASH_SIGNAL_PAYER) SAY(tr(lang, "This payer pays for several customers"));
	if (who->signals & CASH_SIGNAL_REFERENCE) SAY(tr(lang, "The text holds the code or company number of %s"), name);
}

void reasons_write(const struct search *search, const struct option *option, struct cash_proposal *out)
{
	out->reasons = arena_array(search->arena, const char *, REASONS);
	say_names(search, option, out);
	say_amount(search, option, out);
	say_payer(search, option, out);
	if (option->signals & CASH_SIGNAL_ONLY && option->named < option->count) SAY(tr(search->lang, "Nothing else that is open makes this amount"));
	for (size_t i = 0; i < option->difference_count; i++)
		if (option->how == HOW_DISCOUNT && option->differences[i].kind == CASH_DISCOUNT && i == 0) {
			for (size_t k = 0; k < option->count; k++) {
				const struct cash_item *item = item_at(search->index, option->ranks[k]);
				if (item->id == option->differences[i].item_id) SAY(tr(search->lang, "The discount could be taken until %s"), date_words(search, item->discount_until));
			}
		}
}

const char *doubt_words(const struct search *search, enum doubt doubt, const struct option *option, size_t ties)
{
	enum lang lang = search->lang;
	const struct named *named = &search->named;
	switch (doubt) {
	case DOUBT_NONE: return "";
	case DOUBT_NOTHING: return tr(lang, "Nothing open fits this line.");
	case DOUBT_TIE: return ties > 2 ? arena_printf(search->arena, tr(lang, "%zu other readings fit as well."), ties - 1) : tr(lang, "Another reading fits as well.");
	case DOUBT_ACCOUNT: return tr(lang, "The payer is known, but nothing open fits.");
	case DOUBT_PART: return tr(lang, "Less came in than is open: a person decides whether it is a part payment.");
	case DOUBT_OVER: return tr(lang, "More came in than is open.");
	case DOUBT_FEE: return tr(lang, "That the difference is a bank fee is only a guess.");
	case DOUBT_SETOFF: return tr(lang, "Set-off against what we owe is for a person to accept.");
	case DOUBT_FOREIGN:
		if (named->foreign_count) {
			const struct cash_run *run = &named->runs.runs[named->foreign[0]];
			return arena_printf(search->arena, tr(lang, "The text names a document that is not open: %.*s."), (int)run->len, named->runs.folded + run->start);
		}
		return tr(lang, "The text names a document that is not among these.");
	case DOUBT_CONTRADICTED: return tr(lang, "The text names a document that is not among these.");
	case DOUBT_SLIP: return tr(lang, "The number is not written as on the document.");
	case DOUBT_AMOUNT_ONLY: return tr(lang, "Only the amount speaks for it.");
	case DOUBT_PAYER: return tr(lang, "The payer is not known for sure.");
	case DOUBT_ROUND: return tr(lang, "A round sum without a number may be a payment on account.");
	case DOUBT_OTHER_SET: return tr(lang, "Other documents make this amount too.");
	case DOUBT_CHANCE: return tr(lang, "That these make the amount may be chance.");
	case DOUBT_SOME: return tr(lang, "The text names only some of these.");
	case DOUBT_SHARE: return tr(lang, "It may also be a part of another document: half of it, or a third.");
	case DOUBT_OLDEST: return tr(lang, "Chosen by age only.");
	case DOUBT_ADVANCE: return tr(lang, "The text speaks of a payment on account.");
	}
	(void)option;
	return "";
}
