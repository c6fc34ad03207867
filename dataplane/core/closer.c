/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/core/closer.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "heddle/base/clock.h"

#define WAITING_MAX 16384 /* as many as there may be ports */
#define STACK_BYTES (256 * 1024)

/* A descriptor, or, when @len is not 0, memory. */
struct item {
	int fd;
	void *at;
	size_t len;
};

static struct {
	pthread_mutex_t lock; /* of all here */
	pthread_cond_t idle;  /* the last thread ended */
	unsigned int threads;
	unsigned int n;
	struct item item[WAITING_MAX];
} closer = {.lock = PTHREAD_MUTEX_INITIALIZER, .idle = PTHREAD_COND_INITIALIZER};

static void finish(const struct item *item)
{
	if (item->len)
		munmap(item->at, item->len);
	else
		close(item->fd);
}

static void *run(void *arg)
{
	pthread_mutex_lock(&closer.lock);
	while (closer.n) {
		struct item item = closer.item[--closer.n];

		pthread_mutex_unlock(&closer.lock);
		finish(&item);
		pthread_mutex_lock(&closer.lock);
	}
	if (--closer.threads == 0)
		pthread_cond_signal(&closer.idle);
	pthread_mutex_unlock(&closer.lock);
	return NULL;
}

/* Under the lock. If no thread can be made, those that exist do the work. */
static void start(void)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;

	if (closer.threads == DP_CLOSERS_MAX)
		return;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	/* Signals are the control thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, &attr, run, NULL) == 0)
		closer.threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
}

static void put(struct item item)
{
	bool taken = false;

	pthread_mutex_lock(&closer.lock);
	start();
	if (closer.threads && closer.n < WAITING_MAX) {
		closer.item[closer.n++] = item;
		taken = true;
	}
	pthread_mutex_unlock(&closer.lock);
	if (!taken)
		finish(&item);
}

void dp_close_later(int fd)
{
	if (fd >= 0)
		put((struct item){.fd = fd});
}

void dp_unmap_later(void *at, size_t len)
{
	if (len)
		put((struct item){.at = at, .len = len});
}

bool dp_close_wait(unsigned int ms)
{
	struct timespec until;
	uint64_t ns;
	bool all;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	ns = (uint64_t)until.tv_nsec + ms * HD_NS_PER_MS;
	until.tv_sec += (time_t)(ns / HD_NS_PER_S);
	until.tv_nsec = (long)(ns % HD_NS_PER_S);
	pthread_mutex_lock(&closer.lock);
	while (closer.threads && rc == 0)
		rc = pthread_cond_clockwait(&closer.idle, &closer.lock, CLOCK_MONOTONIC, &until);
	all = !closer.threads;
	pthread_mutex_unlock(&closer.lock);
	return all;
}
