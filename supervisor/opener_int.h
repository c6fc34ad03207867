/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The inside of the opener, for opener*.c only.
 */
#ifndef SUPERVISOR_OPENER_INT_H
#define SUPERVISOR_OPENER_INT_H

#include <sys/queue.h>

#include "supervisor/closer.h"
#include "supervisor/netns.h"
#include "supervisor/opener.h"
#include "supervisor/rtnl.h"

#define CACHE_BUCKETS 1024 /* a power of 2 */
#define CACHE_MAX     65536
#define SHM_MAX       64

/* A TAP that is kept for a port. */
struct kept_tap {
	LIST_ENTRY(kept_tap) next;
	struct hd_open_tap req;
	struct hd_opened opened;
	struct netns netns;           /* identifies the namespace; its fd is closed */
	int queue[HD_TAP_QUEUES_MAX]; /* none for a VM's TAP */
	unsigned int n_queues;
	int sock;           /* in its namespace; -1: not opened yet */
	bool asked;         /* the running heddle-dp asked for it; else the next sweep deletes it */
	uint64_t wanted_ns; /* when another port asked for the device and was refused; 0: never */
	bool deferred;      /* a change waits until the VM closes the device */
};
LIST_HEAD(kept_taps, kept_tap);

struct kept_shm {
	char name[32];
	uint64_t size;
	uint32_t version;
	int fd;
};

/* A vhost-user port's directory below the vhost directory; it is removed with the port. */
struct kept_vhost {
	LIST_ENTRY(kept_vhost) next;
	struct hd_open_vhost req;
	bool asked; /* the running heddle-dp asked for it */
};
LIST_HEAD(kept_vhosts, kept_vhost);

struct opener {
	struct event_base *base;
	const struct settings *settings;
	const struct dirs *dirs;
	struct kept_taps taps[CACHE_BUCKETS];
	unsigned int n_taps;
	struct closer *closer;
	LIST_HEAD(guard_watches, guard_watch) guards; /* by namespace */
	struct orphans *orphans;                      /* NULL: the search has not begun */
	struct kept_shm shms[SHM_MAX];
	unsigned int n_shms;
	struct kept_vhosts vhosts;
	uid_t dp_uid; /* heddle-dp's user */
	int inotify;  /* watches the folder of namespaces; -1: not yet */
	struct event *names;
};

/* Looks up a user or a group by name or number; -1 for an empty name. 0, or -errno with @err. */
int opener_user(const struct opener *opener, const char *name, uid_t *uid, struct hd_err *err);
int opener_group(const struct opener *opener, const char *name, gid_t *gid, struct hd_err *err);

/*
 * opener_tap.c: makes the device of @req; or takes a TAP of heddled's that exists, perhaps @tap's
 * own, and changes it as @req says. Fills @tap's descriptors, opened and netns. 0, or -errno with
 * @err.
 */
int opener_tap_open(struct opener *opener, struct kept_tap *tap, const struct hd_open_tap *req,
		    struct hd_err *err);

/* Makes the packet filter rule of this VM's TAP again, if somebody removed it. */
void opener_tap_guard(const struct kept_tap *tap);

/* True if a process has this VM's TAP open. */
bool opener_tap_in_use(const struct kept_tap *tap);

/* Passes the device to the closer, which deletes it. The caller still calls opener_tap_close(). */
void opener_tap_remove(struct opener *opener, struct kept_tap *tap, bool vm);

/* The same for a device of which the opener has no descriptors. */
void opener_device_remove(struct opener *opener, const struct netns *netns, uint32_t ifindex,
			  const char *netdev, bool vm);

/* Closes the opener's descriptors; the device stays. */
void opener_tap_close(struct kept_tap *tap);

/*
 * Takes the carrier down: closes the opener's queues, with the frames that wait in them; sets a
 * VM's device down.
 */
void opener_tap_down(struct kept_tap *tap);

/* True if the device still exists, in the namespace that now has the name of @tap's request. */
bool opener_tap_alive(const struct opener *opener, struct kept_tap *tap);

/* opener_cache.c: returns the kept device of @req, or opens it; NULL with @err: it failed. */
const struct kept_tap *opener_cache_tap(struct opener *opener, const struct hd_open_tap *req,
					struct hd_err *err);

