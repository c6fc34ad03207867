/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind vhost-user: a guest's virtio-net device, served through librte_vhost.
 *
 * Three threads meet here. The control thread opens, closes and connects (vhost_user_open.c). The
 * library's own thread serves the guest's messages and calls us (vhost_user_event.c). Workers move
 * packets (vhost_user_io.c) and read `vid` and `rings`. Everything else is under `lock`, which
 * nobody holds while calling the library: its callbacks come with its locks held.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_USER_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_USER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "heddle/api/kinds.h"
#include "dataplane/core/port.h"

/* Virtqueues that we look at, two a pair; the library knows of no more. */
#define VHOST_RINGS_MAX 256

/* A path that a socket address can hold, with its NUL. */
#define VHOST_PATH_MAX sizeof(((struct sockaddr_un *)0)->sun_path)

enum vhost_stage {
	VHOST_CLOSED,    /* nothing is registered with the library */
	VHOST_LISTENING, /* server mode: our socket is there, nobody connected */
	VHOST_CONNECTED, /* somebody is there; the guest's driver has not started */
	VHOST_RUNNING,   /* packets can cross */
	VHOST_LOST,      /* client mode: the other side hung up; not cleaned up yet */
};

/* What the guest said about its memory since it connected. */
enum guest_memory {
	VHOST_MEMORY_UNASKED, /* nothing: its driver has not started */
	VHOST_MEMORY_DUE,     /* it told its features: its memory comes at once, if ever */
	VHOST_MEMORY_REFUSED, /* it came, and the library cannot map it */
	VHOST_MEMORY_MAPPED,
};

struct vhost_port {
	/* workers */
	_Atomic int vid;                    /* the library's handle, -1: none */
	_Atomic uint16_t rings;             /* guest's transmit rings that are served */
	_Atomic uint32_t disarm;            /* queues whose ring must still be told not to kick, */
#define VHOST_STALE(q) (0x10000u << (q))    /* and those where what waits is to be thrown away */
	_Atomic bool heard;                 /* a frame came since the device started */
	_Atomic bool deaf;                  /* none came, and rings are empty although it kicks */
	_Atomic uint32_t kicks;             /* seen while nothing was heard */
	uint16_t turn[HD_PORT_QUEUES_MAX];  /* ring that a queue served last */
	uint16_t stale[HD_PORT_QUEUES_MAX]; /* packets that were thrown away */
	uint16_t less[HD_PORT_QUEUES_MAX];  /* packets that a burst has less than HD_BURST now */
	/*
	 * Where the guest signals queue @i, -1: nowhere. Duplicates of our own: the library closes
	 * its descriptors when the guest says so, and a worker must not read from a stranger's.
	 */
	_Atomic int kick[HD_PORT_QUEUES_MAX];

	/* under lock */
	pthread_mutex_t lock;
	struct hd_port *port;
	enum vhost_stage stage;
	int conn;            /* handle of the connection, -1: none */
	uint32_t generation; /* connections so far: tells text that is out of date */
	uint64_t enabled[VHOST_RINGS_MAX / 64];
	uint64_t features; /* negotiated */
	uint64_t guest_bytes;
	uint64_t since_ns; /* of the stage */
	enum guest_memory memory;
	uint64_t due_ns;   /* when the memory became due */
	bool was_disabled; /* the port, before the device that is to come */

	/* control thread */
	char shown[VHOST_PATH_MAX]; /* the socket's path, as people and guests name it */
	char path[VHOST_PATH_MAX];  /* the same by a descriptor, for the library */
	int dir;                    /* the port's directory */
	int sock;                   /* client mode: the guest's socket, O_PATH; -1: none */
	mode_t mode;                /* server mode: to make the socket with */
	struct stat seen;           /* of the socket at the last failure, or of our own one */
	struct stat folder;         /* of the socket, when it was not there; mode 0: not known */
	bool registered;
	bool deaf_told;
	unsigned int tries;       /* on a socket that did not change */
	uint64_t retry_ns;        /* not before, on a socket that did not change */
	uint64_t check_ns;        /* when to look after our socket, or for one that is not there */
	enum hd_port_reason said; /* what the port was last told */
	char said_text[192];
	struct vhost_port *next; /* in the list of open ones, under the list's lock */
};

