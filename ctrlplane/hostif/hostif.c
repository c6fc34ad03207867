/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/hostif/hostif.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <net/if.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "heddle/config/store.h"
#include "ctrlplane/core/netlink.h"
#include "ctrlplane/hostif/hostif_core.h"

#define SETTLE_MS 10   /* changes come in bursts: look once */
#define RETRY_MS  5000 /* after a refusal */
#define WAIT_MS   2000 /* for the device, before a word is said */

/* A device that heddled made, by its port. No other is touched: a name may be anybody's. */
struct made {
	struct made *next;
	char port[HD_NAME_MAX];
	uint32_t ifindex;
};

/* An interface that is configured, or that still has addresses of ours. */
struct netdev {
	struct netdev *next;
	char name[HD_NETDEV_MAX];
	uint32_t ifindex;  /* 0: it does not exist */
	uint64_t waits_ns; /* for heddled to make it, since then; 0: it is there */
	bool wait_said;
	struct hd_ip_prefix *owned; /* that we put there */
	size_t n_owned;
	struct hostif_present *present; /* during a look */
	size_t n_present, room;
	char said[HD_ERR_TEXT_MAX]; /* the refusal that was logged last */
};

static const struct hd_store *store; /* NULL: no configuration came yet */
static struct netdev *netdevs;
static struct made *made;
static struct event *look_event;
static uint64_t look_due_ns;
static bool failed; /* something in this look: look again later */

static void look_in(unsigned int ms)
{
	struct timeval after = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	uint64_t due = hd_now_ns() + ms * HD_NS_PER_MS;

	/* a look that is already due sooner does it, too */
	if (evtimer_pending(look_event, NULL) && look_due_ns <= due)
		return;
	look_due_ns = due;
	evtimer_add(look_event, &after);
}

static bool owns(const struct netdev *dev, const struct hd_ip_prefix *address)
{
	for (size_t i = 0; i < dev->n_owned; i++)
		if (hostif_address_equal(&dev->owned[i], address))
			return true;
	return false;
}

static void own(struct netdev *dev, const struct hd_ip_prefix *address)
{
	struct hd_ip_prefix *more;

	if (owns(dev, address))
		return;
	more = realloc(dev->owned, (dev->n_owned + 1) * sizeof(*more));
	if (!more) {
		failed = true;
		return;
	}
	dev->owned = more;
	dev->owned[dev->n_owned++] = *address;
}

static void disown(struct netdev *dev, const struct hd_ip_prefix *address)
{
	for (size_t i = 0; i < dev->n_owned; i++)
		if (hostif_address_equal(&dev->owned[i], address)) {
			dev->owned[i] = dev->owned[--dev->n_owned];
			return;
		}
}

static struct netdev *netdev_find(const char *name)
{
	for (struct netdev *dev = netdevs; dev; dev = dev->next)
		if (strcmp(dev->name, name) == 0)
			return dev;
	return NULL;
}

static void netdev_free(struct netdev *dev)
{
	free(dev->owned);
	free(dev->present);
	free(dev);
}

/* What is configured for the interface, or NULL. */
static const struct hd_hostif_object *wanted_for(const char *name)
{
	return store ? hd_store_now(store, HD_HOSTIF, name) : NULL;
}

static int netdev_get(const char *key, enum hd_change change, const void *now, const void *next,
		      void *arg)
{
	struct netdev *dev;

	if (!now || netdev_find(key))
		return 0;
	dev = calloc(1, sizeof(*dev));
	if (!dev) {
		failed = true;
		return -ENOMEM;
	}
	hd_str_copy(dev->name, sizeof(dev->name), key);
	dev->next = netdevs;
	netdevs = dev;
	return 0;
}

/* Every configured interface gets its struct; those that are done with go. */
static void netdevs_update(void)
{
	struct netdev **at = &netdevs;

	while (*at) {
		struct netdev *dev = *at;

		if (!wanted_for(dev->name) && dev->n_owned == 0) {
			*at = dev->next;
			netdev_free(dev);
		} else {
			at = &dev->next;
		}
	}
	if (store)
		hd_store_walk(store, HD_HOSTIF, netdev_get, NULL);
}

