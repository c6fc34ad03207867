/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who knocks is told of in the loop, in turn; and nothing is left when it ends meanwhile.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mgmt/netconf/door.h"
#include "tests/unit/unit.h"

#define MANY 200

static struct event_base *base;
static int seen[MANY];
static unsigned int n_seen, nobodies;

static void on_known(int fd, struct nc_peer *peer, const struct hd_err *err, void *arg)
{
	CU_ASSERT_PTR_EQUAL(arg, seen);
	CU_ASSERT_TRUE(peer ? peer->who.exempt : err->text[0] != '\0');
	nobodies += !peer;
	nc_peer_put(peer);
	seen[n_seen++] = fd;
	close(fd);
	if (n_seen == MANY)
		event_base_loopbreak(base);
}

/* One end of a socket; every tenth is a pipe, of which the kernel knows nobody. */
static int knocker(unsigned int i, int *other)
{
	int fds[2];

	int rc = i % 10 ? socketpair(AF_UNIX, SOCK_STREAM, 0, fds) : pipe(fds);

	CU_ASSERT_EQUAL_FATAL(rc, 0);
	*other = fds[1];
	return fds[0];
}

static void test_in_turn(void)
{
	static const struct timeval patience = {60, 0};
	int asked[MANY], others[MANY];
	struct nc_door *door;

	base = event_base_new();
	door = nc_door_new(base, on_known, seen);
	CU_ASSERT_PTR_NOT_NULL_FATAL(door);
	for (unsigned int i = 0; i < MANY; i++) {
		asked[i] = knocker(i, &others[i]);
		CU_ASSERT_TRUE(nc_door_ask(door, asked[i]));
	}
	event_base_loopexit(base, &patience);
	event_base_dispatch(base);
	CU_ASSERT_EQUAL(n_seen, MANY);
	CU_ASSERT_EQUAL(nobodies, MANY / 10);
	CU_ASSERT_EQUAL(memcmp(seen, asked, sizeof(asked)), 0);
	for (unsigned int i = 0; i < MANY; i++)
		close(others[i]);
	nc_door_free(door);
	event_base_free(base);
}

/* Nobody is called any more, and each descriptor is closed. */
static void test_end(void)
{
	struct nc_door *door;
	int others[MANY];
	char byte;

	base = event_base_new();
	door = nc_door_new(base, on_known, seen);
	n_seen = 0;
	for (unsigned int i = 0; i < MANY; i++)
		CU_ASSERT_TRUE(nc_door_ask(door, knocker(i * 10 + 1, &others[i])));
	nc_door_free(door);
	nc_door_free(NULL);
	CU_ASSERT_EQUAL(n_seen, 0);
	for (unsigned int i = 0; i < MANY; i++) {
		CU_ASSERT_EQUAL(read(others[i], &byte, 1), 0);
		close(others[i]);
	}
	event_base_free(base);
}

UNIT_MAIN("netconf-door", {"in turn", test_in_turn}, {"the end", test_end});
