/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Leases on a virtual clock. The test has its own gateways and forwarding database.
 */
#include <errno.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "heddle/net/ether.h"
#include "dataplane/punt/lease.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define MS    HD_NS_PER_MS
#define GWS   3
#define SLOTS 16

/* "gw0", "gw1", ...: domain 0: it is not there. */
static struct lease_place places[GWS];

static struct {
	struct lease_place place;
	uint8_t mac[6];
	bool used;
} entries[SLOTS];

static uint64_t tickets, sent;
static bool may_send = true;
static unsigned int n_over[HD_LEASE_WHY_COUNT], n_sent;
static char last_over[HD_NAME_MAX], last_sent[HD_NAME_MAX];

static int entry_of(const struct lease_place *place, const uint8_t *mac)
{
	for (int i = 0; i < SLOTS; i++)
		if (entries[i].used && entries[i].place.domain == place->domain &&
		    !memcmp(entries[i].mac, mac, 6))
			return i;
	return -1;
}

static bool find(const char *gateway, struct lease_place *place)
{
	int i = gateway[2] - '0';

	if (strncmp(gateway, "gw", 2) != 0 || i < 0 || i >= GWS || !places[i].domain)
		return false;
	*place = places[i];
	return true;
}

static int enter(const struct lease_place *place, const uint8_t mac[6])
{
	int i = entry_of(place, mac);

	if (i >= 0)
		return entries[i].place.port == place->port ? 1 : -EADDRINUSE;
	for (i = 0; i < SLOTS && entries[i].used; i++)
		;
	if (i == SLOTS)
		return -ENOSPC;
	entries[i].used = true;
	entries[i].place = *place;
	memcpy(entries[i].mac, mac, 6);
	return 0;
}

static void withdraw(const struct lease_place *place, const uint8_t mac[6])
{
	int i = entry_of(place, mac);

	if (i >= 0 && entries[i].place.port == place->port)
		entries[i].used = false;
}

static bool has(const struct lease_place *place, const uint8_t mac[6])
{
	int i = entry_of(place, mac);

	return i >= 0 && entries[i].place.port == place->port;
}

static bool send(const struct lease *lease, uint64_t *ticket)
{
	if (!may_send)
		return false;
	n_sent++;
	strcpy(last_sent, lease->config.key);
	/* the address is still there when its frame leaves */
	CU_ASSERT_TRUE(has(&lease->place, lease->config.mac));
	*ticket = ++tickets;
	return true;
}

static bool is_sent(const struct lease *lease)
{
	return sent >= lease->ticket;
}

static void over(const struct lease *lease, enum hd_lease_why why)
{
	n_over[why]++;
	strcpy(last_over, lease->config.key);
}

static unsigned int n_changed;
static enum lease_state last_changed;

static void changed(const struct lease *lease)
{
	n_changed++;
	last_changed = lease->state;
}

static const struct lease_ops ops = {find, enter, withdraw, has, send, is_sent, over, changed};
static struct lease_table table;
static struct hd_err err;

static const uint8_t mac1[6] = {0, 0, 0x5e, 0, 1, 1}, mac2[6] = {0, 0, 0x5e, 0, 1, 2};
static const uint8_t own[6] = {2, 0, 0, 0, 0, 9};

static void start(void)
{
	memset(&table, 0, sizeof(table));
	memset(entries, 0, sizeof(entries));
	memset(n_over, 0, sizeof(n_over));
	n_sent = n_changed = 0;
	sent = tickets;
	may_send = true;
	table.ops = &ops;
	for (uint16_t i = 0; i < GWS; i++)
		places[i] = (struct lease_place){.port = i, .generation = 1, .domain = i + 1u};
}

static struct hd_lease lease(const char *key, const char *gateway, const uint8_t *mac, uint32_t ms)
{
	struct hd_lease l = {.lifetime_ms = ms, .len = 60, .family = 4, .addr = {10, 0, 0, 1}};

	strcpy(l.key, key);
	strcpy(l.gateway, gateway);
	memcpy(l.mac, mac, 6);
	memcpy(l.frame + 6, mac, 6);
	return l;
}

static int set(const char *key, const char *gateway, const uint8_t *mac, uint32_t ms, uint64_t now)
{
	struct hd_lease l = lease(key, gateway, mac, ms);

	return lease_set(&table, &l, now, &err);
}

