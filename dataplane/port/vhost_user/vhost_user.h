/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind vhost-user: the back-end of a guest's virtio-net device, on a UNIX socket.
 *
 * Three kinds of threads use a port. The control thread opens and closes it, and connects to the
 * guest's socket (vhost_user_open.c). The loop, one thread (vhost_loop.c), reads the messages of
 * all guests, and never waits for any of them; vhost_device.c does what they ask for. Workers move
 * packets (vhost_user_rx.c, vhost_user_tx.c).
 *
 * Control thread and loop share everything under one lock. While a ring is `live`, it belongs to
 * the worker that polls it, or to the one that has its transmit lock. To change or stop a ring, the
 * loop clears `live`, and answers the request when no worker can use the ring any more (rcu.h). The
 * guest's memory is a table: it is replaced as a whole, and unmapped after the workers have left
 * it.
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

/* Virtqueues of a guest; a pair of queues has two. */
#define VHOST_RINGS_MAX 256

/* Bytes of the longest path in a socket address, with its NUL. */
#define VHOST_PATH_MAX sizeof(((struct sockaddr_un *)0)->sun_path)

enum vhost_stage {
	VHOST_CLOSED,    /* there is no socket */
	VHOST_LISTENING, /* server mode: our socket listens, and nobody is connected */
	VHOST_CONNECTED, /* a front-end is connected; the guest's driver has not started */
	VHOST_RUNNING,   /* packets can cross */
	VHOST_LEAVING,   /* the connection ended; workers may still use the guest's memory */
};

/* What the front-end has sent about the guest's memory since it connected. */
enum guest_memory {
	VHOST_MEMORY_UNASKED, /* nothing: the guest's driver has not started */
	VHOST_MEMORY_DUE,     /* features; the memory follows at once, or never */
	VHOST_MEMORY_REFUSED, /* memory that is not shared */
	VHOST_MEMORY_MAPPED,
};

/* A virtqueue. It exists until its port is closed; the guest's next connection uses it again. */
struct vhost_vring {
	_Atomic bool live;

	/* of the thread that owns the ring */
	struct vhost_ring ring;
	struct vhost_batch batch;
	unsigned int lent; /* packets of the batch, if mbufs borrow the memory of some */
	_Atomic uint32_t
		loans; /* packets that mbufs still borrow; one worker at a time changes it */
	struct rte_mbuf_ext_shared_info lender[VHOST_BATCH]; /* one for each packet */
	bool fresh; /* kicks have not been turned off yet */
	bool stale; /* its packets came while the port was disabled */
	uint16_t thrown;
	uint16_t less; /* a burst takes so many packets less than DP_BURST now */

	/*
	 * Event descriptors. Their numbers stay the same as long as the ring exists: dup3(2) puts a
	 * new one of the guest in the place of the old one, so that no worker can signal another
	 * file.
	 */
	int call, kick;
	_Atomic bool has_call, has_kick;

	/* of the loop */
	bool enabled; /* by SET_VRING_ENABLE */
	bool started; /* by SET_VRING_KICK, until GET_VRING_BASE */
	bool placed;  /* SET_VRING_ADDR came */
	uint32_t size;
	struct vhost_vring_addr addr;
};

struct vhost_port {
	/* used by workers */
	struct vhost_vring *_Atomic vring[VHOST_RINGS_MAX]; /* NULL: never used */
	_Atomic(const struct vhost_mem *) mem;
	_Atomic(const struct vhost_log *) log; /* NULL: dirty pages are not logged */
	_Atomic uint16_t rings;                /* the guest's transmit rings that are served */
	_Atomic uint64_t rarp;                 /* MAC to announce, with bit 48 set; 0: none */
	_Atomic bool fault;                    /* a part of the guest's memory has vanished */
	_Atomic bool heard;                    /* a frame came since the device started */
	_Atomic bool deaf;      /* no frame came, and rings are empty although the guest kicks */
	_Atomic uint32_t kicks; /* kicks that came while no frame came */
	uint16_t hlen; /* bytes of a virtio-net header; hlen..offload are constant for live rings */
	bool merge;    /* MRG_RXBUF */
	bool offload;  /* CSUM: the guest may send packets with partial checksums */
	uint16_t turn[DP_PORT_QUEUES_MAX]; /* the ring that a queue served last */

	/* under the lock of vhost_loop.c */
	struct dp_port *port;
	enum vhost_stage stage;
	int sock, listener; /* -1: none */
	uint32_t watched;   /* events that the loop waits for on sock */
	uint32_t serial;    /* events with another number are out of date */
	struct vhost_session session;
	struct vhost_mem *table;   /* `mem` has it, or will have it */
	struct vhost_mem *removed; /* the table before, until workers have left it */
	struct vhost_map gone;     /* a region that was removed from `table`; base NULL: none */
	struct vhost_log *bits;    /* `log` has it while LOG_ALL is on */
	struct vhost_log *bits_before;
	bool waits;     /* a request waits until `token` is over */
	bool waited;    /* `token` is over, and the request is served again */
	uint64_t token; /* of rcu.h */
	bool in_list;   /* the port is in the list of those that the loop looks at again */
	struct vhost_port *next;
	uint64_t features; /* in force */
	uint64_t status;
	uint64_t since_ns; /* when `stage` began */
	uint64_t due_ns;   /* when `memory` became VHOST_MEMORY_DUE */
	enum guest_memory memory;
	bool was_disabled; /* the port was disabled before the next device starts */
	bool is_bad;       /* the guest's fault ended the last connection; `bad` is the reason */
	char bad[192];
	bool fault_told;   /* `faults` counts the `fault` of this connection */
	uint32_t faults;   /* of the guest's memory, since they were last forgotten */
	uint64_t fault_ns; /* time of the last one */
	uint64_t held_ns;  /* no guest may connect before this time */
	uint32_t accepts;  /* in the second that began at accept_ns */
	uint64_t accept_ns;
	enum hd_port_reason said; /* the reason that the port was told last */
	char said_text[192];

