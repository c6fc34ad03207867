/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/stall.h"

static struct dp_stall stalls[DP_WORKERS_MAX];

enum dp_stall_kind dp_stall_judge(struct dp_stall *stall, const struct dp_stall_sample *sample,
				  uint64_t now_ns)
{
	uint64_t ran_ns;

	if (sample->loops != stall->loops || sample->asleep || !stall->since_ns) {
		*stall = (struct dp_stall){.loops = sample->loops, .since_ns = now_ns};
		return DP_STALL_NOT;
	}
	if (!stall->suspect_ns) {
		stall->suspect_ns = now_ns;
		stall->ran_ns = sample->ran_ns;
	}
	if (now_ns - stall->since_ns < DP_STALL_NS)
		return DP_STALL_NOT;
	ran_ns = sample->ran_ns - stall->ran_ns;
	if (sample->runnable && ran_ns < DP_STALL_NS && ran_ns < (now_ns - stall->suspect_ns) / 2)
		return DP_STALL_STARVED;
	return DP_STALL_INSIDE;
}

/* Reads what the kernel says about a thread of ours. False: it cannot be read. */
static bool thread_state(int tid, bool *runnable, uint64_t *ran_ns)
{
	char path[64], state = 0;
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "re");
	ok = f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1;
	if (f)
		fclose(f);
	*runnable = state == 'R';
	snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", tid);
	f = fopen(path, "re");
	ok = ok && f && fscanf(f, "%" SCNu64, ran_ns) == 1;
	if (f)
		fclose(f);
	return ok;
}

/*
 * Returns the port that the worker is inside of, or NULL. The mark may name a port that is gone by
 * now.
 */
static struct dp_port *inside(const struct dp_worker *w, enum hd_doing *doing)
{
	uintptr_t mark = atomic_load_explicit(&w->inside, memory_order_relaxed);

	for (uint16_t id = 0; mark && id < dp_port_id_end(); id++) {
		struct dp_port *port = dp_port_by_id(id);

		if (port && dp_inside_port(mark) == port) {
			*doing = dp_inside_doing(mark);
			return port;
		}
	}
	return NULL;
}

static void tell(struct dp_worker *w, struct dp_stall *stall, enum dp_stall_kind kind,
		 uint64_t now_ns)
{
	uint64_t ms = (now_ns - stall->since_ns) / HD_NS_PER_MS;
	enum hd_doing doing = HD_DOING_NOTHING;
	struct dp_port *port = kind == DP_STALL_INSIDE ? inside(w, &doing) : NULL;

	w->stats->stands_since_ns = stall->since_ns;
	w->stats->stands_port = port ? port->id + 1u : 0;
	/* What looked like a missing processor may turn out to be an endless loop. */
	if (stall->told == kind || stall->told == DP_STALL_INSIDE)
		return;
	w->stats->stalls += stall->told == DP_STALL_NOT;
	stall->told = kind;
	if (kind == DP_STALL_STARVED) {
		hd_log(HD_LOG_WARNING,
		       "worker %u was not given a processor for %" PRIu64
		       " ms: too much runs on its CPU, or the container has too few",
		       w->index, ms);
		return;
	}
	hd_log(HD_LOG_ERR, "worker %u stands for %" PRIu64 " ms%s%s%s%s", w->index, ms,
	       port ? ", inside port " : "", port ? port->name : "", port ? " while " : "",
	       port ? dp_doing_text(doing) : "");
	if (!port)
		return;
	dp_blame_stall(port->name, doing, now_ns);
	dp_port_reopen(port, HD_PORT_HELD_BACK, "a worker stood inside it");
}

static void look(struct dp_worker *w, struct dp_stall *stall, uint64_t now_ns)
{
	struct dp_stall_sample sample = {
		.loops = w->stats->loops,
		.asleep = atomic_load_explicit(&w->asleep, memory_order_relaxed),
	};
	enum dp_stall_kind kind;

	/* The kernel is asked only about a worker that made no progress. */
	if (sample.loops == stall->loops && !sample.asleep &&
	    !thread_state(atomic_load(&w->tid), &sample.runnable, &sample.ran_ns))
		return;
	kind = dp_stall_judge(stall, &sample, now_ns);
	if (kind != DP_STALL_NOT)
		tell(w, stall, kind, now_ns);
	else if (w->stats->stands_since_ns && !stall->suspect_ns)
		w->stats->stands_since_ns = w->stats->stands_port = 0;
}

void dp_stall_look(uint64_t now_ns)
{
	static uint64_t last_ns;
	bool late = now_ns - last_ns > DP_STALL_NS; /* this thread did not run: start again */

	last_ns = now_ns;
	for (unsigned int i = 0; i < dp_workers_count(); i++) {
		struct dp_worker *w = dp_worker_get(i);

		if (late)
			stalls[i].since_ns = 0;
		if (atomic_load(&w->tid))
			look(w, &stalls[i], now_ns);
	}
}
