/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/blame.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/port.h"

_Static_assert(HD_DOING_COUNT <= DP_INSIDE_DOING + 1, "it fits into the low bits of an address");

static struct hd_blame *blame; /* NULL: a replay */
static _Thread_local dp_inside own;
static _Thread_local dp_inside *mark; /* of this thread, NULL: none yet */
static struct sigaction before[NSIG];

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};

static const char *const doing_text[HD_DOING_COUNT] = {
	[HD_DOING_NOTHING] = "",
	[HD_DOING_RECEIVE] = "receiving from it",
	[HD_DOING_SEND] = "sending to it",
	[HD_DOING_WAIT] = "waiting for it",
	[HD_DOING_MESSAGE] = "reading a message from it",
	[HD_DOING_CONTROL] = "opening or closing it",
};

const char *dp_doing_text(enum hd_doing doing)
{
	return doing < HD_DOING_COUNT ? doing_text[doing] : "";
}

void dp_blame_thread(dp_inside *of)
{
	mark = of;
}

void dp_blame_enter(const struct dp_port *port, enum hd_doing doing)
{
	mark = &own;
	dp_inside_enter(&own, port, doing);
}

void dp_blame_leave(void)
{
	dp_inside_leave(&own);
}

/*
 * Was the signal sent by a process, and not caused by an instruction? abort() and raise() count as
 * our own.
 */
static bool was_sent(const siginfo_t *info)
{
	return info->si_code <= 0;
}

/* The last thing that this process does: nothing here may fail or wait. */
static void on_death(int sig, siginfo_t *info, void *context)
{
	bool theirs = was_sent(info) && info->si_pid != getpid();
	uintptr_t inside = mark ? atomic_load_explicit(mark, memory_order_relaxed) : 0;
	const struct dp_port *port = dp_inside_port(inside);
	struct hd_blame_last *last = &blame->last;

	if (port && !theirs) { /* what somebody sends is no port's fault */
		for (size_t i = 0; i < sizeof(last->port); i++)
			last->port[i] = port->name[i];
		last->signal = (uint32_t)sig;
		last->doing = dp_inside_doing(inside);
		__atomic_store_n(&last->seq, last->seq + 1, __ATOMIC_RELEASE);
	}
	/*
	 * The handler was reset to the default: the faulting instruction runs again and ends the
	 * process. A signal that was sent has to be raised again.
	 */
	if (before[sig].sa_flags & SA_SIGINFO)
		before[sig].sa_sigaction(sig, info, context); /* a sanitizer's */
	else if (was_sent(info))
		raise(sig);
}

static void watch_signals(void)
{
	struct sigaction action = {.sa_sigaction = on_death,
				   .sa_flags = SA_SIGINFO | (int)SA_RESETHAND | SA_NODEFER};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, &before[signals[i]]);
}

static bool is_name(const char name[HD_NAME_MAX])
{
	return hd_name_valid(name, HD_NAME_MAX);
}

static uint64_t hold_ns(const struct hd_blame_port *p)
{
	return p->deaths > 6 ? DP_BLAME_LAST_NS : DP_BLAME_FIRST_NS << (p->deaths - 1);
}

/* The heddle-dp before this one may have left anything here. */
static void check_all(uint64_t now_ns)
{
	for (unsigned int i = 0; i < HD_BLAME_PORTS; i++) {
		struct hd_blame_port *p = &blame->port[i];

		if (!is_name(p->port) || !p->deaths || p->doing >= HD_DOING_COUNT ||
		    p->died_ns > now_ns || now_ns - p->died_ns > DP_BLAME_FORGET_NS)
			memset(p, 0, sizeof(*p));
	}
}

static struct hd_blame_port *find(const char *port)
{
	for (unsigned int i = 0; blame && i < HD_BLAME_PORTS; i++)
		if (!strncmp(blame->port[i].port, port, HD_NAME_MAX))
			return &blame->port[i];
	return NULL;
}

/* Finds a free slot, or the slot of the port whose last fault is the oldest. */
static struct hd_blame_port *place(void)
{
	struct hd_blame_port *oldest = blame->port;