/* The index of what heddled made for the port, if it is still there. */
static uint32_t made_index(const char *port)
{
	char name[IF_NAMESIZE];

	for (const struct made *m = made; m; m = m->next)
		if (!strcmp(m->port, port))
			return if_indextoname(m->ifindex, name) ? m->ifindex : 0;
	return 0;
}

static void netdevs_index(void)
{
	for (struct netdev *dev = netdevs; dev; dev = dev->next) {
		uint32_t ifindex = made_index(dev->name);

		if (ifindex != dev->ifindex) {
			/* another interface, or none: what we put on the old one went with it */
			dev->n_owned = 0;
			dev->said[0] = '\0';
			dev->ifindex = ifindex;
		}
		dev->n_present = 0;
	}
}

static void on_address(const struct cp_address *address, void *arg)
{
	struct netdev *dev = netdevs;
	struct hostif_present *present;

	while (dev && dev->ifindex != address->ifindex)
		dev = dev->next;
	if (!dev)
		return;
	if (dev->n_present == dev->room) {
		size_t room = dev->room ? 2 * dev->room : 8;

		present = realloc(dev->present, room * sizeof(*present));
		if (!present) {
			failed = true;
			return;
		}
		dev->present = present;
		dev->room = room;
	}
	present = &dev->present[dev->n_present++];
	memset(present, 0, sizeof(*present));
	memcpy(present->address.addr, address->addr, sizeof(present->address.addr));
	present->address.family = address->family;
	present->address.length = address->length;
	present->ours = address->proto == CP_ADDRESS_PROTO || owns(dev, &present->address);
	present->duplicate = address->dad_failed;
}

static struct cp_address kernel_address(const struct netdev *dev,
					const struct hd_ip_prefix *address)
{
	struct cp_address out = {
		.ifindex = dev->ifindex,
		.family = address->family,
		.length = address->length,
	};

	memcpy(out.addr, address->addr, sizeof(out.addr));
	return out;
}

static void remove_unwanted(struct netdev *dev)
{
	char str[HD_IP_PREFIX_STR_MAX];

	for (size_t i = 0; i < dev->n_present; i++) {
		struct cp_address address = kernel_address(dev, &dev->present[i].address);
		int rc;

		if (!dev->present[i].remove)
			continue;
		hd_ip_prefix_str(&dev->present[i].address, str);
		rc = cp_netlink_address_remove(&address);
		if (rc == 0 || rc == -EADDRNOTAVAIL || rc == -ENODEV) {
			disown(dev, &dev->present[i].address);
			hd_log(HD_LOG_INFO, "%s: took %s away", dev->name, str);
		} else {
			failed = true;
			hd_log_limited(HD_LOG_WARNING, "%s: cannot take %s away: %s", dev->name,
				       str, strerror(-rc));
		}
	}
}

/* Returns 0, or -errno with @err when the kernel refused it. */
static int put(struct netdev *dev, const struct hd_ip_prefix *wanted, struct hd_err *err)
{
	struct cp_address address = kernel_address(dev, wanted);
	char str[HD_IP_PREFIX_STR_MAX];
	int rc = cp_netlink_address_add(&address);

	if (rc == -ENODEV)
		return 0; /* gone meanwhile: the kernel tells us when it is back */
	if (rc < 0) {
		hostif_refusal(err, -rc, wanted, dev->name);
		return rc;
	}
	own(dev, wanted);
	hd_log(HD_LOG_INFO, "%s: put %s on it", dev->name, hd_ip_prefix_str(wanted, str));
	return 0;
}

/* Logs a refusal once, until another one or none comes. */
static void say(struct netdev *dev, const struct hd_err *refusal)
{
	if (refusal->code && strcmp(dev->said, refusal->text) != 0)
		hd_log(HD_LOG_WARNING, "%s (tried again every %d s)", refusal->text,
		       RETRY_MS / 1000);
	memcpy(dev->said, refusal->text, sizeof(dev->said));
}

/* Mostly it comes at once: what lasts is told, once. */
static void netdev_wait(struct netdev *dev)
{
	uint64_t now = hd_now_ns();

	if (dev->wait_said)
		return;
	if (!dev->waits_ns)
		dev->waits_ns = now;
	if (now - dev->waits_ns < WAIT_MS * HD_NS_PER_MS) {
		look_in(WAIT_MS);
		return;
	}
	dev->wait_said = true;
	hd_log(HD_LOG_WARNING,
	       "%s: its addresses wait until heddled has made the interface (heddle show ports %s "
	       "says why it has not); an interface of that name that others made is not touched",
	       dev->name, dev->name);
}

