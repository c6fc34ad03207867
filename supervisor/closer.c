/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/closer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if_tun.h>
#include <netlink/socket.h>

#include "heddle/base/random.h"
#include "supervisor/names_core.h"
#include "supervisor/rtnl.h"

#define BATCH_MAX 32 /* the kernel's lock on devices is held for all of them */

struct closer {
	const char *run_dir;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t news;
	STAILQ_HEAD(closing_queue, closing) todo; /* under the lock */
	bool stop;
	LIST_HEAD(closing_list, closing) all; /* the loop's: what may not be done yet */
	bool running;
	uint32_t
		group; /* the thread's: of devices that go together; nobody else has such a number */
};

struct closer *closer_new(const char *run_dir)
{
	struct closer *closer = calloc(1, sizeof(*closer));

	if (!closer)
		return NULL;
	closer->run_dir = run_dir;
	closer->group = (uint32_t)hd_random_u64() | 1u << 31;
	pthread_mutex_init(&closer->lock, NULL);
	pthread_cond_init(&closer->news, NULL);
	STAILQ_INIT(&closer->todo);
	LIST_INIT(&closer->all);
	return closer;
}

/* True if the device is there, and ours. */
static bool is_ours(const struct closer *closer, const struct closing *c, struct rtnl_link *link)
{
	bool vm;

	return c->rtnl && rtnl_get(c->rtnl, NULL, c->ifindex, link) == 0 && link->is_tap &&
	       tap_mark_ours(closer->run_dir, link->alias, &vm);
}

static void close_one(struct closing *c)
{
	while (c->n_queues)
		close(c->queue[--c->n_queues]);
	nl_socket_free(c->rtnl);
	if (c->guard >= 0)
		close(c->guard);
	c->done = true; /* the loop may free it from here on */
}

/* Devices of one namespace. */
static void delete_batch(struct closer *closer, struct closing **c, unsigned int n)
{
	struct rtnl_link link[BATCH_MAX];
	bool ours[BATCH_MAX];
	int rc = -1;

	closer->group++;
	for (unsigned int i = 0; i < n; i++) {
		if (c[i]->n_queues)
			ioctl(c[i]->queue[0], TUNSETPERSIST, 0);
		ours[i] = is_ours(closer, c[i], &link[i]) &&
			  rtnl_group(c[i]->rtnl, c[i]->ifindex, closer->group) == 0;
		if (ours[i])
			rc = 0;
	}
	for (unsigned int i = 0; i < n && rc == 0; i++)
		if (ours[i]) {
			rc = rtnl_delete_group(c[i]->rtnl, closer->group);
			break;
		}
	for (unsigned int i = 0; i < n; i++) {
		if (ours[i] && rc < 0) /* something in the group is of another kind */
			rtnl_delete(c[i]->rtnl, c[i]->ifindex);
		/* also when somebody else deleted the device; but not that of one with its name */
		if (c[i]->guard >= 0 && c[i]->rtnl &&
		    rtnl_get(c[i]->rtnl, c[i]->netdev, 0, &link[i]) == -ENODEV)
			rtnl_unguard(c[i]->guard, c[i]->netdev);
	}
	/* the kernel waits for what the first of them deleted, and no more after that */
	for (unsigned int i = 0; i < n; i++)
		close_one(c[i]);
}

/* Waits for the first, and takes those of its namespace behind it. Returns 0 at the end. */
static unsigned int take(struct closer *closer, struct closing **c)
{
	unsigned int n = 0;

	pthread_mutex_lock(&closer->lock);
	while (STAILQ_EMPTY(&closer->todo) && !closer->stop)
		pthread_cond_wait(&closer->news, &closer->lock);
	while (n < BATCH_MAX && !STAILQ_EMPTY(&closer->todo)) {
		struct closing *first = STAILQ_FIRST(&closer->todo);

		if (n && (first->dev != c[0]->dev || first->ino != c[0]->ino))
			break;
		STAILQ_REMOVE_HEAD(&closer->todo, next);
		c[n++] = first;
	}
	pthread_mutex_unlock(&closer->lock);
	return n;
}

static void *run(void *arg)
{
	struct closing *c[BATCH_MAX];
	unsigned int n;

	while ((n = take(arg, c)))
		delete_batch(arg, c, n);
	return NULL;
}

static bool start(struct closer *closer)
{
	sigset_t all, before;

	if (closer->running)
		return true;
	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	closer->running = pthread_create(&closer->thread, NULL, run, closer) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return closer->running;
}

/* Forgets what is done. */
static void reap(struct closer *closer)
{
	struct closing *c = LIST_FIRST(&closer->all), *next;

	for (; c; c = next) {
		next = LIST_NEXT(c, all);
		if (!c->done)
			continue;
		LIST_REMOVE(c, all);
		free(c);
	}
}

void closer_add(struct closer *closer, struct closing *closing)
{
	reap(closer);
	LIST_INSERT_HEAD(&closer->all, closing, all);
	if (!start(closer)) {
		delete_batch(closer, &closing, 1);
		return;
	}
	pthread_mutex_lock(&closer->lock);
	STAILQ_INSERT_TAIL(&closer->todo, closing, next);
	pthread_cond_signal(&closer->news);
	pthread_mutex_unlock(&closer->lock);
}

bool closer_has(struct closer *closer, dev_t dev, ino_t ino, uint32_t ifindex)
{
	const struct closing *c;

	reap(closer);
	LIST_FOREACH(c, &closer->all, all)
		if (c->ifindex == ifindex && c->ino == ino && c->dev == dev)
			return true;
	return false;
}

bool closer_guards(struct closer *closer, dev_t dev, ino_t ino, const char *netdev)
{
	const struct closing *c;

	reap(closer);
	LIST_FOREACH(c, &closer->all, all)
		if (c->guard >= 0 && c->ino == ino && c->dev == dev && !strcmp(c->netdev, netdev))
			return true;
	return false;
}

void closer_free(struct closer *closer)
{
	if (!closer)
		return;
	if (closer->running) {
		pthread_mutex_lock(&closer->lock);
		closer->stop = true;
		pthread_cond_signal(&closer->news);
		pthread_mutex_unlock(&closer->lock);
		pthread_join(closer->thread, NULL);
	}
	reap(closer);
	pthread_mutex_destroy(&closer->lock);
	pthread_cond_destroy(&closer->news);
	free(closer);
}
