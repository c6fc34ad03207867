/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A channel: one end of the SOCK_SEQPACKET pair between two planes.
 *
 * A channel never blocks, except in hd_chan_call(): it queues, in order, what the socket does not
 * take at once. The owner watches hd_chan_fd() for hd_chan_events() in its event loop and calls
 * hd_chan_process(). All calls on one channel must come from one thread.
 *
 * The channel checks each message before a handler sees it: the magic number, the flags, the length
 * against the bytes that were received, that a hello came first, that the type is known, and the
 * size that the handler's table says. A request that fails a check is answered with an error
 * (EBADMSG: size or form, ENOSYS: no such type, EPROTO: before the hello). A bad event or reply is
 * counted and logged, rate-limited. A hello of another version or build closes the channel. For a
 * peer that does not read, up to HD_CHAN_QUEUE_MAX bytes are queued; then the channel is closed.
 */
#ifndef HEDDLE_IPC_CHAN_H
#define HEDDLE_IPC_CHAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"
#include "heddle/ipc/msg.h"

#define HD_CHAN_QUEUE_MAX (256u << 20)

struct hd_chan;

/* A message as a handler sees it. All pointers are valid during the call only. */
struct hd_msg {
	const struct hd_msg_hdr *hdr;
	const void *body; /* hdr->len bytes, aligned to 8 */
	int *fds;         /* descriptors of the message; to keep one, set its place here to -1 */
	unsigned int n_fds;
};

/*
 * Serves one request or event. A request must be answered, now or later, with hd_chan_reply() or
 * hd_chan_reply_error(). Descriptors that the handler does not keep are closed after the call.
 */
typedef void (*hd_msg_fn)(struct hd_chan *chan, const struct hd_msg *msg, void *arg);

struct hd_handler {
	uint32_t type;
	const char *name; /* for logs */
	size_t size;      /* exact size of the body */
	hd_msg_fn fn;
	uint16_t form; /* HD_MSG_F_REQUEST or HD_MSG_F_EVENT: nothing else is served; 0: both are */
};

/* A row of a table, for a request or an event, with the size that its declaration says. */
#define HD_HANDLER(NAME, function)                                                 \
	{                                                                          \
		HD_##NAME, #NAME, HD_##NAME##_REQ_SIZE, function, HD_MSG_F_REQUEST \
	}
#define HD_EVENT_HANDLER(NAME, function)                                     \
	{                                                                    \
		HD_##NAME, #NAME, HD_##NAME##_SIZE, function, HD_MSG_F_EVENT \
	}

/*
 * Called for each item of a stream (final is false) and once at the end (final is true). @status is
 * 0 or -errno; below 0 the body is a struct hd_msg_error. When the channel closes while requests
 * are open, the function of each is called with -EPIPE and such a body. For an item or a reply of a
 * wrong size it is called with -EBADMSG.
 */
typedef void (*hd_reply_fn)(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
			    void *arg);

struct hd_chan_config {
	enum hd_plane self;  /* the plane that our hello names */
	uint64_t generation; /* for our hello */
	void (*hello)(struct hd_chan *chan, const struct hd_hello *peer,
		      void *arg); /* may be NULL */
	void (*closed)(struct hd_chan *chan,
		       void *arg); /* once; the owner frees the channel here or later */
	void (*want_write)(struct hd_chan *chan, bool want,
			   void *arg); /* update the event loop; may be NULL */
	void *arg;
};

/*
 * Makes a channel of @fd, which it owns from now on and makes non-blocking and close-on-exec, and
 * sends a hello. @config is copied. Returns NULL with errno set when there is no memory; then the
 * caller still owns @fd.
 */
struct hd_chan *hd_chan_new(int fd, const struct hd_chan_config *config);

/*
 * Closes and frees the channel. Before, the functions of open requests are called with -EPIPE;
 * `closed` is not called. NULL is fine. May be called from any callback of the channel itself.
 */
void hd_chan_free(struct hd_chan *chan);

/*
 * Adds a table of handlers, which must outlive the channel. @arg is passed to them. Aborts the
 * program if a type has a handler already.
 */
void hd_chan_handlers(struct hd_chan *chan, const struct hd_handler *table, size_t n, void *arg);

