/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/core/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "heddle/ipc/chan.h"
#include "heddle/net/ether.h"
#include "ctrlplane/core/feature.h"

/* Names, in no order. */
struct keys {
	size_t n, room;
	char (*key)[HD_NAME_MAX];
};

static struct cp_class *classes;
static struct hd_chan *dp; /* NULL: heddle-dp is not there */

static struct {
	size_t n, room;
	struct hd_punt_rule *rule;
} rules;

static struct keys held;  /* leases that this process made */
static struct keys found; /* that heddle-dp has of an earlier one */
static bool found_all, committed;

static bool keys_find(const struct keys *keys, const char *key, size_t *at)
{
	for (*at = 0; *at < keys->n; ++*at)
		if (!strcmp(keys->key[*at], key))
			return true;
	return false;
}

/* 0, also if it is there; -ENOMEM, -ENOSPC. */
static int keys_add(struct keys *keys, const char *key)
{
	size_t at, room = keys->room ? keys->room * 2 : 16;
	void *more;

	if (keys_find(keys, key, &at))
		return 0;
	if (keys->n == HD_LEASES_MAX)
		return -ENOSPC;
	if (keys->n == keys->room) {
		more = realloc(keys->key, room * sizeof(keys->key[0]));
		if (!more)
			return -ENOMEM;
		keys->key = more;
		keys->room = room;
	}
	return hd_str_copy(keys->key[keys->n++], HD_NAME_MAX, key);
}

static void keys_remove(struct keys *keys, const char *key)
{
	size_t at;

	if (keys_find(keys, key, &at))
		memmove(keys->key[at], keys->key[--keys->n], HD_NAME_MAX);
}

static void keys_clear(struct keys *keys)
{
	free(keys->key);
	*keys = (struct keys){0};
}

void cp_class_register(struct cp_class *class)
{
	struct cp_class **at = &classes;

	/* by name, so that ids do not depend on how the program was linked */
	while (*at && strcmp((*at)->name, class->name) < 0)
		at = &(*at)->next;
	class->next = *at;
	*at = class;
}

int cp_packet_start(struct hd_err *err)
{
	uint32_t id = 0;

	for (struct cp_class *c = classes; c; c = c->next) {
		if (id == HD_PUNT_CLASSES_MAX)
			return hd_err_set(err, ENOSPC, "more than %d classes of packets",
					  HD_PUNT_CLASSES_MAX);
		c->id = id++;
	}
	return 0;
}

static void on_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	if (status < 0 && status != -EPIPE)
		hd_log_limited(HD_LOG_WARNING, "heddle-dp: %s",
			       ((const struct hd_msg_error *)msg->body)->text);
}

static void send_class(const struct cp_class *c)
{
	struct hd_punt_class class = {
		.id = c->id, .rate = c->rate, .port_rate = c->port_rate, .burst = c->burst};

	hd_str_copy(class.name, sizeof(class.name), c->name);
	hd_chan_request(dp, PUNT_CLASS_SET, &class, on_reply, NULL);
}

static struct hd_punt_rule *find_rule(const char *key)
{
	for (size_t i = 0; i < rules.n; i++)
		if (!strcmp(rules.rule[i].key, key))
			return &rules.rule[i];
	return NULL;
}

int cp_rule_set(const struct cp_class *class, const struct hd_punt_rule *rule)
{
	struct hd_punt_rule *at = find_rule(rule->key);

	if (!at && rules.n == HD_PUNT_RULES_MAX)
		return -ENOSPC;
	if (!at && rules.n == rules.room) {
		size_t room = rules.room ? rules.room * 2 : 16;
		struct hd_punt_rule *more = realloc(rules.rule, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		rules.rule = more;
		rules.room = room;
	}
	if (!at)
		at = &rules.rule[rules.n++];
	*at = *rule;
	at->class_id = (uint8_t) class->id;
	if (dp)
		hd_chan_request(dp, PUNT_RULE_SET, at, on_reply, NULL);
	return 0;
}

void cp_rule_remove(const char *key)
{
	struct hd_punt_rule_key gone = {0};
	struct hd_punt_rule *at = find_rule(key);

	if (!at)
		return;
	hd_str_copy(gone.key, sizeof(gone.key), key);
	*at = rules.rule[--rules.n];
	if (dp)
		hd_chan_request(dp, PUNT_RULE_REMOVE, &gone, on_reply, NULL);
}

int cp_inject(const char *port, const void *frame, size_t len)
{
	struct hd_inject inject = {.len = (uint32_t)len};

	if (!dp)
		return -ENOTCONN;
	if (len > sizeof(inject.frame))
		return -EMSGSIZE;
	hd_str_copy(inject.port, sizeof(inject.port), port);
	memcpy(inject.frame, frame, len);
	return hd_chan_request(dp, INJECT, &inject, on_reply, NULL);
}

static void lease_over(const char *key, enum hd_lease_why why)
{
	size_t at;

	if (!keys_find(&held, key, &at))
		return;
	keys_remove(&held, key);
	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		if (f->lease_over)
			f->lease_over(key, why);
}

/* A lease whose making was asked for; @arg: its key, which is freed here. */
static void on_lease_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
			   void *arg)
{
	on_reply(chan, status, msg, final, NULL);
	/* One that could not be asked for runs out by itself, or never was. */
	if (status < 0 && status != -EPIPE)
		lease_over(arg, HD_LEASE_REFUSED);
	free(arg);
}

