#include "base/zone.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"

static int64_t utc(int year, int month, int day, int hour, int minute)
{
	return day_from_civil(year, month, day) * INT64_C(86400) + hour * 3600 + minute * 60;
}

static void shown(const char *zone, int64_t at, const char *expected)
{
	int32_t day = 0;
	int minutes = 0;
	char iso[11], text[40];
	zone_civil(zone, at, &day, &minutes);
	day_format(day, iso);
	snprintf(text, sizeof text, "%s %02d:%02d", iso, minutes / 60, minutes % 60);
	CHECK_TEXT(text, expected);
}

static void clocks_of_paris(void)
{
	shown("Europe/Paris", utc(2025, 1, 15, 12, 0), "2025-01-15 13:00");
	shown("Europe/Paris", utc(2025, 7, 15, 12, 0), "2025-07-15 14:00");
	/* 30 March 2025 at 01:00 UTC clocks go from 02:00 to 03:00; 26 October from 03:00 to 02:00 */
	shown("Europe/Paris", utc(2025, 3, 30, 0, 59), "2025-03-30 01:59");
	shown("Europe/Paris", utc(2025, 3, 30, 1, 0), "2025-03-30 03:00");
	shown("Europe/Paris", utc(2025, 10, 26, 0, 59), "2025-10-26 02:59");
	shown("Europe/Paris", utc(2025, 10, 26, 1, 0), "2025-10-26 02:00");
	/* the civil day turns at local midnight */
	shown("Europe/Paris", utc(2025, 12, 31, 23, 0), "2026-01-01 00:00");
	shown("Europe/Paris", utc(2025, 12, 31, 22, 59), "2025-12-31 23:59");
	/* beyond the file's table: its rule */
	shown("Europe/Paris", utc(2060, 7, 1, 12, 0), "2060-07-01 14:00");
	shown("Europe/Paris", utc(2060, 12, 1, 12, 0), "2060-12-01 13:00");
	/* before 1970 */
	shown("Europe/Paris", utc(1950, 6, 1, 12, 0), "1950-06-01 13:00");
}

static void other_zones(void)
{
	shown("America/Martinique", utc(2025, 7, 15, 2, 0), "2025-07-14 22:00");
	shown("Indian/Reunion", utc(2025, 7, 15, 22, 0), "2025-07-16 02:00");
	shown("Pacific/Noumea", utc(2025, 7, 15, 13, 0), "2025-07-16 00:00");
	shown("Australia/Sydney", utc(2040, 1, 15, 12, 0), "2040-01-15 23:00"); /* the south: summer over new year, by rule */
	shown("Australia/Sydney", utc(2040, 7, 15, 12, 0), "2040-07-15 22:00");
	shown("Asia/Kolkata", utc(2025, 7, 15, 12, 0), "2025-07-15 17:30");
	shown("America/St_Johns", utc(2025, 7, 15, 2, 0), "2025-07-14 23:30");
	shown("UTC", utc(2025, 7, 15, 12, 0), "2025-07-15 12:00");
}

static void instants_from_civil_times(void)
{
	int32_t winter = day_from_civil(2025, 1, 15), summer = day_from_civil(2025, 7, 15);
	CHECK_INT(zone_instant("Europe/Paris", winter, 600), utc(2025, 1, 15, 9, 0));
	CHECK_INT(zone_instant("Europe/Paris", summer, 600), utc(2025, 7, 15, 8, 0));
	int32_t spring = day_from_civil(2025, 3, 30), autumn = day_from_civil(2025, 10, 26);
	CHECK_INT(zone_instant("Europe/Paris", spring, 3 * 60), utc(2025, 3, 30, 1, 0));
	CHECK_INT(zone_instant("Europe/Paris", spring, 150), utc(2025, 3, 30, 1, 30));  /* 02:30 never was: as if not moved yet */
	CHECK_INT(zone_instant("Europe/Paris", autumn, 150), utc(2025, 10, 26, 0, 30)); /* 02:30 was twice: the first */
	CHECK_INT(zone_instant("Europe/Paris", autumn, 3 * 60), utc(2025, 10, 26, 2, 0));
	/* there and back for every half hour of two years */
	for (int32_t day = day_from_civil(2025, 1, 1); day < day_from_civil(2027, 1, 1); day++)
		for (int minutes = 0; minutes < 1440; minutes += 30) {
			int32_t back_day = 0;
			int back = 0;
			zone_civil("Europe/Paris", zone_instant("Europe/Paris", day, minutes), &back_day, &back);
			bool skipped = minutes >= 120 && minutes < 180 && back == minutes + 60;
			if (back_day != day || (back != minutes && !skipped)) CHECK_INT(day * 1440 + minutes, back_day * 1440 + back);
		}
}

static void the_process_zone_does_not_matter(void)
{
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	shown("Europe/Paris", utc(2025, 7, 15, 23, 30), "2025-07-16 01:30");
	unsetenv("TZ");
}

static void names(void)
{
	CHECK(zone_known("Europe/Paris"));
	CHECK(!zone_known("Europe/Atlantis"));
	CHECK(!zone_known("../../etc/passwd"));
	CHECK(!zone_known("/etc/localtime"));
	CHECK(!zone_known(""));
	CHECK(!zone_known(NULL));
	CHECK(!zone_known("zone.tab")); /* in the folder, but no zone */
	CHECK_INT(zone_offset("Europe/Atlantis", 0), 0);
}

/* Any cut or bent file is refused or read without harm. */
static void broken_files(void)
{
	cleanup_file FILE *file = fopen("/usr/share/zoneinfo/Europe/Paris", "rb");
	CHECK(file != NULL);
	if (!file) return;
	char bytes[8192], bent[8192];
	size_t len = fread(bytes, 1, sizeof bytes, file);
	struct zone *whole = zone_read(bytes, len);
	CHECK(whole != NULL);
	zone_free(whole);
	for (size_t cut = 0; cut < len; cut += 7) {
		struct zone *zone = zone_read(bytes, cut);
		if (zone) (void)zone_offset_at(zone, 1760000000);
		zone_free(zone);
	}
	uint32_t seed = 12345;
	for (int round = 0; round < 3000; round++) {
		memcpy(bent, bytes, len);
		for (int i = 0; i < 4; i++) {
			seed = seed * 1664525 + 1013904223;
			bent[(seed >> 8) % len] = (char)(seed >> 24);
		}
		struct zone *zone = zone_read(bent, len);
		if (zone)
			for (int64_t at = -4000000000; at < 8000000000; at += 400000000) (void)zone_offset_at(zone, at);
		zone_free(zone);
	}
}

TESTS({ "clocks of Paris", clocks_of_paris }, { "other zones", other_zones }, { "instants from civil times", instants_from_civil_times },
      { "the process's zone does not matter", the_process_zone_does_not_matter }, { "names", names }, { "broken files", broken_files }, )
