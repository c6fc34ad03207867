/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keeps TAPs by port, so that they, and the addresses that the host gave them, outlive a restart of
 * heddle-dp.
 */
#include "supervisor/opener_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "supervisor/names_core.h"
#include "supervisor/netdev.h"

#define WANTED_NS (3 * HD_NS_PER_S) /* heddle-dp asks again every 2 s at the least */

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

static bool is_at(const struct kept_tap *tap, dev_t dev, ino_t ino)
{
	return tap->netns.ino == ino && tap->netns.dev == dev;
}

static bool has_vm(const struct opener *opener, const struct netns *netns)
{
	const struct kept_tap *tap;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++)
		LIST_FOREACH(tap, &opener->taps[i], next)
			/*
			 * NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is freed is in no list
			 */
			if (tap->req.vm && is_at(tap, netns->dev, netns->ino))
				return true;
	return false;
}

/* Ours no longer; the device stays. */
static void let_go(struct opener *opener, struct kept_tap *tap)
{
	opener_tap_close(tap);
	LIST_REMOVE(tap, next);
	opener->n_taps--;
	/* what watches there would keep a namespace that was deleted */
	if (tap->req.vm && tap->req.netns[0] && !has_vm(opener, &tap->netns))
		opener_guard_unwatch(opener, &tap->netns);
	free(tap);
}

static void drop(struct opener *opener, struct kept_tap *tap)
{
	if (tap->opened.ifindex)
		opener_tap_remove(opener, tap, tap->req.vm);
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

/* The TAP with the device of @req, of another port. */
static struct kept_tap *holder(struct opener *opener, const struct hd_open_tap *req)
{
	struct kept_tap *tap;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++)
		LIST_FOREACH(tap, &opener->taps[i], next)
			if (!strcmp(tap->req.netdev, req->netdev) &&
			    !strcmp(tap->req.netns, req->netns) &&
			    strcmp(tap->req.port, req->port) != 0)
				return tap;
	return NULL;
}

bool opener_cache_knows(const struct opener *opener, const struct netns *netns, const char *name,
			const struct rtnl_link *link)
{
	const struct kept_tap *tap;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++)
		LIST_FOREACH(tap, &opener->taps[i], next)
			if (tap->opened.ifindex ? tap->opened.ifindex == link->ifindex &&
							  is_at(tap, netns->dev, netns->ino)
						: !strcmp(tap->req.netdev, link->name) &&
							  !strcmp(tap->req.netns, name))
				return true;
	return false;
}

const struct kept_tap *opener_cache_device(const struct opener *opener, const struct netns *netns,
					   uint32_t ifindex)
{
	const struct kept_tap *tap;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++)
		LIST_FOREACH(tap, &opener->taps[i], next)
			if (tap->opened.ifindex == ifindex && tap->netns.ino == netns->ino &&
			    tap->netns.dev == netns->dev)
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

/* @tap becomes that of @port; NULL: nobody's, to be deleted unless somebody asks for its device. */
static void give(struct opener *opener, struct kept_tap *tap, const char *port)
{
	LIST_REMOVE(tap, next);
	hd_str_copy(tap->req.port, sizeof(tap->req.port), port ? port : "");
	tap->asked = false;
	tap->deferred = true;
	LIST_INSERT_HEAD(bucket(opener, tap->req.port), tap, next);
}

/*
 * The TAP that the port will have: its own, or one of nobody, or of a port that has not asked for
 * it since it lost it or heddle-dp was started. So a device stays when its port gets another name.
 */
static struct kept_tap *choose(struct opener *opener, struct kept_tap *tap,
			       const struct hd_open_tap *req, struct hd_err *err)
{
	if (tap && elsewhere(&tap->req, req)) {
		give(opener, tap, NULL);
		tap = NULL;
	}
	if (tap)
		return tap;
	tap = holder(opener, req);
	if (tap && tap->asked) {
		tap->wanted_ns = hd_now_ns();
		hd_err_set(err, EEXIST,
			   "device %s belongs to port %s: give one of them another device name",
			   req->netdev, tap->req.port);
		return NULL;
	}
	if (tap && !opener_tap_alive(opener, tap)) {
		drop(opener, tap);
		tap = NULL;
	}
	if (!tap)
		return add(opener, req, err);
	give(opener, tap, req->port);
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
	if (tap && !alive) {
		drop(opener, tap);
		tap = NULL;
	}
	tap = choose(opener, tap, req, err);
	if (!tap)
		return NULL;
	tap->asked = true;
	if (opener_tap_open(opener, tap, req, err) < 0) {
		/* the device stays, if there is one, and is looked at again when it is asked for */
		tap->deferred = true;
		return NULL;
	}
	tap->req = *req;
	tap->wanted_ns = 0;
	if (req->vm)
		opener_guard_watch(opener, &tap->netns);
	return tap;
}

void opener_cache_guard(struct opener *opener, dev_t dev, ino_t ino, const char *netdev)
{
	struct kept_tap *tap;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++)
		LIST_FOREACH(tap, &opener->taps[i], next)
			if (tap->req.vm && tap->opened.ifindex && is_at(tap, dev, ino) &&
			    (!netdev || !strcmp(tap->req.netdev, netdev)))
				opener_tap_guard(tap);
}

void opener_cache_release(struct opener *opener, const char *port)
{
	struct kept_tap *tap = find(opener, port);

	if (tap)
		give(opener, tap, NULL);
}

void opener_cache_down(struct opener *opener, const char *port)
{
	struct hd_open_tap none = {0};
	struct kept_tap *tap = find(opener, port);

	if (!tap) {
		hd_str_copy(none.port, sizeof(none.port), port);
		tap = add(opener, &none, NULL);
	}
	if (!tap)
		return;
	tap->asked = true;
	tap->deferred = true; /* it is not as it was asked for any more */
	opener_tap_down(tap);
}

bool opener_cache_adopt(struct opener *opener, const struct netns *netns, const char *name,
			const struct rtnl_link *link, bool vm)
{
	char port[HD_NAME_MAX];
	struct kept_tap *tap;

	tap_mark_port(link->alias, port, sizeof(port));
	tap = find(opener, port);
	if (!tap || tap->req.netdev[0])
		return false;
	tap->sock = netdev_socket(netns, NULL);
	if (tap->sock < 0)
		return true; /* left as it is */
	hd_str_copy(tap->req.netdev, sizeof(tap->req.netdev), link->name);
	hd_str_copy(tap->req.netns, sizeof(tap->req.netns), name);
	tap->req.vm = vm;
	tap->opened.ifindex = link->ifindex;
	tap->netns = *netns;
	tap->netns.fd = -1;
	opener_tap_down(tap);
	return true;
}

unsigned int opener_cache_sweep(struct opener *opener)
{
	struct kept_tap *tap, *next;
	unsigned int n = 0;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++) {
		for (tap = LIST_FIRST(&opener->taps[i]); tap; tap = next) {
			next = LIST_NEXT(tap, next);
			/* two ports that change their devices: one of them asks again soon */
			if (tap->asked ||
			    (tap->wanted_ns && hd_now_ns() - tap->wanted_ns < WANTED_NS))
				continue;
			n += tap->opened.ifindex != 0;
			drop(opener, tap);
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
			/*
			 * NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is freed is in no list
			 */
			if (!managed && tap->opened.ifindex &&
			    !(tap->req.vm && opener_tap_in_use(tap)))
				opener_tap_remove(opener, tap, tap->req.vm);
			/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the same */
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
			if (port[0]) /* else nobody has it */
				fn(port, arg);
			n++;
		}
	}
	return n;
}