/* Renewed it lives; not renewed, the frame goes first, then the address; both once. */
static void test_expires(void)
{
	uint64_t now = 1000 * MS;

	start();
	CU_ASSERT_EQUAL(lease_tick(&table, now), UINT64_MAX);
	CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, now), 0);
	CU_ASSERT_TRUE(has(&places[0], mac1));
	for (int i = 0; i < 10; i++, now += 250 * MS) {
		CU_ASSERT_EQUAL(lease_tick(&table, now), i ? now + 50 * MS : now + 300 * MS);
		CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, now), 0);
	}
	CU_ASSERT_EQUAL(n_sent, 0);
	now += 49 * MS;
	CU_ASSERT_EQUAL(lease_tick(&table, now), now + 1 * MS);
	now += 1 * MS;
	CU_ASSERT(lease_tick(&table, now) <= now + 1 * MS);
	CU_ASSERT_EQUAL(n_sent, 1);
	CU_ASSERT_EQUAL(n_over[HD_LEASE_EXPIRED], 1);
	CU_ASSERT_EQUAL(table.expired, 1);
	now += 5 * MS;
	lease_tick(&table, now);
	CU_ASSERT_TRUE(has(&places[0], mac1)); /* its frame is still on its way */
	sent = tickets;
	CU_ASSERT_EQUAL(lease_tick(&table, now + 1 * MS), UINT64_MAX);
	CU_ASSERT_FALSE(has(&places[0], mac1));
	CU_ASSERT_EQUAL(table.n, 0);
	CU_ASSERT_EQUAL(n_sent, 1);
	/* made, renewed ten times, resigns, ends */
	CU_ASSERT_EQUAL(n_changed, 13);
	CU_ASSERT_EQUAL(last_changed, LEASE_FREE);
	/* without a frame, or without a way to send it: the address goes at once */
	CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, now), 0);
	may_send = false;
	CU_ASSERT_EQUAL(lease_tick(&table, now + 300 * MS), UINT64_MAX);
	CU_ASSERT_FALSE(has(&places[0], mac1));
	CU_ASSERT_EQUAL(n_changed, 15);
	CU_ASSERT_EQUAL(table.resigned, 1);
}

/* A frame that is never sent keeps the address no longer than LEASE_RESIGN_MS. */
static void test_frame_lost(void)
{
	start();
	CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, 0), 0);
	lease_tick(&table, 300 * MS);
	lease_tick(&table, (300 + LEASE_RESIGN_MS - 1) * MS);
	CU_ASSERT_TRUE(has(&places[0], mac1));
	lease_tick(&table, (300 + LEASE_RESIGN_MS) * MS);
	CU_ASSERT_FALSE(has(&places[0], mac1));
	/* one that is taken up again while its frame is on its way stays */
	CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, 1000 * MS), 0);
	lease_tick(&table, 1300 * MS);
	CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, 1301 * MS), 0);
	sent = tickets;
	lease_tick(&table, 1500 * MS);
	CU_ASSERT_TRUE(has(&places[0], mac1));
	CU_ASSERT_EQUAL(table.lease[0].state, LEASE_LIVE);
}

static void test_ended(void)
{
	start();
	CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, 0), 0);
	CU_ASSERT_EQUAL(set("b", "gw1", mac1, 300, 0), 0);
	lease_end(&table, "a", false, 0);
	lease_end(&table, "nobody", true, 0);
	CU_ASSERT_EQUAL(n_sent, 0);
	CU_ASSERT_FALSE(has(&places[0], mac1));
	CU_ASSERT_TRUE(has(&places[1], mac1));
	lease_end(&table, "b", true, 0);
	lease_end(&table, "b", true, 0);
	CU_ASSERT_EQUAL(n_sent, 1);
	CU_ASSERT_STRING_EQUAL(last_sent, "b");
	sent = tickets;
	CU_ASSERT_EQUAL(lease_tick(&table, 1 * MS), UINT64_MAX);
	CU_ASSERT_FALSE(has(&places[1], mac1));
	CU_ASSERT_EQUAL(n_over[HD_LEASE_EXPIRED], 0);
}

