#include "statement_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	statement_checked(FORMAT_PAIN002, bytes, len);
	return 0;
}
