/* The statement for the customer's own programs: the rows of the account as numbers and dates. Its sum is the balance of the PDF. */
#include "base/memory.h"
#include "base/money.h"
#include "outreach/parts.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xlsxwriter.h>

enum { COLUMNS = 9 };
static const char *const heads[COLUMNS] = { "Number", "Remark", "Date", "Due date", "Days late", "Amount", "Paid", "Open", "Currency" };
static const double widths[COLUMNS] = { 20, 26, 12, 12, 10, 14, 14, 14, 10 };

const char *statement_name(const struct compose_facts *facts, const char *ending, struct arena *arena)
{
	char day[11];
	day_format(facts->today, day);
	cleanup_free char *code = text_normalise(facts->customer_code, strlen(facts->customer_code)); /* safe in a file name */
	for (char *c = code; *c; c++)
		if (*c == ' ') *c = '-';
	return arena_printf(arena, "%s-%s-%s.%s", facts->lang == LANG_FR ? "releve" : "statement", *code ? code : "account", day, ending);
}

/* Every item of the account but what was paid, what is asked first: as on the PDF. */
static size_t rows_of(const struct compose_facts *facts, struct arena *arena, const struct compose_item ***out)
{
	const struct compose_item **rows = arena_array(arena, const struct compose_item *, facts->item_count + 1);
	size_t count = 0;
	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < facts->item_count; i++) {
			const struct compose_item *item = &facts->items[i];
			bool asked = item->role == PLAN_CLAIMED || item->role == PLAN_CREDIT;
			if (item->role != PLAN_PAID && asked == (turn == 0)) rows[count++] = item;
		}
	*out = rows;
	return count;
}

/* --- CSV -------------------------------------------------------------------------------------------------------------------------- */

static void add_text(struct text *out, const char *value, char separator)
{
	const char *mark = *value && strchr("=+-@\t\r", *value) ? "'" : ""; /* would be a formula in a spreadsheet */
	if (!strpbrk(value, "\"\r\n") && !strchr(value, separator)) {
		text_addf(out, "%s%s", mark, value);
		return;
	}
	text_addf(out, "\"%s", mark);
	for (const char *c = value; *c; c++) {
		if (*c == '"') text_add_char(out, '"');
		text_add_char(out, *c);
	}
	text_add_char(out, '"');
}

static void add_amount(struct text *out, int64_t minor, const char *currency, char mark)
{
	int decimals = currency_decimals(currency);
	uint64_t size = minor < 0 ? -(uint64_t)minor : (uint64_t)minor, unit = 1;
	for (int i = 0; i < decimals; i++) unit *= 10;
	text_addf(out, "%s%llu", minor < 0 ? "-" : "", (unsigned long long)(size / unit));
	if (decimals) text_addf(out, "%c%0*llu", mark, decimals, (unsigned long long)(size % unit));
}

/* As the spreadsheets of its language open it: semicolons and commas in French, commas and points in English. */
struct status statement_csv(const struct compose_facts *facts, struct arena *arena, struct attachment *out)
{
	char separator = facts->lang == LANG_FR ? ';' : ',', mark = facts->lang == LANG_FR ? ',' : '.', day[11];
	cleanup_text struct text csv = { 0 };
	const struct compose_item **rows;
	size_t count = rows_of(facts, arena, &rows);
	text_add(&csv, "\xef\xbb\xbf");
	for (int c = 0; c < COLUMNS; c++) text_addf(&csv, "%s%c", tr(facts->lang, heads[c]), c + 1 < COLUMNS ? separator : '\r');
	text_add_char(&csv, '\n');
	for (size_t i = 0; i < count; i++) {
		const struct compose_item *item = rows[i];
		add_text(&csv, item->number, separator);
		text_add_char(&csv, separator);
		add_text(&csv, parts_remark(facts, item, arena), separator);
		day_format(item->issue_day, day);
		text_addf(&csv, "%c%s%c", separator, day, separator);
		day_format(item->due_day, day);
		if (item->amount > 0) text_addf(&csv, "%s%c%d", day, separator, item->days_late);
		else text_add_char(&csv, separator);
		const int64_t amounts[] = { item->amount, item->amount - item->open, item->open };
		for (int a = 0; a < 3; a++) text_add_char(&csv, separator), add_amount(&csv, amounts[a], facts->currency, mark);
		text_addf(&csv, "%c%s\r\n", separator, facts->currency);
	}
	*out = (struct attachment){ statement_name(facts, "csv", arena), "text/csv", arena_strndup(arena, text_cstr(&csv), csv.len), csv.len };
	return STATUS_FINE;
}

