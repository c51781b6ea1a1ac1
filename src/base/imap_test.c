#include "base/imap.h"

#include "base/day.h"
#include "base/test.h"
#include "base/testimap.h"

/* --- a server that says what the test wants --------------------------------------------------------------------------------- */
struct script {
	const char *answers; /* read in pieces of `piece` bytes */
	size_t at, len, piece;
	struct text heard;
};

static int script_read(void *context, char *buffer, size_t size)
{
	struct script *script = context;
	size_t left = script->len - script->at, part = script->piece && script->piece < left ? script->piece : left;
	if (part > size) part = size;
	memcpy(buffer, script->answers + script->at, part);
	script->at += part;
	return (int)part;
}

static bool script_write(void *context, const char *bytes, size_t len)
{
	text_add_bytes(&((struct script *)context)->heard, bytes, len);
	return true;
}

static struct script script_of(const char *answers, size_t piece)
{
	return (struct script){ .answers = answers, .len = strlen(answers), .piece = piece };
}

static struct imap *over(struct script *script)
{
	return imap_over((struct imap_wire){ script_read, script_write, NULL, script });
}

static const char greeting[] = "* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\ne1 OK done\r\n"
                               "* 3 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 77] here\r\n* OK [UIDNEXT 12] next\r\ne2 OK [READ-WRITE] selected\r\n";

static void a_dialogue_is_read_whatever_the_pieces(void)
{
	char answers[2000];
	snprintf(answers, sizeof answers,
	         "%s* SEARCH 9 4 11 4 3\r\n* 4 EXISTS\r\ne3 OK\r\n"
	         "* 2 FETCH (FLAGS (\\Seen (x) \"y)\") UID 4)\r\n"
	         "* 1 FETCH (UID 9 BODY[]<0> {3}\r\nabc RFC822.SIZE 3)\r\n"
	         "* 2 FETCH (UID 4 RFC822.SIZE 900 INTERNALDATE \"17-Jul-2026 02:44:25 -0700\" FLAGS (\\Seen) BODY[]<0> {12}\r\nSubject: )\r\n)\r\ne4 OK\r\n"
	         "* 2 FETCH (UID 4 BODY[] \"a \\\"b\\\"\")\r\ne5 OK\r\n"
	         "e6 OK nothing\r\n",
	         greeting);
	for (size_t piece = 0; piece < 9; piece++) {
		struct script script = script_of(answers, piece);
		cleanup_imap struct imap *imap = over(&script);
		struct imap_folder folder;
		int64_t uids[3];
		size_t count;
		CHECK_OK(imap_select(imap, "Envoyés \"x\"", &folder));
		CHECK_INT(folder.uid_validity, 77);
		CHECK_INT(folder.uid_next, 12);
		CHECK_INT(folder.messages, 3);
		CHECK(imap_can_move(imap));
		CHECK_OK(imap_search(imap, 3, day_from_civil(2026, 3, 5), uids, COUNT(uids), &count));
		CHECK_INT(count, 3);
		CHECK_INT(uids[0], 4);
		CHECK_INT(uids[1], 9);
		CHECK_INT(uids[2], 11);
		struct imap_message message;
		CHECK_OK(imap_fetch(imap, 4, 100, &message));
		CHECK(message.found);
		CHECK_TEXT(text_cstr(&message.bytes), "Subject: )\r\n");
		CHECK_INT(message.size, 900);
		CHECK_INT(message.received_at, (int64_t)day_from_civil(2026, 7, 17) * 86400 + 9 * 3600 + 44 * 60 + 25);
		text_free(&message.bytes);
		CHECK_OK(imap_fetch(imap, 4, 100, &message));
		CHECK_TEXT(text_cstr(&message.bytes), "a \"b\"");
		text_free(&message.bytes);
		CHECK_OK(imap_fetch(imap, 4, 100, &message));
		CHECK(!message.found);
		CHECK(strstr(text_cstr(&script.heard), "e2 SELECT \"Envoy&AOk-s \\\"x\\\"\"\r\n"));
		CHECK(strstr(text_cstr(&script.heard), "e3 UID SEARCH UID 4:* SINCE 5-Mar-2026\r\n"));
		CHECK(strstr(text_cstr(&script.heard), "BODY.PEEK[]<0.100>)\r\n"));
		text_free(&script.heard);
	}
}

