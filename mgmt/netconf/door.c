/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/door.h"

#define STOP_S 2 /* that the end waits for a directory that does not answer */

struct knock {
	struct knock *next;
	int fd;
	struct nc_peer *peer;
	struct hd_err err;
};

struct list {
	struct knock *first, **end;
	size_t n;
};

/* The thread and the loop share what the mutex guards. */
struct nc_door {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	struct list waiting, known;
	bool stopping;
	pthread_t thread;
	int wake; /* eventfd: there is somebody in known */
	struct event *event;
	nc_door_fn fn;
	void *arg;
};

static void put(struct list *list, struct knock *knock)
{
	knock->next = NULL;
	if (!list->first)
		list->end = &list->first;
	*list->end = knock;
	list->end = &knock->next;
	list->n++;
}

static struct knock *take(struct list *list)
{
	struct knock *knock = list->first;

	if (knock) {
		list->first = knock->next;
		list->n--;
	}
	return knock;
}

static void knock_free(struct knock *knock)
{
	if (knock->fd >= 0)
		close(knock->fd);
	nc_peer_put(knock->peer);
	free(knock);
}

static void *recognise(void *arg)
{
	struct nc_door *door = arg;
	struct knock *knock;
	uint64_t one = 1;

	pthread_mutex_lock(&door->mutex);
	while (!door->stopping) {
		knock = take(&door->waiting);
		if (!knock) {
			pthread_cond_wait(&door->cond, &door->mutex);
			continue;
		}
		pthread_mutex_unlock(&door->mutex);
		knock->peer = nc_peer_of(knock->fd, &knock->err);
		pthread_mutex_lock(&door->mutex);
		put(&door->known, knock);
		if (write(door->wake, &one, sizeof(one)) < 0)
			continue; /* it is awake: the counter is full */
	}
	pthread_mutex_unlock(&door->mutex);
	return NULL;
}

static void on_known(evutil_socket_t fd, short what, void *arg)
{
	struct nc_door *door = arg;
	struct knock *knock;
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return;
	for (;;) {
		pthread_mutex_lock(&door->mutex);
		knock = take(&door->known);
		pthread_mutex_unlock(&door->mutex);
		if (!knock)
			return;
		door->fn(knock->fd, knock->peer, &knock->err, door->arg);
		free(knock);
	}
}

/* Signals are the loop's. */
static int start_thread(struct nc_door *door)
{
	sigset_t all, before;
	int rc;

	/* One arena: address space that lies ready for a second would be more than reads may take. */
	mallopt(M_ARENA_MAX, 1);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&door->thread, NULL, recognise, door);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

struct nc_door *nc_door_new(struct event_base *base, nc_door_fn fn, void *arg)
{
	struct nc_door *door = ds_alloc(sizeof(*door));

	door->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	door->fn = fn;
	door->arg = arg;
	pthread_mutex_init(&door->mutex, NULL);
	pthread_cond_init(&door->cond, NULL);
	if (door->wake < 0 || start_thread(door) != 0) {
		if (door->wake >= 0)
			close(door->wake);
		free(door);
		return NULL;
	}
	door->event = event_new(base, door->wake, EV_READ | EV_PERSIST, on_known, door);
	event_add(door->event, NULL);
	return door;
}

void nc_door_free(struct nc_door *door)
{
	struct timespec until;
	struct knock *knock;

	if (!door)
		return;
	event_free(door->event);
	pthread_mutex_lock(&door->mutex);
	door->stopping = true;
	pthread_cond_signal(&door->cond);
	pthread_mutex_unlock(&door->mutex);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STOP_S;
	if (pthread_timedjoin_np(door->thread, NULL, &until) != 0)
		return; /* it waits for a directory: the process ends anyway */
	while ((knock = take(&door->waiting)) || (knock = take(&door->known)))
		knock_free(knock);
	close(door->wake);
	pthread_cond_destroy(&door->cond);
	pthread_mutex_destroy(&door->mutex);
	free(door);
}

bool nc_door_ask(struct nc_door *door, int fd)
{
	struct knock *knock = NULL;

	pthread_mutex_lock(&door->mutex);
	if (door->waiting.n < NC_DOOR_MAX) {
		knock = ds_alloc(sizeof(*knock));
		knock->fd = fd;
		put(&door->waiting, knock);
		pthread_cond_signal(&door->cond);
	}
	pthread_mutex_unlock(&door->mutex);
	return knock;
}
