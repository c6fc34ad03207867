/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside of a channel; for the files of this folder only. Each file calls those below it:
 *
 *	chan.c		its life, the owner's calls, the loop
 *	chan_dispatch.c	calls handlers and reply functions for what came
 *	chan_call.c	requests, replies, events, and the call that waits
 *	chan_pending.c	requests whose reply has not come
 *	chan_io.c	datagrams in and out, with descriptors; what the socket does not take is queued
 *	chan_check.c	the form of what came (pure)
 */
#ifndef LIB_IPC_CHAN_INT_H
#define LIB_IPC_CHAN_INT_H

#include <sys/queue.h>

#include "heddle/ipc/chan.h"

#define CHAN_TABLES_MAX  32
#define CHAN_PENDING_MAP 64 /* buckets, a power of 2 */
#define CHAN_BURST       64 /* messages of one hd_chan_process() */

/* A datagram that came or is to go, with its descriptors. */
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
	size_t item_size; /* 0: no stream */
	size_t rep_size;
	hd_reply_fn fn; /* NULL: nobody waits any more, the reply is dropped */
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
	bool greeted;      /* the peer's hello was found right, maybe by a call that waited */
	bool ready;        /* it was also served */
	bool broken;       /* nothing can be sent; what came before is still served */
	bool closed;       /* `closed` was called */
	bool freed;        /* to be freed when the last call on the stack returns */
	bool want_write;   /* what the owner was told last */
	unsigned int busy; /* calls on the stack that will still use this struct */
	uint32_t seq;
	struct chan_packets tx;
	struct chan_packets kept; /* came while a call waited */
	size_t tx_bytes, kept_bytes;
	struct chan_pendings pending[CHAN_PENDING_MAP];
	struct chan_table tables[CHAN_TABLES_MAX];
	unsigned int n_tables;
	struct chan_packet *rx; /* room for one message of HD_MSG_MAX bytes */
};

/* chan_check.c */

/* Checks the form of a datagram. Returns 0 or -EBADMSG. */
int chan_check(const struct chan_packet *packet);

/* True if @packet is a well-formed hello, of our version and build; else @err says why not. */
bool chan_hello_right(const struct chan_packet *packet, struct hd_err *err);

/* 0 if a reply or item answers a request that was declared so, else -EBADMSG. */
int chan_reply_check(const struct hd_msg_hdr *hdr, const void *body, uint32_t type,
		     size_t item_size, size_t rep_size);

/* chan_io.c */

const char *chan_peer_name(const struct hd_chan *chan);

/*
 * True if the event loop should call when the socket can be written to: also for messages that a call
 * kept, which the next hd_chan_process() serves.
 */
bool chan_wants_write(const struct hd_chan *chan);

/* Tells the owner when what its event loop should wait for has changed. */
void chan_want_update(struct hd_chan *chan);

/*
 * Sends or queues one message. Descriptors are duplicated when it is queued. Returns 0, -EPIPE,
 * -EMSGSIZE (a mistake of the caller), -ENOMEM, -EMFILE or -ENFILE.
 */
int chan_send(struct hd_chan *chan, const struct hd_msg_hdr *hdr, const void *body, const int *fds,
	      unsigned int n_fds);

/* Writes what is queued, as far as the socket takes it. */
void chan_flush(struct hd_chan *chan);

/*
 * Receives one datagram into @packet, which has room for HD_MSG_MAX bytes. Returns 1, 0 at the end,
 * -EAGAIN, or -EBADMSG: it was cut; its descriptors are closed then.
 */
int chan_recv(struct hd_chan *chan, struct chan_packet *packet);

/* Nothing can be sent from now on; hd_chan_process() closes the channel once all is read. */
void chan_break(struct hd_chan *chan);

/* A packet with room for @len bytes, or NULL. */
struct chan_packet *chan_packet_new(size_t len);

/* Closes descriptors that nobody took (those that are not -1). */
void chan_fds_close(int *fds, unsigned int n_fds);

void chan_packets_free(struct chan_packets *packets);

/* chan_pending.c */

/* Remembers a request. Returns NULL when out of memory. */
struct chan_pending *chan_pending_add(struct hd_chan *chan, uint32_t seq, uint32_t type);

/* The request of this number, or NULL. */
struct chan_pending *chan_pending_find(struct hd_chan *chan, uint32_t seq);

/* Calls @p back with an error of our own making. */
void chan_pending_error(struct hd_chan *chan, const struct chan_pending *p, int status,
			const char *text);

/* Calls every open request back with @status and forgets it. */
void chan_pending_fail(struct hd_chan *chan, int status);

/* chan_call.c */

/* An error reply to the request with the header @req, text ready made. */
void chan_reply_text(struct hd_chan *chan, const struct hd_msg_hdr *req, int code,
		     const char *text);

/* chan_dispatch.c */

/* Serves one datagram that chan_recv() gave. Returns false when the channel must be closed now. */
bool chan_serve(struct hd_chan *chan, struct chan_packet *packet);

#endif
