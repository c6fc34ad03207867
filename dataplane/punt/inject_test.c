/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injected frames and leases, from the channel to the ports of hosts. The test plays heddle-cp.
 */
#include <errno.h>
#include <string.h>

#include "dataplane/core/api.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/punt/punt_peer_fixture.h"
#include "tests/unit/unit.h"

static const uint8_t vmac[6] = {0, 0, 0x5e, 0, 1, 10};

/* In the place of the control thread's. */
void dp_api_register(struct dp_api *api)
{
}

static struct hd_inject inject(const char *port, unsigned int from)
{
	struct hd_inject i = {.len = 60};

	strcpy(i.port, port);
	memset(i.frame, 0xff, 6);
	dp_fdb_mac_bytes(fixture_mac(from), i.frame + 6);
	i.frame[12] = 8;
	i.frame[13] = 6;
	return i;
}

static void test_inject(void)
{
	struct hd_inject i = inject("lab-gw", FIXTURE_LAB_GW), good = i;

	peer_start(1000, 100, 10);
	CU_ASSERT_EQUAL(PEER_CALL(INJECT, &i), 0);
	fixture_loop();
	CU_ASSERT_EQUAL(fixture_sent[0], 1);
	CU_ASSERT_EQUAL(fixture_sent[1], 1);
	CU_ASSERT_EQUAL(fixture_sent[2], 0);
	CU_ASSERT_EQUAL(memcmp(fixture_last[1], i.frame, 60), 0);
	/* out of a port, with an address of the switch in its segment */
	strcpy(i.port, "host1");
	CU_ASSERT_EQUAL(PEER_CALL(INJECT, &i), 0);
	fixture_loop();
	CU_ASSERT_EQUAL(fixture_sent[1], 2);
	CU_ASSERT_EQUAL(fixture_sent[0], 1);
#define REFUSED(change, code, says)                                    \
	do {                                                           \
		i = good;                                              \
		change;                                                \
		CU_ASSERT_EQUAL(PEER_CALL(INJECT, &i), -(code));       \
		CU_ASSERT_PTR_NOT_NULL(strstr(peer_reply.text, says)); \
	} while (0)
	REFUSED(i = inject("lab-gw", FIXTURE_DMZ_GW), EACCES, "is no address of the switch there");
	REFUSED(i = inject("lab-gw", 0), EACCES, "is no address");
	REFUSED(i = inject("host2", FIXTURE_LAB_GW), EACCES, "is no address");
	REFUSED(i.frame[6] = 1, EACCES, "is no address");
	REFUSED(strcpy(i.port, "nobody"), ENOENT, "no port nobody");
	REFUSED(memset(i.port, 'a', sizeof(i.port)), EINVAL, "not a name");
	REFUSED(i.len = 13, EINVAL, "13 bytes are not in 14..1514");
	REFUSED(i.len = 1515, EINVAL, "1515 bytes");
	REFUSED(i.len = UINT32_MAX, EINVAL, "4294967295 bytes");
	REFUSED((i.frame[12] = 0x81, i.frame[13] = 0), EINVAL, "a VLAN tag (0x8100)");
	REFUSED(memset(i.frame, 0, 6), EINVAL, "the destination is zero");
	fixture_loop();
	CU_ASSERT_EQUAL(fixture_sent[0] + fixture_sent[1] + fixture_sent[2], 3);
}

/*
 * heddle-peer in the hands of an attacker: at most a burst and PUNT_INJECT_RATE frames, and the
 * port may go meanwhile.
 */
static void test_inject_flood(void)
{
	static const bool without[FIXTURE_PORTS] = {true, true, true, false, true};
	struct hd_inject i = inject("lab-gw", FIXTURE_LAB_GW);
	unsigned int taken = 0;

	peer_start(1000, 100, 10);
	for (int n = 0; n < 2000; n++)
		taken += PEER_CALL(INJECT, &i) == 0;
	CU_ASSERT_EQUAL(peer_reply.status, -EAGAIN);
	CU_ASSERT_EQUAL(taken, 512);
	fixture_loop();
	CU_ASSERT_EQUAL(fixture_sent[0], 512);
	fixture_pass(1000 * MS);
	CU_ASSERT_EQUAL(PEER_CALL(INJECT, &i), 0);
	fixture_commit(without);
	fixture_loop();
	CU_ASSERT_EQUAL(fixture_sent[0], 512);
}

static struct hd_lease lease(const char *key, uint32_t ms)
{
	struct hd_lease l = {
		.lifetime_ms = ms, .len = 60, .family = 4, .addr = {192, 168, 56, 254}};

