/* The API's description (OpenAPI 3.0.3), made from the route table: nothing is in it that does not exist, and nothing is left out. */
#include "web/server.h"

#include "base/locale.h"
#include "base/memory.h"

static json_t *schema_ref(const char *name)
{
	char reference[80];
	snprintf(reference, sizeof reference, "#/components/schemas/%s", name);
	return json_pack("{s:s}", "$ref", reference);
}

static json_t *response(const char *words, const char *schema)
{
	return json_pack("{s:s,s:{s:{s:o}}}", "description", words, "content", "application/json", "schema", schema_ref(schema));
}

/* "items[]*" is the required field items, sent several times. */
struct field_words {
	char name[64];
	bool required, several;
};
static const char *next_field(const char *at, struct field_words *out)
{
	while (*at == ' ') at++;
	if (!*at) return NULL;
	size_t len = strcspn(at, " "), used = len;
	*out = (struct field_words){ 0 };
	if (used > 0 && at[used - 1] == '*') out->required = true, used--;
	if (used > 1 && at[used - 1] == ']' && at[used - 2] == '[') out->several = true, used -= 2;
	snprintf(out->name, sizeof out->name, "%.*s", (int)used, at);
	return at + len;
}

static json_t *field_schema(const struct field_words *field)
{
	return field->several ? json_pack("{s:s,s:{s:s}}", "type", "array", "items", "type", "string") : json_pack("{s:s}", "type", "string");
}

static json_t *parameters_of(const struct route *route, bool reading)
{
	json_t *parameters = json_array();
	for (const char *at = strchr(route->pattern, '{'); at; at = strchr(at + 1, '{')) {
		char name[64];
		snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1, "}"), at + 1);
		json_array_append_new(parameters, json_pack("{s:s,s:s,s:b,s:{s:s}}", "name", name, "in", "path", "required", 1, "schema", "type", "string"));
	}
	if (!reading) return parameters;
	struct field_words field;
	for (const char *at = route->fields; at && (at = next_field(at, &field));)
		json_array_append_new(parameters, json_pack("{s:s,s:s,s:b,s:o}", "name", field.name, "in", "query", "required", field.required,
		                                            "schema", field_schema(&field)));
	if (!route->no_company) {
		json_array_append_new(parameters, json_pack("{s:s}", "$ref", "#/components/parameters/company"));
		json_array_append_new(parameters, json_pack("{s:s}", "$ref", "#/components/parameters/as_of"));
	}
	return parameters;
}

static json_t *body_of(const struct route *route)
{
	json_t *properties = json_object(), *required = json_array();
	struct field_words field;
	for (const char *at = route->fields; at && (at = next_field(at, &field));) {
		json_object_set_new(properties, field.name, field_schema(&field));
		if (field.required) json_array_append_new(required, json_string(field.name));
	}
	if (route->upload)
		json_object_set_new(properties, "file", json_pack("{s:s,s:{s:s,s:s}}", "type", "array", "items", "type", "string", "format", "binary"));
	json_t *schema = json_pack("{s:s,s:o,s:b}", "type", "object", "properties", properties, "additionalProperties", 1);
	if (json_array_size(required) > 0)
		json_object_set_new(schema, "required", required);
	else
		json_decref(required);
	json_t *content = json_object();
	if (route->upload) {
		json_object_set_new(content, "multipart/form-data", json_pack("{s:o}", "schema", schema));
	} else {
		json_object_set_new(content, "application/json", json_pack("{s:O}", "schema", schema));
		json_object_set_new(content, "application/x-www-form-urlencoded", json_pack("{s:o}", "schema", schema));
	}
	return json_pack("{s:o}", "content", content);
}

