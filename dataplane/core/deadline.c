/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A binary heap of pointers to deadlines; each deadline has its index in the heap.
 */
#include "dataplane/core/deadline.h"

#include <sys/mman.h>

struct dp_deadlines *dp_deadlines_new(void)
{
	void *p = mmap(NULL, sizeof(struct dp_deadlines), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void dp_deadlines_free(struct dp_deadlines *deadlines)
{
	if (deadlines)
		munmap(deadlines, sizeof(*deadlines));
}

static void place(struct dp_deadlines *ds, uint32_t at, struct dp_deadline *d)
{
	ds->heap[at] = d;
	d->place = at + 1;
}

/* Puts @d into the free place @at, or further up if those above are later. */
static uint32_t rise(struct dp_deadlines *ds, uint32_t at, struct dp_deadline *d)
{
	while (at > 0) {
		uint32_t up = (at - 1) / 2;

		if (ds->heap[up]->at_ns <= d->at_ns)
			break;
		place(ds, at, ds->heap[up]);
		at = up;
	}
	place(ds, at, d);
	return at;
}

static void sink(struct dp_deadlines *ds, uint32_t at, struct dp_deadline *d)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child + 1 < ds->n && ds->heap[child + 1]->at_ns < ds->heap[child]->at_ns)
			child++;
		if (child >= ds->n || ds->heap[child]->at_ns >= d->at_ns)
			break;
		place(ds, at, ds->heap[child]);
		at = child;
	}
	place(ds, at, d);
}

bool dp_deadline_set(struct dp_worker *w, struct dp_deadline *d, uint64_t at_ns)
{
	struct dp_deadlines *ds = w->deadlines;
	uint32_t at = d->place ? d->place - 1 : ds->n;

	if (at == DP_DEADLINES_MAX)
		return false;
	ds->n += !d->place;
	d->at_ns = dp_deadline_grain(at_ns);
	sink(ds, rise(ds, at, d), d);
	return true;
}

void dp_deadline_cancel(struct dp_worker *w, struct dp_deadline *d)
{
	struct dp_deadlines *ds = w->deadlines;
	uint32_t at = d->place - 1;
	struct dp_deadline *last;

	if (!d->place)
		return;
	d->place = 0;
	last = ds->heap[--ds->n];
	if (last != d)
		sink(ds, rise(ds, at, last), last);
}

void dp_deadlines_run(struct dp_worker *w)
{
	while (dp_deadline_is_due(w, w->now_ns)) {
		struct dp_deadline *d = w->deadlines->heap[0];

		dp_deadline_cancel(w, d);
		d->fn(w, d);
	}
}