/* ops, in vhost_user_open.c; control thread */
int vhost_user_open(struct hd_port *port, enum hd_port_reason *reason, struct hd_err *err);
void vhost_user_close(struct hd_port *port);
int vhost_user_poll(struct hd_port *port);

/* ops, in vhost_user_io.c; worker */
uint16_t vhost_user_rx(struct hd_worker *w, struct hd_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n);
uint16_t vhost_user_tx(struct hd_worker *w, struct hd_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n);
int vhost_user_event_fd(struct hd_port *port, uint16_t q, bool arm);

/* ops, in vhost_user.c */
int vhost_user_validate(const void *params, struct hd_err *err);
void vhost_user_detail(const struct hd_port *port, char *text, size_t size);

/* What the library calls, for rte_vhost_driver_callback_register(). */
struct rte_vhost_device_ops;
extern const struct rte_vhost_device_ops vhost_user_callbacks;

/* Tells the port how many queues it has now, and what its detail is. Under v->lock. */
void vhost_user_bring_up(struct vhost_port *v, bool log);

/* Callbacks find ports by path while they are in this list. Control thread. */
void vhost_user_list_add(struct vhost_port *v);
void vhost_user_list_remove(struct vhost_port *v);

/*
 * The library has forgotten the connection without telling (it tells only what the other side
 * ends). Control thread.
 */
void vhost_user_forget(struct vhost_port *v);

/* Whose connection @vid is, or NULL. The library's thread. */
struct vhost_port *vhost_user_of(int vid);

/* What the library calls the port's socket; empty: it has none. Each is of one port. Control thread. */
void vhost_user_path_set(struct vhost_port *v, const char *path);

/* vhost_user_memory.c: is the guest's memory shared? */

/* From now on v->memory says what came on the connection. The library's thread. -1: cannot. */
int vhost_memory_watch(int vid);

/* Is it for want of memory that there is no device? Under v->lock. */
bool vhost_memory_unshared(const struct vhost_port *v);

/*
 * There is a device, the guest signals, and its rings are empty as we see them: it sees another memory.
 * False again when a frame came. Any thread.
 */
bool vhost_memory_deaf(struct vhost_port *v);

/* A line in the log, rate-limited. Control thread. */
void vhost_memory_warn(const struct vhost_port *v);

/* Tells management and the log when that changed; the device is there since @since. Control thread. */
void vhost_memory_look(struct vhost_port *v, uint64_t since);

/* Virtio features that a port with @o must not offer. Pure. */
uint64_t vhost_user_masked(const struct hd_vhost_user_object *o);

/* Caps that a guest with these negotiated features gives us. Pure. */
uint32_t vhost_user_caps(uint64_t features);

/*
 * Where the socket is: @dir/@port/@socket in @path. -ENAMETOOLONG with @err naming the limit: we could
 * do without the path, but no guest could. Pure.
 */
int vhost_user_path(const char *dir, const char *port, const char *socket,
		    char path[VHOST_PATH_MAX], struct hd_err *err);

/*
 * From the enabled rings: how many of a port's @queues can be polled, how many can be sent to, and
 * how many transmit rings the guest has in use. Pure.
 */
struct vhost_queues {
	uint16_t rx, tx, rings;
};
struct vhost_queues vhost_user_queues(const uint64_t enabled[VHOST_RINGS_MAX / 64],
				      uint16_t queues);

/* Words for people about a socket that does not work, in vhost_user_text.c. Control thread. */
void vhost_text_absent(const struct vhost_port *v, char *text, size_t size);
void vhost_text_denied(const struct vhost_port *v, const struct stat *st, char *text, size_t size);
void vhost_text_refused(const struct vhost_port *v, char *text, size_t size);
void vhost_text_silent(const struct vhost_port *v, bool server, char *text, size_t size);
void vhost_text_waiting(const struct vhost_port *v, char *text, size_t size);
void vhost_text_unshared(char *text, size_t size); /* any thread */
void vhost_text_taken(const struct vhost_port *v, int pid, char *text, size_t size);

/*
 * True if a process listens on the socket at v->path, which others call v->shown; *@pid is it, or 0 when
 * the kernel does not say. Does not disturb it where /proc can be read.
 */
bool vhost_socket_has_listener(const struct vhost_port *v, int *pid);

#endif
