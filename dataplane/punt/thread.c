/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/punt/punt.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/config.h"
#include "dataplane/core/rcu.h"
#include "dataplane/punt/inject.h"
#include "dataplane/punt/link.h"
#include "dataplane/punt/queue.h"
#include "dataplane/punt/rules.h"

#define STACK_BYTES (512 * 1024)
#define RETIRE_NS   (10 * HD_NS_PER_MS) /* old tables are looked at again */

static pthread_t thread;
static bool started;
static _Atomic bool stop;
static _Atomic int next_fd = -1; /* a channel that the control thread handed over */

/* Of the turns: when the next is due at the latest. */
static uint64_t due_ns;
static bool more; /* the last one left something */

int dp_punt_init(struct dp_fdb *fdb, struct hd_err *err)
{
	int rc = punt_queues_init();

	if (!rc)
		rc = punt_inject_init(fdb);
	return rc < 0 ? hd_err_set(err, -rc, "no memory or descriptors for punted frames") : 0;
}

void dp_punt_connect(int fd)
{
	int unused = atomic_exchange(&next_fd, fd);

	if (unused >= 0)
		close(unused);
	punt_wake();
}

static void sleep_until_due(int max_ms)
{
	struct pollfd fds[2] = {{.fd = punt_wake_fd(), .events = POLLIN}, {.fd = -1}};
	uint64_t now = hd_now_ns(), ns = due_ns > now ? due_ns - now : 0; /* or UINT64_MAX */
	struct timespec timeout;

	if (due_ns == UINT64_MAX)
		ns = UINT64_MAX;
	fds[1].fd = punt_link_fd(&fds[1].events);
	if (max_ms >= 0 && ns > (uint64_t)max_ms * HD_NS_PER_MS)
		ns = (uint64_t)max_ms * HD_NS_PER_MS;
	/* What waits for the peer's socket is signalled by that. */
	if (more || (!punt_queues_sleep() && punt_link_takes()))
		ns = 0;
	timeout.tv_sec = (time_t)(ns / HD_NS_PER_S);
	timeout.tv_nsec = (long)(ns % HD_NS_PER_S);
	if (ppoll(fds, 2, ns == UINT64_MAX ? NULL : &timeout, NULL) > 0 && fds[0].revents) {
		uint64_t count;

		if (read(fds[0].fd, &count, sizeof(count)) < 0)
			hd_log_limited(HD_LOG_ERR, "the punt thread's event: %s", strerror(errno));
	}
	punt_awake();
}

static void work(void)
{
	const struct dp_config *tree =
		atomic_load_explicit(&dp_config_published, memory_order_acquire);
	int fd = atomic_exchange(&next_fd, -1);
	uint64_t now = hd_now_ns();

	punt_link_turn(tree, now);
	if (fd >= 0)
		punt_link_open(fd);
	punt_link_process();
	punt_rules_publish(tree);
	more = punt_link_drain();
	due_ns = punt_link_leases();
}

bool punt_turn(int max_ms)
{
	sleep_until_due(max_ms);
	dp_rcu_reader_enter();
	work();
	dp_rcu_reader_leave();
	if (punt_rules_retire() && due_ns > hd_now_ns() + RETIRE_NS)
		due_ns = hd_now_ns() + RETIRE_NS;
	return !atomic_load(&stop);
}

static void *run(void *arg)
{
	(void)arg;
	dp_rcu_reader_start();
	while (punt_turn(-1))
		;
	dp_rcu_reader_stop();
	punt_link_close();
	return NULL;
}

int dp_punt_start(struct hd_err *err)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	/* Signals are the control thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread, &attr, run, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (rc)
		return hd_err_set(err, rc, "the punt thread: %s", strerror(rc));
	started = true;
	return 0;
}

void dp_punt_stop(void)
{
	if (!started)
		return;
	atomic_store(&stop, true);
	punt_wake();
	pthread_join(thread, NULL);
	started = false;
}
