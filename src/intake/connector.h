/* connector — programs that are asked for their customers and open items over their own interface: Business Central, SAP S/4HANA,
 * Pennylane, Odoo. What they answer becomes a list (CSV) that goes through intake like any file.
 *
 * Each is a row of a table (connector_table.c): where its lists are, which of their fields mean what, how it pages, what it is asked
 * for when only news are wanted, how one logs in. The dialogue (connector.c) is one for all: a token that expires on the way is
 * renewed and the question asked again; “too many requests” waits as long as the server asks, within bounds; errors of the server
 * are tried three times; an answer that is cut off, a page that leads back to one that was seen, or away to another server, ends
 * the look with words, and nothing of it is kept.
 */
#ifndef INTAKE_CONNECTOR_H
#define INTAKE_CONNECTOR_H

#include "intake/feed.h"

bool feed_kind_is_connector(enum feed_kind kind);

enum connector_login { LOGIN_BEARER, LOGIN_BASIC, LOGIN_OAUTH /* client credentials, or a refresh token */, LOGIN_ODOO };
enum connector_paging {
	PAGING_ODATA4,  /* value[], @odata.nextLink */
	PAGING_ODATA2,  /* d.results[], d.__next */
	PAGING_CURSOR,  /* items[], has_more, next_cursor; news by a list of changes */
	PAGING_ODOO,    /* search_read after the last id */
};
struct connector_field {
	const char *target;   /* of the list: csv_target_name */
	const char *paths;    /* where it stands, first that is there: "siren|reg_no", "partner_id.1" */
	enum connector_value { VALUE_TEXT, VALUE_DAY, VALUE_AMOUNT, VALUE_TYPE, VALUE_NAME_OF /* the second of a pair */, VALUE_ID_OF /* the first */ } value;
};
struct connector_resource {
	const char *name;        /* "customers", "items" */
	const char *path;        /* relative to the location, or an Odoo model */
	const char *fixed;       /* what is always asked: query, or Odoo domain as JSON */
	const char *since;       /* what is asked besides for news; {since} is the mark */
	const char *changes;     /* PAGING_CURSOR: where the changes are listed */
	const char *changed_at;  /* fields that say when a row changed: the mark of the next look; NULL: the day of the look */
	const char *id;          /* fields that tell rows apart */
	const char *skip;        /* field and values of rows that are no items: "state=draft,cancel" */
	const char *format;      /* csv-customers, csv-items */
	const struct connector_field *fields; /* ends with a NULL target */
};
struct connector {
	enum feed_kind kind;
	enum connector_login login;
	enum connector_paging paging;
	const char *token_url, *scope; /* LOGIN_OAUTH: default */
	const struct connector_resource *resources; /* ends with a NULL name; in the order in which they are imported */
};
const struct connector *connector_of(enum feed_kind kind); /* NULL: none */

/* One look at one resource: what is new since `feed->cursor` says as a list with its mapping (JSON, in the arena); *rows 0: nothing.
 * *cursor: the feed's cursor as it is once the list is taken. *secret: a new one where the server gave one instead of the old, to be
 * kept at once; NULL otherwise. *wait_s: the server asked to come back later. */
struct connector_look {
	struct text list;
	const char *mapping, *cursor, *secret;
	int64_t rows, wait_s;
};
struct status connector_look(const struct connector *connector, const struct connector_resource *resource, const struct feed *feed, const char *secret,
                             const char *currency, int32_t today, struct arena *arena, struct connector_look *out);

#endif
