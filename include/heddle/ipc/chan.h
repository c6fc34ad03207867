/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A channel: one end of the SOCK_SEQPACKET pair between two planes.
 *
 * A channel never blocks (but for hd_chan_call()): what the socket does not take at once is queued,
 * in order. The owner watches hd_chan_fd() for hd_chan_events() in its event loop and calls
 * hd_chan_process(). All calls on one channel come from one thread.
 *
 * What comes in is checked before anybody sees it: magic, flags, length against the bytes received,
 * hello first, type known, size as the handler's table says. A request that fails this is answered
 * with an error (EBADMSG: size or form, ENOSYS: no such type, EPROTO: before hello); a bad event or
 * reply is counted and logged, rate-limited. A hello of another version or build closes the channel.
 * A peer that does not read is given HD_CHAN_QUEUE_MAX bytes, then the channel is closed.
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

/* A message as a handler sees it. Everything in it is valid during the call only. */
struct hd_msg {
	const struct hd_msg_hdr *hdr;
	const void *body; /* hdr->len bytes, aligned to 8 */
	int *fds;         /* descriptors that came along; take one by setting it to -1 */
	unsigned int n_fds;
};

/*
 * Serves one request or event. A request must be answered, now or later, with hd_chan_reply() or
 * hd_chan_reply_error(). Descriptors that are not taken are closed after the call.
 */
typedef void (*hd_msg_fn)(struct hd_chan *chan, const struct hd_msg *msg, void *arg);

struct hd_handler {
	uint32_t type;
	const char *name; /* for logs */
	size_t size;      /* exact size of the body */
	hd_msg_fn fn;
	uint16_t form; /* HD_MSG_F_REQUEST or HD_MSG_F_EVENT: it comes as this only; 0: as either */
};

/* A table row for a request or an event: checks the size against the declared one. */
#define HD_HANDLER(NAME, function)                                                 \
	{                                                                          \
		HD_##NAME, #NAME, HD_##NAME##_REQ_SIZE, function, HD_MSG_F_REQUEST \
	}
#define HD_EVENT_HANDLER(NAME, function)                                     \
	{                                                                    \
		HD_##NAME, #NAME, HD_##NAME##_SIZE, function, HD_MSG_F_EVENT \
	}

/*
 * Called for each item of a stream (final is false) and once at the end (final is true).
 * @status is 0 or -errno; below 0 the body is a struct hd_msg_error. When the channel closes with
 * requests open, each is called with -EPIPE and such a message. Items and replies of a wrong size
 * are turned into -EBADMSG.
 */
typedef void (*hd_reply_fn)(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
			    void *arg);

struct hd_chan_config {
	enum hd_plane self;  /* who we say we are */
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
 * Takes over @fd (made non-blocking and close-on-exec) and sends a hello.
 * @config is copied. Returns NULL with errno set when out of memory; then @fd is still the caller's.
 */
struct hd_chan *hd_chan_new(int fd, const struct hd_chan_config *config);

/*
 * Closes and frees; open requests are called back with -EPIPE first. `closed` is not called.
 * NULL is fine. May be called from any callback of the channel itself.
 */
void hd_chan_free(struct hd_chan *chan);

/* Adds a table of handlers, which must outlive the channel. A type that is there already aborts. */
void hd_chan_handlers(struct hd_chan *chan, const struct hd_handler *table, size_t n, void *arg);

/* For the owner's event loop. hd_chan_events() is POLLIN, with POLLOUT when something is queued. */
int hd_chan_fd(const struct hd_chan *chan);
short hd_chan_events(const struct hd_chan *chan);

/*
 * Reads and serves up to 64 messages, writes what is queued. Returns false once the channel is
 * closed (after `closed` was called).
 */
bool hd_chan_process(struct hd_chan *chan);

/* True until the peer or an error closed it. */
bool hd_chan_open(const struct hd_chan *chan);

/* True once the peer's hello was accepted. */
bool hd_chan_ready(const struct hd_chan *chan);

/*
 * Sends a request. @rep_size and @item_size are what the macros declared (item_size 0: no stream).
 * @fds are duplicated by the kernel; the caller keeps its own. Returns 0, or -EPIPE (or -ENOMEM,
 * -EMFILE: it had to be queued, and could not); then @fn is not called. A send never calls `closed`:
 * hd_chan_process() does, for which the fd becomes readable.
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
 * channel is open), with poll(2). Requests and events that arrive meanwhile are kept and served by
 * the next hd_chan_process() (the fd may then not be readable: call it when this returned). @reply
 * takes @rep_size bytes; descriptors go to @fds (up to *@n_fds; the number that came is stored). On
 * failure @err has the peer's text.
 * Returns the status of the reply, -ETIMEDOUT, or -EPIPE.
 */
int hd_chan_call_raw(struct hd_chan *chan, uint32_t type, const void *body, size_t len, void *reply,
		     size_t rep_size, int *fds, unsigned int *n_fds, int timeout_ms,
		     struct hd_err *err);

#define hd_chan_call(chan, NAME, body, reply, fds, n_fds, timeout_ms, err)                         \
	hd_chan_call_raw(chan, HD_##NAME, body, HD_##NAME##_REQ_SIZE, reply, HD_##NAME##_REP_SIZE, \
			 fds, n_fds, timeout_ms, err)

/* Answers @req (a header kept by value when the answer comes later). Status 0. */
void hd_chan_reply(struct hd_chan *chan, const struct hd_msg_hdr *req, const void *body, size_t len,
		   const int *fds, unsigned int n_fds);

/* One item of a streamed reply. */
void hd_chan_reply_item(struct hd_chan *chan, const struct hd_msg_hdr *req, const void *item,
			size_t len);

/* Answers with -@code and a text that says why. */
void hd_chan_reply_error(struct hd_chan *chan, const struct hd_msg_hdr *req, int code,
			 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Sends an event. Returns 0 or -errno as hd_chan_request_raw(). */
int hd_chan_event_raw(struct hd_chan *chan, uint32_t type, const void *body, size_t len,
		      const int *fds, unsigned int n_fds);

#define hd_chan_event(chan, NAME, body) \
	hd_chan_event_raw(chan, HD_##NAME, body, HD_##NAME##_SIZE, NULL, 0)

struct hd_chan_counters {
	uint64_t rx, tx, bad, unknown;
};
void hd_chan_counters(const struct hd_chan *chan, struct hd_chan_counters *out);

#endif
