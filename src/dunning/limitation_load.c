#include "dunning/limitation_load.h"

struct status limitation_notes_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct limitation_notes *out)
{
	struct limitation_note *list;
	*out = (struct limitation_notes){ 0 };
	TRY(limitation_note_list(db, tenant, company, 0, arena, &list, &out->count));
	out->list = list;
	return STATUS_FINE;
}

size_t limitation_notes_of(const struct limitation_notes *notes, int64_t item_id, const struct limitation_note **first)
{
	size_t low = 0, high = notes->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (notes->list[middle].item_id < item_id) low = middle + 1;
		else high = middle;
	}
	*first = notes->list + low;
	size_t count = 0;
	while (low + count < notes->count && notes->list[low + count].item_id == item_id) count++;
	return count;
}

size_t limitation_events(const struct limitation_note *notes, size_t count, int32_t as_of, struct limitation_event *out)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		enum limitation_kind kind;
		if (notes[i].day > as_of || !limitation_kind_parse(notes[i].kind, &kind)) continue;
		out[kept++] = (struct limitation_event){ .day = notes[i].day, .until = notes[i].until_day, .kind = kind, .confirmed = notes[i].confirmed_at != 0 };
	}
	return kept;
}
