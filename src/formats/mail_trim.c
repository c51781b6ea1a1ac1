/* What was written, and what was only quoted. Mail programs have no common way to say where an answer ends; each line below that looks
 * like the head of a quotation is one that a program, in one of its languages, puts there. */
#include "formats/mail.h"

#include "base/memory.h"

#include <ctype.h>
#include <string.h>

enum { LINES_MAX = 20000, JOINED_MAX = 500, JOIN_LINES = 6, SIGNATURE_LINES = 20 };

struct line {
	const char *at;
	size_t len;      /* without the line's end */
	struct slice in; /* trimmed */
};
struct lines {
	struct line *rows;
	size_t count;
};

static bool blank(const struct line *line)
{
	return line->in.len == 0;
}

static bool quoted(const struct line *line)
{
	return line->in.len && (line->in.bytes[0] == '>' || line->in.bytes[0] == '|');
}

static bool starts(struct slice text, const char *with)
{
	return text.len >= strlen(with) && strncasecmp(text.bytes, with, strlen(with)) == 0;
}

static bool holds(struct slice text, const char *part)
{
	size_t len = strlen(part);
	for (size_t i = 0; i + len <= text.len; i++)
		if (strncasecmp(text.bytes + i, part, len) == 0) return true;
	return false;
}

static size_t digits(struct slice text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++) count += text.bytes[i] >= '0' && text.bytes[i] <= '9';
	return count;
}

/* --- "On Monday, A wrote:" -------------------------------------------------------------------------------------------------------- */
static const char *const verbs[] = {
	"wrote", "a écrit", "a ecrit", "écrit", "schrieb", "schreef", "geschreven", "skrev", "escribió", "escribio", "escreveu", "ha scritto",
	"scrisse", "napisał", "napisala", "napsal", "написал", "написав", "пишет", "пише", "írta", "kirjoitti", "写道", "寫道", "yazdı", "a scris",
};
static const char *const openers[] = { "on ", "le ", "am ", "op ", "el ", "il ", "em ", "den ", "w dniu ", "dnia ", "in data ", "à ", "på ", "el día ", "pe " };

static bool has_verb(struct slice text)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		size_t len = strlen(verbs[i]);
		for (size_t at = 0; at + len <= text.len; at++) {
			if (strncasecmp(text.bytes + at, verbs[i], len) != 0) continue;
			bool before = at == 0 || !isalnum((unsigned char)text.bytes[at - 1]);
			bool after = at + len == text.len || !isalnum((unsigned char)text.bytes[at + len]);
			if (before && after && !(at && text.bytes[at - 1] == '-')) return true;
		}
	}
	return false;
}

static bool opens(struct slice text)
{
	if (!text.len || isdigit((unsigned char)text.bytes[0])) return text.len > 0;
	for (size_t i = 0; i < COUNT(openers); i++)
		if (starts(text, openers[i])) return true;
	return false;
}

static struct slice strip_marks(struct slice text)
{
	while (text.len && strchr("-*_ \t", text.bytes[0])) text.bytes++, text.len--;
	while (text.len && strchr("-*_ \t", text.bytes[text.len - 1])) text.len--;
	return text;
}

static bool has_time(struct slice text)
{
	for (size_t i = 1; i + 2 < text.len; i++)
		if (text.bytes[i] == ':' && isdigit((unsigned char)text.bytes[i - 1]) && isdigit((unsigned char)text.bytes[i + 1])) return true;
	return false;
}

static bool attributes(struct slice text)
{
	bool dashed = starts(text, "--");
	text = strip_marks(text);
	if (text.len < 8) return false;
	bool colon = text.bytes[text.len - 1] == ':' || (text.len > 3 && memcmp(text.bytes + text.len - 3, "：", 3) == 0);
	bool mail = memchr(text.bytes, '@', text.len) != NULL;
	size_t numbers = digits(text);
	bool year = numbers >= 4 && isdigit((unsigned char)text.bytes[0]) && text.len > 4 && isdigit((unsigned char)text.bytes[3]) && strchr("/-.", text.bytes[4]);
	if ((colon || dashed) && has_verb(text)) return mail || (numbers && opens(text)) || dashed;
	if (colon && text.len > 2 && text.bytes[text.len - 2] == '>') return mail && numbers >= 2 && (isdigit((unsigned char)text.bytes[0]) || has_time(text));
	return year && mail && text.bytes[text.len - 1] == '>';
}