/* Addresses of one group share a MAC; a gateway's own MAC is not taken from it. */
static void test_shared_mac(void)
{
	start();
	CU_ASSERT_EQUAL(enter(&places[0], own), 0);
	CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, 0), 0);
	CU_ASSERT_EQUAL(set("b", "gw0", mac1, 300, 0), 0);
	CU_ASSERT_EQUAL(set("c", "gw0", own, 300, 0), 0);
	CU_ASSERT_EQUAL(set("d", "gw0", own, 300, 0), 0);
	lease_end(&table, "a", false, 0);
	CU_ASSERT_TRUE(has(&places[0], mac1));
	lease_end(&table, "b", false, 0);
	CU_ASSERT_FALSE(has(&places[0], mac1));
	lease_end(&table, "c", false, 0);
	lease_end(&table, "d", false, 0);
	CU_ASSERT_TRUE(has(&places[0], own));
	CU_ASSERT_EQUAL(table.n, 0);
}

/* The same key with another MAC, or at another gateway. */
static void test_moves(void)
{
	start();
	CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, 0), 0);
	CU_ASSERT_EQUAL(set("a", "gw0", mac2, 300, 0), 0);
	CU_ASSERT_FALSE(has(&places[0], mac1));
	CU_ASSERT_TRUE(has(&places[0], mac2));
	CU_ASSERT_EQUAL(set("a", "gw1", mac2, 300, 0), 0);
	CU_ASSERT_FALSE(has(&places[0], mac2));
	CU_ASSERT_TRUE(has(&places[1], mac2));
	CU_ASSERT_EQUAL(table.n, 1);
	/* refused: it is as it was */
	CU_ASSERT_EQUAL(set("a", "gw9", mac1, 300, 0), -ENOENT);
	CU_ASSERT_TRUE(has(&places[1], mac2));
}

/* A commit takes gateways away, gives them other segments, or makes them anew. */
static void test_refresh(void)
{
	start();
	CU_ASSERT_EQUAL(enter(&places[2], own), 0);
	CU_ASSERT_EQUAL(set("a", "gw0", mac1, 300, 0), 0);
	CU_ASSERT_EQUAL(set("b", "gw1", mac1, 300, 0), 0);
	CU_ASSERT_EQUAL(set("c", "gw2", mac1, 300, 0), 0);
	lease_refresh(&table);
	CU_ASSERT_EQUAL(table.n, 3);
	places[0].domain = 7;
	places[1].domain = 0;
	places[2].generation = 2;
	lease_refresh(&table);
	CU_ASSERT_EQUAL(table.n, 2);
	CU_ASSERT_EQUAL(n_over[HD_LEASE_NO_GATEWAY], 1);
	CU_ASSERT_STRING_EQUAL(last_over, "b");
	CU_ASSERT_TRUE(has(&places[0], mac1));
	CU_ASSERT_FALSE(has(&(struct lease_place){.port = 0, .domain = 1}, mac1));
	CU_ASSERT_TRUE(has(&places[2], mac1));
	/* the one that was made anew still ends with its lease */
	lease_end(&table, "c", false, 0);
	CU_ASSERT_FALSE(has(&places[2], mac1));
	CU_ASSERT_EQUAL(n_sent, 0);
}

static void test_hostile(void)
{
	struct hd_lease good = lease("a", "gw0", mac1, 300), l;

	start();
	CU_ASSERT_EQUAL(enter(&(struct lease_place){.port = 9, .domain = 1}, mac2), 0);
#define BAD(change, code, says)                                           \
	do {                                                              \
		l = good;                                                 \
		change;                                                   \
		CU_ASSERT_EQUAL(lease_set(&table, &l, 0, &err), -(code)); \
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, says));           \
		CU_ASSERT_EQUAL(table.n, 0);                              \
	} while (0)
	BAD(memset(l.key, 'x', sizeof(l.key)), EINVAL, "no valid key");
	BAD(memset(l.gateway, 'x', sizeof(l.gateway)), EINVAL, "is not a name");
	BAD(l.mac[0] = 1, EINVAL, "not a unicast address");
	BAD(memset(l.mac, 0, 6), EINVAL, "not a unicast address");
	BAD(l.family = 5, EINVAL, "family 5");
	BAD(l.lifetime_ms = HD_LEASE_MS_MIN - 1, EINVAL, "lifetime 9");
	BAD(l.lifetime_ms = UINT32_MAX, EINVAL, "lifetime 4294967295");
	BAD(l.len = 13, EINVAL, "its frame has 13 bytes");
	BAD(l.len = HD_LEASE_FRAME_MAX + 1, EINVAL, "its frame has 513 bytes");
	BAD(memcpy(l.frame + 6, own, 6), EINVAL, "is no address of gateway gw0");
	BAD(memcpy(l.mac, mac2, 6); memcpy(l.frame + 6, mac2, 6), EADDRINUSE, "another port");
	BAD(l.gateway[2] = '7', ENOENT, "no gateway gw7");
	/* the gateway's own address may be the source */
	CU_ASSERT_EQUAL(enter(&places[0], own), 0);
	l = good;
	memcpy(l.frame + 6, own, 6);
	CU_ASSERT_EQUAL(lease_set(&table, &l, 0, &err), 0);
}