/*
 * For the owner's event loop: the descriptor, and the events to wait for. These are POLLIN, and
 * POLLOUT while something is queued.
 */
int hd_chan_fd(const struct hd_chan *chan);
short hd_chan_events(const struct hd_chan *chan);

/*
 * Reads and serves up to 64 messages, and writes what is queued. Returns false when the channel is
 * closed; `closed` was called before.
 */
bool hd_chan_process(struct hd_chan *chan);

/* True until the peer or an error closes the channel. */
bool hd_chan_open(const struct hd_chan *chan);

/* True once the peer's hello was accepted. */
bool hd_chan_ready(const struct hd_chan *chan);

/*
 * Sends a request. @rep_size and @item_size are the declared sizes, as the macros below pass them
 * (item_size 0: the reply is no stream). The kernel duplicates @fds; the caller still owns its own.
 * Returns 0; -EPIPE; -ENOMEM or -EMFILE: the request had to be queued and could not. Below 0, @fn
 * is not called. A send never calls `closed`: the descriptor becomes readable, and
 * hd_chan_process() calls it.
 */
int hd_chan_request_raw(struct hd_chan *chan, uint32_t type, const void *body, size_t len,
			const int *fds, unsigned int n_fds, size_t item_size, size_t rep_size,
			hd_reply_fn fn, void *arg);

#define hd_chan_request(chan, NAME, body, fn, arg)                                   \
	hd_chan_request_raw(chan, HD_##NAME, body, HD_##NAME##_REQ_SIZE, NULL, 0, 0, \
			    HD_##NAME##_REP_SIZE, fn, arg)
#define hd_chan_request_stream(chan, NAME, body, fn, arg)                         \
	hd_chan_request_raw(chan, HD_##NAME, body, HD_##NAME##_REQ_SIZE, NULL, 0, \
			    HD_##NAME##_ITEM_SIZE, HD_##NAME##_REP_SIZE, fn, arg)

/*
 * Sends a request and waits for its final reply, at most @timeout_ms (below 0: as long as the
 * channel is open), with poll(2). Requests and events that arrive meanwhile are kept. The next
 * hd_chan_process() serves them; the descriptor need not become readable for them, so call
 * hd_chan_process() after this. @reply has room for @rep_size bytes. Up to *@n_fds descriptors of
 * the reply are stored in @fds, and their number in *@n_fds. On failure @err has the peer's text.
 * Returns the status of the reply, -ETIMEDOUT, or -EPIPE.
 */
int hd_chan_call_raw(struct hd_chan *chan, uint32_t type, const void *body, size_t len, void *reply,
		     size_t rep_size, int *fds, unsigned int *n_fds, int timeout_ms,
		     struct hd_err *err);

#define hd_chan_call(chan, NAME, body, reply, fds, n_fds, timeout_ms, err)                         \
	hd_chan_call_raw(chan, HD_##NAME, body, HD_##NAME##_REQ_SIZE, reply, HD_##NAME##_REP_SIZE, \
			 fds, n_fds, timeout_ms, err)

/*
 * Answers the request with the header @req, with status 0. Who answers later keeps a copy of the
 * header.
 */
void hd_chan_reply(struct hd_chan *chan, const struct hd_msg_hdr *req, const void *body, size_t len,
		   const int *fds, unsigned int n_fds);

/* Sends one item of a streamed reply. */
void hd_chan_reply_item(struct hd_chan *chan, const struct hd_msg_hdr *req, const void *item,
			size_t len);

/* Answers the request with status -@code and a text that says why. */
void hd_chan_reply_error(struct hd_chan *chan, const struct hd_msg_hdr *req, int code,
			 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Sends an event. Returns 0 or -errno as hd_chan_request_raw(). */
int hd_chan_event_raw(struct hd_chan *chan, uint32_t type, const void *body, size_t len,
		      const int *fds, unsigned int n_fds);

#define hd_chan_event(chan, NAME, body) \
	hd_chan_event_raw(chan, HD_##NAME, body, HD_##NAME##_SIZE, NULL, 0)

/* Messages received and sent; bad ones; ones of an unknown type. */
struct hd_chan_counters {
	uint64_t rx, tx, bad, unknown;
};
void hd_chan_counters(const struct hd_chan *chan, struct hd_chan_counters *out);

#endif
