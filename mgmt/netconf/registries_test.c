/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A feature that is in this file alone: a module, a part of the state that asks heddle-dp, an event of
 * heddle-dp, an operation and an effect of a commit. All are seen by a client, and nothing was edited
 * for them. And what happens to an nc_ask that is not answered as it should be.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mgmt/bind/effects_int.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/event.h"
#include "mgmt/netconf/query.h"
#include "mgmt/netconf/session.h"
#include "mgmt/netconf/state.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

#define MODULE 0x7ff0

struct item {
	uint64_t number;
};
HD_REQ_STREAM(TEST_LIST, HD_MSG_ID(MODULE, 1), struct hd_nothing, struct item, struct item);
HD_EVENT(TEST_EVENT, HD_MSG_ID(MODULE, 2), struct item);

static const char module[] =
	"module toy { yang-version 1.1; namespace urn:toy; prefix toy;"
	" container toy { config false; leaf sum { type uint64; } leaf more { type uint64; } }"
	" notification rang { leaf number { type uint64; } }"
	" rpc count { output { leaf sum { type uint64; } } } }";

static struct hd_nothing nothing;

/* The feature */

static void on_item(const void *item, void *arg)
{
	*(uint64_t *)arg += ((const struct item *)item)->number;
}

static void ask_sum(struct nc_ask *ask, void *facts)
{
	nc_ask_stream(ask, HD_PLANE_DATA, TEST_LIST, &nothing, on_item, NULL, facts);
}

static void add_sum(struct nc_state *state, const void *facts)
{
	nc_number(nc_top(&state->tree, state->server->ctx, "toy", "toy"), NULL, "sum",
		  *(const uint64_t *)facts);
}

/* Who adds to another's node finds it there, whichever was registered first. */
static void add_more(struct nc_state *state, const void *facts)
{
	CU_ASSERT_PTR_NULL(facts);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state->tree);
	nc_number(nc_top(&state->tree, state->server->ctx, "toy", "toy"), NULL, "more", 1);
}

NC_STATE_REGISTER(more_part) = {
	.module = "toy", .name = "toy", .feature = "toy-more", .add = add_more};

NC_STATE_REGISTER(sum_part) = {.module = "toy",
			       .name = "toy",
			       .facts_size = sizeof(uint64_t),
			       .ask = ask_sum,
			       .add = add_sum};

static struct lyd_node *take(struct nc_server *server, const void *body)
{
	struct lyd_node *event = nc_event(server, "toy", "rang");

	nc_number(event, NULL, "number", ((const struct item *)body)->number);
	return event;
}

NC_EVENT_REGISTER(rang) = {.event = NC_EVENT_OF(BK_DATA, TEST_EVENT), .take = take, .most = 2};

/* Its type is another's: it is not taken, and nothing ends for it. */
NC_EVENT_REGISTER(twin) = {.event = NC_EVENT_OF(BK_CONTROL, TEST_EVENT), .take = take};

static void on_number(const void *item, void *arg)
{
	struct nc_query *q = arg;

	on_item(item, q->own);
}

static void on_end(int status, const void *last, void *arg)
{
	struct nc_query *q = arg;

	if (nc_query_right(q, status))
		nc_query_number(q->body, "urn:toy", "sum", *(uint64_t *)q->own);
}

static void count(struct nc_call *call)
{
	struct nc_query *q = nc_query_new(call, NULL);

	q->own = ds_alloc(sizeof(uint64_t));
	nc_query_stream(q, TEST_LIST, &nothing, on_number, on_end);
	nc_query_wait(q);
}

NC_REGISTER(count_op) = {"toy", "count", count};

static void report(struct ef_out *out)
{
	ef_add(out, EF_DANGER, "toy", NULL, "the toy breaks");
}

EF_REGISTER(toy_part) = {.name = "toy", .rank = EF_RANK_FEATURE, .report = report};

/* heddle-mgmt, and who plays heddle-dp: both in one loop. */
static struct world {
	struct event_base *base;
	struct bk *bk;
	struct st *st;
	struct nc_server *server;
	struct hd_link dp;
	struct hd_msg_hdr asked; /* the last request that is not answered */
	unsigned int items;      /* of an answer; 0: there is none */
	int fd;                  /* the client's */
	char got[65536];
	size_t n_got;
} w;

static void on_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct item one = {.number = 1};

	w.asked = *msg->hdr;
	if (!w.items)
		return;
	for (unsigned int i = 0; i < w.items; i++)
		hd_chan_reply_item(chan, msg->hdr, &one, sizeof(one));
	hd_chan_reply(chan, msg->hdr, &one, sizeof(one), NULL, 0);
}

static const struct hd_handler handlers[] = {HD_HANDLER(TEST_LIST, on_list)};

static void turn(void)
{
	event_base_loop(w.base, EVLOOP_ONCE);
}