static void netdev_look(struct netdev *dev)
{
	const struct hd_hostif_object *object = wanted_for(dev->name);
	uint32_t n = object ? object->n_addresses : 0;
	const struct hd_ip_prefix *wanted = object ? object->addresses : NULL;
	struct hd_err refusal = {0}, err = {0};
	uint32_t add;

	if (!dev->ifindex) {
		netdev_wait(dev);
		return;
	}
	dev->waits_ns = 0;
	dev->wait_said = false;
	add = hostif_diff(wanted, n, dev->present, dev->n_present);
	for (size_t i = 0; i < dev->n_owned; i++) {
		bool there = false;

		for (size_t j = 0; j < dev->n_present && !there; j++)
			there = hostif_address_equal(&dev->owned[i], &dev->present[j].address);
		if (!there) /* somebody took it away; i is another one now */
			dev->owned[i--] = dev->owned[--dev->n_owned];
	}
	remove_unwanted(dev);
	for (uint32_t i = 0; i < n; i++)
		if ((add & 1u << i) && put(dev, &wanted[i], &err) < 0) {
			failed = true;
			if (!refusal.code)
				refusal = err;
		}
	for (size_t i = 0; i < dev->n_present && !refusal.code; i++)
		if (dev->present[i].duplicate && dev->present[i].ours && !dev->present[i].remove)
			hostif_refusal(&refusal, EADDRINUSE, &dev->present[i].address, dev->name);
	say(dev, &refusal);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
	int rc;

	failed = false;
	if (!store)
		return;
	netdevs_update();
	netdevs_index();
	rc = netdevs ? cp_netlink_addresses(on_address, NULL) : 0;
	if (rc < 0) {
		hd_log_limited(HD_LOG_WARNING, "cannot read the kernel's addresses: %s",
			       strerror(-rc));
		failed = true;
	} else if (!failed) { /* what was not read must not look as if it were not there */
		for (struct netdev *dev = netdevs; dev; dev = dev->next)
			netdev_look(dev);
	}
	if (failed)
		look_in(RETRY_MS);
}

static void on_change(enum cp_netlink_change change, uint32_t ifindex, const char *name, void *arg)
{
	bool concerns = change == CP_EVERYTHING_CHANGED;

	for (struct netdev *dev = netdevs; dev && !concerns; dev = dev->next)
		concerns = dev->ifindex == ifindex || (name && strcmp(dev->name, name) == 0);
	if (concerns)
		look_in(SETTLE_MS);
}

void hostif_device(const char *port, uint32_t ifindex)
{
	struct made **at = &made, *m;

	while (*at && strcmp((*at)->port, port) != 0)
		at = &(*at)->next;
	m = *at;
	hd_log(HD_LOG_DEBUG, "heddled made the device %u for port %s", ifindex, port);
	if (m && !ifindex) {
		*at = m->next;
		free(m);
	} else if (m) {
		m->ifindex = ifindex;
	} else if (ifindex) {
		m = calloc(1, sizeof(*m));
		if (!m)
			return;
		hd_str_copy(m->port, sizeof(m->port), port);
		m->ifindex = ifindex;
		m->next = made;
		made = m;
	}
	if (netdev_find(port))
		look_in(SETTLE_MS);
}

int hostif_start(struct event_base *base, struct hd_err *err)
{
	look_event = evtimer_new(base, on_look, NULL);
	if (!look_event)
		return hd_err_set(err, ENOMEM, "out of memory");
	return cp_netlink_open(base, on_change, NULL, err);
}

void hostif_commit(const struct hd_store *committed)
{
	store = committed;
	/* before the reply: who asks the kernel after a commit finds the addresses there */
	on_look(-1, 0, NULL);
}

void hostif_stop(void)
{
	while (netdevs) {
		struct netdev *dev = netdevs;

		netdevs = dev->next;
		netdev_free(dev);
	}
	while (made) {
		struct made *m = made;

		made = m->next;
		free(m);
	}
	if (look_event)
		event_free(look_event);
	look_event = NULL;
	cp_netlink_close();
	store = NULL;
}
