/* What comes first, by hand. */
#include "dunning/priority.h"

#include "base/test.h"

static void its_parts_can_be_checked_by_hand(void)
{
	struct priority good = priority_of(100000, 90, 0), bad = priority_of(100000, 30, 60), unknown = priority_of(100000, -1, 0);
	CHECK_INT(good.chance, 40);
	CHECK_INT(good.urgency, 100);
	CHECK_INT(priority_value(&good), 40000);
	CHECK_INT(bad.chance, 80);
	CHECK_INT(bad.urgency, 300);
	CHECK_INT(priority_value(&bad), 240000);
	CHECK_INT(unknown.chance, 60);
}

static void it_grows_with_each_part_and_is_bounded(void)
{
	for (int score = 0; score < 100; score++)
		for (int late = 0; late < 200; late += 7) {
			struct priority a = priority_of(5000000, score, late), b = priority_of(5000000, score + 1, late), c = priority_of(5000000, score, late + 7);
			CHECK(priority_value(&a) >= priority_value(&b));
			CHECK(priority_value(&c) >= priority_value(&a));
		}
	struct priority huge = priority_of(INT64_MAX, 0, 400), early = priority_of(1000, 60, -20), credit = priority_of(INT64_MIN, 0, 400);
	CHECK_INT(priority_value(&huge), INT64_MAX);
	CHECK_INT(early.urgency, 100);
	CHECK_INT(priority_value(&credit), INT64_MIN);
}

TESTS({ "its parts can be checked by hand", its_parts_can_be_checked_by_hand }, { "it grows with each part and is bounded", it_grows_with_each_part_and_is_bounded }, )