	strcpy(l.key, key);
	strcpy(l.gateway, "lab-gw");
	memcpy(l.mac, vmac, 6);
	memcpy(l.frame, peer_vrrp, 60);
	memcpy(l.frame + 6, vmac, 6);
	return l;
}

/* heddle-peer is killed: the address stays for its time, then the frame says so, then it goes. */
static void test_lease_outlives_cp(void)
{
	struct hd_lease l = lease("vrrp-10", 300);
	struct hd_nothing none;
	uint8_t frame[60] = {0};

	peer_start(1000, 100, 10);
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_SET, &l), 0);
	CU_ASSERT_TRUE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	memcpy(frame, vmac, 6);
	dp_fdb_mac_bytes(fixture_mac(0), frame + 6);
	fixture_receive(0, frame, 60);
	fixture_loop();
	CU_ASSERT_EQUAL(fixture_routed[FIXTURE_LAB_GW], 1);
	fixture_pass(100 * MS);
	peer_connect(); /* another one */
	peer_leases = 0;
	peer_reply.done = false;
	CU_ASSERT_EQUAL(peer_await(hd_chan_request_stream(peer, LEASE_LIST, &none, peer_on_reply,
							  &peer_reply)),
			0);
	CU_ASSERT_EQUAL(peer_leases, 1);
	CU_ASSERT_STRING_EQUAL(peer_lease.key, "vrrp-10");
	CU_ASSERT_STRING_EQUAL(peer_lease.gateway, "lab-gw");
	CU_ASSERT_EQUAL(peer_lease.left_ms, 200);
	fixture_pass(199 * MS);
	peer_collect();
	CU_ASSERT_EQUAL(peer_overs, 0);
	fixture_pass(1 * MS);
	peer_collect();
	CU_ASSERT_EQUAL(peer_overs, 1);
	CU_ASSERT_STRING_EQUAL(peer_over.key, "vrrp-10");
	CU_ASSERT_EQUAL(peer_over.why, HD_LEASE_EXPIRED);
	CU_ASSERT_TRUE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	fixture_loop();
	CU_ASSERT_EQUAL(memcmp(fixture_last[0], l.frame, 60), 0);
	CU_ASSERT_EQUAL(fixture_sent[0], 1);
	fixture_pass(1 * MS);
	peer_collect();
	CU_ASSERT_FALSE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	/* its frame did not make anybody learn the address at the gateway */
	CU_ASSERT_EQUAL(dp_fdb_port_count(fixture_worker.fdb, FIXTURE_LAB_GW), 0);
}

static void test_lease_end(void)
{
	struct hd_lease l = lease("vrrp-10", 300);
	struct hd_lease_end end = {.key = "vrrp-10", .send = 2};
	struct hd_inject i = inject("lab-gw", 0);
	static const bool without[FIXTURE_PORTS] = {true, true, true, false, true};
	uint8_t frame[60];

	peer_start(1000, 100, 10);
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_SET, &l), 0);
	memcpy(i.frame + 6, vmac, 6);
	CU_ASSERT_EQUAL(PEER_CALL(INJECT, &i), 0); /* a leased address may be a source */
	fixture_loop();
	CU_ASSERT_EQUAL(fixture_sent[0], 1);
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_END, &end), -EINVAL);
	end.send = 0;
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_END, &end), 0);
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_END, &end), 0);
	CU_ASSERT_FALSE(fixture_is_local(FIXTURE_LAB_GW, vmac));
	CU_ASSERT_EQUAL(PEER_CALL(INJECT, &i), -EACCES);
	/* the other router believes that it has the address, too: its adverts come */
	memcpy(frame, peer_vrrp, sizeof(frame));
	memcpy(frame + 6, vmac, 6);
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_SET, &l), 0);
	fixture_receive(1, frame, sizeof(frame));
	fixture_loop();
	peer_collect();
	CU_ASSERT_EQUAL(peer_packets[VRRP], 1);
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_END, &end), 0);
	/* by a commit */
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_SET, &l), 0);
	fixture_commit(without);
	peer_collect();
	CU_ASSERT_EQUAL(peer_overs, 1);
	CU_ASSERT_EQUAL(peer_over.why, HD_LEASE_NO_GATEWAY);
	CU_ASSERT_EQUAL(PEER_CALL(LEASE_SET, &l), -ENOENT);
}

UNIT_MAIN_SETUP("inject", fixture_setup, {"inject", test_inject},
		{"inject flood", test_inject_flood},
		{"lease outlives heddle-cp", test_lease_outlives_cp},
		{"lease end", test_lease_end});
