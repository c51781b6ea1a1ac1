#include "formats/mail.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"

static int32_t today(void)
{
	return day_from_civil(2026, 7, 6);
}

static void read_into(const char *text, struct arena *arena, struct mail *mail)
{
	mail_read(text, strlen(text), today(), arena, mail);
}

/* --- what was written -------------------------------------------------------------------------------------------------------- */
static const struct {
	const char *name, *text, *words;
} replies[] = {
	{ "Gmail", "Bonjour,\n\nLe virement part vendredi.\n\nLe lun. 6 juil. 2026 à 09:12, Atelier Brévent <relances@brevent.example> a\nécrit :\n\n> Bonjour,\n>\n> La facture FA-1 est échue.\n", "Bonjour,\n\nLe virement part vendredi." },
	{ "Outlook", "Je conteste cette facture.\n\nCordialement,\nJeanne Roux\n\n________________________________\nDe : Atelier Brévent <relances@brevent.example>\nEnvoyé : lundi 6 juillet 2026 09:12\nÀ : Jeanne Roux\nObjet : Facture FA-1\n\nBonjour,\n", "Je conteste cette facture.\n\nCordialement,\nJeanne Roux" },
	{ "Apple", "Payé hier.\n\nEnvoyé de mon iPhone\n\n> Le 6 juil. 2026 à 09:12, Atelier Brévent <relances@brevent.example> a écrit :\n> \n> Bonjour,\n", "Payé hier." },
	{ "Thunderbird, answered below", "Le 06/07/2026 à 09:12, Atelier Brévent a écrit :\n> Quand paierez-vous ?\n\nLe 15 au plus tard.\n\n-- \nJeanne Roux\nComptabilité\n", "Le 15 au plus tard." },
	{ "between the lines", "Le 06/07/2026 à 09:12, Atelier Brévent a écrit :\n> Facture FA-1 ?\n\nPayée.\n\n> Facture FA-2 ?\n\nPas reçue.\n", "> Facture FA-1 ?\n\nPayée.\n\n> Facture FA-2 ?\n\nPas reçue." },
	{ "original message", "ok\n-----Message d’origine-----\nDe : x\n", "ok" },
	{ "mobile Outlook", "Merci.\n\nTélécharger Outlook pour iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: A <a@b.example>\nSent: Monday\nTo: B\nSubject: C\n", "Merci." },
	{ "a confidentiality notice", "Voir la pièce jointe.\n\nCe message et toutes les pièces jointes sont confidentiels et établis à l’intention exclusive de ses destinataires.\n", "Voir la pièce jointe." },
	{ "a sentence is no head", "Le 15 du mois, comme a écrit notre directeur : nous payons à 60 jours.\n", "Le 15 du mois, comme a écrit notre directeur : nous payons à 60 jours." },
	{ "a list is no header", "De : rien\nOn verra.\n", "De : rien\nOn verra." },
	{ "only a quotation", "> tout\n", "> tout" },
	{ "nothing", "", "" },
};

static void answers_are_trimmed(void)
{
	for (size_t i = 0; i < COUNT(replies); i++) {
		cleanup_free char *words = mail_trim(replies[i].text);
		if (strcmp(words, replies[i].words) != 0) printf("  %s:\n", replies[i].name);
		CHECK_TEXT(words, replies[i].words);
	}
}

static char *file_text(const char *path)
{
	cleanup_file FILE *file = fopen(path, "rb");
	struct text out = { 0 };
	char buffer[4096];
	for (size_t n; file && (n = fread(buffer, 1, sizeof buffer, file)) > 0;) text_add_bytes(&out, buffer, n);
	return file ? (out.len ? text_take(&out) : xstrdup("")) : NULL;
}

static char *sample(const char *folder, const char *name)
{
	char path[600];
	const char *source = getenv("ENCOURS_SOURCE");
	snprintf(path, sizeof path, "%s/../shared/samples/mail/%s/%s", source ? source : ".", folder, name);
	return file_text(path);
}