/* Over one line, or over several that a program broke. */
static bool attribution_at(const struct lines *lines, size_t at, size_t *last)
{
	const struct line *first = &lines->rows[at];
	if (blank(first) || quoted(first) || first->in.len > JOINED_MAX) return false;
	if (!digits(first->in) && !memchr(first->in.bytes, '@', first->in.len) && !memchr(first->in.bytes, '<', first->in.len)) return false;
	char joined[JOINED_MAX + 8];
	size_t len = 0, blanks = 0, used = 0;
	for (size_t i = at; i < lines->count && used < JOIN_LINES && blanks < 3; i++) {
		const struct line *line = &lines->rows[i];
		if (blank(line)) {
			blanks++;
			continue;
		}
		struct slice in = line->in;
		if (len + in.len + 1 > JOINED_MAX) return false;
		if (quoted(line)) { /* the end of an address that was broken: ">:" or "> wrote:" */
			if (!used || in.len > 40 || in.bytes[in.len - 1] != ':' || *in.bytes != '>') return false;
		} else if (len) {
			joined[len++] = ' ';
		}
		memcpy(joined + len, in.bytes, in.len);
		len += in.len, used++;
		if (attributes((struct slice){ joined, len })) return *last = i, true;
		/* a sentence that ends: what follows is another one */
		char end = line->in.bytes[line->in.len - 1];
		char before = line->in.len > 1 ? line->in.bytes[line->in.len - 2] : ' ';
		if (strchr("!?", end) || (end == '.' && !isdigit((unsigned char)before))) return false;
		if (used == 1 && !opens(line->in) && !memchr(line->in.bytes, '<', line->in.len) && !memchr(line->in.bytes, '@', line->in.len)) return false;
	}
	return false;
}

/* --- "From: … Sent: … Subject: …" ---------------------------------------------------------------------------------------------------- */
static bool label_of(struct slice line, char *out, size_t size)
{
	while (line.len && strchr("*>| \t_", line.bytes[0])) line.bytes++, line.len--;
	const char *colon = memchr(line.bytes, ':', line.len);
	size_t len = colon ? (size_t)(colon - line.bytes) : 0;
	if (!colon || len == 0 || len > 30) return false;
	cleanup_free char *plain = text_normalise(line.bytes, len);
	if (!*plain) { /* another script: as it is */
		free(plain);
		plain = xstrndup(line.bytes, len);
	}
	snprintf(out, size, "%s", plain);
	return true;
}

static bool among(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0) return true;
	return false;
}

static bool header_at(const struct lines *lines, size_t at)
{
	static const char *const from[] = { "from", "de", "von", "van", "da", "fra", "fran", "od", "expediteur", "mittente", "От", "Від", "发件人" };
	static const char *const others[] = {
		"sent", "date", "to", "cc", "subject", "envoye", "envoye le", "date d envoi", "objet", "sujet", "a", "pour", "gesendet", "an", "betreff",
		"datum", "verzonden", "aan", "onderwerp", "data", "oggetto", "inviato", "risposta", "para", "asunto", "enviado", "enviada em", "enviado el",
		"enviado em", "assunto", "til", "emne", "sendt", "dato", "wyslano", "do", "temat", "fecha", "reply to", "repondre a", "importance", "skickat",
		"till", "amne", "copie", "Дата", "Кому", "Тема",
	};
	char label[64];
	if (!label_of(lines->rows[at].in, label, sizeof label) || !among(label, from, COUNT(from))) return false;
	int found = 0;
	for (size_t i = at + 1, seen = 0; i < lines->count && seen < 7; i++) {
		if (blank(&lines->rows[i])) continue;
		seen++;
		found += label_of(lines->rows[i].in, label, sizeof label) && among(label, others, COUNT(others));
		if (found >= 2) return true;
	}
	return false;
}

static bool marker_at(const struct line *line)
{
	static const char *const said[] = { "original message", "message d'origine", "message d’origine", "message original", "message initial", "message transf",
		"forwarded message", "mensaje original", "mensagem original", "ursprüngliche nachricht", "urspruengliche nachricht", "messaggio originale",
		"oorspronkelijk bericht", "weitergeleitete nachricht", "messaggio inoltrato", "message réexpédié", "исходное сообщение", "oprindelig meddelelse" };
	static const char *const alone[] = { "begin forwarded message", "début du message", "debut du message", "anfang der weitergeleiteten", "inizio messaggio inoltrato" };
	if (line->in.len > 120) return false;
	for (size_t i = 0; i < COUNT(alone); i++)
		if (starts(line->in, alone[i])) return true;
	if (!starts(line->in, "--") && !starts(line->in, "__") && !starts(line->in, "**") && !starts(line->in, "=="))
		return false;
	for (size_t i = 0; i < COUNT(said); i++)
		if (holds(line->in, said[i])) return true;
	return false;
}