	/* of the control thread */
	char shown[VHOST_PATH_MAX]; /* the socket's path, as people and guests name it */
	char path[VHOST_PATH_MAX];  /* the same socket, by the descriptor of its folder */
	int dir;                    /* the port's directory */
	mode_t mode;                /* server mode: of the socket */
	struct stat seen;           /* the guest's socket at the last failure, or our own socket */
	struct stat folder;         /* the folder when it had no socket; mode 0: unknown */
	bool deaf_told;
	const char *broken_told; /* the reason of a broken ring that was reported; NULL: none */
	unsigned int tries;      /* on a socket that did not change */
	uint64_t retry_ns;       /* when to try again a socket that did not change */
	uint64_t check_ns;       /* when to check our socket, or to look for a missing one */
};

/* ops, in vhost_user_open.c; control thread */
int vhost_user_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err);
void vhost_user_close(struct dp_port *port);
int vhost_user_poll(struct dp_port *port);

/* ops, in vhost_user_rx.c and vhost_user_tx.c; worker */
uint16_t vhost_user_rx(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n);
uint16_t vhost_user_tx(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n);
int vhost_user_event_fd(struct dp_port *port, uint16_t q, bool arm);

/* ops, in vhost_user.c */
int vhost_user_validate(const void *params, struct hd_err *err);
void vhost_user_detail(const struct dp_port *port, char *text, size_t size);

/* vhost_user_rx.c */

/*
 * Returns the borrowed buffers to the guest, if no mbuf uses them any more. False: one still does.
 * Thread that owns the ring.
 */
bool vhost_user_settle(struct vhost_port *v, struct vhost_vring *r);

/*
 * Asks the guest to signal when it puts more into the ring, or not to. Thread that owns the ring.
 */
void vhost_user_ask_signal(struct vhost_port *v, struct vhost_vring *r, bool on);

/* Signals the guest that the ring changed. Never waits. @worker: as in vhost_signal(). */
void vhost_user_signal(struct vhost_vring *r, unsigned int worker);

/* vhost_user.c */

/* Why a ring of the port is broken; NULL: none is. Under the lock. */
const char *vhost_user_broken(const struct vhost_port *v);

/* Virtio features that a port with @o offers. Pure. */
uint64_t vhost_user_offered(const struct hd_vhost_user_object *o);

/* DP_CAP_* of a guest with these negotiated features. Pure. */
uint32_t vhost_user_caps(uint64_t features);

/*
 * Writes the socket's path, @dir/@port/@socket. 0, or -ENAMETOOLONG with @err, which names the
 * limit: we do not need the path, but guests do. Pure.
 */
int vhost_user_path(const char *dir, const char *port, const char *socket,
		    char path[VHOST_PATH_MAX], struct hd_err *err);

/*
 * Finds from the rings in use how many of a port's @queues can be polled (rx), how many can be sent
 * to (tx), and how many transmit rings the guest uses. Pure.
 */
struct vhost_queues {
	uint16_t rx, tx, rings;
};
struct vhost_queues vhost_user_queues(const uint64_t used[VHOST_RINGS_MAX / 64], uint16_t queues);

/* vhost_user_memory.c: is the guest's memory shared? */

/* True if there is no device because the guest's memory is not shared. Under the lock. */
bool vhost_memory_unshared(const struct vhost_port *v);

/*
 * True if the device runs and the guest kicks, but its rings look empty: the guest writes to memory
 * that is not shared. False again after the first frame. Any thread.
 */
bool vhost_memory_deaf(struct vhost_port *v);

/* Logs that the guest's memory is not shared, rate-limited. */
void vhost_memory_warn(const struct vhost_port *v);

/*
 * If vhost_memory_deaf() has changed, tells management and the log. Control thread, under the lock.
 */
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

/*
 * Connects to the socket at @path, and never waits: when the peer accepts no connections,
 * connecting fails. Returns the descriptor or -errno.
 */
int vhost_socket_connect(const char *path);

/* Makes a listening socket at v->path, with mode v->mode from the start. Returns it or -errno. */
int vhost_socket_make(const struct vhost_port *v);

/*
 * True if a process listens on the socket at v->path, whose name for others is v->shown. *@pid is
 * the process; 0: the kernel does not say. Does not connect to it if /proc can be read.
 */
bool vhost_socket_has_listener(const struct vhost_port *v, int *pid);

#endif
