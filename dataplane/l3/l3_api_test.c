/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of neighbours and routes over a real channel: filters, limits, cursors, and what is
 * refused.
 */
#include <errno.h>
#include <sys/socket.h>

#include "heddle/api/neighbour.h"
#include "heddle/base/clock.h"
#include "dataplane/core/api.h"
#include "dataplane/l3/l3_fixture.h"
#include "tests/unit/unit.h"

#define GOT_MAX 64

static const struct dp_api *api;
static struct hd_chan *mgmt, *dp;

static struct hd_neighbour_entry neighbours[GOT_MAX];
static struct hd_route_entry routes[GOT_MAX];
static struct hd_neighbour_list_end neighbours_end;
static struct hd_route_list_end routes_end;
static uint64_t cleared;
static unsigned int n_got;
static int got_status;
static bool finished;

/* In the place of the program's. */
void dp_api_register(struct dp_api *of)
{
	api = of;
}

static void on_closed(struct hd_chan *chan, void *arg)
{
	CU_FAIL("the channel closed");
}

static int setup(void)
{
	struct hd_chan_config config = {.self = HD_PLANE_MGMT, .closed = on_closed};
	int fds[2];

	if (l3_setup() < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) < 0)
		return -1;
	mgmt = hd_chan_new(fds[0], &config);
	config.self = HD_PLANE_DATA;
	dp = hd_chan_new(fds[1], &config);
	if (!mgmt || !dp)
		return -1;
	hd_chan_handlers(dp, api->table, api->n, NULL);
	return 0;
}

static void wait(void)
{
	for (int i = 0; i < 1000 && !finished; i++) {
		hd_chan_process(mgmt);
		hd_chan_process(dp);
	}
	CU_ASSERT_TRUE_FATAL(finished);
}

static void start(void)
{
	n_got = 0;
	got_status = 0;
	finished = false;
}

static void on_neighbour(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
			 void *arg)
{
	if (!final && n_got < GOT_MAX)
		memcpy(&neighbours[n_got++], msg->body, sizeof(neighbours[0]));
	else if (!status)
		memcpy(&neighbours_end, msg->body, sizeof(neighbours_end));
	got_status = status;
	finished = final;
}

static void on_cleared(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		       void *arg)
{
	if (!status)
		cleared = ((const struct hd_neighbour_cleared *)msg->body)->entries;
	got_status = status;
	finished = final;
}

static void on_route(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	if (!final && n_got < GOT_MAX)
		memcpy(&routes[n_got++], msg->body, sizeof(routes[0]));
	else if (!status)
		memcpy(&routes_end, msg->body, sizeof(routes_end));
	got_status = status;
	finished = final;
}

static unsigned int list(struct hd_neighbour_list request)
{
	start();
	CU_ASSERT_EQUAL_FATAL(
		hd_chan_request_stream(mgmt, NEIGHBOUR_LIST, &request, on_neighbour, NULL), 0);
	wait();
	return n_got;
}

static unsigned int list_routes(struct hd_route_list request)
{
	start();
	CU_ASSERT_EQUAL_FATAL(hd_chan_request_stream(mgmt, ROUTE_LIST, &request, on_route, NULL),
			      0);
	wait();
	return n_got;
}

static uint64_t clear(struct hd_neighbour_clear request)
{
	start();
	CU_ASSERT_EQUAL_FATAL(hd_chan_request(mgmt, NEIGHBOUR_CLEAR, &request, on_cleared, NULL),
			      0);
	wait();
	return cleared;
}

