/* SPDX-License-Identifier: BSD-3-Clause */
/* TAPs by port: they, and the addresses that the host gave them, outlive a restart of heddle-dp. */
#include "supervisor/opener_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct kept_taps *bucket(struct opener *opener, const char *port)
{
	uint32_t hash = 2166136261u; /* FNV-1a: names are our own operator's, not a stranger's */

	while (*port)
		hash = (hash ^ (unsigned char)*port++) * 16777619u;
	return &opener->taps[hash & (CACHE_BUCKETS - 1)];
}

static struct kept_tap *find(struct opener *opener, const char *port)
{
	struct kept_tap *tap;

	LIST_FOREACH(tap, bucket(opener, port), next)
		if (!strcmp(tap->req.port, port))
			return tap;
	return NULL;
}

/* Ours no longer; the device stays. */
static void let_go(struct opener *opener, struct kept_tap *tap)
{
	opener_tap_close(tap);
	LIST_REMOVE(tap, next);
	opener->n_taps--;
	free(tap);
}

static void drop(struct opener *opener, struct kept_tap *tap)
{
	opener_tap_remove(opener, tap, false);
	let_go(opener, tap);
}

/* Strings are compared as such: what lies behind their ends is the plane's affair. */
static bool same(const struct hd_open_tap *a, const struct hd_open_tap *b)
{
	return !strcmp(a->netdev, b->netdev) && !strcmp(a->netns, b->netns) &&
	       !strcmp(a->owner, b->owner) && !strcmp(a->group, b->group) &&
	       a->queues == b->queues && a->mtu == b->mtu && a->vm == b->vm &&
	       !memcmp(a->mac, b->mac, sizeof(a->mac));
}

const struct kept_tap *opener_cache_holder(const struct opener *opener,
					   const struct hd_open_tap *req)
{
	const struct kept_tap *tap;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++)
		LIST_FOREACH(tap, &opener->taps[i], next)
			if (!strcmp(tap->req.netdev, req->netdev) &&
			    !strcmp(tap->req.netns, req->netns) &&
			    strcmp(tap->req.port, req->port) != 0)
				return tap;
	return NULL;
}

/* Another device than the one that the port has? */
static bool elsewhere(const struct hd_open_tap *a, const struct hd_open_tap *b)
{
	return strcmp(a->netdev, b->netdev) != 0 || strcmp(a->netns, b->netns) != 0 ||
	       a->vm != b->vm;
}

static struct kept_tap *add(struct opener *opener, const struct hd_open_tap *req,
			    struct hd_err *err)
{
	struct kept_tap *tap;

	if (opener->n_taps == CACHE_MAX) {
		hd_err_set(err, ENOSPC, "there are %u TAPs already", CACHE_MAX);
		return NULL;
	}
	tap = calloc(1, sizeof(*tap));
	if (!tap) {
		hd_err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	tap->req = *req;
	tap->sock = -1;
	LIST_INSERT_HEAD(bucket(opener, req->port), tap, next);
	opener->n_taps++;
	return tap;
}

const struct kept_tap *opener_cache_tap(struct opener *opener, const struct hd_open_tap *req,
					struct hd_err *err)
{
	struct kept_tap *tap = find(opener, req->port);
	bool alive = tap && opener_tap_alive(opener, tap);

	if (alive && !tap->deferred && same(&tap->req, req)) {
		tap->opened.flags = HD_OPENED_KEPT;
		tap->asked = true;
		return tap;
	}
	if (tap && (!alive || elsewhere(&tap->req, req))) {
		drop(opener, tap);
		tap = NULL;
	}
	if (!tap)
		tap = add(opener, req, err);
	if (!tap)
		return NULL;
	tap->asked = true;
	if (opener_tap_open(opener, tap, req, err) < 0) {
		/* the device stays, if there is one, and is looked at again when it is asked for */
		tap->deferred = true;
		if (!tap->opened.ifindex)
			let_go(opener, tap);
		return NULL;
	}
	tap->req = *req;
	return tap;
}

void opener_cache_release(struct opener *opener, const char *port)
{
	struct kept_tap *tap = find(opener, port);

	if (tap)
		drop(opener, tap);
}

unsigned int opener_cache_sweep(struct opener *opener)
{
	struct kept_tap *tap, *next;
	unsigned int n = 0;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++) {
		for (tap = LIST_FIRST(&opener->taps[i]); tap; tap = next) {
			next = LIST_NEXT(tap, next);
			if (tap->asked)
				continue;
			drop(opener, tap);
			n++;
		}
	}
	return n;
}

void opener_cache_end(struct opener *opener)
{
	bool managed = opener->dirs->config[0] == '\0';
	struct kept_tap *tap;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++) {
		while ((tap = LIST_FIRST(&opener->taps[i]))) {
			if (!managed)
				opener_tap_remove(opener, tap, true);
			let_go(opener, tap);
		}
	}
}

void opener_cache_forget(struct opener *opener)
{
	struct kept_tap *tap;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++)
		LIST_FOREACH(tap, &opener->taps[i], next)
			tap->asked = false;
}

static bool is_lost(const struct opener *opener, const struct kept_tap *tap)
{
	struct netns now;
	bool lost;

	if (tap->req.netns[0] == '\0')
		return false;
	if (netns_open(&now, opener->settings->netns_dir, tap->req.netns, NULL) < 0)
		return true;
	lost = now.dev != tap->netns.dev || now.ino != tap->netns.ino;
	netns_close(&now);
	return lost;
}

unsigned int opener_cache_lost(struct opener *opener, void (*fn)(const char *port, void *arg),
			       void *arg)
{
	struct kept_tap *tap, *next;
	unsigned int n = 0;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++) {
		for (tap = LIST_FIRST(&opener->taps[i]); tap; tap = next) {
			char port[HD_NAME_MAX];

			next = LIST_NEXT(tap, next);
			if (!is_lost(opener, tap))
				continue;
			hd_str_copy(port, sizeof(port), tap->req.port);
			drop(opener, tap);
			fn(port, arg);
			n++;
		}
	}
	return n;
}
