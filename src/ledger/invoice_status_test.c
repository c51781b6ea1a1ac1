#include "ledger/invoice_status.h"

#include "base/test.h"

static const struct invoice_terms state = { .public_buyer = true, .days = 30, .payment_pause = 5 }, hospital = { .public_buyer = true, .days = 50, .payment_pause = 5 },
	firm = { .days = 30, .payment_pause = 5 };

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	day_parse(iso, strlen(iso), &day);
	return day;
}

static struct invoice_status said(enum lifecycle_code code, const char *iso)
{
	return (struct invoice_status){ .code = code, .day = on(iso), .minutes = -1 };
}
#define STANDING(terms, ...) invoice_standing((const struct invoice_status[]){ __VA_ARGS__ }, sizeof((const struct invoice_status[]){ __VA_ARGS__ }) / sizeof(struct invoice_status), terms)

/* reference: CCP R2192-27 to -29, the four examples of the law paper */
static void a_public_buyer_has_his_time_again(void)
{
	CHECK_INT(STANDING(state, said(LIFECYCLE_AVAILABLE, "2026-03-02")).due_day, on("2026-04-01"));
	CHECK_INT(STANDING(state, said(LIFECYCLE_AVAILABLE, "2026-03-02"), said(LIFECYCLE_SUSPENDED, "2026-03-20"), said(LIFECYCLE_COMPLETED, "2026-04-10")).due_day, on("2026-05-10"));
	CHECK_INT(STANDING(hospital, said(LIFECYCLE_AVAILABLE, "2026-03-02")).due_day, on("2026-04-21"));
	CHECK_INT(STANDING(hospital, said(LIFECYCLE_AVAILABLE, "2026-03-02"), said(LIFECYCLE_SUSPENDED, "2026-03-10"), said(LIFECYCLE_COMPLETED, "2026-04-10")).due_day, on("2026-05-22"));
	CHECK_INT(STANDING(firm, said(LIFECYCLE_AVAILABLE, "2026-03-02")).due_day, DAY_NONE);
	/* suspended and not completed: held, whatever the day */
	struct invoice_standing held = STANDING(state, said(LIFECYCLE_AVAILABLE, "2026-03-02"), said(LIFECYCLE_SUSPENDED, "2026-03-20"));
	CHECK_INT(held.binding, BINDING_HOLD);
	CHECK_INT(held.until_day, DAY_NONE);
}

static void the_last_word_stands(void)
{
	struct invoice_standing standing = STANDING(firm, said(LIFECYCLE_APPROVED, "2026-03-02"), said(LIFECYCLE_PAYMENT_SENT, "2026-03-10"));
	CHECK_INT(standing.binding, BINDING_HOLD);
	CHECK_INT(standing.until_day, on("2026-03-15"));
	CHECK_INT(STANDING(firm, said(LIFECYCLE_DISPUTED, "2026-03-02"), said(LIFECYCLE_APPROVED, "2026-03-10")).binding, BINDING_NONE);
	CHECK_INT(STANDING(firm, said(LIFECYCLE_REFUSED, "2026-03-02"), said(LIFECYCLE_RECEIVED, "2026-03-10")).binding, BINDING_HOLD);
	CHECK_INT(STANDING(firm, said(LIFECYCLE_REFUSED, "2026-03-02"), said(LIFECYCLE_AVAILABLE, "2026-03-10")).binding, BINDING_HOLD);
	CHECK_INT(STANDING(firm, said(LIFECYCLE_REJECTED, "2026-03-02"), said(LIFECYCLE_AVAILABLE, "2026-03-10")).binding, BINDING_NONE);
	CHECK_INT(STANDING(firm, said(LIFECYCLE_DISPUTED, "2026-03-02"), said(LIFECYCLE_COMPLETED, "2026-03-10")).binding, BINDING_DISPUTE);
	CHECK_INT(STANDING(firm, said(LIFECYCLE_SUSPENDED, "2026-03-02"), said(LIFECYCLE_COMPLETED, "2026-03-10")).binding, BINDING_NONE);
	CHECK_INT(STANDING(firm, said(LIFECYCLE_OTHER, "2026-03-02")).binding, BINDING_NONE);
	CHECK_INT(invoice_standing(NULL, 0, firm).binding, BINDING_NONE);
}

TESTS({ "a public buyer has his time again when he has everything", a_public_buyer_has_his_time_again }, { "the last word stands", the_last_word_stands }, )
