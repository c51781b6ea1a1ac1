#include "dunning/interest.h"

#include "base/memory.h"
#include "base/money.h"

int32_t half_year_start(int32_t day)
{
	struct civil civil = day_civil(day);
	return day_from_civil(civil.year, civil.month <= 6 ? 1 : 7, 1);
}

static int32_t half_year_end(int32_t day)
{
	struct civil civil = day_civil(day);
	return civil.month <= 6 ? day_from_civil(civil.year, 6, 30) : day_from_civil(civil.year, 12, 31);
}

int32_t rate_on(const struct rates *rates, enum rate_kind kind, int32_t day, bool *confirmed)
{
	int32_t start = half_year_start(day), found = rates->count[kind] ? rates->of[kind][0].basis_points : 0;
	for (size_t i = 0; i < rates->count[kind] && rates->of[kind][i].from_day <= start; i++)
		found = rates->of[kind][i].basis_points;
	*confirmed = start < rates->unknown_from[kind];
	return found;
}

enum debtor_class debtor_class_parse(const char *code)
{
	if (strcmp(code, "professional") == 0) return DEBTOR_PROFESSIONAL;
	if (strcmp(code, "public") == 0) return DEBTOR_PUBLIC;
	if (strcmp(code, "consumer") == 0) return DEBTOR_CONSUMER;
	return DEBTOR_UNKNOWN;
}

enum interest_order interest_order_parse(const char *code)
{
	return strcmp(code, "interest") == 0 ? ORDER_INTEREST : strcmp(code, "indemnity") == 0 ? ORDER_INDEMNITY : ORDER_PRINCIPAL;
}

const char *interest_order_label(enum interest_order order)
{
	return order == ORDER_INTEREST    ? "Part payments went to the interest first (C. civ. 1343-1)."
	       : order == ORDER_INDEMNITY ? "Part payments went to the fixed fee first, then to the interest."
	                                  : "Part payments went to the principal first.";
}

