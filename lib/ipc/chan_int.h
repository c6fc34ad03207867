/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The inside of a channel, for the files of this folder only. Each file calls only files below it:
 *
 *	chan.c		opening and closing, the owner's calls, the owner's event loop
 *	chan_dispatch.c	calls handlers and reply functions for messages that came
 *	chan_call.c	requests, replies, events, and the call that waits
 *	chan_pending.c	requests whose final reply has not come
 *	chan_io.c	reads and writes datagrams with descriptors; the queue to the socket
 *	chan_check.c	checks the form of messages that came (pure)
 */
#ifndef LIB_IPC_CHAN_INT_H
#define LIB_IPC_CHAN_INT_H

#include <sys/queue.h>

#include "heddle/ipc/chan.h"

#define CHAN_TABLES_MAX  32
#define CHAN_PENDING_MAP 64 /* buckets, a power of 2 */
#define CHAN_BURST       64 /* messages that one hd_chan_process() serves at most */

/* A datagram that was received or is queued, with its descriptors. */
struct chan_packet {
	STAILQ_ENTRY(chan_packet) next;
	size_t len;
	unsigned int n_fds;
	int fds[HD_MSG_FDS_MAX];
	_Alignas(8) unsigned char data[];
};
STAILQ_HEAD(chan_packets, chan_packet);

/* A request whose final reply has not come. */
struct chan_pending {
	LIST_ENTRY(chan_pending) next;
	uint32_t seq;
	uint32_t type;
	size_t item_size; /* 0: the reply is no stream */
	size_t rep_size;
	hd_reply_fn fn; /* NULL: nobody waits for the reply any more; it is dropped */
	void *arg;
};
LIST_HEAD(chan_pendings, chan_pending);

struct chan_table {
	const struct hd_handler *rows;
	size_t n;
	void *arg;
};

struct hd_chan {
	int fd; /* -1: closed */
	struct hd_chan_config config;
	struct hd_chan_counters counters;
	enum hd_plane peer;
	bool greeted;      /* the peer's hello was accepted, perhaps in a call that waits */
	bool ready;        /* the hello was also served: the owner knows of it */
	bool broken;       /* nothing can be sent; messages that came before are still served */
	bool closed;       /* `closed` was called */
	bool freed;        /* is freed when the last call on the stack returns */
	bool want_write;   /* the value that the owner's want_write() got last */
	unsigned int busy; /* calls on the stack that still use this struct */
	uint32_t seq;
	struct chan_packets tx;
	struct chan_packets kept; /* messages that came during a call that waits */
	size_t tx_bytes, kept_bytes;
	struct chan_pendings pending[CHAN_PENDING_MAP];
	struct chan_table tables[CHAN_TABLES_MAX];
	unsigned int n_tables;
	struct chan_packet *rx; /* room for one message of HD_MSG_MAX bytes */
};

/* chan_check.c */

/* Checks the form of a datagram: header, flags, length. Returns 0 or -EBADMSG. Pure. */
int chan_check(const struct chan_packet *packet);

/* True if @packet is a well-formed hello of our version and build; else @err says why not. Pure. */
bool chan_hello_right(const struct chan_packet *packet, struct hd_err *err);

/*
 * Checks whether a reply or an item has the size that the declaration of its request says. Returns
 * 0 or -EBADMSG. Pure.
 */
int chan_reply_check(const struct hd_msg_hdr *hdr, const void *body, uint32_t type,
		     size_t item_size, size_t rep_size);

/* chan_io.c */

/* The peer's program, for logs. */
const char *chan_peer_name(const struct hd_chan *chan);

/*
 * True if the event loop must call hd_chan_process() when the socket can be written: something is
 * queued, or a call that waited kept messages, which hd_chan_process() has to serve.
 */
bool chan_wants_write(const struct hd_chan *chan);

/* Calls the owner's want_write() if the value of chan_wants_write() has changed. */
void chan_want_update(struct hd_chan *chan);

/*
 * Sends or queues one message. Duplicates the descriptors of a message that it queues. Returns 0,
 * -EPIPE, -EMSGSIZE (a mistake of the caller), -ENOMEM, -EMFILE or -ENFILE.
 */
int chan_send(struct hd_chan *chan, const struct hd_msg_hdr *hdr, const void *body, const int *fds,
	      unsigned int n_fds);

/* Writes queued messages until the socket takes no more. */
void chan_flush(struct hd_chan *chan);

/*
 * Receives one datagram into @packet, which has room for HD_MSG_MAX bytes. Returns 1; 0: the peer
 * has closed; -EAGAIN: there is none; -EBADMSG: the datagram was cut, and its descriptors are
 * closed.
 */
int chan_recv(struct hd_chan *chan, struct chan_packet *packet);

/* Stops sending for good. hd_chan_process() closes the channel when it has read everything. */
void chan_break(struct hd_chan *chan);

/* Makes a packet with room for @len bytes; NULL: no memory. The caller frees it with free(3). */
struct chan_packet *chan_packet_new(size_t len);

/* Closes the descriptors that no handler kept: those that are not -1. */
void chan_fds_close(int *fds, unsigned int n_fds);

void chan_packets_free(struct chan_packets *packets);

/* chan_pending.c */

/* Enters an open request, for its reply. Returns NULL when there is no memory. */
struct chan_pending *chan_pending_add(struct hd_chan *chan, uint32_t seq, uint32_t type);

/* The open request with the sequence number @seq, or NULL. */
struct chan_pending *chan_pending_find(struct hd_chan *chan, uint32_t seq);

/* Calls the function of @p with @status and a struct hd_msg_error of @text. */
void chan_pending_error(struct hd_chan *chan, const struct chan_pending *p, int status,
			const char *text);

/* Calls the functions of all open requests with @status, and removes the requests. */
void chan_pending_fail(struct hd_chan *chan, int status);

/* chan_call.c */

/* Answers the request with the header @req with status -@code and @text. */
void chan_reply_text(struct hd_chan *chan, const struct hd_msg_hdr *req, int code,
		     const char *text);

/* chan_dispatch.c */

/*
 * Serves one datagram that chan_recv() has read. Returns false when the channel must be closed now.
 */
bool chan_serve(struct hd_chan *chan, struct chan_packet *packet);

#endif
