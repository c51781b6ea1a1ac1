/* insolvencies — notices of the official gazette about customers: what waits for a person's yes, and what was published before. */
#include "web/invoice_status_view.h"

#include "ledger/insolvency_notice.h"
#include "web/imports_page.h"

#include <string.h>

json_t *insolvency_view(const struct request *request, const struct insolvency_notice *notice)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:b}", "id", (json_int_t)notice->id, "customer", notice->customer_code, "customer_name",
		notice->customer_name, "siren", notice->siren, "notice", notice->number, "kind_label", tr(request->lang, notice_kind_words(notice->kind)), "nature", notice->nature, "court",
		notice->court, "published_on", model_day(notice->published_day), "judgment_on", model_day(notice->judgment_day), "declare_by", model_day(notice->declare_by), "state", notice->state,
		"proposed", strcmp(notice->state, "proposed") == 0);
}

static struct status insolvencies_show(struct request *request)
{
	struct insolvency_notice *list;
	size_t count, waiting = 0;
	json_t *proposed = json_array(), *others = json_array();
	json_object_set_new(request->model, "proposed_list", proposed);
	json_object_set_new(request->model, "notices", others);
	TRY(insolvency_list(request->db, request->viewer, request->company.id, 0, false, request->arena, &list, &count));
	for (size_t i = 0; i < count; i++) {
		bool waits = strcmp(list[i].state, "proposed") == 0;
		waiting += waits;
		json_array_append_new(waits ? proposed : others, insolvency_view(request, &list[i]));
	}
	json_object_set_new(request->model, "has_proposed", json_boolean(waiting > 0));
	json_object_set_new(request->model, "has_notices", json_boolean(count > waiting));
	json_object_set_new(request->model, "waiting", json_integer((json_int_t)waiting));
	return STATUS_FINE;
}

struct deciding {
	int64_t id;
	bool confirmed;
};

static struct status decide(struct change *change, void *context)
{
	const struct deciding *deciding = context;
	return insolvency_decide(change, deciding->id, deciding->confirmed);
}

static struct status answer(struct request *request, bool confirmed)
{
	struct deciding deciding = { .confirmed = confirmed };
	TRY(imports_path_id(request, &deciding.id));
	TRY(request_change(request, decide, &deciding));
	request->notice = tr(request->lang, confirmed ? "The insolvency is confirmed: earlier claims are declared, not chased." : "The notice is dismissed: this customer is chased again.");
	request->redirect = request_back(request, "/insolvencies");
	return STATUS_FINE;
}

static struct status insolvencies_confirm(struct request *request)
{
	return answer(request, true);
}

static struct status insolvencies_dismiss(struct request *request)
{
	return answer(request, false);
}

const struct route insolvencies_routes[] = {
	{ "GET", "/insolvencies", RIGHT_READ, insolvencies_show, .template = "insolvencies", .menu = MENU_CUSTOMERS, .summary = "Insolvency notices about customers" },
	{ "POST", "/insolvencies/{id}/confirm", RIGHT_COLLECT, insolvencies_confirm, .menu = MENU_CUSTOMERS, .summary = "The insolvency is so", .fields = "back" },
	{ "POST", "/insolvencies/{id}/dismiss", RIGHT_COLLECT, insolvencies_dismiss, .menu = MENU_CUSTOMERS, .summary = "The notice is dismissed", .fields = "back" },
	{ 0 },
};