static int payment_order(const void *a, const void *b)
{
	const struct interest_payment *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

void interest_payments_sort(struct interest_payment *payments, size_t count)
{
	if (count) qsort(payments, count, sizeof *payments, payment_order);
}

/* What of a payment lowers the base. No interest bears interest (C. civ. 1343-2): the base is principal alone. */
static int64_t to_principal(const struct interest_claim *claim, const struct interest_payment *payment, int64_t accrued, int64_t fee, struct interest *out)
{
	int64_t left = payment->amount;
	if (claim->order == ORDER_PRINCIPAL || left <= 0) return left;
	if (claim->order == ORDER_INDEMNITY && out->to_fee < fee) {
		int64_t part = fee - out->to_fee < left ? fee - out->to_fee : left;
		out->to_fee += part, left -= part;
	}
	int64_t due = accrued - out->to_interest;
	if (due > 0) {
		int64_t part = due < left ? due : left;
		out->to_interest += part, left -= part;
	}
	return left;
}

/* The yearly rate of a day for this claim, in basis points. */
static int32_t claim_rate(const struct interest_claim *claim, const struct rates *rates, int32_t first, int32_t day, bool *confirmed,
			  bool *below_floor)
{
	switch (claim->debtor) {
	case DEBTOR_PUBLIC: /* CCP R2192-31: ECB of the half-year in which interest started, + 8, frozen */
		return rate_on(rates, RATE_ECB, first, confirmed) + 800;
	case DEBTOR_CONSUMER: /* C. civ. 1231-6; the creditor is a professional, so his rate (CMF L313-2) */
		return rate_on(rates, RATE_LEGAL_PROFESSIONAL, day, confirmed);
	default: break;
	}
	if (!claim->clause_basis_points) return rate_on(rates, RATE_ECB, day, confirmed) + 1000; /* C. com. L441-10 II */
	int32_t floor = 3 * rate_on(rates, RATE_LEGAL_PROFESSIONAL, day, confirmed);
	if (claim->clause_basis_points >= floor) return claim->clause_basis_points;
	*below_floor = true;
	return floor;
}

bool interest_compute(const struct interest_claim *claim, const struct rates *rates, int32_t as_of, struct arena *arena,
                      struct interest *out)
{
	*out = (struct interest){ .principal = claim->amount };
	int32_t first = claim->due_day + 1;
	if (claim->debtor == DEBTOR_CONSUMER) {
		if (claim->notice_day != DAY_NONE && claim->notice_day >= first) first = claim->notice_day + 1;
	}
	int32_t last = as_of;
	if (claim->stop_day != DAY_NONE && claim->stop_day - 1 < last) last = claim->stop_day - 1; /* C. com. L622-28 */

	/* the base of each day: payments of days before `first` are off already */
	int64_t base = claim->amount;
	size_t next = 0;
	int32_t settled = DAY_NONE;
	for (size_t i = 0; i < claim->payment_count && claim->payments[i].day <= as_of; i++) {
		if (claim->payments[i].aside) continue;
		out->paid += claim->payments[i].amount;
		if (settled == DAY_NONE && out->paid >= claim->amount) settled = claim->payments[i].day;
	}
	out->open = claim->amount - out->paid;
	while (next < claim->payment_count && claim->payments[next].day < first) base -= claim->payments[next++].amount;
	int32_t late_to = settled != DAY_NONE ? settled : as_of;
	out->days = late_to > claim->due_day ? late_to - claim->due_day : 0;

	size_t room = 2 * (claim->payment_count + 1) + (last > first ? (size_t)(last - first) / 181 + 2 : 2);
	out->segments = arena_array(arena, struct interest_segment, room);
	__int128 exact = 0;
	/* once per invoice paid late, never from a consumer (C. com. D441-5, CCP D2192-35); none where a collective procedure forbade
	 * paying at the due date */
	bool forbidden = claim->stop_day != DAY_NONE && claim->due_day >= claim->stop_day;
	if (claim->fee_once && out->days > 0 && claim->debtor != DEBTOR_CONSUMER && !forbidden) out->fee = claim->fee;
	bool nothing_for_consumer = claim->debtor == DEBTOR_CONSUMER && claim->notice_day == DAY_NONE;
	for (int32_t from = first; from <= last && base > 0 && !nothing_for_consumer;) {
		int32_t to = last;
		if (next < claim->payment_count && claim->payments[next].day < to) to = claim->payments[next].day;
		if (claim->debtor != DEBTOR_PUBLIC && half_year_end(from) < to) to = half_year_end(from);
		bool confirmed = true, floored = false;
		int32_t rate = claim_rate(claim, rates, first, from, &confirmed, &floored);
		out->segments[out->segment_count++] =
			(struct interest_segment){ from, to, to - from + 1, base, rate, confirmed };
		exact += (__int128)base * (to - from + 1) * rate;
		out->rate_unconfirmed |= !confirmed;
		out->below_floor |= floored;
		for (; next < claim->payment_count && claim->payments[next].day <= to; next++)
			base -= to_principal(claim, &claim->payments[next], round_div(exact, (__int128)365 * 10000), out->fee, out);
		from = to + 1;
	}
	out->left = base > 0 ? base : 0;
	out->interest = round_div(exact, (__int128)365 * 10000);
	out->total = out->interest + out->fee;
	return out->segment_count > 0;
}

void interest_segment_exact(const struct interest_segment *segment, char *out, size_t size)
{
	const int64_t decimals = 10000000000; /* 10 decimals of a minor unit */
	__int128 scaled = (__int128)segment->base * segment->days * segment->basis_points;
	/* the whole part first: scaled * 10^10 could pass 128 bits on absurd amounts */
	const int64_t unit = 365 * 10000;
	__int128 whole = scaled / unit, rest = scaled % unit;
	int64_t fraction = round_div(rest * decimals, unit);
	if (fraction == decimals) whole++, fraction = 0;
	snprintf(out, size, "%lld.%010lld", (long long)whole, (long long)fraction);
}
