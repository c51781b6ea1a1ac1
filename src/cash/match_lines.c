/* Many lines that compete for the same items. */
#include "cash/match_inside.h"

#include "base/memory.h"

/* What a certain line is worth against another that is certain of the same item. */
static int rank_of(const struct cash_match *match)
{
	unsigned signals = match->proposals[0].signals;
	return signals & CASH_SIGNAL_STRUCTURED ? 0 : signals & CASH_SIGNAL_NUMBER ? 1 : 2;
}

static bool still_open(const struct cash_index *index, const struct cash_proposal *proposal)
{
	for (size_t i = 0; i < proposal->part_count; i++) {
		int64_t id = proposal->parts[i].item_id, amount = proposal->parts[i].amount;
		uint32_t at = keymap_first(&index->ids, key_of((const char *)&id, sizeof id, KEY_ITEM));
		if (at == KEYMAP_END) return false;
		int64_t open = index->open[index->ids.entries[at].value];
		if (amount > 0 ? open < amount : open > amount) return false;
	}
	return true;
}

void cash_match_lines(struct cash_index *index, const struct cash_line *lines, size_t line_count, const struct cash_settings *settings, enum lang lang, struct arena *arena,
                      struct cash_match *out)
{
	for (size_t i = 0; i < line_count; i++) cash_match(index, &lines[i], settings, lang, arena, &out[i]);
	cleanup_free bool *settled = xcalloc(line_count + 1, sizeof *settled);
	struct keymap taken = { 0 };
	keymap_make(&taken, line_count);
	for (int rank = 0; rank < 3; rank++)
		for (size_t i = 0; i < line_count; i++) {
			if (settled[i] || out[i].state != CASH_CERTAIN || rank_of(&out[i]) != rank) continue;
			const struct cash_proposal *first = &out[i].proposals[0];
			if (!still_open(index, first)) continue; /* matched again below */
			settled[i] = true;
			for (size_t k = 0; k < first->part_count; k++) {
				cash_index_take(index, first->parts[k].item_id, first->parts[k].amount);
				keymap_add(&taken, key_of((const char *)&first->parts[k].item_id, sizeof(int64_t), KEY_ITEM), (uint32_t)i);
			}
		}
	/* what is left, against what is left: only where something of it was taken */
	for (size_t i = 0; i < line_count; i++) {
		if (settled[i]) continue;
		bool touched = false;
		for (size_t p = 0; p < out[i].proposal_count && !touched; p++)
			for (size_t k = 0; k < out[i].proposals[p].part_count && !touched; k++)
				touched = keymap_first(&taken, key_of((const char *)&out[i].proposals[p].parts[k].item_id, sizeof(int64_t), KEY_ITEM)) != KEYMAP_END;
		if (!touched) continue;
		cash_match(index, &lines[i], settings, lang, arena, &out[i]);
		if (out[i].state != CASH_CERTAIN) continue;
		const struct cash_proposal *first = &out[i].proposals[0];
		for (size_t k = 0; k < first->part_count; k++) {
			cash_index_take(index, first->parts[k].item_id, first->parts[k].amount);
			keymap_add(&taken, key_of((const char *)&first->parts[k].item_id, sizeof(int64_t), KEY_ITEM), (uint32_t)i);
		}
	}
	keymap_free(&taken);
}
