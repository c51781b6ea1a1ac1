#include "base/test.h"
TESTS({ 0 })