/* --- signatures ------------------------------------------------------------------------------------------------------------------------ */
static bool device_line(const struct line *line)
{
	static const char *const begins[] = {
		"sent from", "sent via", "sent with", "sent by", "sent a ", "envoye de mon", "envoye de ma", "envoye depuis", "envoye a partir", "envoye avec", "envoye via",
		"provenance courrier", "telecharger outlook", "obtenez outlook", "obtenir outlook", "get outlook", "gesendet von", "gesendet mit",
		"von meinem", "diese nachricht wurde von meinem", "verzonden met", "verzonden vanaf", "verstuurd vanaf", "sendt fra", "enviado desde", "enviado do", "enviado a partir",
		"inviato da", "skickat fran", "lahetetty", "wyslane z", "from my iphone", "someone from mobile", "expedie depuis", "message envoye depuis",
		"this message was sent from my",
	};
	if (line->in.len > 200) return false;
	cleanup_free char *plain = text_normalise(line->in.bytes, line->in.len);
	if (holds(line->in, "iphone") && line->in.len < 60 && (unsigned char)line->in.bytes[0] >= 0xe0) return true; /* Chinese, Japanese */
	size_t words = 1;
	for (const char *p = plain; *p; p++) words += *p == ' ';
	bool link = strstr(plain, "http") != NULL;
	if (words > (link ? 20u : 12u) || strstr(plain, " is ") || strstr(plain, " to all ")) return false;
	for (size_t i = 0; i < COUNT(begins); i++)
		if (strncmp(plain, begins[i], strlen(begins[i])) == 0) return true;
	return false;
}

static bool rule_line(const struct line *line, size_t least)
{
	size_t marks = 0;
	struct slice in = line->in;
	for (size_t i = 0; i < in.len;) {
		if (in.bytes[i] == '_' || in.bytes[i] == '-' || in.bytes[i] == '*' || in.bytes[i] == '=' || in.bytes[i] == ' ') marks += in.bytes[i] != ' ', i++;
		else if (i + 3 <= in.len && (memcmp(in.bytes + i, "—", 3) == 0 || memcmp(in.bytes + i, "–", 3) == 0)) marks += 2, i += 3;
		else return false;
	}
	return marks >= least;
}

static bool dash_line(const struct line *line)
{
	return slice_equal(line->in, "--") || slice_equal(line->in, "—") || slice_equal(line->in, "–") || slice_equal(line->in, "---");
}

static bool notice_line(const struct line *line)
{
	static const char *const begins[] = { "ce message et ", "ce message electronique", "ce message ainsi", "ce courriel", "ce mail et", "this email and any",
		"this e mail and any", "this message and any", "this email is confidential", "this e mail is confidential", "confidentiality notice", "avis de confidentialite",
		"pensez a l environnement", "avant d imprimer", "n imprimez ce", "please consider the environment", "disclaimer" };
	cleanup_free char *plain = text_normalise(line->in.bytes, line->in.len < 80 ? line->in.len : 80);
	for (size_t i = 0; i < COUNT(begins); i++)
		if (strncmp(plain, begins[i], strlen(begins[i])) == 0) return true;
	return false;
}

/* --- the whole --------------------------------------------------------------------------------------------------------------------------- */
static struct lines split(const char *text)
{
	struct lines lines = { 0 };
	size_t cap = 0;
	while (*text && lines.count < LINES_MAX) {
		size_t len = strcspn(text, "\n");
		GROW(lines.rows, lines.count, cap);
		lines.rows[lines.count++] = (struct line){ text, len, slice_trim((struct slice){ text, len }) };
		text += len + (text[len] == '\n');
	}
	return lines;
}

static bool any_text(const struct lines *lines, size_t from, size_t to, const bool *out)
{
	for (size_t i = from; i < to; i++) {
		const struct line *line = &lines->rows[i];
		if (dash_line(line)) return false; /* a signature alone */
		if (!out[i] && !blank(line) && !quoted(line) && !rule_line(line, 2) && !device_line(line)) return true;
	}
	return false;
}

static void take_out(bool *out, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) out[i] = true;
}

