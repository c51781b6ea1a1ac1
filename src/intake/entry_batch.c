/* Entries of an accounting package in its own format: written out as a FEC and read by its rules (formats/entry_file.h). Such a
 * file is an extract, of some days or journals: what is absent from it stays (mode delta), unless mode ledger is asked for. */
#include "base/memory.h"
#include "formats/entry_file.h"
#include "intake/batch.h"

struct owner {
	struct entry_file *entries;
	void *fec;
	void (*fec_free)(void *fec);
};

static void owner_free(void *context)
{
	struct owner *owner = context;
	if (owner->fec_free) owner->fec_free(owner->fec);
	entry_file_free(owner->entries);
	free(owner);
}

struct status entry_batch_read(const struct intake *intake, const struct settings *settings, const char *bytes, size_t len,
                                 struct batch *batch, struct intake_result *result)
{
	struct entry_file *entries = NULL;
	const struct entry_file_options options = { .lang = intake->viewer->lang, .currency = batch->currency };
	if (batch->mode == IMPORT_STOCK) return status_make(STATUS_INVALID, "Entries are read in mode delta or ledger, not stock.");
	TRY(entry_file_read(entry_file_kind(batch->format), bytes, len, options, &entries));
	struct status status = fec_batch_read(intake, settings, entries->fec.bytes, entries->fec.len, batch, result);
	struct owner *owner = xmalloc(sizeof *owner);
	*owner = (struct owner){ entries, batch->owner, batch->owner_free };
	batch->owner = owner, batch->owner_free = owner_free;
	TRY(status);
	result->encoding = entries->encoding;
	result->lines += entries->skipped, result->ignored += entries->skipped;
	return STATUS_FINE;
}
