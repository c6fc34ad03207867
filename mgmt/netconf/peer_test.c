/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel says of the other end of a socket. A process of its own each: groups are the
 * process's. What takes two users is in tests/netconf/nacm_test.py.
 */
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mgmt/netconf/peer.h"
#include "tests/unit/unit.h"

#define MANY 5000

static bool is_in(const struct nacm_subject *who, const char *group)
{
	for (size_t i = 0; i < who->n_groups; i++)
		if (!strcmp(who->groups[i], group))
			return true;
	return false;
}

/* In a child: a socket with these groups at its other end. Returns whether @check likes it. */
static bool with_groups(const gid_t *gids, size_t n, bool (*check)(const struct nc_peer *peer))
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		struct hd_err err = {0};
		struct nc_peer *peer = NULL;
		int fds[2];

		if ((!gids || setgroups(n, gids) == 0) &&
		    socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0)
			peer = nc_peer_of(fds[0], &err);
		_exit(!(peer && check(peer)));
	}
	waitpid(pid, &status, 0);
	return status == 0;
}

static bool is_me(const struct nc_peer *peer)
{
	const struct passwd *pw = getpwuid(geteuid());
	const struct group *gr = getgrgid(getegid());

	return peer->who.exempt && peer->who.user == peer->user &&
	       (!pw || !strcmp(peer->user, pw->pw_name)) &&
	       (!gr || is_in(&peer->who, gr->gr_name)) && !strcmp(peer->who.client, "netconf");
}

static bool has_only_the_primary(const struct nc_peer *peer)
{
	const struct group *gr = getgrgid(getegid());

	return peer->who.n_groups == (gr ? 1 : 0);
}

/* Groups that have a name are there, whatever else there is in between. */
static bool has_all_named(const struct nc_peer *peer)
{
	size_t named = 0;

	for (gid_t gid = 0; gid < MANY; gid++) {
		const struct group *gr = getgrgid(gid);

		if (!gr)
			continue;
		named++;
		if (!is_in(&peer->who, gr->gr_name))
			return false;
	}
	return named && peer->who.n_groups == named;
}

static void test_me(void)
{
	CU_ASSERT_TRUE(with_groups(NULL, 0, is_me));
}

static void test_groups(void)
{
	static gid_t gids[MANY];

	if (geteuid() != 0) {
		printf("skipped: only root chooses its groups\n");
		return;
	}
	for (size_t i = 0; i < MANY; i++)
		gids[i] = i;
	CU_ASSERT_TRUE(with_groups(gids, 0, has_only_the_primary));
	CU_ASSERT_TRUE(with_groups(gids, MANY, has_all_named));
}

static void test_no_peer(void)
{
	struct hd_err err = {0};
	int fds[2];

	CU_ASSERT_EQUAL(pipe(fds), 0);
	CU_ASSERT_PTR_NULL(nc_peer_of(fds[0], &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "who the user is"));
	close(fds[0]);
	close(fds[1]);
}

static void test_shares(void)
{
	static const char *const groups[] = {"a", "b"};
	struct nc_peer *peer = nc_peer_new("ann", groups, 2, false);

	CU_ASSERT_PTR_EQUAL(nc_peer_get(peer), peer);
	nc_peer_put(peer);
	CU_ASSERT_STRING_EQUAL(peer->who.user, "ann");
	CU_ASSERT_TRUE(is_in(&peer->who, "b") && !is_in(&peer->who, "c"));
	CU_ASSERT_FALSE(peer->who.exempt);
	nc_peer_put(peer);
	nc_peer_put(NULL);
}

UNIT_MAIN("netconf-peer", {"myself", test_me}, {"groups", test_groups}, {"no peer", test_no_peer},
	  {"shares", test_shares});
