#include "statement_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	statement_checked(FORMAT_BANK_CSV, bytes, len);
	return 0;
}