int cp_lease_set(const struct hd_lease *lease)
{
	char *key;
	int rc;

	if (!dp)
		return -ENOTCONN;
	rc = keys_add(&held, lease->key);
	if (rc < 0)
		return rc;
	keys_remove(&found, lease->key);
	key = strdup(lease->key);
	if (!key)
		return -ENOMEM;
	rc = hd_chan_request(dp, LEASE_SET, lease, on_lease_reply, key);
	if (rc < 0)
		free(key);
	return rc;
}

void cp_lease_end(const char *key, bool send)
{
	struct hd_lease_end end = {.send = send};

	keys_remove(&held, key);
	hd_str_copy(end.key, sizeof(end.key), key);
	if (dp)
		hd_chan_request(dp, LEASE_END, &end, on_reply, NULL);
}

/* What nobody took up again goes, and the neighbours are told. */
static void withdraw_found(void)
{
	if (!found_all || !committed)
		return;
	for (size_t i = 0; i < found.n; i++) {
		hd_log(HD_LOG_NOTICE, "%s is withdrawn: an earlier heddle-cp held it",
		       found.key[i]);
		cp_lease_end(found.key[i], true);
	}
	keys_clear(&found);
}

void cp_packet_committed(void)
{
	committed = true;
	withdraw_found();
}

static void on_lease_item(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
			  void *arg)
{
	const struct hd_lease_state *state = msg->body;
	size_t at;

	if (status < 0 || final) {
		on_reply(chan, status, msg, final, NULL);
		found_all = status == 0;
		withdraw_found();
	} else if (hd_name_valid(state->key, sizeof(state->key)) &&
		   !keys_find(&held, state->key, &at)) {
		keys_add(&found, state->key);
	}
}

void cp_packet_up(struct hd_chan *chan)
{
	struct hd_nothing nothing;

	dp = chan;
	found_all = false;
	keys_clear(&found);
	for (const struct cp_class *c = classes; c; c = c->next)
		send_class(c);
	for (size_t i = 0; i < rules.n; i++)
		hd_chan_request(dp, PUNT_RULE_SET, &rules.rule[i], on_reply, NULL);
	hd_chan_request_stream(dp, LEASE_LIST, &nothing, on_lease_item, NULL);
	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		if (f->dataplane)
			f->dataplane(true);
}

void cp_packet_down(void)
{
	if (!dp)
		return;
	dp = NULL;
	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		if (f->dataplane)
			f->dataplane(false);
}

void cp_packet_stop(void)
{
	dp = NULL;
	keys_clear(&held);
	keys_clear(&found);
	free(rules.rule);
	memset(&rules, 0, sizeof(rules));
	committed = found_all = false;
}

static void on_packet(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_punt_packet *p = msg->body;

	if (!hd_name_valid(p->gateway, sizeof(p->gateway)) ||
	    !hd_str_terminated(p->port, sizeof(p->port)) || p->len < HD_ETH_HLEN ||
	    p->len > HD_PUNT_FRAME_MAX) {
		hd_log_limited(HD_LOG_WARNING, "heddle-dp sent a packet without a gateway or of "
					       "an impossible length");
		return;
	}
	for (const struct cp_class *c = classes; c; c = c->next)
		if (c->id == p->class_id)
			c->packet(p);
}

static void on_lease_over(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_lease_over *over = msg->body;

	if (hd_name_valid(over->key, sizeof(over->key)) && over->why < HD_LEASE_WHY_COUNT)
		lease_over(over->key, (enum hd_lease_why)over->why);
}

static const struct hd_handler handlers[] = {
	HD_EVENT_HANDLER(PUNT_PACKET, on_packet),
	HD_EVENT_HANDLER(LEASE_OVER, on_lease_over),
};

void cp_packet_serve(struct hd_chan *chan)
{
	hd_chan_handlers(chan, handlers, sizeof(handlers) / sizeof(handlers[0]), NULL);
}
