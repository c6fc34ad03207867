/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside of the opener; for opener*.c only.
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
	struct netns netns;           /* identity only, its fd is closed */
	int queue[HD_TAP_QUEUES_MAX]; /* none for a VM's TAP */
	unsigned int n_queues;
	int sock; /* in its namespace; -1: not yet */
	bool asked; /* for its port by the heddle-dp that runs now; else it goes with the next sweep */
	uint64_t wanted_ns; /* another port asked for the device then, in vain; 0: none did */
	bool deferred;      /* something of it can change only when the VM closes it */
};
LIST_HEAD(kept_taps, kept_tap);

struct kept_shm {
	char name[32];
	uint64_t size;
	uint32_t version;
	int fd;
};

/* A vhost-user port's directory below the vhost directory, to be removed with the port. */
struct kept_vhost {
	LIST_ENTRY(kept_vhost) next;
	struct hd_open_vhost req;
	bool asked; /* by the heddle-dp that runs now */
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
	struct orphans *orphans;                      /* NULL: not looked for yet */
	struct kept_shm shms[SHM_MAX];
	unsigned int n_shms;
	struct kept_vhosts vhosts;
	uid_t dp_uid; /* that heddle-dp runs as */
	int inotify;  /* of the folder of namespaces, -1: none yet */
	struct event *names;
};

/* Looks a user or a group up, or takes a number. Empty: -1. Returns 0, or -errno with @err. */
int opener_user(const struct opener *opener, const char *name, uid_t *uid, struct hd_err *err);
int opener_group(const struct opener *opener, const char *name, gid_t *gid, struct hd_err *err);

/*
 * opener_tap.c: makes the device of @req, or takes one of ours that is there, also @tap's own, and
 * makes it as @req says. Fills @tap's descriptors, opened and the identity of the namespace.
 */
int opener_tap_open(struct opener *opener, struct kept_tap *tap, const struct hd_open_tap *req,
		    struct hd_err *err);

/* Makes the rule of this VM's TAP again, if it is gone. */
void opener_tap_guard(const struct kept_tap *tap);

/* Has anybody this VM's TAP open? */
bool opener_tap_in_use(const struct kept_tap *tap);

/* Has the device deleted beside the loop. opener_tap_close() is still due. */
void opener_tap_remove(struct opener *opener, struct kept_tap *tap, bool vm);

/* The same for a device of which we hold no queue. */
void opener_device_remove(struct opener *opener, const struct netns *netns, uint32_t ifindex,
			  const char *netdev, bool vm);

/* Closes our descriptors; the device stays. */
void opener_tap_close(struct kept_tap *tap);

/* Takes the carrier down: our queues go, with what waits in them; a VM's device goes down. */
void opener_tap_down(struct kept_tap *tap);

/* True if the device is still there, in the namespace that its name stands for now. */
bool opener_tap_alive(const struct opener *opener, struct kept_tap *tap);

/* opener_cache.c: the device of @req, kept or new. Returns NULL with @err. */
const struct kept_tap *opener_cache_tap(struct opener *opener, const struct hd_open_tap *req,
					struct hd_err *err);

/* Is @link, in @netns that is called @name, kept for a port? */
bool opener_cache_knows(const struct opener *opener, const struct netns *netns, const char *name,
			const struct rtnl_link *link);

/* At the end. A switch that is managed keeps its TAPs for the next start. */
void opener_cache_end(struct opener *opener);

/* Makes the rule of the VM's TAP @netdev in this namespace again; NULL: of all there. */
void opener_cache_guard(struct opener *opener, dev_t dev, ino_t ino, const char *netdev);

/* The kept TAP that is the device @ifindex of @netns, or NULL. */
const struct kept_tap *opener_cache_device(const struct opener *opener, const struct netns *netns,
					   uint32_t ifindex);
void opener_cache_release(struct opener *opener, const char *port);

/*
 * The port is disabled: its TAP is kept for it, with its carrier down, until it is asked for. Where none
 * is kept yet, what an earlier heddled left of the port is taken by opener_cache_adopt() when it is found.
 */
void opener_cache_down(struct opener *opener, const char *port);

/* @link, in @netns that is called @name, bears our mark: true if it is of a port that is disabled. */
bool opener_cache_adopt(struct opener *opener, const struct netns *netns, const char *name,
			const struct rtnl_link *link, bool vm);

/* Closes what was not asked for. Returns how many. */
unsigned int opener_cache_sweep(struct opener *opener);

/* Nothing counts as asked for any more. */
void opener_cache_forget(struct opener *opener);

/*
 * Drops the TAPs whose namespace's name stands for another one now, or for none, and calls @fn with
 * the port of each that has one. Returns how many.
 */
unsigned int opener_cache_lost(struct opener *opener, void (*fn)(const char *port, void *arg),
			       void *arg);

/* opener_packet.c: @fds becomes the packet socket and the datagram socket. */
int opener_packet_open(const struct opener *opener, const struct hd_open_packet *req, bool vm_tap,
		       int fds[2], struct hd_opened *opened, struct hd_err *err);

/* opener_guard.c: watches the packet filter in a namespace with TAPs of VMs, until the last is gone. */
void opener_guard_watch(struct opener *opener, const struct netns *netns);
void opener_guard_unwatch(struct opener *opener, const struct netns *netns);
void opener_guard_end(struct opener *opener);

/*
 * opener_orphans.c: looks for TAPs that an earlier heddled of this run directory left and no port has
 * asked for, a few namespaces at a time, and deletes them, but for those of ports that are disabled. Once;
 * later calls do nothing.
 */
void opener_orphans_find(struct heddled *heddled);
void opener_orphans_end(struct opener *opener);

/*
 * opener_shm.c: *@fd becomes a descriptor for the asking plane, to be closed when it was sent.
 * -EAGAIN: not there yet, for who may not make it.
 */
int opener_shm_open(struct opener *opener, const struct hd_open_shm *req, bool writer, int *fd,
		    struct hd_opened_shm *opened, struct hd_err *err);
void opener_shm_close(struct opener *opener);

/* opener_watch.c: the end of opener_watch_names(). */
void opener_watch_end(struct opener *opener);

/* opener_vhost.c: *@fd becomes a descriptor of the port's directory, to be closed when it was sent. */
int opener_vhost_open(struct opener *opener, const struct hd_open_vhost *req, int *fd,
		      struct hd_opened_vhost *opened, struct hd_err *err);

/* Lets heddle-dp connect to the socket that the guest's side made there. */
int opener_vhost_admit(struct opener *opener, const char *port, struct hd_err *err);

/* Removes the directory, if nothing of a guest is in it; those that were not asked for; asks anew. */
void opener_vhost_release(struct opener *opener, const char *port);
void opener_vhost_sweep(struct opener *opener);
void opener_vhost_forget(struct opener *opener);

#endif
