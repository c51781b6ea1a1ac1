#include "base/status.h"

#include "base/locale.h"

#include <stdarg.h>
#include <stdio.h>

struct status status_make(enum status_code code, const char *format, ...)
{
	struct status status = { .code = code };
	va_list args;
	va_start(args, format);
	int len = vsnprintf(status.text, sizeof status.text, tr(lang_spoken(), format), args);
	va_end(args);
	if (len >= (int)sizeof status.text) {
		/* step back to the lead byte of the last character; drop it when it is not whole */
		size_t end = sizeof status.text - 1, lead = end;
		while (lead > 0 && ((unsigned char)status.text[lead - 1] & 0xC0) == 0x80) lead--;
		unsigned char c = lead > 0 ? (unsigned char)status.text[lead - 1] : 0;
		size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 0;
		if (need && end - (lead - 1) < need) status.text[lead - 1] = 0;
	}
	return status;
}

int status_exit(enum status_code code)
{
	switch (code) {
	case STATUS_OK: return 0;
	case STATUS_BUSY:
	case STATUS_UNAVAILABLE:
	case STATUS_INTERNAL: return 3;
	default: return 2;
	}
}

int status_http(enum status_code code)
{
	switch (code) {
	case STATUS_OK: return 200;
	case STATUS_INVALID: return 422;
	case STATUS_NOT_FOUND: return 404;
	case STATUS_CONFLICT: return 409;
	case STATUS_FORBIDDEN: return 403;
	case STATUS_BUSY:
	case STATUS_UNAVAILABLE: return 503;
	default: return 500;
	}
}