static void only_the_lowest_are_kept(void)
{
	char answers[1200];
	snprintf(answers, sizeof answers, "%s* SEARCH 50 40 30 20 10 60\r\n* SEARCH 15 10\r\ne3 OK\r\n", greeting);
	struct script script = script_of(answers, 0);
	cleanup_imap struct imap *imap = over(&script);
	struct imap_folder folder;
	int64_t uids[3] = { 0 };
	size_t count;
	CHECK_OK(imap_select(imap, "INBOX", &folder));
	CHECK_OK(imap_search(imap, 0, DAY_NONE, uids, 3, &count));
	CHECK_INT(count, 3);
		CHECK_INT(uids[0], 10);
		CHECK_INT(uids[1], 15);
		CHECK_INT(uids[2], 20);
	text_free(&script.heard);
}

/* Whatever a server says, it ends with words. */
static void a_hostile_server_is_left(void)
{
	static const char *const ends[] = {
		"", "garbage\r\n", "* BYE go away\r\n", "e3 OK\r\n* 1 FETCH (UID 4 BODY[] {99999999999}\r\n", "e3 OK\r\n* 1 FETCH (UID 4 BODY[] {101}\r\n",
		"e3 OK\r\n* 1 FETCH (UID 4 BODY[] {50}\r\nshort", "e9 OK\r\n", "e3 NO [CANNOT] not today\r\n", "e3 BAD what?\r\n",
	};
	for (size_t i = 0; i < COUNT(ends); i++) {
		char answers[1200];
		snprintf(answers, sizeof answers, "%s%s", greeting, ends[i]);
		struct script script = script_of(answers, 0);
		cleanup_imap struct imap *imap = over(&script);
		struct imap_folder folder;
		int64_t uids[3];
		size_t count;
		CHECK_OK(imap_select(imap, "INBOX", &folder));
		struct status status = imap_search(imap, 3, DAY_NONE, uids, COUNT(uids), &count);
		struct imap_message message = { 0 };
		if (!status.code) status = imap_fetch(imap, 4, 70000, &message);
		bool literal = strstr(ends[i], "101}") != NULL;
		if (!status.code) printf("  “%s” was taken\n", ends[i]);
		CHECK(status.code == STATUS_UNAVAILABLE && status.text[0]);
		CHECK(!literal || !message.found);
		text_free(&message.bytes), text_free(&script.heard);
	}
	struct script script = script_of("e1 OK\r\n* OK no validity\r\ne2 OK\r\n", 0);
	cleanup_imap struct imap *imap = over(&script);
	struct imap_folder folder;
	CHECK(imap_select(imap, "INBOX", &folder).code == STATUS_UNAVAILABLE);
	text_free(&script.heard);
}

