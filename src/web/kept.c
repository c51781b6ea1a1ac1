/* Models that cost a pass over every item are kept while nothing has changed: the second person to open the dashboard, and the
 * first one again, get what was computed. The key is all that the model depends on: route and query, company and revision, day,
 * hour, language, rights and portfolio. Nothing personal but the portfolio goes in: such routes are marked `kept` in the table. */
#include "web/server.h"

#include "base/memory.h"

#include <pthread.h>

enum { KEPT_MODELS = 64, KEPT_VALUES = 50000 };

static struct kept_model {
	char *key;
	json_t *model; /* never changed once it is here: represent() works on a copy */
	int64_t used;
} models[KEPT_MODELS]; /* guarded by lock, as the counter */
static int64_t uses;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void key_of(const struct exchange *x, struct text *out)
{
	const struct request *request = &x->request;
	const struct viewer *viewer = &x->viewer;
	text_addf(out, "%zu %lld %lld %lld %d %d %d %d %d %d ", x->route_index, (long long)request->company.tenant_id, (long long)request->company.id,
	          (long long)request->company.rev, request->today, request->as_of, company_minutes(&request->company, &request->clock) / 60,
	          (int)request->lang, request->json, request->fragment);
	text_addf(out, "%u %d %s %lld ", viewer->rights, (int)viewer->portfolio, viewer->portfolio_group,
	          (long long)(viewer->portfolio == PORTFOLIO_OWN ? viewer->user_id : 0));
	for (int i = 0; viewer->portfolio == PORTFOLIO_OWN && i < viewer->stands_for_count; i++) text_addf(out, "for %lld ", (long long)viewer->stands_for[i]);
	for (const struct field *field = x->path_fields.first; field; field = field->next) text_addf(out, "%s/", field->value);
	text_addf(out, "?%s", x->query_text ? x->query_text : "");
}

/* Stops counting where a model is too big to keep. */
static size_t values_of(json_t *value, size_t so_far)
{
	const char *name;
	json_t *part;
	size_t i;
	so_far++;
	if (json_is_object(value)) {
		json_object_foreach(value, name, part)
			if (so_far <= KEPT_VALUES) so_far = values_of(part, so_far);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, part)
			if (so_far <= KEPT_VALUES) so_far = values_of(part, so_far);
	}
	return so_far;
}

bool kept_take(struct exchange *x)
{
	cleanup_text struct text key = { 0 };
	key_of(x, &key);
	json_t *found = NULL;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < KEPT_MODELS && !found; i++) {
		if (!models[i].key || strcmp(models[i].key, text_cstr(&key)) != 0) continue;
		found = json_incref(models[i].model);
		models[i].used = ++uses;
	}
	pthread_mutex_unlock(&lock);
	if (!found) return false;
	json_decref(x->request.model);
	x->request.model = found;
	return true;
}

void kept_put(struct exchange *x)
{
	if (values_of(x->request.model, 0) > KEPT_VALUES) return;
	cleanup_text struct text key = { 0 };
	key_of(x, &key);
	pthread_mutex_lock(&lock);
	struct kept_model *oldest = &models[0];
	for (size_t i = 1; i < KEPT_MODELS; i++)
		if (models[i].used < oldest->used) oldest = &models[i];
	free(oldest->key);
	json_decref(oldest->model);
	*oldest = (struct kept_model){ .key = text_take(&key), .model = json_incref(x->request.model), .used = ++uses };
	pthread_mutex_unlock(&lock);
}