static void test_full(void)
{
	char key[HD_NAME_MAX];

	start();
	for (unsigned int i = 0; i < HD_LEASES_MAX; i++) {
		snprintf(key, sizeof(key), "k%u", i);
		CU_ASSERT_EQUAL_FATAL(set(key, "gw0", mac1, 300 + i, 0), 0);
	}
	CU_ASSERT_EQUAL(set("more", "gw0", mac1, 300, 0), -ENOSPC);
	CU_ASSERT_EQUAL(set("k7", "gw0", mac1, 2000, 0), 0);
	may_send = false;
	CU_ASSERT_EQUAL(lease_tick(&table, 1323 * MS), 2000 * MS);
	CU_ASSERT_EQUAL(table.n, 1);
	CU_ASSERT_TRUE(has(&places[0], mac1));
	CU_ASSERT_EQUAL(lease_tick(&table, 2000 * MS), UINT64_MAX);
	CU_ASSERT_FALSE(has(&places[0], mac1));
}

/* What the test itself knows of one lease. */
struct model {
	bool live;
	int gateway;
	const uint8_t *mac;
	uint64_t until;
};

/*
 * Random renewals, ends, and commits: a lease lives exactly as long as it is renewed, and an
 * address is there exactly as long as a lease that lives, or whose frame is on its way, has it.
 */
static void test_random(void)
{
	static struct model model[8];
	uint64_t now = 0;

	start();
	dice_state = 7;
	memset(model, 0, sizeof(model));
	for (int step = 0; step < 20000; step++) {
		int i = dice(8), gw = dice(GWS), act = dice(10);
		const uint8_t *mac = dice(2) ? mac1 : mac2;
		uint32_t ms = 10 + 4 * dice(25);
		char key[4] = {'k', (char)('0' + i)}, gateway[4] = {'g', 'w', (char)('0' + gw)};

		/* nothing runs out between the two ticks: the second one is for frames that left */
		now += 4 * dice(5) * MS;
		lease_tick(&table, now);
		sent = tickets;
		lease_tick(&table, now + MS);
		for (int k = 0; k < 8; k++)
			model[k].live &= model[k].until > now;
		if (act < 7) {
			int rc = set(key, gateway, mac, ms, now);

			CU_ASSERT_EQUAL(rc, places[gw].domain ? 0 : -ENOENT);
			if (!rc)
				model[i] = (struct model){true, gw, mac, now + ms * MS};
		} else if (act == 7) {
			lease_end(&table, key, false, now);
			model[i].live = false;
		} else {
			places[gw].domain = dice(3) ? (uint32_t)(gw + 1 + 10 * dice(2)) : 0;
			lease_refresh(&table);
			for (int k = 0; k < 8; k++)
				model[k].live &= places[model[k].gateway].domain != 0;
		}
		for (gw = 0; gw < GWS; gw++) {
			bool want1 = false, want2 = false;

			for (int k = 0; k < 8; k++) {
				want1 |= model[k].live && model[k].gateway == gw &&
					 model[k].mac == mac1;
				want2 |= model[k].live && model[k].gateway == gw &&
					 model[k].mac == mac2;
			}
			CU_ASSERT_EQUAL_FATAL(has(&places[gw], mac1), want1);
			CU_ASSERT_EQUAL_FATAL(has(&places[gw], mac2), want2);
		}
	}
	CU_ASSERT(table.expired > 100);
}

UNIT_MAIN("punt_lease", {"expires", test_expires}, {"frame lost", test_frame_lost},
	  {"ended", test_ended}, {"a MAC of several", test_shared_mac}, {"moves", test_moves},
	  {"refresh", test_refresh}, {"hostile", test_hostile}, {"full", test_full},
	  {"random", test_random});
