#include "formats/notice.h"

#include "base/test.h"

static struct notice_file *file;

static struct status take(const char *text)
{
	notice_free(file);
	file = NULL;
	return notice_read(text, strlen(text), LANG_EN, &file);
}

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	day_parse(iso, strlen(iso), &day);
	return day;
}

static const char record[] =
	"[{\"id\":\"A202500151234\",\"publicationavis\":\"A\",\"parution\":\"20250015\",\"numeroannonce\":1234,\"dateparution\":\"2025-01-23\",\"typeavis\":\"annonce\","
	"\"familleavis\":\"collective\",\"tribunal\":\"Tribunal de commerce de Lyon\",\"commercant\":\"MENUISERIE LENOIR\",\"registre\":[\"732 829 320\",\"732829320\"],"
	"\"jugement\":\"{\\\"type\\\":\\\"initial\\\",\\\"famille\\\":\\\"Jugement d'ouverture\\\",\\\"nature\\\":\\\"Jugement d'ouverture de liquidation judiciaire\\\","
	"\\\"date\\\":\\\"2025-01-15\\\",\\\"complementJugement\\\":\\\"Liquidateur Me X\\\"}\"},"
	"{\"id\":\"B1\",\"publicationavis\":\"B\",\"parution\":\"20250015\",\"numeroannonce\":7,\"dateparution\":\"2025-01-23\",\"familleavis\":\"modification\"},"
	"{\"id\":\"A202500169\",\"publicationavis\":\"A\",\"parution\":\"20250016\",\"numeroannonce\":9,\"dateparution\":\"2025-01-24\",\"typeavis\":\"annulation\","
	"\"familleavis\":\"collective\",\"registre\":[\"732 829 320\"],\"parutionavisprecedent\":\"{\\\"nomPublication\\\":\\\"BODACC A\\\",\\\"numeroParution\\\":\\\"20250015\\\",\\\"numeroAnnonce\\\":1234}\"}]";

static void the_api_is_read(void)
{
	CHECK(notice_like(record, strlen(record)));
	CHECK_OK(take(record));
	CHECK_INT(file->count, 2);
	CHECK_INT(file->lines, 3);
	CHECK_INT(file->foreign, 1);
	const struct notice *first = &file->rows[0], *second = &file->rows[1];
	CHECK_TEXT(first->number, "A202500151234");
	CHECK_INT(first->act, NOTICE_OPENING);
	CHECK_INT(first->kind, NOTICE_LIQUIDATION);
	CHECK_INT(first->siren_count, 1);
	CHECK_TEXT(first->sirens[0], "732829320");
	CHECK_INT(first->judgment_day, on("2025-01-15"));
	CHECK_INT(first->published_day, on("2025-01-23"));
	CHECK_TEXT(first->court, "Tribunal de commerce de Lyon");
	CHECK_INT(second->act, NOTICE_CANCELLED);
	CHECK_TEXT(second->corrects, first->number);
}

static void the_daily_file_is_read(void)
{
	static const char text[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><PCL_REDIFF><parution>20250015</parution><dateParution>2025-01-23</dateParution><annonces><annonce>"
		"<typeAnnonce><rectificatif/></typeAnnonce><nojo>1</nojo><numeroAnnonce>77</numeroAnnonce><tribunal>TC Nantes</tribunal>"
		"<personneMorale><denomination>ATELIER</denomination></personneMorale><numeroImmatriculation><numeroIdentificationRCS>404 833 048</numeroIdentificationRCS></numeroImmatriculation>"
		"<jugement><famille>Jugement d'ouverture</famille><nature>Jugement d'ouverture d'une proc\xC3\xA9" "dure de redressement judiciaire</nature><date>15 janvier 2025</date></jugement>"
		"<parutionAvisPrecedent><nomPublication>BODACC A</nomPublication><numeroParution>20250010</numeroParution><dateParution>2025-01-10</dateParution><numeroAnnonce>5</numeroAnnonce></parutionAvisPrecedent>"
		"</annonce></annonces></PCL_REDIFF>";
	CHECK(notice_like(text, strlen(text)));
	CHECK_OK(take(text));
	CHECK_INT(file->count, 1);
	const struct notice *notice = &file->rows[0];
	CHECK_TEXT(notice->number, "A2025001577");
	CHECK_TEXT(notice->corrects, "A202500105");
	CHECK(notice->correction);
	CHECK_INT(notice->kind, NOTICE_RECEIVERSHIP);
	CHECK_INT(notice->act, NOTICE_OPENING);
	CHECK_INT(notice->judgment_day, on("2025-01-15"));
	CHECK_INT(notice->published_day, on("2025-01-23"));
	CHECK_TEXT(notice->name, "ATELIER");
}

static void judgments_are_told_apart(void)
{
	static const struct { const char *family, *nature; enum notice_act act; enum notice_kind kind; } cases[] = {
		{ "Jugement d'ouverture", "Jugement d'ouverture d'une proc\xC3\xA9" "dure de sauvegarde", NOTICE_OPENING, NOTICE_SAFEGUARD },
		{ "Jugement d'ouverture", "Jugement d'ouverture de liquidation judiciaire simplifi\xC3\xA9" "e", NOTICE_OPENING, NOTICE_LIQUIDATION },
		{ "Jugement de conversion", "Jugement de conversion en liquidation judiciaire de la proc\xC3\xA9" "dure de redressement judiciaire", NOTICE_CONVERSION, NOTICE_LIQUIDATION },
		{ "Autre jugement", "Jugement pronon\xC3\xA7" "ant la liquidation judiciaire", NOTICE_OPENING, NOTICE_LIQUIDATION },
		{ "Jugement de cl\xC3\xB4ture", "Jugement de cl\xC3\xB4ture pour insuffisance d'actif", NOTICE_CLOSING, NOTICE_UNKNOWN },
		{ "Autre jugement", "Jugement arr\xC3\xAAtant le plan de redressement", NOTICE_PLAN, NOTICE_UNKNOWN },
		{ "Autre jugement", "D\xC3\xA9p\xC3\xB4t de l'\xC3\xA9tat des cr\xC3\xA9" "ances", NOTICE_OTHER, NOTICE_UNKNOWN },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum notice_act act;
		enum notice_kind kind;
		notice_classify(cases[i].family, cases[i].nature, &act, &kind);
		CHECK_INT(act, cases[i].act);
		CHECK_INT(kind, cases[i].kind);
	}
}

static void what_can_t_be_used_is_said(void)
{
	CHECK_INT(take("[").code, STATUS_INVALID);
	CHECK_INT(take("{}").code, STATUS_INVALID);
	CHECK_INT(take("[{\"familleavis\":").code, STATUS_INVALID);
	CHECK_INT(take("<PCL_REDIFF><annonces><annonce>").code, STATUS_INVALID);
	CHECK_OK(take("[{\"familleavis\":\"collective\",\"commercant\":\"X\"}]"));
	CHECK_INT(file->rejected.total, 1);
	CHECK_INT(file->count, 0);
	notice_free(file);
	file = NULL;
}

TESTS({ "the API is read", the_api_is_read }, { "the daily file is read", the_daily_file_is_read }, { "judgments are told apart", judgments_are_told_apart },
      { "what can't be used is said", what_can_t_be_used_is_said }, )