	for (unsigned int i = 0; i < HD_BLAME_PORTS; i++)
		if (blame->port[i].died_ns < oldest->died_ns)
			oldest = &blame->port[i];
	memset(oldest, 0, sizeof(*oldest));
	return oldest;
}

/* Adds a fault to the port's record. @signal 0: a worker stood inside it. */
static const struct hd_blame_port *accuse(const char *port, uint32_t sig, uint32_t doing,
					  uint64_t now_ns)
{
	struct hd_blame_port *p = find(port);

	if (!p) {
		p = place();
		hd_str_copy(p->port, sizeof(p->port), port);
	}
	p->deaths++;
	p->signal = sig;
	p->doing = doing;
	p->died_ns = now_ns;
	return p;
}

/* "heddle-dp died 2 times in a row while sending to it (signal 7, SIGBUS)" */
static void describe(const struct hd_blame_port *p, char *text, size_t size)
{
	const char *name = sigabbrev_np((int)p->signal);
	const char *times = p->deaths == 1 ? "" : "s";

	if (p->signal)
		snprintf(text, size,
			 "heddle-dp died %u time%s in a row while %s (signal %u, SIG%s)", p->deaths,
			 times, doing_text[p->doing], p->signal, name ? name : "?");
	else
		snprintf(text, size, "a worker stood %u time%s in a row while %s", p->deaths, times,
			 doing_text[p->doing]);
}

void dp_blame_take(uint64_t now_ns)
{
	struct hd_blame_last last = blame->last;
	const struct hd_blame_port *p;
	char text[128];

	check_all(now_ns);
	if (blame->taken == last.seq)
		return;
	blame->taken = last.seq;
	if (!is_name(last.port) || last.signal >= NSIG || last.doing >= HD_DOING_COUNT)
		return;
	p = accuse(last.port, last.signal, last.doing, now_ns);
	describe(p, text, sizeof(text));
	hd_log_port(HD_LOG_ERR, p->port, "%s: the port is held back for %llu s", text,
		    hold_ns(p) / HD_NS_PER_S);
}

void dp_blame_stall(const char *port, enum hd_doing doing, uint64_t now_ns)
{
	if (blame)
		accuse(port, 0, doing, now_ns);
}

int dp_blame_init(bool shared, struct hd_err *err)
{
	bool is_new;
	int fd = -1;

	if (shared) {
		fd = dp_opener_shm(HD_BLAME_NAME, HD_BLAME_VERSION, sizeof(*blame), &is_new, err);
		if (fd < 0)
			return fd;
	}
	blame = mmap(NULL, sizeof(*blame), PROT_READ | PROT_WRITE,
		     MAP_SHARED | (shared ? 0 : MAP_ANONYMOUS), fd, 0);
	if (fd >= 0)
		close(fd);
	if (blame == MAP_FAILED) {
		blame = NULL;
		return hd_err_set(err, errno, "mapping %zu bytes of shared memory failed",
				  sizeof(*blame));
	}
	dp_blame_take(hd_now_ns());
	watch_signals();
	return 0;
}

static bool is_held(const struct hd_blame_port *p, uint64_t now_ns)
{
	return p->deaths && now_ns < p->died_ns + hold_ns(p);
}

uint64_t dp_blame_holds(const char *port, uint64_t now_ns, char *text, size_t size)
{
	const struct hd_blame_port *p = find(port);
	char why[128];

	if (!p || !is_held(p, now_ns))
		return 0;
	describe(p, why, sizeof(why));
	snprintf(text, size, "held back for %llu s: %s", hold_ns(p) / HD_NS_PER_S, why);
	return p->died_ns + hold_ns(p);
}

bool dp_blame_any(uint64_t now_ns)
{
	for (unsigned int i = 0; blame && i < HD_BLAME_PORTS; i++)
		if (is_held(&blame->port[i], now_ns))
			return true;
	return false;
}

void dp_blame_forgive(const char *port)
{
	struct hd_blame_port *p = find(port);

	if (p)
		memset(p, 0, sizeof(*p));
}
