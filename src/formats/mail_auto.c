/* Machines that answer: "I am away until…", "your message was received". Only what says so itself counts as automatic: a person's
 * answer taken for a machine's would be lost. */
#include "base/day.h"
#include "base/memory.h"
#include "formats/mail_inside.h"

#include <ctype.h>
#include <string.h>

/* --- the day of return ------------------------------------------------------------------------------------------------------------ */
static int month_of(const char *word, size_t len)
{
	static const struct {
		const char *name;
		int month;
	} months[] = { { "janvier", 1 }, { "janv", 1 }, { "january", 1 }, { "jan", 1 }, { "fevrier", 2 }, { "fevr", 2 }, { "february", 2 }, { "feb", 2 }, { "mars", 3 }, { "march", 3 }, { "mar", 3 }, { "avril", 4 }, { "avr", 4 }, { "april", 4 },
		       { "apr", 4 }, { "mai", 5 }, { "may", 5 }, { "juin", 6 }, { "june", 6 }, { "jun", 6 }, { "juillet", 7 }, { "juil", 7 }, { "july", 7 }, { "jul", 7 }, { "aout", 8 }, { "august", 8 }, { "aug", 8 }, { "septembre", 9 }, { "september", 9 },
		       { "sept", 9 }, { "sep", 9 }, { "octobre", 10 }, { "october", 10 }, { "oct", 10 }, { "novembre", 11 }, { "november", 11 }, { "nov", 11 }, { "decembre", 12 }, { "december", 12 }, { "dec", 12 } };
	for (size_t i = 0; i < COUNT(months); i++)
		if (strlen(months[i].name) == len && memcmp(months[i].name, word, len) == 0) return months[i].month;
	return 0;
}

static bool valid(int year, int month, int day)
{
	if (month < 1 || month > 12 || day < 1 || day > 31 || year < 2000 || year > 2100) return false;
	struct civil back = day_civil(day_from_civil(year, month, day));
	return back.day == day && back.month == month;
}

/* Without a year: the next such day, or one that is just over. */
static int32_t dated(int year, int month, int day, int32_t today)
{
	if (year > 0 && year < 100) year += 2000;
	if (year) return valid(year, month, day) ? day_from_civil(year, month, day) : DAY_NONE;
	year = day_civil(today).year;
	if (!valid(year, month, day)) return DAY_NONE;
	int32_t found = day_from_civil(year, month, day);
	return found < today - 60 && valid(year + 1, month, day) ? day_from_civil(year + 1, month, day) : found;
}

struct word {
	const char *at;
	size_t len;
};

/* A date that begins at words[i] of plain text ("le 15 juillet 2026", "july 15 2026", "15 07 2026", "2026 07 15"); *used: how many. */
static int32_t date_at(const struct word *words, size_t count, size_t i, int32_t today, bool english, size_t *used)
{
	int64_t n[3] = { -1, -1, -1 };
	for (size_t k = 0; k < 3 && i + k < count; k++) {
		size_t len = words[i + k].len, number = len;
		if (k < 2) /* 1er, 15th */
			while (number && isalpha((unsigned char)words[i + k].at[number - 1])) number--;
		bool suffix = number == len || (number && (strncmp(words[i + k].at + number, "er", len - number) == 0 || strncmp(words[i + k].at + number, "th", len - number) == 0 ||
		                                           strncmp(words[i + k].at + number, "st", len - number) == 0 || strncmp(words[i + k].at + number, "nd", len - number) == 0 ||
		                                           strncmp(words[i + k].at + number, "rd", len - number) == 0));
		if (!number || !suffix || number > 4 || !text_parse_int(words[i + k].at, number, &n[k])) n[k] = -1;
	}
	int32_t day;
	if (n[0] > 0 && n[0] <= 31 && i + 1 < count) {
		size_t at = i + 1;
		if (words[at].len == 2 && memcmp(words[at].at, "of", 2) == 0 && at + 1 < count) at++;
		int month = month_of(words[at].at, words[at].len);
		if (month) { /* 15 juillet [2026] */
			int64_t year = 0;
			bool has = at + 1 < count && words[at + 1].len == 4 && text_parse_int(words[at + 1].at, 4, &year);
			day = dated(has ? (int)year : 0, month, (int)n[0], today);
			if (day != DAY_NONE) return *used = at - i + 1 + has, day;
		}
	}
	int month = month_of(words[i].at, words[i].len);
	if (month && n[1] > 0 && n[1] <= 31) { /* july 15 [2026] */
		bool has = n[2] > 1999;
		day = dated(has ? (int)n[2] : 0, month, (int)n[1], today);
		if (day != DAY_NONE) return *used = 2u + has, day;
	}
	if (n[0] > 1999 && n[1] > 0 && n[2] > 0 && (day = dated((int)n[0], (int)n[1], (int)n[2], today)) != DAY_NONE) return *used = 3, day;
	bool apart = words[i].len <= 2 && i + 1 < count && words[i + 1].at - (words[i].at + words[i].len) == 1 && words[i + 1].len <= 2; /* "15 07": was 15/07 */
	if (apart && n[0] > 0 && n[1] > 0 && n[0] <= 31 && n[1] <= 31) {
		bool has = n[2] > 1999 || (n[2] >= 20 && n[2] < 100 && words[i + 2].len == 2);
		bool first_month = (english && n[0] <= 12 && n[1] > 12);
		day = dated(has ? (int)n[2] : 0, (int)(first_month ? n[0] : n[1]), (int)(first_month ? n[1] : n[0]), today);
		if (day != DAY_NONE) return *used = 2u + has, day;
	}
	return DAY_NONE;
}