/* Without what stands at the ends of lines and of the text. */
static char *tidy(const char *text)
{
	struct text out = { 0 };
	size_t blanks = 0;
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n"), end = len;
		while (end && strchr(" \t\r", p[end - 1])) end--;
		if (end == 0) {
			blanks++;
		} else {
			if (out.len) text_add(&out, blanks ? "\n\n" : "\n");
			text_add_bytes(&out, p, end);
			blanks = 0;
		}
		p += len + (p[len] == '\n');
	}
	return out.len ? text_take(&out) : xstrdup("");
}

static const char *const discourse[] = {
	"block_code_spacers", "dual_embedded", "email_headers_2", "email_headers_4", "embedded_ception", "embedded_email_10", "embedded_email_12", "embedded_email_14",
	"embedded_email_16", "embedded_email_18", "embedded_email_2", "embedded_email_4", "embedded_email_6", "embedded_email_8", "embedded_email_chinese", "embedded_email_dutch_2",
	"embedded_email_french_1", "embedded_email_german_2", "embedded_email_german_4", "embedded_email_german_6", "embedded_email_norwegian", "embedded_email_polish_2",
	"embedded_email_quote_text", "embedded_email_russian_2", "embedded_email_spanish_2", "embedded_email_ukrainian", "forwarded_gmail", "normalize_line_endings",
	"quote_only", "signatures", "spam_2", "text_only",
};

static void the_samples_of_answers(void)
{
	int right = 0, there = 0;
	for (size_t i = 0; i < COUNT(discourse); i++) {
		char name[80];
		snprintf(name, sizeof name, "%s.txt", discourse[i]);
		cleanup_free char *text = sample("replies-discourse/emails", name), *wanted = sample("replies-discourse/trimmed", name);
		if (!text || !wanted) continue;
		there++;
		cleanup_free char *words = mail_trim(text), *got = tidy(words), *want = tidy(wanted);
		if (strcmp(got, want) == 0) right++;
		else printf("  %s is not trimmed right\n", name);
	}
	if (there) printf("  answers trimmed as expected: %d of %d\n", right, there);
	CHECK_INT(right, there);
}

