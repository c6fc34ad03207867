/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/backend/txn.h"
#include "mgmt/datastore/mem.h"

enum phase { PHASE_WAIT, PHASE_PREPARE, PHASE_COMMIT, PHASE_END };

/* What a plane owes us. Only the last of several answers counts: earlier ones are of an aborted try. */
struct side {
	struct bk_txn *txn;
	enum bk_plane_id id;
	bool takes_part;
	bool pending;
	bool stale; /* a difference was refused: it holds something else than we thought */
	unsigned int begins, prepares; /* answers still to come */
};

struct bk_txn {
	struct bk *bk;
	const struct bd_objects *next;
	uint64_t generation;
	enum phase phase;
	struct side sides[BK_PLANES];
	struct event *timer;  /* of the phase */
	struct event *finish; /* done is never called from bk_commit() */
	int wait_ms;
	unsigned int refs; /* replies still to come, and ourselves */
	bool is_resync;
	int status;
	struct hd_err err;
	struct hd_config_result result;
	bk_done_fn done;
	void *arg;
};

static void try_start(struct bk_txn *txn);

static void put(struct bk_txn *txn)
{
	if (--txn->refs == 0)
		free(txn);
}

static void arm(struct bk_txn *txn, int ms)
{
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

	evtimer_del(txn->timer);
	if (ms >= 0)
		evtimer_add(txn->timer, &tv);
}

/* Ends it: the owner is told from the loop. */
static void end(struct bk_txn *txn, int status)
{
	static const struct timeval now = {0, 0};

	if (txn->phase == PHASE_END)
		return;
	txn->phase = PHASE_END;
	txn->status = status;
	evtimer_del(txn->timer);
	evtimer_add(txn->finish, &now);
}

static void on_finish(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval now = {0, 0}, later = {5, 0};
	struct bk_txn *txn = arg;
	struct bk *bk = txn->bk;

	event_free(txn->timer);
	event_free(txn->finish);
	bk->txn = NULL;
	if (txn->done)
		txn->done(txn->status, &txn->err, &txn->result, txn->arg);
	else if (txn->status < 0)
		hd_log(HD_LOG_ERR, "a plane could not be given its configuration again: %s",
		       txn->err.text);
	evtimer_add(bk->resync, txn->is_resync && txn->status < 0 ? &later : &now);
	put(txn);
}

static void nobody_waits(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
			 void *arg)
{
}

static void abort_all(struct bk_txn *txn)
{
	struct hd_nothing nothing;

	for (size_t i = 0; i < BK_PLANES; i++) {
		struct hd_link *link = &txn->bk->planes[i].link;

		if (txn->sides[i].takes_part && hd_link_ready(link))
			hd_chan_request(link->chan, CONFIG_ABORT, &nothing, nobody_waits, NULL);
		txn->sides[i].pending = false;
	}
}

static const char *reply_text(int status, const struct hd_msg *msg, char *text, size_t size)
{
	const struct hd_msg_error *e = msg->body;

	if (status != -EPIPE && msg->hdr && msg->hdr->len >= sizeof(*e) &&
	    memchr(e->text, 0, sizeof(e->text)) && e->text[0])
		snprintf(text, size, "%s", e->text);
	else
		snprintf(text, size, "%s", strerror(-status));
	return text;
}

static bool all_done(const struct bk_txn *txn)
{
	for (size_t i = 0; i < BK_PLANES; i++)
		if (txn->sides[i].takes_part && txn->sides[i].pending)
			return false;
	return true;
}

static void in_force(struct bk_txn *txn)
{
	struct bk *bk = txn->bk;

	if (!txn->is_resync) {
		bk->objects = txn->next;
		bk->generation = txn->generation;
		bk->configured = time(NULL);
	}
	end(txn, 0);
}

static void forget(const struct bd_object *object, enum hd_object_op op, void *arg)
{
	if (object->rank == BD_RANK_KIND ||
	    (object->rank == BD_RANK_PORT && op == HD_OBJECT_DELETE))
		bk_ports_forget(arg, object->body->key);
}

/*
 * Ports that are gone, or of another kind or settings: what was told of them is not true of who has
 * their names now. heddle-dp tells of those after its answer to the commit. The first commit of a
 * heddle-mgmt changes nothing that heddle-dp has told of: what it has it may have had before.
 */
static void forget_ports(const struct bk_txn *txn)
{
	struct bk *bk = txn->bk;

	if (!bk->objects)
		return;
	bd_objects_diff(bk->objects, txn->next, HD_PLANE_DATA, forget, &bk->ports);
}

