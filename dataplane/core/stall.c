/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/stall.h"

static struct hd_stall stalls[HD_WORKERS_MAX];

enum hd_stall_kind hd_stall_judge(struct hd_stall *stall, const struct hd_stall_sample *sample,
				  uint64_t now_ns)
{
	uint64_t ran_ns;

	if (sample->loops != stall->loops || sample->asleep || !stall->since_ns) {
		*stall = (struct hd_stall){.loops = sample->loops, .since_ns = now_ns};
		return HD_STALL_NOT;
	}
	if (!stall->suspect_ns) {
		stall->suspect_ns = now_ns;
		stall->ran_ns = sample->ran_ns;
	}
	if (now_ns - stall->since_ns < HD_STALL_NS)
		return HD_STALL_NOT;
	ran_ns = sample->ran_ns - stall->ran_ns;
	if (sample->runnable && ran_ns < HD_STALL_NS && ran_ns < (now_ns - stall->suspect_ns) / 2)
		return HD_STALL_STARVED;
	return HD_STALL_INSIDE;
}

/* What the kernel says of a thread of ours. False: nothing. */
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

/* The port that the worker is inside of, or NULL. The mark may be of one that is gone by now. */
static struct hd_port *inside(const struct hd_worker *w, enum hd_doing *doing)
{
	uintptr_t mark = atomic_load_explicit(&w->inside, memory_order_relaxed);

	for (uint16_t id = 0; mark && id < hd_port_id_end(); id++) {
		struct hd_port *port = hd_port_by_id(id);

		if (port && hd_inside_port(mark) == port) {
			*doing = hd_inside_doing(mark);
			return port;
		}
	}
	return NULL;
}

static void tell(struct hd_worker *w, struct hd_stall *stall, enum hd_stall_kind kind,
		 uint64_t now_ns)
{
	uint64_t ms = (now_ns - stall->since_ns) / HD_NS_PER_MS;
	enum hd_doing doing = HD_DOING_NOTHING;
	struct hd_port *port = kind == HD_STALL_INSIDE ? inside(w, &doing) : NULL;

	w->stats->stands_since_ns = stall->since_ns;
	w->stats->stands_port = port ? port->id + 1u : 0;
	/* What looked like want of a processor may turn out to be a loop without an end. */
	if (stall->told == kind || stall->told == HD_STALL_INSIDE)
		return;
	w->stats->stalls += stall->told == HD_STALL_NOT;
	stall->told = kind;
	if (kind == HD_STALL_STARVED) {
		hd_log(HD_LOG_WARNING,
		       "worker %u was not given a processor for %" PRIu64
		       " ms: too much runs on its CPU, or the container has too few",
		       w->index, ms);
		return;
	}
	hd_log(HD_LOG_ERR, "worker %u stands for %" PRIu64 " ms%s%s%s%s", w->index, ms,
	       port ? ", inside port " : "", port ? port->name : "", port ? " while " : "",
	       port ? hd_doing_text(doing) : "");
	if (!port)
		return;
	hd_blame_stall(port->name, doing, now_ns);
	hd_port_reopen(port, HD_PORT_HELD_BACK, "a worker stood inside it");
}

static void look(struct hd_worker *w, struct hd_stall *stall, uint64_t now_ns)
{
	struct hd_stall_sample sample = {
		.loops = w->stats->loops,
		.asleep = atomic_load_explicit(&w->asleep, memory_order_relaxed),
	};
	enum hd_stall_kind kind;

	/* The kernel is asked only about one that did not get further. */
	if (sample.loops == stall->loops && !sample.asleep &&
	    !thread_state(atomic_load(&w->tid), &sample.runnable, &sample.ran_ns))
		return;
	kind = hd_stall_judge(stall, &sample, now_ns);
	if (kind != HD_STALL_NOT)
		tell(w, stall, kind, now_ns);
	else if (w->stats->stands_since_ns && !stall->suspect_ns)
		w->stats->stands_since_ns = w->stats->stands_port = 0;
}

void hd_stall_look(uint64_t now_ns)
{
	static uint64_t last_ns;
	bool late = now_ns - last_ns > HD_STALL_NS; /* we did not run ourselves: all begins anew */

	last_ns = now_ns;
	for (unsigned int i = 0; i < hd_workers_count(); i++) {
		struct hd_worker *w = hd_worker_get(i);

		if (late)
			stalls[i].since_ns = 0;
		if (atomic_load(&w->tid))
			look(w, &stalls[i], now_ns);
	}
}