static void plane_open(void)
{
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	w.dp = (struct hd_link){.base = w.base, .self = HD_PLANE_DATA, .peer = HD_PLANE_MGMT};
	bk_peer(w.bk, HD_PLANE_DATA, fds[0]);
	CU_ASSERT_EQUAL_FATAL(hd_link_open(&w.dp, fds[1], 0), 0);
	hd_chan_handlers(w.dp.chan, handlers, 1, NULL);
	while (!bk_data(w.bk) || !hd_link_ready(&w.dp))
		turn();
}

static void world_open(void)
{
	struct hd_err err = {0};
	int fds[2];

	memset(&w, 0, sizeof(w));
	w.base = event_base_new();
	w.bk = bk_new(w.base, NULL);
	w.st = st_new(w.base, ctx, w.bk, NULL, &(struct st_options){.run_dir = NULL});
	w.server = nc_server_new(w.base, ctx, w.st, w.bk, NULL, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w.server);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	w.fd = fds[1];
	evutil_make_socket_nonblocking(w.fd);
	nc_server_accept(w.server, fds[0]);
	plane_open();
}

static void world_close(void)
{
	hd_link_close(&w.dp);
	bk_free(w.bk);
	st_stop(w.st);
	nc_server_free(w.server);
	st_free(w.st);
	close(w.fd);
	event_base_loop(w.base, EVLOOP_NONBLOCK);
	event_base_free(w.base);
}

static void say(const char *text)
{
	char message[1024];
	int n = snprintf(message, sizeof(message), "%s]]>]]>", text);

	CU_ASSERT_EQUAL(write(w.fd, message, n), n);
}

static void say_rpc(const char *op)
{
	char text[900];

	snprintf(text, sizeof(text),
		 "<rpc xmlns='urn:ietf:params:xml:ns:netconf:base:1.0' message-id='1'>%s</rpc>",
		 op);
	say(text);
}

static void hello(void)
{
	say("<hello xmlns='urn:ietf:params:xml:ns:netconf:base:1.0'><capabilities><capability>"
	    "urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>");
}

/* Reads on until @text has come. */
static void expect(const char *text)
{
	while (!strstr(w.got, text)) {
		ssize_t n = read(w.fd, w.got + w.n_got, sizeof(w.got) - 1 - w.n_got);

		if (n > 0)
			w.n_got += n;
		else if (n < 0 && errno == EAGAIN)
			turn();
		else
			CU_FAIL_FATAL("the session has ended");
	}
	w.n_got = 0;
	memset(w.got, 0, sizeof(w.got));
}

static void test_state(void)
{
	world_open();
	w.items = 3;
	hello();
	say_rpc("<get><filter><toy xmlns='urn:toy'/></filter></get>");
	expect("<toy xmlns=\"urn:toy\"><sum>3</sum><more>1</more></toy>");
	/* What is not asked for is not asked. */
	w.asked.seq = 0;
	say_rpc("<get><filter><toys xmlns='urn:toy'/></filter></get>");
	expect("</rpc-reply>");
	CU_ASSERT_EQUAL(w.asked.seq, 0);
	hd_link_close(&w.dp);
	say_rpc("<get><filter><toy xmlns='urn:toy'/></filter></get>");
	expect("<sum>0</sum>");
	world_close();
}

static void test_operation(void)
{
	world_open();
	w.items = 5;
	hello();
	say_rpc("<count xmlns='urn:toy'/>");
	expect("<sum xmlns=\"urn:toy\">5</sum>");
	/* The plane goes while it is asked, and is not there. */
	w.items = 0;
	w.asked.seq = 0;
	say_rpc("<count xmlns='urn:toy'/>");
	while (!w.asked.seq)
		turn();
	hd_link_close(&w.dp);
	expect("heddle-dp is not running");
	say_rpc("<count xmlns='urn:toy'/>");
	expect("heddle-dp is not running");
	world_close();
}

/* The answer of a plane comes when who asked is gone: it goes nowhere. */
static void test_session_gone(void)
{
	const struct item one = {.number = 1};

	world_open();
	hello();
	say_rpc("<count xmlns='urn:toy'/>");
	while (!w.asked.seq)
		turn();
	CU_ASSERT_PTR_NOT_NULL(w.server->asks);
	nc_session_free(w.server->sessions);
	CU_ASSERT_PTR_NULL(w.server->asks);
	hd_chan_reply_item(w.dp.chan, &w.asked, &one, sizeof(one));
	hd_chan_reply(w.dp.chan, &w.asked, &one, sizeof(one), NULL, 0);
	hd_chan_event(w.dp.chan, TEST_EVENT, &one);
	for (rang.rate.n = 0; !rang.rate.n;)
		turn();
	world_close();
}

static void test_event(void)
{
	const struct item seven = {.number = 7}, eight = {.number = 8};

	world_open();
	hello();
	say_rpc("<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:notification:1.0'/>");
	expect("<ok/>");
	memset(&rang.rate, 0, sizeof(rang.rate));
	hd_chan_event(w.dp.chan, TEST_EVENT, &seven);
	expect("<rang xmlns=\"urn:toy\"><number>7</number></rang>");
	hd_chan_event(w.dp.chan, TEST_EVENT, &eight);
	expect("<rang xmlns=\"urn:toy\"><number>8</number></rang>");
	world_close();
}

