#include "web/server.h"

#include "base/log.h"
#include "base/memory.h"

#include <pthread.h>

/* "Last seen" of sessions, tokens and links: written by one thread behind the requests, so that no reader waits for the store's writer.
 * What can't be written is logged and forgotten; it is noted again at the next request. */
struct errand {
	enum { OF_SESSION, OF_TOKEN, OF_LINK } of;
	struct debtor_link link;
	struct session session;
	struct token token;
	int64_t now;
	struct errand *next;
};

struct errands {
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct errand *first; /* guarded by lock, as the two below */
	int count;
	bool closing;
};

static struct status touch(struct db *db, void *context)
{
	const struct errand *errand = context;
	switch (errand->of) {
	case OF_TOKEN: return token_touch(db, &errand->token, errand->now);
	case OF_LINK: return debtor_link_touch(db, &errand->link, errand->now);
	case OF_SESSION: break;
	}
	return session_touch(db, &errand->session, errand->now);
}

static void *work(void *context)
{
	struct errands *errands = context;
	for (;;) {
		pthread_mutex_lock(&errands->lock);
		while (!errands->first && !errands->closing) pthread_cond_wait(&errands->wake, &errands->lock);
		struct errand *errand = errands->first;
		if (errand) errands->first = errand->next, errands->count--;
		pthread_mutex_unlock(&errands->lock);
		if (!errand) return NULL;
		struct status status = store_transact(errands->store, touch, errand);
		if (status.code) log_line(LOG_WARNING, "a session's last use was not noted: %s", status.text);
		free(errand);
	}
}

struct errands *errands_start(struct store *store)
{
	struct errands *errands = xcalloc(1, sizeof *errands);
	errands->store = store;
	pthread_mutex_init(&errands->lock, NULL);
	pthread_cond_init(&errands->wake, NULL);
	if (pthread_create(&errands->thread, NULL, work, errands) != 0) {
		free(errands);
		return NULL;
	}
	return errands;
}

void errands_stop(struct errands *errands)
{
	if (!errands) return;
	pthread_mutex_lock(&errands->lock);
	errands->closing = true;
	pthread_cond_signal(&errands->wake);
	pthread_mutex_unlock(&errands->lock);
	pthread_join(errands->thread, NULL);
	pthread_cond_destroy(&errands->wake);
	pthread_mutex_destroy(&errands->lock);
	free(errands);
}

static bool same(const struct errand *a, const struct errand *b)
{
	if (a->of != b->of) return false;
	if (a->of == OF_TOKEN) return a->token.id == b->token.id;
	if (a->of == OF_LINK) return a->link.tenant_id == b->link.tenant_id && a->link.company_id == b->link.company_id && a->link.id == b->link.id;
	return memcmp(a->session.id_hash, b->session.id_hash, SESSION_HASH) == 0;
}

static void add(struct errands *errands, struct errand errand)
{
	if (!errands) return;
	pthread_mutex_lock(&errands->lock);
	bool known = errands->count >= 1000; /* a page with many requests at once: one note is enough */
	for (const struct errand *each = errands->first; each && !known; each = each->next) known = same(each, &errand);
	if (!known) {
		struct errand *copy = xmalloc(sizeof *copy);
		*copy = errand;
		copy->next = errands->first;
		errands->first = copy;
		errands->count++;
		pthread_cond_signal(&errands->wake);
	}
	pthread_mutex_unlock(&errands->lock);
}

void errands_touch_session(struct errands *errands, const struct session *session, int64_t now)
{
	add(errands, (struct errand){ .session = *session, .now = now });
}

void errands_touch_token(struct errands *errands, const struct token *token, int64_t now)
{
	add(errands, (struct errand){ .of = OF_TOKEN, .token = *token, .now = now });
}

void errands_touch_link(struct errands *errands, const struct debtor_link *link, int64_t now)
{
	struct debtor_link copy = *link;
	copy.recipient = copy.maker = NULL; /* of the request's arena */
	add(errands, (struct errand){ .of = OF_LINK, .link = copy, .now = now });
}
