#include "cash/return_reason.h"

#include "base/memory.h"

#include <string.h>

static const struct {
	const char *code, *words;
} reasons[] = {
	{ "AC01", "Account number incorrect" },     { "AC04", "Account closed" },
	{ "AC06", "Account blocked" },              { "AC13", "The debtor is a consumer" },
	{ "AG01", "Operation not allowed" },        { "AG02", "Operation not allowed" },
	{ "AM04", "Insufficient funds" },           { "AM05", "Presented twice" },
	{ "BE05", "Creditor not recognised" },      { "CNOR", "Bank cannot be reached" },
	{ "DNOR", "Bank cannot be reached" },       { "RC01", "Bank identifier incorrect" },
	{ "MD01", "No valid mandate" },             { "MD02", "Mandate incomplete" },
	{ "MD06", "Contested by the debtor" },      { "MD07", "Debtor deceased" },
	{ "MS02", "Reason not given by the customer" }, { "MS03", "Reason not given by the bank" },
	{ "SL01", "Refused by a service of the debtor's bank" }, { "FRAD", "Fraud" },
	{ "FOCR", "Called back" },                  { "DUPL", "Presented twice" },
	{ "TECH", "Technical problem" },            { "CUST", "At the customer's request" },
};

const char *bank_return_words(const char *code, const char *bank_words, const char *text, enum lang lang, struct arena *arena)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (strcmp(reasons[i].code, code) == 0) return arena_printf(arena, "%s (%s)", tr(lang, reasons[i].words), code);
	if (*bank_words) return *code ? arena_printf(arena, "%s (%s)", bank_words, code) : arena_strdup(arena, bank_words);
	if (*code && *text) return arena_printf(arena, "%s (%s)", text, code);
	return arena_strdup(arena, *text ? text : code);
}
