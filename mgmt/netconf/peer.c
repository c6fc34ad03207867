/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "heddle/base/name.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/peer.h"

#define GROUPS_MAX 65536 /* NGROUPS_MAX of the kernel */
#define KNOWN_MAX  1024  /* names of groups that are remembered */
#define KNOWN_S    10
#define NAMELESS_S 1 /* it may be that the directory did not answer */

/* NULL when the kernel does not tell. @n: how many. */
static gid_t *peer_gids(int fd, gid_t primary, size_t *n)
{
	socklen_t len = 64 * sizeof(gid_t);
	gid_t *gids = ds_alloc(len + sizeof(gid_t));

	while (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, gids, &len) < 0) {
		/* With ERANGE the kernel says how many bytes it wants. */
		if (errno != ERANGE || len > GROUPS_MAX * sizeof(gid_t)) {
			free(gids);
			return NULL;
		}
		gids = ds_realloc(gids, 1, len + sizeof(gid_t));
	}
	*n = len / sizeof(gid_t);
	for (size_t i = 0; i < *n; i++)
		if (gids[i] == primary)
			return gids;
	gids[(*n)++] = primary;
	return gids;
}

/* The name of a group, or "". Asking again for each of a hundred groups would take its time. */
static const char *group_name(gid_t gid)
{
	static struct {
		gid_t gid;
		uint64_t until_ns;
		char *name;
	} known[KNOWN_MAX];
	uint64_t now = hd_now_ns();
	const struct group *gr;
	size_t i = gid % KNOWN_MAX;

	if (known[i].name && known[i].gid == gid && now < known[i].until_ns)
		return known[i].name;
	gr = getgrgid(gid);
	free(known[i].name);
	known[i].name = ds_strdup(gr ? gr->gr_name : "");
	known[i].gid = gid;
	known[i].until_ns = now + (gr ? KNOWN_S : NAMELESS_S) * HD_NS_PER_S;
	return known[i].name;
}

/* Groups without a name are left out: no rule can be about them. */
static void name_groups(struct nc_peer *peer, const gid_t *gids, size_t n)
{
	peer->groups = ds_alloc((n + 1) * sizeof(char *));
	for (size_t i = 0; i < n; i++) {
		const char *name = group_name(gids[i]);

		if (name[0])
			peer->groups[peer->who.n_groups++] = ds_strdup(name);
	}
	peer->who.groups = peer->groups;
}

static struct nc_peer *make(const char *user, bool exempt)
{
	struct nc_peer *peer = ds_alloc(sizeof(*peer));

	peer->refs = 1;
	hd_str_copy(peer->user, sizeof(peer->user), user);
	hd_str_copy(peer->client, sizeof(peer->client), "netconf");
	peer->who.user = peer->user;
	peer->who.client = peer->client;
	peer->who.exempt = exempt;
	return peer;
}

struct nc_peer *nc_peer_of(int fd, struct hd_err *err)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct nc_peer *peer;
	const struct passwd *pw;
	char number[16];
	bool own;
	gid_t *gids;
	size_t n;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0) {
		hd_err_set(err, errno, "the kernel does not say who the user is: %s",
			   strerror(errno));
		return NULL;
	}
	own = cred.uid == geteuid();
	pw = getpwuid(cred.uid);
	if (!pw && !own) {
		hd_err_set(err, EPERM, "this machine has no account for user id %u", cred.uid);
		return NULL;
	}
	if (pw && strlen(pw->pw_name) >= NC_PEER_USER_MAX) {
		hd_err_set(err, EPERM, "the name of user id %u is longer than %d characters",
			   cred.uid, NC_PEER_USER_MAX - 1);
		return NULL;
	}
	gids = peer_gids(fd, cred.gid, &n);
	if (!gids) {
		hd_err_set(err, errno, "the kernel does not say the groups of user id %u: %s",
			   cred.uid, strerror(errno));
		return NULL;
	}
	snprintf(number, sizeof(number), "%u", cred.uid); /* in a namespace without accounts */
	peer = make(pw ? pw->pw_name : number, cred.uid == 0 || own);
	name_groups(peer, gids, n);
	free(gids);
	return peer;
}

struct nc_peer *nc_peer_new(const char *user, const char *const *groups, size_t n, bool exempt)
{
	struct nc_peer *peer = make(user, exempt);

	peer->groups = ds_alloc((n + 1) * sizeof(char *));
	for (size_t i = 0; i < n; i++)
		peer->groups[i] = ds_strdup(groups[i]);
	peer->who.groups = peer->groups;
	peer->who.n_groups = n;
	return peer;
}

struct nc_peer *nc_peer_get(struct nc_peer *peer)
{
	peer->refs++;
	return peer;
}

void nc_peer_put(struct nc_peer *peer)
{
	if (!peer || --peer->refs)
		return;
	for (size_t i = 0; i < peer->who.n_groups; i++)
		free(peer->groups[i]);
	free(peer->groups);
	free(peer);
}