int32_t mail_back_day(const char *text, int32_t today)
{
	enum { WORDS_MAX = 1500, REACH = 9 };
	cleanup_free char *plain = text_normalise(text, strlen(text) < 8000 ? strlen(text) : 8000);
	struct word *words = xcalloc(WORDS_MAX, sizeof *words);
	size_t count = 0;
	for (const char *p = plain; *p && count < WORDS_MAX;) {
		size_t len = strcspn(p, " ");
		words[count++] = (struct word){ p, len };
		p += len + (p[len] == ' ');
	}
	static const struct {
		const char *word;
		bool until; /* the last day away, not the first one back */
	} hints[] = { { "retour", false }, { "reviens", false }, { "reviendrai", false }, { "rentre", false }, { "reprise", false }, { "return", false }, { "returning", false }, { "back", false }, { "reopen", false },
		      { "rouvrira", false }, { "reouverture", false }, { "partir", false }, { "jusqu", true }, { "jusque", true }, { "until", true }, { "till", true }, { "through", true }, { "au", true }, { "inclus", true }, { "to", true } };
	bool english = strstr(plain, " the ") != NULL || strstr(plain, "office") != NULL;
	int32_t back = DAY_NONE, last = DAY_NONE;
	for (size_t i = 0; i < count; i++) {
		for (size_t h = 0; h < COUNT(hints); h++) {
			if (strlen(hints[h].word) != words[i].len || memcmp(hints[h].word, words[i].at, words[i].len) != 0) continue;
			size_t reach = words[i].len <= 2 ? 3 : REACH, used = 0;
			for (size_t k = i + 1; k < count && k <= i + reach; k++) {
				int32_t day = date_at(words, count, k, today, english, &used);
				if (day == DAY_NONE || day < today - 60 || day > today + 400) continue;
				if (!hints[h].until && back == DAY_NONE) back = day;
				if (hints[h].until && (last == DAY_NONE || day > last)) last = day;
				break;
			}
		}
	}
	free(words);
	return back != DAY_NONE ? back : last != DAY_NONE ? last + 1 : DAY_NONE;
}

/* --- is it a machine ---------------------------------------------------------------------------------------------------------------- */
static bool begins(const char *subject, const char *const *with, size_t count)
{
	while (*subject == ' ' || *subject == '[') subject++;
	for (size_t i = 0; i < count; i++)
		if (strncasecmp(subject, with[i], strlen(with[i])) == 0) return true;
	return false;
}

bool mail_automatic_read(const struct mail_pieces *pieces, int32_t today, struct mail *mail)
{
	static const char *const subjects[] = { "automatic reply", "auto reply", "auto-reply", "autoreply", "auto response", "autoresponse", "automated reply", "automated response", "out of office", "out of the office", "réponse automatique",
		"reponse automatique", "répondeur", "absence du bureau", "absence :", "absence:", "absent du", "absent jusqu", "automatische antwort", "abwesenheit", "risposta automatica", "respuesta automática", "resposta automática",
		"automatisch antwoord", "autosvar", "i am out of", "vacation reply", "message d'absence", "message d’absence", "notification d'absence", "notification d’absence" };
	static const char *const away[] = { "absent", "absence", "out of office", "out of the office", "congé", "vacances", "vacation", "de retour", "on leave", "annual leave", "away", "be back", "back on", "holiday", "fermé", "fermeture", "closed until",
		"abwesend", "abwesenheit", "im urlaub", "returning on", "i will return", "not in the office", "fuera de la oficina", "en déplacement", "maternité", "parental" };
	/* "auto-generated" alone is what ticket systems put on the answer that a person typed into them */
	bool replied = strncasecmp(pieces->auto_submitted, "auto-replied", 12) == 0, generated = strncasecmp(pieces->auto_submitted, "auto-generated", 14) == 0;
	bool said = begins(pieces->subject, subjects, COUNT(subjects)), about_away = mail_holds(pieces->subject, away, COUNT(away));
	bool machine = replied || said || *pieces->auto_response || pieces->disposition || strcasecmp(pieces->precedence, "auto_reply") == 0 || (generated && about_away);
	if (!machine) return false;
	bool gone = !pieces->disposition && (about_away || mail_holds(mail->words, away, COUNT(away)));
	mail->kind = gone ? MAIL_ABSENCE : MAIL_AUTOMATIC;
	if (gone) {
		mail->back_day = mail_back_day(mail->words, today);
		if (mail->back_day == DAY_NONE) mail->back_day = mail_back_day(pieces->subject, today);
	}
	return true;
}
