/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind vhost-user: a guest's virtio-net device, served over a UNIX socket.
 *
 * Three kinds of threads meet here. The control thread opens and closes a port, and connects to the
 * guest's socket (vhost_user_open.c). One thread, that of vhost_loop.c, reads the messages of all
 * guests, and never waits for any of them; what a message asks for is done in vhost_device.c.
 * Workers move packets (vhost_user_rx.c, vhost_user_tx.c).
 *
 * The first two share everything under one lock. A ring belongs to the worker that polls it, or to
 * the one that has its transmit lock, while it is `live`; to change or stop it, `live` is cleared, and
 * the request is answered when no worker can be in the ring any more (rcu.h). The guest's memory is a
 * table that is replaced as a whole, and unmapped after the workers have left it.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_USER_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_USER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <linux/virtio_net.h>
#include <rte_mbuf.h>

#include "heddle/api/kinds.h"
#include "dataplane/core/port.h"
#include "dataplane/port/vhost_user/vhost_log.h"
#include "dataplane/port/vhost_user/vhost_ring.h"
#include "dataplane/port/vhost_user/vhost_session.h"

/* Virtqueues of a guest, two a pair. */
#define VHOST_RINGS_MAX 256

/* A path that a socket address can hold, with its NUL. */
#define VHOST_PATH_MAX sizeof(((struct sockaddr_un *)0)->sun_path)

enum vhost_stage {
	VHOST_CLOSED,    /* no socket */
	VHOST_LISTENING, /* server mode: our socket is there, nobody connected */
	VHOST_CONNECTED, /* somebody is there; the guest's driver has not started */
	VHOST_RUNNING,   /* packets can cross */
	VHOST_LEAVING,   /* the connection ended; workers may still be in the guest's memory */
};

/* What the guest said about its memory since it connected. */
enum guest_memory {
	VHOST_MEMORY_UNASKED, /* nothing: its driver has not started */
	VHOST_MEMORY_DUE,     /* it told its features: its memory comes at once, if ever */
	VHOST_MEMORY_REFUSED, /* it came, and it is not shared */
	VHOST_MEMORY_MAPPED,
};

/* A virtqueue. It lives until its port is closed; a guest's next connection uses it again. */
struct vhost_vring {
	_Atomic bool live;

	/* who may use the ring: */
	struct vhost_ring ring;
	struct vhost_batch batch;
	unsigned int lent;      /* packets of the batch, if mbufs have memory of some of them */
	_Atomic uint32_t loans; /* packets that mbufs still have; changed by one worker at a time */
	struct rte_mbuf_ext_shared_info lender[VHOST_BATCH]; /* of a packet each */
	bool fresh;                                          /* kicks are still to be turned off */
	bool stale; /* what waits in it came while the port was disabled */
	uint16_t thrown;
	uint16_t less; /* packets that a burst has less than HD_BURST now */

	/*
	 * Event descriptors. Their numbers stay the same as long as the ring lives: what a guest sends is
	 * put in the place of the one before, so that no worker can signal a stranger.
	 */
	int call, kick;
	_Atomic bool has_call, has_kick;

	/* the loop */
	bool enabled; /* SET_VRING_ENABLE */
	bool started; /* by SET_VRING_KICK, until GET_VRING_BASE */
	bool placed;  /* SET_VRING_ADDR came */
	uint32_t size;
	struct vhost_vring_addr addr;
};

struct vhost_port {
	/* workers */
	struct vhost_vring *_Atomic vring[VHOST_RINGS_MAX]; /* NULL: never used */
	_Atomic(const struct vhost_mem *) mem;
	_Atomic(const struct vhost_log *) log; /* NULL: nobody wants to know what we write */
	_Atomic uint16_t rings;                /* guest's transmit rings that are served */
	_Atomic uint64_t rarp;                 /* MAC to announce, with bit 48 set; 0: none */
	_Atomic bool fault;                    /* a part of the guest's memory went away */
	_Atomic bool heard;                    /* a frame came since the device started */
	_Atomic bool deaf;      /* none came, and rings are empty although it kicks */
	_Atomic uint32_t kicks; /* seen while nothing was heard */
	uint16_t hlen; /* bytes of a virtio-net header; these do not change while a ring is live */
	bool merge;    /* MRG_RXBUF */
	bool offload;  /* CSUM: the guest may send unfinished packets */
	uint16_t turn[HD_PORT_QUEUES_MAX]; /* ring that a queue served last */

	/* under the lock of vhost_loop.c */
	struct hd_port *port;
	enum vhost_stage stage;
	int sock, listener; /* -1: none */
	uint32_t watched;   /* events that the loop waits for on sock */
	uint32_t serial;    /* tells events that are out of date */
	struct vhost_session session;
	struct vhost_mem *table;   /* what `mem` shows, or is to show */
	struct vhost_mem *removed; /* the one before, until workers have left it */
	struct vhost_map gone;     /* a region that is not in `table` any more; base NULL: none */
	struct vhost_log *bits;    /* what `log` shows while LOG_ALL is on */
	struct vhost_log *bits_before;
	bool waits;     /* a request goes on when `token` is over */
	bool waited;    /* it is */
	uint64_t token; /* of rcu.h */
	bool in_list;   /* of what the loop has to look at again */
	struct vhost_port *next;
	uint64_t features; /* in force */
	uint64_t status;
	uint64_t since_ns; /* of the stage */
	uint64_t due_ns;   /* when the memory became due */
	enum guest_memory memory;
	bool was_disabled; /* the port, before the device that is to come */
	bool is_bad;       /* the last connection ended for what the guest did: `bad` says it */
	char bad[192];
	bool fault_told;   /* what `fault` says of this connection is in `faults` */
	uint32_t faults;   /* of the guest's memory, since they were forgotten */
	uint64_t fault_ns; /* the last one */
	uint64_t held_ns;  /* no guest is let in before */
	uint32_t accepts;  /* in the second that began at accept_ns */
	uint64_t accept_ns;
	enum hd_port_reason said; /* what the port was last told */
	char said_text[192];