static json_t *operation_of(const struct route *route)
{
	bool reading = strcmp(route->method, "GET") == 0;
	char id[160] = "";
	size_t used = (size_t)snprintf(id, sizeof id, "%s", reading ? "get" : "post");
	for (const char *at = route->pattern; *at && used + 2 < sizeof id; at++) {
		bool letter = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9');
		if (letter)
			id[used++] = *at;
		else if (id[used - 1] != '_' && *at != '}')
			id[used++] = '_';
	}
	id[used] = 0;
	const char *tag = menu_code(route->menu);
	if (!*tag && route->pattern[1]) tag = NULL;
	char first[40];
	snprintf(first, sizeof first, "%.*s", (int)strcspn(route->pattern + 1, "/"), route->pattern + 1);
	json_t *operation = json_pack("{s:s,s:s,s:[s],s:o}", "operationId", id, "summary", route->summary ? route->summary : id, "tags",
	                              tag && *tag ? tag : *first ? first : "desk", "parameters", parameters_of(route, reading));
	if (!reading) json_object_set_new(operation, "requestBody", body_of(route));
	json_t *responses = json_pack("{s:o}", "200", response("Done", "Document"));
	static const struct {
		const char *status, *words;
	} failures[] = { { "401", "Not logged in" }, { "403", "The role or the token doesn't allow it" }, { "404", "There is no such thing" },
		         { "409", "It contradicts what is stored" }, { "422", "What was sent can't be used" }, { "503", "The store can't be reached" } };
	for (size_t i = route->public_page ? 2 : 0; i < COUNT(failures); i++)
		json_object_set_new(responses, failures[i].status, response(failures[i].words, "Failure"));
	json_object_set_new(operation, "responses", responses);
	json_object_set_new(operation, "security", route->public_page ? json_array() : json_pack("[{s:[]}]", "token"));
	return operation;
}

json_t *openapi_document(void)
{
	json_t *paths = json_object();
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *route = routes_at(i);
		/* what only a browser needs: logging in and out, switching the page's company */
		if (route->right == RIGHT_NONE && !(strcmp(route->method, "GET") == 0 && !route->template)) continue;
		json_t *path = json_object_get(paths, route->pattern);
		if (!path) {
			path = json_object();
			json_object_set_new(paths, route->pattern, path);
		}
		json_object_set_new(path, strcmp(route->method, "GET") == 0 ? "get" : "post", operation_of(route));
	}
	json_t *components = json_pack(
		"{s:{s:{s:s,s:s,s:s}},s:{s:{s:s,s:s,s:s,s:{s:s}},s:{s:s,s:s,s:s,s:{s:s,s:s}}},"
		"s:{s:{s:s,s:s,s:b},s:{s:s,s:[s],s:{s:{s:s,s:[s,s],s:{s:{s:s},s:{s:s},s:{s:s},s:{s:s}}}}}}}",
		"securitySchemes", "token", "type", "http", "scheme", "bearer", "description", "A personal token, made in the account.",
		"parameters",
		"company", "name", "company", "in", "query", "description", "The company's code; needed when there are several", "schema", "type", "string",
		"as_of", "name", "as_of", "in", "query", "description", "The day of the figures; today by default", "schema", "type", "string", "format", "date",
		"schemas",
		"Document", "type", "object", "description", "Amounts are integers in minor units, dates YYYY-MM-DD, instants RFC 3339 in UTC.", "additionalProperties", 1,
		"Failure", "type", "object", "required", "error", "properties", "error", "type", "object", "required", "code", "text", "properties",
		"code", "type", "string", "text", "type", "string", "status", "type", "integer", "request_id", "type", "string");
	return json_pack("{s:s,s:{s:s,s:s,s:s},s:[{s:s}],s:o,s:o}", "openapi", "3.0.3", "info", "title", "Encours", "version", ENCOURS_VERSION, "description",
	                 "The desk's pages as JSON. A read-only token reads; a writing one does what its owner may do.", "servers", "url", "/api/v1",
	                 "paths", paths, "components", components);
}

json_t *routes_document(void)
{
	static const struct {
		const char *name;
		enum right right;
	} rights[] = { { "none", RIGHT_NONE }, { "read", RIGHT_READ }, { "note", RIGHT_NOTE }, { "collect", RIGHT_COLLECT }, { "resolve", RIGHT_RESOLVE },
		       { "import", RIGHT_IMPORT }, { "scenario", RIGHT_SCENARIO }, { "settings", RIGHT_SETTINGS }, { "users", RIGHT_USERS },
		       { "audit", RIGHT_AUDIT }, { "export", RIGHT_EXPORT }, { "self", RIGHT_SELF }, { "cash", RIGHT_CASH }, { "personal", RIGHT_PERSONAL } };
	json_t *rows = json_array();
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *route = routes_at(i);
		const char *right = "several";
		for (size_t r = 0; r < COUNT(rights); r++)
			if (route->right == rights[r].right) right = rights[r].name;
		json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:b,s:b,s:b,s:b,s:b,s:s?,s:s}", "method", route->method, "pattern", route->pattern, "right",
		                                      right, "public", route->public_page, "by_link", route->by_link, "upload", route->upload, "no_company", route->no_company, "live",
		                                      route->live, "template", route->template, "menu", menu_code(route->menu)));
	}
	return rows;
}
