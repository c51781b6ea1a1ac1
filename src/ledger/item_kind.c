#include "ledger/item_kind.h"

#include "base/memory.h"

#include <string.h>

static const char *const kinds[ITEM_KIND_COUNT] = {
	[ITEM_INVOICE] = "invoice",
	[ITEM_CREDIT_NOTE] = "credit_note",
	[ITEM_PAYMENT] = "payment",
	[ITEM_UNPAID_RETURN] = "unpaid_return",
	[ITEM_TRANSFER] = "transfer",
	[ITEM_OPENING] = "opening",
	[ITEM_OTHER] = "other",
	[ITEM_BILL] = "bill",
	[ITEM_DEPOSIT_REQUEST] = "deposit_request",
	[ITEM_RETENTION] = "retention",
};
static const char *const sources[DUE_SOURCE_COUNT] = {
	[DUE_FILE] = "file",
	[DUE_ORIGINAL] = "original",
	[DUE_OPENING] = "opening",
	[DUE_ISSUE] = "issue",
	[DUE_RETENTION] = "retention",
	[DUE_TERMS] = "terms",
	[DUE_ASSUMED] = "assumed",
};

static bool find(const char *const *codes, int count, const char *code, int *out)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(codes[i], code) != 0) continue;
		*out = i;
		return true;
	}
	return false;
}

const char *item_kind_code(enum item_kind kind)
{
	return kinds[kind];
}

bool item_kind_parse(const char *code, enum item_kind *out)
{
	int index;
	if (!find(kinds, ITEM_KIND_COUNT, code, &index)) return false;
	*out = (enum item_kind)index;
	return true;
}

const char *due_source_code(enum due_source source)
{
	return sources[source];
}

bool due_source_parse(const char *code, enum due_source *out)
{
	int index;
	if (!find(sources, DUE_SOURCE_COUNT, code, &index)) return false;
	*out = (enum due_source)index;
	return true;
}
