#include "web/probes.h"
#include "web/server.h"

#include "access/user.h"
#include "base/memory.h"
#include "outreach/outbox.h"

static struct status healthz(struct request *request)
{
	json_object_set_new(request->model, "ok", json_true());
	return STATUS_FINE;
}

/* The store answers and has the schema of this build (store_open saw to that; a newer server may have moved it on). */
static struct status readyz(struct request *request)
{
	int version = 0;
	TRY(store_schema_version(request->store, &version));
	json_object_set_new(request->model, "ok", json_true());
	json_object_set_new(request->model, "schema", json_integer(version));
	return STATUS_FINE;
}

/* Figures of the inside: for this machine (where the collector runs, or a proxy that guards the address), or with a token of
 * somebody who may see the settings. */
static struct status metrics(struct request *request)
{
	struct exchange *x = exchange_of(request);
	bool near = strncmp(x->address, "127.", 4) == 0 || strcmp(x->address, "::1") == 0;
	if (exchange_header(x, "X-Forwarded-For") || exchange_header(x, "Forwarded")) near = false;
	if (!near && !(request->viewer && viewer_may(request->viewer, RIGHT_SETTINGS)))
		return status_make(STATUS_FORBIDDEN, "Metrics are given to this machine, or with the token of an administrator.");

	struct text *out = &request->file;
	metrics_write(out);
	int64_t from = clock_ns();
	int version = 0;
	struct status store = store_schema_version(request->store, &version);
	text_addf(out, "# HELP encours_store_up Whether the store answers.\n# TYPE encours_store_up gauge\nencours_store_up %d\n", store.code == STATUS_OK);
	text_addf(out, "# TYPE encours_store_seconds gauge\nencours_store_seconds %.6f\n", (double)(clock_ns() - from) / 1e9);
	text_addf(out, "# TYPE encours_build_info gauge\nencours_build_info{version=\"%s\",build=\"%s\",schema=\"%d\"} 1\n", ENCOURS_VERSION,
	          x->server->build, version);

	struct viewer system = viewer_system(TENANT_FIRST);
	struct company *companies;
	size_t count;
	if (store.code == STATUS_OK && company_list(request->db, &system, request->arena, &companies, &count).code == STATUS_OK) {
		text_add(out, "# HELP encours_revision Revision of a company's data.\n# TYPE encours_revision gauge\n");
		for (size_t i = 0; i < count; i++)
			text_addf(out, "encours_revision{company=\"%s\"} %lld\n", companies[i].code, (long long)companies[i].rev);
		text_add(out, "# HELP encours_live Whether a company's messages leave.\n# TYPE encours_live gauge\n");
		for (size_t i = 0; i < count; i++) text_addf(out, "encours_live{company=\"%s\"} %d\n", companies[i].code, companies[i].live);
		text_add(out, "# HELP encours_outbox Messages by state: queued, sending, sent, unknown, failed, cancelled, held.\n# TYPE encours_outbox gauge\n");
		for (size_t i = 0; i < count; i++) {
			int64_t states[OUTBOX_STATES] = { 0 };
			if (outbox_counts(request->db, &system, companies[i].id, states).code) continue;
			for (int state = 0; state < OUTBOX_STATES; state++)
				text_addf(out, "encours_outbox{company=\"%s\",state=\"%s\"} %lld\n", companies[i].code,
				          outbox_state_code((enum outbox_state)state), (long long)states[state]);
		}
	}
	request->file_type = "text/plain; version=0.0.4; charset=utf-8";
	return STATUS_FINE;
}

static struct status openapi(struct request *request)
{
	json_decref(request->model);
	request->model = openapi_document();
	request->json = true;
	return STATUS_FINE;
}

const struct route probe_routes[] = {
	{ "GET", "/healthz", RIGHT_NONE, healthz, .summary = "Whether the server is alive", .no_company = true, .public_page = true },
	{ "GET", "/readyz", RIGHT_NONE, readyz, .summary = "Whether the store can be reached", .no_company = true, .public_page = true },
	{ "GET", "/metrics", RIGHT_NONE, metrics, .summary = "Counters for Prometheus", .no_company = true, .public_page = true },
	{ "GET", "/openapi.json", RIGHT_NONE, openapi, .summary = "This description", .no_company = true, .public_page = true },
	{ 0 },
};