/* True if the device @link, in the namespace @netns with the name @name, is kept for a port. */
bool opener_cache_knows(const struct opener *opener, const struct netns *netns, const char *name,
			const struct rtnl_link *link);

/* heddled ends. A switch whose configuration is managed keeps its TAPs for the next start. */
void opener_cache_end(struct opener *opener);

/*
 * Makes the rule of the VM's TAP @netdev in this namespace again; NULL: those of all VMs' TAPs
 * there.
 */
void opener_cache_guard(struct opener *opener, dev_t dev, ino_t ino, const char *netdev);

/* The kept TAP that is the device @ifindex of @netns, or NULL. */
const struct kept_tap *opener_cache_device(const struct opener *opener, const struct netns *netns,
					   uint32_t ifindex);
void opener_cache_release(struct opener *opener, const char *port);

/*
 * The port is disabled: keeps its TAP, with its carrier down, until heddle-dp asks for it. If none
 * is kept, opener_cache_adopt() takes the TAP that an earlier heddled left for the port, when it is
 * found.
 */
void opener_cache_down(struct opener *opener, const char *port);

/*
 * @link, in the namespace @netns with the name @name, has our mark. If it is of a disabled port,
 * keeps it and returns true.
 */
bool opener_cache_adopt(struct opener *opener, const struct netns *netns, const char *name,
			const struct rtnl_link *link, bool vm);

/* Deletes the TAPs that heddle-dp has not asked for. Returns how many. */
unsigned int opener_cache_sweep(struct opener *opener);

/* heddle-dp ended: the next one has not asked for any TAP yet. */
void opener_cache_forget(struct opener *opener);

/*
 * Stops keeping the TAPs whose namespace has lost its name, and calls @fn with the port of each.
 * Returns how many.
 */
unsigned int opener_cache_lost(struct opener *opener, void (*fn)(const char *port, void *arg),
			       void *arg);

/*
 * opener_packet.c: opens the packet socket (@fds[0]) and the datagram socket (@fds[1]), which the
 * caller owns. 0, or -errno with @err.
 */
int opener_packet_open(const struct opener *opener, const struct hd_open_packet *req, bool vm_tap,
		       int fds[2], struct hd_opened *opened, struct hd_err *err);

/*
 * opener_guard.c: watches the packet filter in a namespace with TAPs of VMs, until the last is
 * gone.
 */
void opener_guard_watch(struct opener *opener, const struct netns *netns);
void opener_guard_unwatch(struct opener *opener, const struct netns *netns);
void opener_guard_end(struct opener *opener);

/*
 * opener_orphans.c: searches, a few namespaces at a time, for TAPs that an earlier heddled of this
 * run directory left and no port has asked for. Deletes them, except TAPs of disabled ports. Later
 * calls do nothing.
 */
void opener_orphans_find(struct heddled *heddled);
void opener_orphans_end(struct opener *opener);

/*
 * opener_shm.c: opens *@fd for the plane that asks; the caller closes it after sending. Only a
 * @writer can make the memory; for others -EAGAIN with @err: it does not exist yet.
 */
int opener_shm_open(struct opener *opener, const struct hd_open_shm *req, bool writer, int *fd,
		    struct hd_opened_shm *opened, struct hd_err *err);
void opener_shm_close(struct opener *opener);

/* opener_watch.c: the end of opener_watch_names(). */
void opener_watch_end(struct opener *opener);

/*
 * opener_vhost.c: opens *@fd, a descriptor of the port's directory; the caller closes it after
 * sending. 0, or -errno with @err.
 */
int opener_vhost_open(struct opener *opener, const struct hd_open_vhost *req, int *fd,
		      struct hd_opened_vhost *opened, struct hd_err *err);

/*
 * Permits heddle-dp to connect to the socket that the guest's side made there. 0, or -errno with
 * @err.
 */
int opener_vhost_admit(struct opener *opener, const char *port, struct hd_err *err);

/*
 * Remove directories that hold nothing of a guest: the one of @port; all that heddle-dp has not
 * asked for. The third: heddle-dp ended, and the next one has not asked for any directory yet.
 */
void opener_vhost_release(struct opener *opener, const char *port);
void opener_vhost_sweep(struct opener *opener);
void opener_vhost_forget(struct opener *opener);

#endif