static void test_rate(void)
{
	struct nc_event_rate rate = {0};
	uint64_t now = 5000000000, left_out;

	CU_ASSERT_TRUE(nc_event_pass(&rate, 2, now, &left_out));
	CU_ASSERT_TRUE(nc_event_pass(&rate, 2, now + 1, &left_out));
	CU_ASSERT_FALSE(nc_event_pass(&rate, 2, now + 2, &left_out));
	CU_ASSERT_FALSE(nc_event_pass(&rate, 2, now + 999999999, &left_out));
	CU_ASSERT_TRUE(nc_event_pass(&rate, 2, now + 1000000000, &left_out));
	CU_ASSERT_EQUAL(left_out, 2);
	CU_ASSERT_TRUE(nc_event_pass(&rate, 2, now + 1000000000, &left_out));
	CU_ASSERT_EQUAL(left_out, 0);
	for (int i = 0; i < 100; i++)
		CU_ASSERT_TRUE(nc_event_pass(&rate, 0, now, &left_out));
}

static void test_effect(void)
{
	struct ef *ef = ef_new(NULL, NULL);
	const struct ef_facts facts = {.up = NULL};
	struct ef_list list;

	ef_after(ef, NULL, NULL);
	ef_report(ef, &facts, &list);
	CU_ASSERT_EQUAL_FATAL(list.n, 1);
	CU_ASSERT_STRING_EQUAL(list.at[0].kind, "toy");
	CU_ASSERT_STRING_EQUAL(list.at[0].text, "the toy breaks");
	ef_list_free(&list);
	ef_free(ef);
}

/* An ask by itself */

static struct {
	uint64_t sum;
	int status, done;
	unsigned int lasts, dones;
} asked;

static void on_last(int status, const void *last, void *arg)
{
	CU_ASSERT_EQUAL(!last, status < 0);
	CU_ASSERT_EQUAL(asked.dones, 0);
	asked.status = status;
	asked.lasts++;
}

static void on_done(int status, void *arg)
{
	CU_ASSERT_PTR_EQUAL(arg, &asked);
	asked.done = status;
	asked.dones++;
}

static void ask(unsigned int patience_ms)
{
	struct nc_ask *a = nc_ask_new(w.server, 1, patience_ms, on_done, &asked);

	memset(&asked, 0, sizeof(asked));
	nc_ask_stream(a, HD_PLANE_DATA, TEST_LIST, &nothing, on_item, on_last, &asked.sum);
	nc_ask_stream(a, HD_PLANE_CONTROL, TEST_LIST, &nothing, on_item, on_last, &asked.sum);
	CU_ASSERT_EQUAL(asked.lasts, 1); /* nobody plays heddle-cp */
	CU_ASSERT_EQUAL(asked.status, -EPIPE);
	nc_ask_wait(a);
	while (!asked.dones)
		turn();
	CU_ASSERT_EQUAL(asked.dones, 1);
	CU_ASSERT_PTR_NULL(w.server->asks);
}

static void test_ask(void)
{
	const struct item one = {.number = 1};

	world_open();
	w.items = 2;
	ask(1000000);
	CU_ASSERT_EQUAL(asked.done, 0);
	CU_ASSERT_EQUAL(asked.status, 0);
	CU_ASSERT_EQUAL(asked.sum, 2);
	w.items = NC_ASK_ITEMS_MAX + 10;
	ask(1000000);
	CU_ASSERT_EQUAL(asked.done, 0);
	CU_ASSERT_EQUAL(asked.status, -EMSGSIZE);
	CU_ASSERT_EQUAL(asked.sum, NC_ASK_ITEMS_MAX);
	/* No answer, and one that comes too late. */
	w.items = 0;
	w.asked.seq = 0;
	ask(1);
	CU_ASSERT_EQUAL(asked.done, -ETIMEDOUT);
	while (!w.asked.seq)
		turn();
	hd_chan_reply_item(w.dp.chan, &w.asked, &one, sizeof(one));
	hd_chan_reply(w.dp.chan, &w.asked, &one, sizeof(one), NULL, 0);
	/* It was read before the answer of the next one, which has the sum for itself. */
	w.items = 1;
	ask(1000000);
	CU_ASSERT_EQUAL(asked.done, 0);
	CU_ASSERT_EQUAL(asked.sum, 1);
	world_close();
}

static int setup(void)
{
	if (yang_setup() != 0)
		return -1;
	return lys_parse_mem(ctx, module, LYS_IN_YANG, NULL) == LY_SUCCESS ? 0 : -1;
}

UNIT_MAIN_SETUP("registries", setup, {"state", test_state}, {"operation", test_operation},
		{"session gone", test_session_gone}, {"event", test_event}, {"rate", test_rate},
		{"effect", test_effect}, {"ask", test_ask});