static void names_are_written_as_imap_wants(void)
{
	static const struct {
		const char *name, *written;
	} cases[] = {
		{ "INBOX", "INBOX" }, { "Éléments traités", "&AMk-l&AOk-ments trait&AOk-s" }, { "R&D", "R&-D" }, { "台北", "&U,BTFw-" }, { "😀", "&2D3eAA-" },
		{ "~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		cleanup_text struct text out = { 0 };
		imap_folder_encode(&out, cases[i].name);
		CHECK_TEXT(text_cstr(&out), cases[i].written);
	}
}

/* --- a real one -------------------------------------------------------------------------------------------------------------------- */
static const char letter[] = "From: a@example.org\r\nSubject: one\r\n\r\nbonjour\r\n)\r\n* BYE\r\n";

static void dovecot_is_read_without_a_trace(void)
{
	struct testimap server = testimap_start(NULL, NULL);
	struct imap_server address = { .host = "127.0.0.1", .port = server.port, .security = IMAP_PLAIN, .user = "desk", .password = "secret" };
	testimap_deliver(&server, letter, strlen(letter));
	enum { LARGE = 3 << 20 };
	cleanup_text struct text large = { 0 };
	text_add(&large, "Subject: large\r\n\r\n");
	while (large.len < LARGE) text_add(&large, "0123456789012345678901234567890123456789012345678901234567890123456789\r\n");
	testimap_deliver(&server, large.bytes, large.len);
	{
		cleanup_imap struct imap *imap = NULL;
		struct imap_folder folder;
		int64_t uids[10];
		size_t count;
		CHECK_OK(imap_open(&address, &imap));
		CHECK_OK(imap_select(imap, "INBOX", &folder));
		CHECK_INT(folder.messages, 2);
		CHECK_OK(imap_search(imap, 0, DAY_NONE, uids, COUNT(uids), &count));
		CHECK_INT(count, 2);
		struct imap_message message;
		CHECK_OK(imap_fetch(imap, uids[0], 1 << 20, &message));
		CHECK(message.found && message.received_at > 0);
		CHECK_TEXT(text_cstr(&message.bytes), letter);
		text_free(&message.bytes);
		CHECK_OK(imap_fetch(imap, uids[1], 1 << 20, &message)); /* its beginning */
		CHECK(message.found);
		CHECK_INT(message.bytes.len, 1 << 20);
		CHECK_INT(message.size, large.len);
		text_free(&message.bytes);
		CHECK_OK(imap_fetch(imap, uids[1], 4 << 20, &message));
		CHECK_INT(message.bytes.len, large.len);
		text_free(&message.bytes);
		CHECK_INT(testimap_count(&server, ".", "S"), 0);
		CHECK_OK(imap_mark_seen(imap, uids[0]));
		CHECK_INT(testimap_count(&server, ".", "S"), 1);
		CHECK(imap_can_move(imap));
		CHECK_OK(imap_move(imap, uids[1], "Réponses lues"));
		CHECK_OK(imap_move(imap, uids[1], "Réponses lues")); /* gone from here: nothing to do */
		CHECK_INT(testimap_count(&server, ".R&AOk-ponses lues", ""), 1);
		CHECK_INT(testimap_count(&server, ".", ""), 1);
		CHECK_OK(imap_search(imap, uids[1], DAY_NONE, uids, COUNT(uids), &count)); /* "3:*" with 1 the last one */
		CHECK_INT(count, 0);
		CHECK(imap_select(imap, "nowhere", &folder).code == STATUS_NOT_FOUND);
	}
	address.password = "wrong";
	struct imap *refused = NULL;
	struct status status = imap_open(&address, &refused);
	CHECK(status.code == STATUS_UNAVAILABLE && strstr(status.text, "login") && !refused);
	int port = server.port;
	testimap_stop(&server);
	address.port = port;
	status = imap_open(&address, &refused);
	CHECK(status.code == STATUS_UNAVAILABLE && strstr(status.text, "does not answer"));
}

static void dovecot_over_an_encrypted_line(void)
{
	char folder[] = "/tmp/encours-cert-XXXXXX", cert[64], key[64], command[512];
	if (!mkdtemp(folder)) abort();
	snprintf(cert, sizeof cert, "%s/cert.pem", folder), snprintf(key, sizeof key, "%s/key.pem", folder);
	snprintf(command, sizeof command,
	         "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s 2>/dev/null", key, cert);
	CHECK(system(command) == 0);
	struct testimap server = testimap_start(cert, key);
	testimap_deliver(&server, letter, strlen(letter));
	for (int i = 0; i < 2; i++) {
		struct imap_server address = { .host = "127.0.0.1", .port = i ? server.plain_port : server.port, .security = i ? IMAP_STARTTLS : IMAP_TLS,
			                       .user = "desk", .password = "secret" };
		cleanup_imap struct imap *imap = NULL;
		struct status status = imap_open(&address, &imap); /* a certificate nobody vouches for */
		CHECK(status.code == STATUS_UNAVAILABLE && !imap);
		address.ca_file = cert;
		CHECK_OK(imap_open(&address, &imap));
		if (!imap) continue;
		struct imap_folder opened;
		struct imap_message message;
		int64_t uid = 0;
		size_t count;
		CHECK_OK(imap_select(imap, "INBOX", &opened));
		CHECK_OK(imap_search(imap, 0, DAY_NONE, &uid, 1, &count));
		CHECK_INT(count, 1);
		CHECK_OK(imap_fetch(imap, uid, 1 << 20, &message));
		CHECK_TEXT(text_cstr(&message.bytes), letter);
		text_free(&message.bytes);
	}
	testimap_stop(&server);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	CHECK(system(command) == 0);
}

TESTS({ "a dialogue is read whatever the pieces", a_dialogue_is_read_whatever_the_pieces },
      { "only the lowest are kept", only_the_lowest_are_kept },
      { "a hostile server is left", a_hostile_server_is_left },
      { "names are written as IMAP wants", names_are_written_as_imap_wants },
      { "dovecot is read without a trace", dovecot_is_read_without_a_trace },
      { "dovecot over an encrypted line", dovecot_over_an_encrypted_line })