	/* control thread */
	char shown[VHOST_PATH_MAX]; /* the socket's path, as people and guests name it */
	char path[VHOST_PATH_MAX];  /* the same by a descriptor */
	int dir;                    /* the port's directory */
	mode_t mode;                /* server mode: to make the socket with */
	struct stat seen;           /* of the socket at the last failure, or of our own one */
	struct stat folder;         /* of the socket, when it was not there; mode 0: not known */
	bool deaf_told;
	const char *broken_told; /* what was said of a ring that is not read; NULL: nothing */
	unsigned int tries;      /* on a socket that did not change */
	uint64_t retry_ns;       /* not before, on a socket that did not change */
	uint64_t check_ns;       /* when to look after our socket, or for one that is not there */
};

/* ops, in vhost_user_open.c; control thread */
int vhost_user_open(struct hd_port *port, enum hd_port_reason *reason, struct hd_err *err);
void vhost_user_close(struct hd_port *port);
int vhost_user_poll(struct hd_port *port);

/* ops, in vhost_user_rx.c and vhost_user_tx.c; worker */
uint16_t vhost_user_rx(struct hd_worker *w, struct hd_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n);
uint16_t vhost_user_tx(struct hd_worker *w, struct hd_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n);
int vhost_user_event_fd(struct hd_port *port, uint16_t q, bool arm);

/* ops, in vhost_user.c */
int vhost_user_validate(const void *params, struct hd_err *err);
void vhost_user_detail(const struct hd_port *port, char *text, size_t size);

/* vhost_user_rx.c */

/* Gives back what was lent, when no mbuf has it any more. Who owns the ring. False: one still has. */
bool vhost_user_settle(struct vhost_port *v, struct vhost_vring *r);

/* Asks the guest to signal when it has more in the ring, or not to. Who owns the ring. */
void vhost_user_ask_signal(struct vhost_port *v, struct vhost_vring *r, bool on);

/* The guest wants to know that the ring changed. Never waits. @worker: as in vhost_signal(). */
void vhost_user_signal(struct vhost_vring *r, unsigned int worker);

/* vhost_user.c */

/* Why a ring is not read any more, or NULL. Under the lock. */
const char *vhost_user_broken(const struct vhost_port *v);

/* Virtio features that a port with @o offers. Pure. */
uint64_t vhost_user_offered(const struct hd_vhost_user_object *o);

/* Caps that a guest with these negotiated features gives us. Pure. */
uint32_t vhost_user_caps(uint64_t features);

/*
 * Where the socket is: @dir/@port/@socket in @path. -ENAMETOOLONG with @err naming the limit: we could
 * do without the path, but no guest could. Pure.
 */
int vhost_user_path(const char *dir, const char *port, const char *socket,
		    char path[VHOST_PATH_MAX], struct hd_err *err);

/*
 * From the rings in use: how many of a port's @queues can be polled, how many can be sent to, and
 * how many transmit rings the guest has in use. Pure.
 */
struct vhost_queues {
	uint16_t rx, tx, rings;
};
struct vhost_queues vhost_user_queues(const uint64_t used[VHOST_RINGS_MAX / 64], uint16_t queues);

/* vhost_user_memory.c: is the guest's memory shared? */

/* Is it for want of memory that there is no device? Under the lock. */
bool vhost_memory_unshared(const struct vhost_port *v);

/*
 * There is a device, the guest signals, and its rings are empty as we see them: it sees another memory.
 * False again when a frame came. Any thread.
 */
bool vhost_memory_deaf(struct vhost_port *v);

/* A line in the log, rate-limited. */
void vhost_memory_warn(const struct vhost_port *v);

/* Tells management and the log when that changed. Control thread, under the lock. */
void vhost_memory_look(struct vhost_port *v);

/* Words for people about a socket that does not work, in vhost_user_text.c. */
void vhost_text_absent(const struct vhost_port *v, char *text, size_t size);
void vhost_text_denied(const struct vhost_port *v, const struct stat *st, char *text, size_t size);
void vhost_text_refused(const struct vhost_port *v, char *text, size_t size);
void vhost_text_silent(const struct vhost_port *v, bool server, char *text, size_t size);
void vhost_text_waiting(const struct vhost_port *v, char *text, size_t size);
void vhost_text_unshared(char *text, size_t size);
void vhost_text_held(const struct vhost_port *v, uint64_t ns, char *text, size_t size);
void vhost_text_taken(const struct vhost_port *v, int pid, char *text, size_t size);

/* vhost_socket.c; control thread */

/* Connects to the socket at @path. Never waits: who takes no connections has a full queue of them. Or -errno. */
int vhost_socket_connect(const char *path);

/* Makes the socket at v->path, with the mode v->mode from its beginning, and listens. Or -errno. */
int vhost_socket_make(const struct vhost_port *v);

/*
 * True if a process listens on the socket at v->path, which others call v->shown; *@pid is it, or 0 when
 * the kernel does not say. Does not disturb it where /proc can be read.
 */
bool vhost_socket_has_listener(const struct vhost_port *v, int *pid);

#endif
