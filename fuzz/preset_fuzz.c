/* Any bytes are a preset or a refusal that names the line; what is read maps a header without a crash. */
#include "formats/preset.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char list[] = "Compte tiers;N° pièce;Échéance;Débit;Crédit;Solde\nC1;F1;31/12/2025;1,00;;1,00\n";
	struct arena *arena = arena_new();
	struct preset preset;
	if (!preset_read((const char *)bytes, len, arena, &preset).code) {
		struct csv *csv = NULL;
		if (!csv_look(list, sizeof list - 1, (struct csv_options){ .lang = LANG_EN }, &csv).code) {
			preset_fit(&preset, csv);
			const char *mapping = preset_mapping(&preset, csv, arena);
			struct csv *again = NULL;
			if (!csv_look(list, sizeof list - 1, (struct csv_options){ .lang = LANG_EN, .mapping = mapping }, &again).code) csv_free(again);
			csv_free(csv);
		}
	}
	arena_free(arena);
	return 0;
}
