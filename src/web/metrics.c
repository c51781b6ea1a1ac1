/* Counters of what the server did, in Prometheus' text form (https://prometheus.io/docs/instrumenting/exposition_formats/). */
#include "web/server.h"
#include "web/probes.h"

#include "base/memory.h"

enum { METRIC_ROUTES = 512, METRIC_BUCKETS = 9 };
static const double bucket_seconds[METRIC_BUCKETS] = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30 };

/* The last entry stands for everything that is no route: assets, unknown addresses. */
static struct metric {
	atomic_llong by_status[6]; /* 1xx … 5xx */
	atomic_llong buckets[METRIC_BUCKETS + 1];
	atomic_llong nanoseconds;
} metrics[METRIC_ROUTES];

void metrics_count(const struct exchange *x, int64_t nanoseconds)
{
	size_t index = x->route_index < METRIC_ROUTES - 1 ? x->route_index : METRIC_ROUTES - 1;
	struct metric *metric = &metrics[index];
	int class = x->http_status / 100;
	if (class >= 1 && class <= 5) atomic_fetch_add_explicit(&metric->by_status[class], 1, memory_order_relaxed);
	size_t bucket = 0;
	while (bucket < METRIC_BUCKETS && (double)nanoseconds > bucket_seconds[bucket] * 1e9) bucket++;
	atomic_fetch_add_explicit(&metric->buckets[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&metric->nanoseconds, nanoseconds, memory_order_relaxed);
}

static void labels(struct text *out, size_t index)
{
	if (index < routes_count() && index < METRIC_ROUTES - 1)
		text_addf(out, "method=\"%s\",route=\"%s\"", routes_at(index)->method, routes_at(index)->pattern);
	else
		text_add(out, "method=\"\",route=\"other\"");
}

void metrics_write(struct text *out)
{
	text_add(out, "# HELP encours_requests_total Requests answered, by route and class of status.\n# TYPE encours_requests_total counter\n");
	for (size_t i = 0; i < METRIC_ROUTES; i++) {
		for (int class = 1; class <= 5; class++) {
			long long count = atomic_load_explicit(&metrics[i].by_status[class], memory_order_relaxed);
			if (!count) continue;
			text_add(out, "encours_requests_total{");
			labels(out, i);
			text_addf(out, ",status=\"%dxx\"} %lld\n", class, count);
		}
	}
	text_add(out, "# HELP encours_request_seconds Time from the first byte of a request to its reply.\n# TYPE encours_request_seconds histogram\n");
	for (size_t i = 0; i < METRIC_ROUTES; i++) {
		long long total = 0, counts[METRIC_BUCKETS + 1];
		for (int b = 0; b <= METRIC_BUCKETS; b++) total += counts[b] = atomic_load_explicit(&metrics[i].buckets[b], memory_order_relaxed);
		if (!total) continue;
		long long sum = 0;
		for (int b = 0; b <= METRIC_BUCKETS; b++) {
			sum += counts[b];
			text_add(out, "encours_request_seconds_bucket{");
			labels(out, i);
			if (b < METRIC_BUCKETS)
				text_addf(out, ",le=\"%g\"} %lld\n", bucket_seconds[b], sum);
			else
				text_addf(out, ",le=\"+Inf\"} %lld\n", sum);
		}
		text_add(out, "encours_request_seconds_sum{");
		labels(out, i);
		text_addf(out, "} %.6f\nencours_request_seconds_count{", (double)atomic_load_explicit(&metrics[i].nanoseconds, memory_order_relaxed) / 1e9);
		labels(out, i);
		text_addf(out, "} %lld\n", total);
	}
}