static void on_commit(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		      void *arg)
{
	struct side *side = arg;
	struct bk_txn *txn = side->txn;
	struct bk_plane *plane = &txn->bk->planes[side->id];

	if (txn->phase == PHASE_COMMIT && side->pending) {
		side->pending = false;
		/* A plane that failed here holds nobody knows what: it is given all of it again. */
		plane->generation = status == 0 ? txn->generation : 0;
		if (status < 0)
			hd_log(HD_LOG_WARNING, "%s did not answer the commit: %s", plane->name,
			       strerror(-status));
		else if (side->id == BK_DATA)
			txn->result = *(const struct hd_config_result *)msg->body;
		if (side->id == BK_DATA)
			forget_ports(txn);
		if (all_done(txn))
			in_force(txn);
	}
	put(txn);
}

static void commit_all(struct bk_txn *txn)
{
	struct hd_nothing nothing;

	txn->phase = PHASE_COMMIT;
	arm(txn, BK_PREPARE_MS);
	for (size_t i = 0; i < BK_PLANES; i++) {
		struct side *side = &txn->sides[i];
		struct hd_link *link = &txn->bk->planes[i].link;

		if (!side->takes_part)
			continue;
		txn->refs++;
		side->pending = true;
		if (!hd_link_ready(link) ||
		    hd_chan_request(link->chan, CONFIG_COMMIT, &nothing, on_commit, side) < 0) {
			txn->refs--;
			side->pending = false;
			txn->bk->planes[i].generation = 0;
		}
	}
	if (all_done(txn))
		in_force(txn);
}

static void send_object(const struct bd_object *object, enum hd_object_op op, void *arg)
{
	union {
		struct hd_object head;
		uint64_t words[HD_MSG_MAX / 8];
	} gone;

	if (op == HD_OBJECT_SET) {
		hd_chan_event_raw(arg, object->type, object->body, object->size, NULL, 0);
		return;
	}
	memset(&gone, 0, object->size);
	memcpy(gone.head.key, object->body->key, sizeof(gone.head.key));
	gone.head.op = op;
	hd_chan_event_raw(arg, object->type, &gone, object->size, NULL, 0);
}

static void on_begin(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg);
static void on_prepare(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		       void *arg);

/* The whole bracket up to its prepare goes out at once: the answers come one after another. */
static void send_bracket(struct bk_txn *txn, struct side *side)
{
	struct bk_plane *plane = &txn->bk->planes[side->id];
	struct bk *bk = txn->bk;
	bool full = side->stale || !bk->objects || !plane->generation ||
		    plane->generation != bk->generation || txn->is_resync;
	struct hd_config_begin begin = {
		.base = full ? 0 : bk->generation,
		.generation = txn->generation,
		.mode = full ? HD_CONFIG_FULL : HD_CONFIG_DELTA,
	};
	struct hd_nothing nothing;

	side->pending = true;
	txn->refs += 2;
	side->begins++;
	side->prepares++;
	if (hd_chan_request(plane->link.chan, CONFIG_BEGIN, &begin, on_begin, side) < 0) {
		txn->refs--;
		side->begins--;
	}
	bd_objects_diff(full ? NULL : bk->objects, txn->next,
			side->id == BK_DATA ? HD_PLANE_DATA : HD_PLANE_CONTROL, send_object,
			plane->link.chan);
	if (hd_chan_request(plane->link.chan, CONFIG_PREPARE, &nothing, on_prepare, side) < 0) {
		txn->refs--;
		side->prepares--;
	}
}

static void on_begin(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	struct side *side = arg;
	struct bk_txn *txn = side->txn;

	side->begins--;
	if (status == -ESTALE && !side->begins && txn->phase == PHASE_PREPARE && side->pending)
		side->stale = true;
	put(txn);
}

/* Someone said no: nobody does anything. */
static void refuse(struct bk_txn *txn, const char *who, int status, const char *text)
{
	abort_all(txn);
	hd_err_set(&txn->err, -status, "%s: %s", who, text);
	end(txn, status);
}

static void on_prepare(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		       void *arg)
{
	struct side *side = arg;
	struct bk_txn *txn = side->txn;
	struct bk_plane *plane = &txn->bk->planes[side->id];
	char text[256];

	side->prepares--;
	if (!side->prepares && txn->phase == PHASE_PREPARE && side->pending && status != -EPIPE) {
		if (status < 0 && side->stale && plane->generation) {
			plane->generation = 0; /* now all of it, once */
			send_bracket(txn, side);
		} else if (status < 0) {
			refuse(txn, plane->name, status,
			       reply_text(status, msg, text, sizeof(text)));
		} else {
			side->pending = false;
			if (all_done(txn))
				commit_all(txn);
		}
	}
	put(txn);
}

static bool planes_ready(const struct bk_txn *txn)
{
	for (size_t i = 0; i < BK_PLANES; i++)
		if (txn->sides[i].takes_part && !hd_link_ready(&txn->bk->planes[i].link))
			return false;
	return true;
}