/* The first head of a quotation from `at` on: where it begins and where its own lines end. */
static bool head_from(const struct lines *lines, size_t at, size_t *head, size_t *after, bool *attribution)
{
	for (size_t i = at; i < lines->count; i++) {
		size_t last = i;
		*attribution = attribution_at(lines, i, &last);
		if (!*attribution && !header_at(lines, i) && !marker_at(&lines->rows[i])) continue;
		return *head = i, *after = last + 1, true;
	}
	return false;
}

/* A quoted line that was too long, and went on on the next one without its mark. */
static bool broken_line(const struct lines *lines, size_t at)
{
	return at > 0 && at + 1 < lines->count && quoted(&lines->rows[at - 1]) && lines->rows[at - 1].in.len > 60 && quoted(&lines->rows[at + 1]);
}

static void take_quotes(const struct lines *lines, bool *out)
{
	size_t head = 0, after = 0;
	bool attribution;
	if (!head_from(lines, 0, &head, &after, &attribution)) return;
	bool before = any_text(lines, 0, head, out);
	size_t at = after;
	while (at < lines->count && blank(&lines->rows[at])) at++;
	if (!attribution || at == lines->count || !quoted(&lines->rows[at])) {
		if (before) take_out(out, head, lines->count);
		else if (attribution) take_out(out, head, after); /* the answer stands in the quotation */
		return;
	}
	size_t end = at;
	while (end < lines->count && (blank(&lines->rows[end]) || quoted(&lines->rows[end]) || broken_line(lines, end))) end++;
	size_t next = 0, next_after = 0;
	bool more = end < lines->count && head_from(lines, end, &next, &next_after, &attribution);
	if (!any_text(lines, end, more ? next : lines->count, out)) {
		take_out(out, head, before ? lines->count : after);
		return;
	}
	/* answered below, or between the lines: then the lines asked about stay */
	bool between = false;
	for (size_t i = end; i < lines->count; i++)
		if (quoted(&lines->rows[i])) {
			between = any_text(lines, i, lines->count, out);
			break;
		}
	take_out(out, head, between ? after : end);
	if (more) take_out(out, next, lines->count);
}

static size_t last_kept(const struct lines *lines, const bool *out)
{
	size_t end = lines->count;
	while (end > 0 && (out[end - 1] || blank(&lines->rows[end - 1]))) end--;
	return end;
}

static void take_signature(const struct lines *lines, bool *out)
{
	size_t end = last_kept(lines, out);
	bool text = false; /* something was said above */
	for (size_t i = 0; i < end; i++) {
		if (!text && i) text = any_text(lines, i - 1, i, out);
		if (out[i] || !text) continue;
		const struct line *line = &lines->rows[i];
		bool here = dash_line(line) ? end - i <= SIGNATURE_LINES
		            : notice_line(line) ? true
		            : (device_line(line) && holds(line->in, "aka.ms/")) || (rule_line(line, 5) && line->in.bytes[0] != '-' && line->in.bytes[0] != '*' && end - i <= 10);
		if (here) {
			take_out(out, i, lines->count);
			break;
		}
	}
	for (;;) { /* from the end: a telephone's advertisement, an empty rule, a quotation nothing is said about */
		end = last_kept(lines, out);
		if (!end) return;
		const struct line *line = &lines->rows[end - 1];
		if (!device_line(line) && !rule_line(line, 2) && !quoted(line)) return;
		out[end - 1] = true;
	}
}

static void write_lines(const struct lines *lines, const bool *out, struct text *to)
{
	size_t blanks = 0;
	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->rows[i];
		if (out && out[i]) continue;
		if (blank(line)) {
			blanks++;
			continue;
		}
		if (to->len) text_add(to, blanks > 1 ? "\n\n" : blanks ? "\n\n" : "\n");
		blanks = 0;
		size_t len = line->len;
		while (len && strchr(" \t\r", line->at[len - 1])) len--;
		text_add_bytes(to, line->at, len);
	}
}

char *mail_trim(const char *text)
{
	struct lines lines = split(text);
	struct text kept = { 0 };
	if (lines.count) {
		bool *out = xcalloc(lines.count, sizeof *out);
		take_quotes(&lines, out);
		take_signature(&lines, out);
		write_lines(&lines, out, &kept);
		if (!kept.len) write_lines(&lines, NULL, &kept);
		free(out);
	}
	free(lines.rows);
	return kept.len ? text_take(&kept) : xstrdup("");
}
