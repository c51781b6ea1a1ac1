/* sources — which source is believed about which field of customers. */
#include "web/imports_page.h"

#include "base/memory.h"
#include "intake/truth.h"

static struct status sources_show(struct request *request)
{
	size_t count, known;
	const char **sources;
	const struct truth_field *fields = truth_fields(&count);
	json_t *rows = json_array(), *names = json_array();
	for (size_t i = 0; i < count; i++) {
		const char *order;
		TRY(truth_order(request->db, request->company.tenant_id, request->company.id, fields[i].name, request->arena, &order));
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s}", "field", fields[i].name, "label", fields[i].label, "order", order));
	}
	TRY(truth_sources(request->db, request->company.tenant_id, request->company.id, request->arena, &sources, &known));
	for (size_t i = 0; i < known; i++) json_array_append_new(names, json_string(sources[i]));
	json_object_set_new(request->model, "fields", rows);
	json_object_set_new(request->model, "has_sources", json_boolean(known > 0));
	json_object_set_new(request->model, "sources", names);
	json_object_set_new(request->model, "title", json_string(tr(request->lang, "Which source is right")));
	return STATUS_FINE;
}

static struct status save_work(struct change *change, void *context)
{
	const struct request *request = context;
	size_t count;
	const struct truth_field *fields = truth_fields(&count);
	for (size_t i = 0; i < count; i++) {
		const char *order = request_field(request, arena_printf(request->arena, "order.%s", fields[i].name)), *before;
		if (!order) continue;
		TRY(truth_order(change->db, change->company.tenant_id, change->company.id, fields[i].name, request->arena, &before));
		if (strcmp(before, order) != 0) TRY(truth_order_set(change, fields[i].name, order));
	}
	return STATUS_FINE;
}

static struct status sources_save(struct request *request)
{
	TRY(request_change(request, save_work, request));
	request->notice = tr(request->lang, "The order of sources is saved. It holds from the next import on.");
	request->redirect = "/imports/sources";
	return STATUS_FINE;
}

const struct route sources_routes[] = {
	{ "GET", "/imports/sources", RIGHT_SETTINGS, sources_show, .template = "sources", .menu = MENU_IMPORTS, .summary = "Which source is right about which field" },
	{ "POST", "/imports/sources", RIGHT_SETTINGS, sources_save, .menu = MENU_IMPORTS, .summary = "Put sources in order: order.FIELD", .fields = "order.email order.phone order.address order.name order.terms_days" },
	{ 0 },
};
