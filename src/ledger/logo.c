#include "ledger/logo.h"

#include "base/memory.h"
#include "formats/picture.h"
#include "ledger/event.h"
#include "ledger/customer.h"

struct status logo_get(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct logo *out)
{
	*out = (struct logo){ .bytes = "" };
	cleanup_rows struct rows *rows = db_query(db, "SELECT bytes, width, height, rev FROM logo WHERE tenant_id = $tenant AND company_id = $company",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	if (rows_next(rows)) {
		size_t len;
		const void *bytes = row_blob(rows, 0, &len);
		*out = (struct logo){ arena_strndup(arena, len ? bytes : "", len), len, (int)row_int(rows, 1), (int)row_int(rows, 2), row_int(rows, 3) };
	}
	return rows_status(rows);
}

struct status logo_set(struct change *change, const char *bytes, size_t len)
{
	TRY(change_allows(change, RIGHT_SETTINGS));
	const struct db_arg of[] = { db_int("tenant", change->company.tenant_id), db_int("company", change->company.id) };
	if (!len) {
		TRY(db_run(change->db, "DELETE FROM logo WHERE tenant_id = $tenant AND company_id = $company", DB_ARGS(of[0], of[1])));
		return event_add_json(change, (struct event_new){ .kind = "logo.changed" }, json_pack("{s:b}", "removed", 1));
	}
	cleanup_arena struct arena *arena = arena_new();
	struct picture picture;
	const char *png;
	size_t png_len;
	TRY(picture_read(bytes, len, arena, &picture));
	picture_shrink(&picture, LOGO_WIDTH, LOGO_HEIGHT, arena);
	TRY(picture_png(&picture, arena, &png, &png_len));
	TRY(db_run(change->db,
	        "INSERT INTO logo (tenant_id, company_id, type, width, height, bytes, rev) VALUES ($tenant, $company, 'image/png', $width, $height, $bytes, $rev) "
	        "ON CONFLICT (tenant_id, company_id) DO UPDATE SET type = excluded.type, width = excluded.width, height = excluded.height, "
	        "bytes = excluded.bytes, rev = excluded.rev",
	        DB_ARGS(of[0], of[1], db_int("width", picture.width), db_int("height", picture.height), db_blob("bytes", png, png_len), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "logo.changed" },
	                      json_pack("{s:i, s:i, s:I}", "width", picture.width, "height", picture.height, "bytes", (json_int_t)png_len));
}
