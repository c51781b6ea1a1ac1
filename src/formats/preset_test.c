/* Presets: read from text, matched with a file's header, and those that ship are all right. */
#include "formats/preset.h"

#include "base/asset.h"
#include "base/test.h"

static struct csv *look(const char *text, const char *mapping)
{
	struct csv *csv = NULL;
	CHECK_OK(csv_look(text, strlen(text), (struct csv_options){ .lang = LANG_EN, .mapping = mapping }, &csv));
	return csv;
}

static enum csv_target target(const struct csv *csv, const char *header)
{
	for (size_t i = 0; i < csv->column_count; i++)
		if (strcmp(csv->columns[i].header, header) == 0) return csv->columns[i].target;
	return CSV_TARGETS;
}

static void read_and_matched(void)
{
	static const char text[] = "# a remark\r\nname: Ours\r\nwhat: csv-items\n* Tiers = customer_code\n* Réf. = number\nÉch. = due_date, dmy\nVal = open, \",\"\nQté = ignored\n";
	struct arena *arena = arena_new();
	struct preset preset;
	CHECK_OK(preset_read(text, strlen(text), arena, &preset));
	CHECK_TEXT(preset.name, "Ours");
	CHECK_INT(preset.what, CSV_ITEMS);
	CHECK_INT(preset.count, 5);
	CHECK(preset.columns[0].needed && !preset.columns[2].needed);
	CHECK_INT(preset.columns[3].decimal, ',');
	/* case, accents and punctuation aside; a column that it does not name is left to the proposal */
	struct csv *csv = look("TIERS;ref;Ech;Val;Facture du;Qté\nC1;F1;01/02/2025;1,50;03/01/2025;2\n", NULL);
	CHECK_INT(preset_fit(&preset, csv), 5);
	const char *mapping = preset_mapping(&preset, csv, arena);
	struct csv *mapped = look("TIERS;ref;Ech;Val;Facture du;Qté\nC1;F1;01/02/2025;1,50;03/01/2025;2\n", mapping);
	CHECK_INT(target(mapped, "ref"), CSV_NUMBER);
	CHECK_INT(target(mapped, "Val"), CSV_OPEN);
	CHECK_INT(mapped->columns[2].dates, DATE_DMY);
	csv_free(csv), csv_free(mapped);
	csv = look("Tiers;Ech;Montant\nC1;01/02/2025;1,50\n", NULL);
	CHECK_INT(preset_fit(&preset, csv), 0); /* one that it needs is not there */
	csv_free(csv);
	/* a workbook's dates are its own */
	csv = look("Tiers;Réf.;Éch.;Val\nC1;F1;2025-02-01;1,50\n", NULL);
	CHECK(!strstr(preset_mapping(&preset, csv, arena), "\"dmy\""));
	csv_free(csv);
	arena_free(arena);
}

static void refused_by_line(void)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "what: csv-items\n* a = number\n* b = open\n", "name" }, { "name: x\n* a = number\n* b = open\n", "what" }, { "name: x\nwhat: nothing\n", "Line 2" },
		{ "name: x\nwhat: csv-items\n* a = number\nb = open\n", "At least two" }, { "name: x\nwhat: csv-items\n* a = numbr\n", "Line 3" },
		{ "name: x\nwhat: csv-items\na\n", "Line 3" }, { "name: x\nwhat: csv-items\n= number\n", "Line 3" }, { "name: x\nwhat: csv-items\na = due_date, dym\n", "Line 3" },
	};
	struct arena *arena = arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct preset preset;
		struct status status = preset_read(cases[i].text, strlen(cases[i].text), arena, &preset);
		CHECK_INT(status.code, STATUS_INVALID);
		if (!strstr(status.text, cases[i].words)) CHECK_TEXT(status.text, cases[i].words);
	}
	arena_free(arena);
}

static void those_that_ship(void)
{
	struct arena *arena = arena_new();
	struct asset asset;
	size_t index = 0, count = 0;
	while (asset_next("assets/presets/", &index, &asset)) {
		struct preset preset;
		struct status status = preset_read(asset.bytes, asset.len, arena, &preset);
		if (status.code) printf("  %s: %s\n", asset.name, status.text), test_failures++;
		count++;
	}
	CHECK(count >= 12);
	arena_free(arena);
}

TESTS({ "read and matched", read_and_matched }, { "refused by line", refused_by_line }, { "those that ship", those_that_ship }, )