static void test_neighbours(void)
{
	struct hd_neighbour_list of_b = {.limit = 100, .filter.gateway = "gw-b"};
	struct hd_neighbour_list one = {.limit = 100, .filter.family = 4};
	uint8_t frame[100], dst[4];
	uint32_t all = 0;

	l3_start(1);
	hd_clock_set_virtual(now_ns + 5 * HD_NS_PER_S);
	CU_ASSERT_EQUAL(list((struct hd_neighbour_list){.limit = 100}), 0);
	CU_ASSERT_EQUAL(neighbours_end.cursor, 0);
	for (unsigned int i = 0; i < HOSTS - 1; i++)
		introduce(i);
	ip4_of(3, dst);
	send_frame(0, frame, packet4(frame, 0, dst, 17, "12345678", 8));
	CU_ASSERT_EQUAL(list((struct hd_neighbour_list){.limit = 100}), 7);
	CU_ASSERT_EQUAL(neighbours_end.entries, 7);
	CU_ASSERT_EQUAL(neighbours_end.capacity, l3_owners_count() * L3_NEIGH_MAX);
	CU_ASSERT_EQUAL(list(of_b), 3);
	CU_ASSERT_STRING_EQUAL(neighbours[0].gateway, "gw-b");
	memcpy(one.filter.addr, dst, 4);
	CU_ASSERT_EQUAL(list(one), 1);
	CU_ASSERT(neighbours[0].state == HD_NEIGHBOUR_INCOMPLETE && neighbours[0].held == 1);
	CU_ASSERT_EQUAL(neighbours[0].age_s, 5);
	/* One by one, by the cursor. */
	for (uint64_t cursor = 0, i = 0; !all || cursor; i++) {
		all += list((struct hd_neighbour_list){.limit = 1, .cursor = cursor});
		cursor = neighbours_end.cursor;
		CU_ASSERT_FATAL(i < 20);
	}
	CU_ASSERT_EQUAL(all, 7);
	CU_ASSERT_EQUAL(clear((struct hd_neighbour_clear){.filter.gateway = "gw-b"}), 3);
	CU_ASSERT_EQUAL(list((struct hd_neighbour_list){.limit = 100}), 4);
	CU_ASSERT_EQUAL(clear((struct hd_neighbour_clear){.filter.family = 0}), 4);
	CU_ASSERT_EQUAL(list((struct hd_neighbour_list){.limit = 100}), 0);
	pass(2 * HD_NS_PER_S);
	check_books(0);
	hd_clock_set_real();
}

static void test_routes(void)
{
	l3_start(1);
	CU_ASSERT_EQUAL(list_routes((struct hd_route_list){.limit = 100}), 8);
	CU_ASSERT(routes_end.entries == 8 && routes_end.cursor == 0);
	CU_ASSERT_STRING_EQUAL(routes[0].vrf, HD_VRF_DEFAULT);
	CU_ASSERT_STRING_EQUAL(routes[0].gateway, "gw-a");
	CU_ASSERT(routes[0].kind == HD_ROUTE_CONNECTED && routes[0].prefix.length == 24);
	CU_ASSERT(routes[1].kind == HD_ROUTE_LOCAL && routes[1].prefix.length == 32);
	CU_ASSERT_STRING_EQUAL(routes[2].gateway, "gw-b");
	CU_ASSERT_EQUAL(list_routes((struct hd_route_list){.limit = 100, .family = 6}), 4);
	CU_ASSERT_EQUAL(list_routes((struct hd_route_list){.limit = 100, .vrf = "other"}), 0);
	CU_ASSERT_EQUAL(list_routes((struct hd_route_list){.limit = 3}), 3);
	CU_ASSERT_EQUAL(routes_end.cursor, 3);
	CU_ASSERT_EQUAL(list_routes((struct hd_route_list){.limit = 100, .cursor = 3}), 5);
	CU_ASSERT_EQUAL(list_routes((struct hd_route_list){.limit = 1, .cursor = UINT64_MAX}), 0);
}

static void test_refused(void)
{
	struct hd_neighbour_list bad = {.limit = 100};
	struct hd_route_list bad_vrf = {.limit = 100};

	l3_start(1);
	list((struct hd_neighbour_list){.limit = 0});
	CU_ASSERT_EQUAL(got_status, -EINVAL);
	list((struct hd_neighbour_list){.limit = 10001});
	CU_ASSERT_EQUAL(got_status, -EINVAL);
	list((struct hd_neighbour_list){.limit = 1, .filter.family = 5});
	CU_ASSERT_EQUAL(got_status, -EINVAL);
	memset(bad.filter.gateway, 'x', sizeof(bad.filter.gateway));
	list(bad);
	CU_ASSERT_EQUAL(got_status, -EINVAL);
	clear((struct hd_neighbour_clear){.filter = bad.filter});
	CU_ASSERT_EQUAL(got_status, -EINVAL);
	memset(bad_vrf.vrf, 'x', sizeof(bad_vrf.vrf));
	list_routes(bad_vrf);
	CU_ASSERT_EQUAL(got_status, -EINVAL);
	list_routes((struct hd_route_list){.limit = 0});
	CU_ASSERT_EQUAL(got_status, -EINVAL);
	list((struct hd_neighbour_list){.limit = 1, .cursor = UINT64_MAX});
	CU_ASSERT(got_status == 0 && n_got == 0 && neighbours_end.cursor == 0);
}

UNIT_MAIN_SETUP("l3_api", setup, {"neighbours", test_neighbours}, {"routes", test_routes},
		{"refused", test_refused});