/* --- what did not arrive -------------------------------------------------------------------------------------------------------- */
static const struct {
	const char *name;
	enum mail_kind kind;
	enum mail_verdict verdict;
	const char *address;
} bounces[] = {
	{ "arf-01.eml", MAIL_COMPLAINT, MAIL_UNDELIVERED, "" },
	{ "lhost-activehunter-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.org" },
	{ "lhost-amavis-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "neko@example.co.jp" },
	{ "lhost-amazonses-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "shironeko@example.co.jp" },
	{ "lhost-amazonworkmail-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.jp" },
	{ "lhost-apachejames-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "000000000000@vtext.example.com" },
	{ "lhost-barracuda-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.org" },
	{ "lhost-bigfoot-02.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.org" },
	{ "lhost-biglobe-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "postmaster@mxr.biglobe.ne.jp" },
	{ "lhost-courier-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.co.jp" },
	{ "lhost-domino-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.jp" },
	{ "lhost-dragonfly-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "pseudo-local-part@google.example.com" },
	{ "lhost-einsundeins-02.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.org" },
	{ "lhost-exchange2003-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.jp" },
	{ "lhost-exchange2007-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "mikeneko@example.co.jp" },
	{ "lhost-exim-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.ed.jp" },
	{ "lhost-ezweb-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "this-message-rejected-by-the-domain-filter@ezweb.ne.jp" },
	{ "lhost-fml-02.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "neko-nyaan@example.org" },
	{ "lhost-gmail-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "userunknown@example.jp" },
	{ "lhost-gmx-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "shironeko@example.jp" },
	{ "lhost-googlegroups-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "libsisimai@googlegroups.com" },
	{ "lhost-googleworkspace-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "neko-nyaan-cat-meeting@google-groups.example.com" },
	{ "lhost-imailserver-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.com" },
	{ "lhost-kddi-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@x0000000000000.dion.ne.jp" },
	{ "lhost-mailfoundry-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.org" },
	{ "lhost-mailmarshal-02.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@nyaan.example.com" },
	{ "lhost-mailru-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.jp" },
	{ "lhost-mcafee-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.co.jp" },
	{ "lhost-messagingserver-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.jp" },
	{ "lhost-mfilter-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.com" },
	{ "lhost-mimecast-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "sabineko@neko.ef.example.org" },
	{ "lhost-mxlogic-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.co.jp" },
	{ "lhost-notes-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@u1.example.co.jp" },
	{ "lhost-office365-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.com" },
	{ "lhost-opensmtpd-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "apdugoaidugoaidugoaeiudggadi@gmail.com" },
	{ "lhost-outlook-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.jp" },
	{ "lhost-postfix-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.org" },
	{ "lhost-powermta-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.jp" },
	{ "lhost-qmail-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.ne.jp" },
	{ "lhost-receivingses-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "userunknown@neko.example.jp" },
	{ "lhost-sendgrid-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.jp" },
	{ "lhost-sendmail-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "userunknown@bouncehammer.jp" },
	{ "lhost-surfcontrol-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.com" },
	{ "lhost-trendmicro-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.co.jp" },
	{ "lhost-v5sendmail-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.com" },
	{ "lhost-verizon-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "0000000000@vzwpix.com" },
	{ "lhost-x1-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.co.jp" },
	{ "lhost-x2-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.co.jp" },
	{ "lhost-x3-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.com" },
	{ "lhost-x4-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.com" },
	{ "lhost-x5-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "shironeko@cat.example.co.jp" },
	{ "lhost-x6-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@nyaan.example.org" },
	{ "lhost-yahoo-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.org" },
	{ "lhost-yandex-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.jp" },
	{ "lhost-zoho-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.co.jp" },
	{ "rfc3464-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "userunknown@bouncehammer.jp" },
	{ "rfc3834-01.eml", MAIL_ABSENCE, MAIL_DELAYED, "" },
	{ "rfc3834-03.eml", MAIL_ABSENCE, MAIL_DELAYED, "" },
	{ "rfc3834-05.eml", MAIL_AUTOMATIC, MAIL_DELAYED, "" },
	{ "rhost-aol-05.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "nyan@haineko.org" },
	{ "rhost-apple-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.jp" },
	{ "rhost-cloudflare-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora-neko@example.com" },
	{ "rhost-cox-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "recipient55@cox.net" },
	{ "rhost-facebook-03.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@facebook.com" },
	{ "rhost-franceptt-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "pseudo-local-part-kijitora-nyaaan@orange.fr" },
	{ "rhost-franceptt-03.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "noraneko.nyaan@example.com" },
	{ "rhost-franceptt-05.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "xxxx@laposte.net" },
	{ "rhost-franceptt-07.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "xxxx@wanadoo.fr" },
	{ "rhost-franceptt-10.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "xxxx@laposte.net" },
	{ "rhost-franceptt-12.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "xxxx@laposte.net" },
	{ "rhost-godaddy-02.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.com" },
	{ "rhost-google-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "shironeko@example.ne.jp" },
	{ "rhost-gsuite-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@example.de" },
	{ "rhost-iua-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "neko@email.example.ua" },
	{ "rhost-kddi-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "otsu-sakaba-hunter-neko-nyaaaaaaan@ezweb.ne.jp" },
	{ "rhost-messagelabs-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.messagelabs.com" },
	{ "rhost-microsoft-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.com" },
	{ "rhost-mimecast-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "sabatora@example.com" },
	{ "rhost-nttdocomo-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "azumakuniyuki@ntt.docomo.example.ne.jp" },
	{ "rhost-outlook-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@example.jp" },
	{ "rhost-spectrum-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "theusername@charter.net" },
	{ "rhost-tencent-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "nekochan@qq.example.cn" },
	{ "rhost-yahooinc-01.eml", MAIL_BOUNCE, MAIL_UNDELIVERED, "kijitora@aol.example.jp" },
	{ "rhost-zoho-01.eml", MAIL_BOUNCE, MAIL_NO_ADDRESS, "kijitora@zoho.example.com" },
};

/* Each was read by eye: what kind it is, which address failed, and whether that address is to be used again. */
static void the_samples_of_bounces(void)
{
	int right = 0, there = 0;
	for (size_t i = 0; i < COUNT(bounces); i++) {
		cleanup_free char *text = sample("bounces-sisimai", bounces[i].name);
		if (!text) continue;
		there++;
		cleanup_arena struct arena *arena = arena_new();
		struct mail mail;
		read_into(text, arena, &mail);
		bool quiet = mail.kind == MAIL_ABSENCE || mail.kind == MAIL_AUTOMATIC, wanted_quiet = bounces[i].kind == MAIL_ABSENCE || bounces[i].kind == MAIL_AUTOMATIC;
		bool good = quiet ? wanted_quiet : mail.kind == bounces[i].kind;
		if (good && !quiet) good = mail.failed_count == 1 && mail.failed[0].verdict == bounces[i].verdict && strcmp(mail.failed[0].address, bounces[i].address) == 0;
		right += good;
		if (!good) printf("  %s: kind %d, %s\n", bounces[i].name, (int)mail.kind, mail.failed_count ? mail.failed[0].address : "");
	}
	if (there) printf("  bounces, absences and complaints classified right: %d of %d\n", right, there);
	CHECK(right >= there - 1); /* a mailing list's refusal (lhost-fml-02) reads like anybody's letter: it goes to a person */
}

static const char dsn[] =
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: relances@brevent.example\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nI'm sorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; COMPTA@Client.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n <compta@client.example>: user\r\n unknown\r\n\r\n"
        "Final-Recipient: rfc822; chef@client.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\nFinal-Recipient: rfc822; autre@client.example\r\nAction: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <encours.0123456789abcdef01234567@brevent.example>\r\nTo: compta@client.example\r\nSubject: Facture\r\n\r\nBonjour\r\n--b--\r\n";

static void a_report_names_each_address(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct mail mail;
	read_into(dsn, arena, &mail);
	CHECK_INT(mail.kind, MAIL_BOUNCE);
	CHECK_INT(mail.failed_count, 3);
	CHECK_TEXT(mail.failed[0].address, "compta@client.example");
	CHECK_INT(mail.failed[0].verdict, MAIL_NO_ADDRESS);
	CHECK_TEXT(mail.failed[0].words, "550 5.1.1 <compta@client.example>: user unknown");
	CHECK_INT(mail.failed[1].verdict, MAIL_DELAYED);
	CHECK_INT(mail.failed[2].verdict, MAIL_UNDELIVERED);
	CHECK_INT(mail.id_count, 1);
	CHECK_TEXT(mail.ids[0], "encours.0123456789abcdef01234567@brevent.example");
}

static void a_french_notice_in_its_own_words(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct mail mail;
	read_into("From: Postmaster <postmaster@client.example>\nTo: relances@brevent.example\nSubject: Non remis : Facture FA-1\nContent-Type: text/plain; charset=iso-8859-1\n\n"
	          "Votre message n'a pas \xe9t\xe9 remis aux destinataires suivants :\n\n  jeanne.roux@client.example\n\nAdresse inconnue. 550 5.1.10\n", arena, &mail);
	CHECK_INT(mail.kind, MAIL_BOUNCE);
	CHECK_TEXT(mail.failed[0].address, "jeanne.roux@client.example");
	CHECK_INT(mail.failed[0].verdict, MAIL_NO_ADDRESS);
	/* a person who speaks of a message that did not arrive is a person */
	read_into("From: Jeanne <jeanne@client.example>\nSubject: Re: facture\n\nVotre mail n'a pas pu être remis à Paul, il a quitté la société. user unknown\n", arena, &mail);
	CHECK_INT(mail.kind, MAIL_REPLY);
}

/* --- machines ------------------------------------------------------------------------------------------------------------------------ */
static void absences_and_when_they_end(void)
{
	static const struct {
		const char *head, *body;
		enum mail_kind kind;
		const char *back;
	} cases[] = {
		{ "Subject: Réponse automatique : Facture FA-1\n", "Je suis absente du 3 au 19 juillet inclus. De retour le lundi 20 juillet.", MAIL_ABSENCE, "2026-07-20" },
		{ "Subject: Absence\nAuto-Submitted: auto-replied\n", "Je suis en congés jusqu’au 14/08/2026.", MAIL_ABSENCE, "2026-08-15" },
		{ "Subject: Automatic reply: invoice\n", "I am out of the office and will return on July 15th.", MAIL_ABSENCE, "2026-07-15" },
		{ "Subject: Out of office\n", "I will be back on 2026-07-21.", MAIL_ABSENCE, "2026-07-21" },
		{ "Subject: Automatic reply\n", "Out of office until 15 January.", MAIL_ABSENCE, "2027-01-16" },
		{ "Subject: Message d’absence\n", "Je suis absent pour une durée indéterminée.", MAIL_ABSENCE, "" },
		{ "Subject: Votre demande\nAuto-Submitted: auto-replied\n", "Nous avons bien reçu votre message (ticket 4567).", MAIL_AUTOMATIC, "" },
		{ "Subject: Re: Facture\nAuto-Submitted: auto-generated\n", "Bonjour, la facture est en cours de validation. Paul (ticket 4567)", MAIL_REPLY, "" },
		{ "Subject: RE: Réponse automatique : Facture\n", "Je suis rentrée, le virement part le 15 juillet.", MAIL_REPLY, "" },
		{ "Subject: Facture\nAuto-Submitted: no\n", "Absent hier, je regarde.", MAIL_REPLY, "" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		cleanup_arena struct arena *arena = arena_new();
		cleanup_text struct text text = { 0 };
		struct mail mail;
		char back[11] = "";
		text_addf(&text, "From: Jeanne <jeanne@client.example>\n%sContent-Type: text/plain; charset=utf-8\n\n%s\n", cases[i].head, cases[i].body);
		read_into(text_cstr(&text), arena, &mail);
		if (mail.back_day != DAY_NONE) day_format(mail.back_day, back);
		if (mail.kind != cases[i].kind || strcmp(back, cases[i].back) != 0) printf("  %s\n", cases[i].body);
		CHECK_INT(mail.kind, cases[i].kind);
		CHECK_TEXT(back, cases[i].back);
	}
}

static void a_complaint_names_who(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct mail mail;
	read_into("From: fbl@isp.example\nTo: relances@brevent.example\nSubject: report\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nabuse\n--b\nContent-Type: message/feedback-report\n\n"
	          "Feedback-Type: abuse\nOriginal-Rcpt-To: <paul@client.example>\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <encours.0123456789abcdef01234567@brevent.example>\nTo: x\n\nx\n--b--\n", arena, &mail);
	CHECK_INT(mail.kind, MAIL_COMPLAINT);
	CHECK_TEXT(mail.failed[0].address, "paul@client.example");
	CHECK_TEXT(mail.ids[0], "encours.0123456789abcdef01234567@brevent.example");
}

/* --- the parts ------------------------------------------------------------------------------------------------------------------------ */
static void html_becomes_text(void)
{
	cleanup_text struct text out = { 0 };
	static const char html[] = "<html><head><style>p{}</style><title>x</title></head><body><p>Bonjour,<br>le&nbsp;virement part <b>vendredi</b>.</p><script>alert(1)</script>"
	                           "<ul><li>un<li>deux</ul><blockquote><p>Votre facture &lt;FA-1&gt;</p><blockquote>avant</blockquote></blockquote>fin &amp; fin &bogus; <a href='javascript:x'>ici</a></body>";
	mail_html_text(html, sizeof html - 1, 10000, &out);
	CHECK_TEXT(text_cstr(&out), "Bonjour,\nle virement part vendredi.\n\n- un\n- deux\n\n> Votre facture <FA-1>\n\n> > avant\n\nfin & fin &bogus; ici");
}

static void an_outlook_page_is_trimmed(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct mail mail;
	read_into("From: =?utf-8?B?SmVhbm5lIFJvdXg=?= <Jeanne@Client.example>\nIn-Reply-To: <encours.0123456789abcdef01234567@brevent.example>\nReferences: <a@x> <encours.0123456789abcdef01234567@brevent.example>\n"
	          "Message-ID: <m1@client.example>\nSubject: =?iso-8859-1?Q?RE=3A_Facture_=E9chue?=\nContent-Type: text/html; charset=utf-8\n\n"
	          "<div>Le virement part vendredi.</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>De :</b> Atelier &lt;r@b.example&gt;<br><b>Envoyé :</b> lundi<br><b>À :</b> Jeanne<br><b>Objet :</b> Facture</div><div>Bonjour</div>", arena, &mail);
	CHECK_TEXT(mail.words, "Le virement part vendredi.");
	CHECK_TEXT(mail.from, "jeanne@client.example");
	CHECK_TEXT(mail.from_name, "Jeanne Roux");
	CHECK_TEXT(mail.subject, "RE: Facture échue");
	CHECK_TEXT(mail.message_id, "m1@client.example");
	CHECK_INT(mail.id_count, 2);
	CHECK_TEXT(mail.ids[0], "encours.0123456789abcdef01234567@brevent.example");
}

static void files_are_kept_and_named(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct mail mail;
	read_into("From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nVoir ci-joint.\n--b\nContent-Type: application/pdf; name=\"../../etc/../avis de virement.pdf\"\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n"
	          "--b\nContent-Type: image/png\nContent-ID: <logo>\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\niVBORw0=\n--b\nContent-Type: message/rfc822\n\nFrom: z@z.example\nSubject: avant/apres\n\nancien\n--b--\n", arena, &mail);
	CHECK_TEXT(mail.words, "Voir ci-joint.");
	CHECK_INT(mail.file_count, 2);
	CHECK_TEXT(mail.files[0].name, "avis de virement.pdf");
	CHECK_TEXT(mail.files[0].type, "application/pdf");
	CHECK(mail.files[0].len == 5 && memcmp(mail.files[0].bytes, "%PDF-", 5) == 0);
	CHECK_TEXT(mail.files[1].name, "avant apres.eml");
}

/* --- hostile ------------------------------------------------------------------------------------------------------------------------------ */
static void hostile_messages_stay_small_and_readable(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct mail mail;
	cleanup_text struct text deep = { 0 }, wide = { 0 }, marks = { 0 };
	for (int i = 0; i < 3000; i++) text_addf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	text_add(&deep, "\n\nhello\n");
	read_into(text_cstr(&deep), arena, &mail);
	text_add(&wide, "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < 3000; i++) text_addf(&wide, "--b\nContent-Disposition: attachment; filename=f%d\n\nx\n", i);
	read_into(text_cstr(&wide), arena, &mail);
	CHECK_INT(mail.file_count, MAIL_FILES_MAX);
	CHECK(mail.files_left_out > 400);
	static const char nul[] = "From: a@b.example\nSubject: \xe2\x80\xae" "evil\x01\n\nline\0hidden \xff\xfe \xe2\x80\xaegnp.exe\n";
	mail_read(nul, sizeof nul - 1, today(), arena, &mail);
	CHECK_TEXT(mail.subject, "evil");
	CHECK(utf8_valid(mail.text, strlen(mail.text)) && !strstr(mail.text, "\xe2\x80\xae"));
	mail_read("", 0, today(), arena, &mail);
	CHECK_TEXT(mail.words, "");
	mail_read("\n\nno head", 9, today(), arena, &mail);
	text_add(&marks, "Subject: x\n\n");
	for (int i = 0; i < 100000; i++) text_add(&marks, "> \n<a\n");
	read_into(text_cstr(&marks), arena, &mail); /* in no time */
	CHECK(strlen(mail.text) <= MAIL_TEXT_MAX);
}

TESTS({ "answers are trimmed", answers_are_trimmed },
      { "the samples of answers", the_samples_of_answers },
      { "the samples of bounces", the_samples_of_bounces },
      { "a report names each address", a_report_names_each_address },
      { "a French notice in its own words", a_french_notice_in_its_own_words },
      { "absences and when they end", absences_and_when_they_end },
      { "a complaint names who", a_complaint_names_who },
      { "HTML becomes text", html_becomes_text },
      { "an Outlook page is trimmed", an_outlook_page_is_trimmed },
      { "files are kept and named", files_are_kept_and_named },
      { "hostile messages stay small and readable", hostile_messages_stay_small_and_readable })