static void try_start(struct bk_txn *txn)
{
	if (txn->phase != PHASE_WAIT || !planes_ready(txn))
		return;
	/* Above all that the planes hold: one that outlived another heddle-mgmt has its numbers. */
	for (size_t i = 0; i < BK_PLANES && !txn->is_resync; i++)
		if (txn->generation <= txn->bk->planes[i].generation)
			txn->generation = txn->bk->planes[i].generation + 1;
	txn->phase = PHASE_PREPARE;
	arm(txn, BK_PREPARE_MS);
	for (size_t i = 0; i < BK_PLANES && txn->phase == PHASE_PREPARE; i++)
		if (txn->sides[i].takes_part)
			send_bracket(txn, &txn->sides[i]);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct bk_txn *txn = arg;
	const char *who = "";

	for (size_t i = BK_PLANES; i-- > 0;)
		if (txn->sides[i].takes_part &&
		    (txn->phase == PHASE_WAIT ? !hd_link_ready(&txn->bk->planes[i].link)
					      : txn->sides[i].pending))
			who = txn->bk->planes[i].name;
	if (txn->phase == PHASE_WAIT)
		refuse(txn, who, -EAGAIN,
		       "it is not running, so nothing was changed: try again when "
		       "`heddle show planes` lists it as ready");
	else if (txn->phase == PHASE_PREPARE)
		refuse(txn, who, -ETIMEDOUT, "it does not answer, so nothing was changed");
	else if (txn->phase == PHASE_COMMIT)
		in_force(txn); /* all have prepared: it stands, and who is late gets it again */
}

static struct bk_txn *txn_new(struct bk *bk, const struct bd_objects *next, bk_done_fn done,
			      void *arg)
{
	struct bk_txn *txn = ds_alloc(sizeof(*txn));

	txn->bk = bk;
	txn->next = next;
	txn->done = done;
	txn->arg = arg;
	txn->refs = 1;
	txn->generation = bk->generation + 1;
	txn->timer = evtimer_new(bk->base, on_timer, txn);
	txn->finish = evtimer_new(bk->base, on_finish, txn);
	for (size_t i = 0; i < BK_PLANES; i++)
		txn->sides[i] = (struct side){.txn = txn, .id = i, .takes_part = true};
	bk->txn = txn;
	return txn;
}

int bk_commit(struct bk *bk, const struct bd_objects *next, int wait_ms, bk_done_fn done, void *arg)
{
	struct bk_txn *txn;

	if (bk->txn && !bk->txn->is_resync)
		return -EBUSY;
	if (bk->txn) {
		/* A commit gives a restarted plane what it lacks as well. */
		struct bk_txn *resync = bk->txn;

		abort_all(resync);
		resync->phase = PHASE_END;
		event_free(resync->timer);
		event_free(resync->finish);
		put(resync);
	}
	txn = txn_new(bk, next, done, arg);
	txn->wait_ms = wait_ms;
	arm(txn, wait_ms);
	try_start(txn);
	return 0;
}

bool bk_busy(const struct bk *bk)
{
	return bk->txn && !bk->txn->is_resync;
}

void bk_txn_plane_up(struct bk *bk)
{
	static const struct timeval now = {0, 0};

	if (bk->txn)
		try_start(bk->txn);
	else
		evtimer_add(bk->resync, &now);
}

void bk_txn_plane_down(struct bk *bk)
{
	struct bk_txn *txn = bk->txn;

	if (!txn)
		return;
	if (txn->is_resync) {
		if (txn->phase != PHASE_COMMIT && txn->phase != PHASE_END && !planes_ready(txn)) {
			hd_err_set(&txn->err, EPIPE, "it went away");
			end(txn, -EPIPE);
		}
		return;
	}
	if (txn->phase == PHASE_PREPARE && !planes_ready(txn)) {
		abort_all(txn);
		for (size_t i = 0; i < BK_PLANES; i++)
			txn->sides[i].stale = false;
		txn->phase = PHASE_WAIT;
		arm(txn, txn->wait_ms);
	}
}

void bk_txn_resync(struct bk *bk)
{
	bool any = false;
	struct bk_txn *txn;

	if (bk->txn || !bk->objects)
		return;
	for (size_t i = 0; i < BK_PLANES; i++)
		if (hd_link_ready(&bk->planes[i].link) &&
		    bk->planes[i].generation != bk->generation)
			any = true;
	if (!any)
		return;
	txn = txn_new(bk, bk->objects, NULL, NULL);
	txn->is_resync = true;
	txn->generation = bk->generation;
	for (size_t i = 0; i < BK_PLANES; i++)
		txn->sides[i].takes_part = hd_link_ready(&bk->planes[i].link) &&
					   bk->planes[i].generation != bk->generation;
	try_start(txn);
}

void bk_txn_cancel(struct bk *bk)
{
	struct bk_txn *txn = bk->txn;

	if (!txn)
		return;
	bk->txn = NULL;
	txn->phase = PHASE_END;
	event_free(txn->timer);
	event_free(txn->finish);
	hd_err_set(&txn->err, ECANCELED, "heddle-mgmt is stopping");
	if (txn->done)
		txn->done(-ECANCELED, &txn->err, &txn->result, txn->arg);
	put(txn);
}