/* --- XLSX ------------------------------------------------------------------------------------------------------------------------- */

static double units(int64_t minor, const char *currency)
{
	double unit = 1;
	for (int i = currency_decimals(currency); i > 0; i--) unit *= 10;
	return (double)minor / unit;
}

static void write_day(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, int32_t day, lxw_format *format)
{
	struct civil civil = day_civil(day);
	lxw_datetime when = { .year = civil.year, .month = civil.month, .day = civil.day };
	worksheet_write_datetime(sheet, row, column, &when, format);
}

static void fill(lxw_workbook *workbook, const struct compose_facts *facts, struct arena *arena)
{
	lxw_worksheet *sheet = workbook_add_worksheet(workbook, NULL);
	lxw_format *head = workbook_add_format(workbook), *day = workbook_add_format(workbook), *amount = workbook_add_format(workbook), *total = workbook_add_format(workbook);
	const char *number = currency_decimals(facts->currency) == 0 ? "#,##0" : currency_decimals(facts->currency) == 3 ? "#,##0.000" : "#,##0.00";
	format_set_bold(head), format_set_bold(total);
	format_set_num_format(day, facts->lang == LANG_FR ? "dd/mm/yyyy" : "yyyy-mm-dd");
	format_set_num_format(amount, number), format_set_num_format(total, number);
	for (lxw_col_t c = 0; c < COLUMNS; c++) {
		worksheet_set_column(sheet, c, c, widths[c], NULL);
		worksheet_write_string(sheet, 0, c, tr(facts->lang, heads[c]), head);
	}
	worksheet_freeze_panes(sheet, 1, 0);
	const struct compose_item **rows;
	size_t count = rows_of(facts, arena, &rows);
	int64_t balance = 0;
	for (size_t i = 0; i < count; i++) {
		const struct compose_item *item = rows[i];
		lxw_row_t at = (lxw_row_t)i + 1;
		worksheet_write_string(sheet, at, 0, item->number, NULL); /* always a string: no formula is made of it */
		worksheet_write_string(sheet, at, 1, parts_remark(facts, item, arena), NULL);
		write_day(sheet, at, 2, item->issue_day, day);
		if (item->amount > 0) {
			write_day(sheet, at, 3, item->due_day, day);
			worksheet_write_number(sheet, at, 4, item->days_late, NULL);
		}
		worksheet_write_number(sheet, at, 5, units(item->amount, facts->currency), amount);
		worksheet_write_number(sheet, at, 6, units(item->amount - item->open, facts->currency), amount);
		worksheet_write_number(sheet, at, 7, units(item->open, facts->currency), amount);
		worksheet_write_string(sheet, at, 8, facts->currency, NULL);
		balance += item->open;
	}
	worksheet_write_string(sheet, (lxw_row_t)count + 1, 0, tr(facts->lang, "Balance of the account"), head);
	worksheet_write_number(sheet, (lxw_row_t)count + 1, 7, units(balance, facts->currency), total);
	worksheet_write_string(sheet, (lxw_row_t)count + 1, 8, facts->currency, head);
}

struct status statement_xlsx(const struct compose_facts *facts, struct arena *arena, struct attachment *out)
{
	const struct status failed = status_make(STATUS_UNAVAILABLE, "The spreadsheet could not be written: is the disk full?");
	cleanup_fd int fd = memfd_create("statement", MFD_CLOEXEC);
	char path[40];
	if (fd < 0) return failed;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	lxw_workbook *workbook = workbook_new(path);
	if (workbook) fill(workbook, facts, arena);
	if (!workbook || workbook_close(workbook) != LXW_NO_ERROR) return failed;
	struct stat info;
	if (fstat(fd, &info) != 0 || info.st_size <= 0) return failed;
	size_t len = (size_t)info.st_size, done = 0;
	char *bytes = arena_alloc(arena, len + 1);
	while (done < len) {
		ssize_t got = pread(fd, bytes + done, len - done, (off_t)done);
		if (got <= 0) return failed;
		done += (size_t)got;
	}
	*out = (struct attachment){ statement_name(facts, "xlsx", arena), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes, len };
	return STATUS_FINE;
}
