#include "dunning/priority.h"

struct priority priority_of(int64_t stake, int score, int days_late)
{
	if (score < 0) score = 60;
	if (score > 100) score = 100;
	int late = days_late > 180 ? 180 : days_late < 0 ? 0 : days_late;
	return (struct priority){ .stake = stake, .chance = (150 - score) * 100 / 150, .urgency = (30 + late) * 100 / 30 };
}

int64_t priority_value(const struct priority *priority)
{
	__extension__ typedef __int128 wide;
	wide value = (wide)priority->stake * priority->chance * priority->urgency / 10000;
	return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : (int64_t)value;
}
