/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/api/fdb.h"
#include "heddle/base/clock.h"
#include "dataplane/l2/mac_notice.h"
#include "tests/unit/unit.h"

static void test_ring(void)
{
	static struct dp_mac_ring ring;
	struct dp_mac_note note = {0};

	CU_ASSERT_FALSE(dp_mac_ring_get(&ring, &note));
	/* More than fits, twice, so that the indices go round. */
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < DP_MAC_RING_SIZE + 5; i++)
			dp_mac_ring_put(&ring, &(struct dp_mac_note){.mac = i, .to = round});
		for (unsigned int i = 0; i < DP_MAC_RING_SIZE; i++) {
			CU_ASSERT_TRUE(dp_mac_ring_get(&ring, &note));
			CU_ASSERT_EQUAL(note.mac, i);
			CU_ASSERT_EQUAL(note.to, round);
		}
		CU_ASSERT_FALSE(dp_mac_ring_get(&ring, &note));
	}
	CU_ASSERT_EQUAL(ring.lost, 10);
}

/* A port that is flooded has a few notes of a sort waiting, and leaves room for those of others. */
static void test_refused_again(void)
{
	static struct dp_mac_ring ring;
	struct dp_mac_note note = {0};
	unsigned int n = 0;

	for (unsigned int i = 0; i < 100000; i++) {
		dp_mac_ring_put(&ring, &(struct dp_mac_note){
					       .mac = i, .to = 7, .kind = HD_MAC_OWN + i % 2});
		if (i % 10000 == 9999)
			dp_mac_ring_put(&ring, &(struct dp_mac_note){.to = i / 10000,
								     .kind = HD_MAC_LIMIT_TABLE});
	}
	while (dp_mac_ring_get(&ring, &note))
		n++;
	CU_ASSERT_EQUAL(n, 2 * DP_MAC_RING_SAME + 10);
	CU_ASSERT_EQUAL(ring.again, 100000 - 2 * DP_MAC_RING_SAME);
	CU_ASSERT_EQUAL(ring.lost, 0);
	/* One that was read may be told of again. */
	dp_mac_ring_put(&ring, &(struct dp_mac_note){.to = 7, .kind = HD_MAC_OWN});
	CU_ASSERT_TRUE(dp_mac_ring_get(&ring, &note));
}

/* A loop: a million moves in a second, of which a few are told of, and none is forgotten. */
static void test_moves(void)
{
	static struct dp_mac_notices n;
	const struct dp_mac_note note = {.kind = HD_MAC_MOVED};
	uint64_t now = 1000 * HD_NS_PER_S, left, sum = 0;
	unsigned int told = 0;

	for (unsigned int i = 0; i < 1000000; i++) {
		now += 1000;
		if (dp_mac_notice(&n, &note, 0, now, &left)) {
			told++;
			sum += left;
		}
	}
	CU_ASSERT_TRUE(told >= DP_NOTICE_BURST && told <= DP_NOTICE_BURST + DP_NOTICE_RATE);
	CU_ASSERT_TRUE(dp_mac_notice(&n, &note, 0, now + HD_NS_PER_S, &left));
	CU_ASSERT_EQUAL(told + sum + left, 1000000);
	CU_ASSERT_TRUE(dp_mac_notice(&n, &note, 0, now + HD_NS_PER_S, &left));
	CU_ASSERT_EQUAL(left, 0);
}

static void test_limits(void)
{
	static struct dp_mac_notices n;
	struct dp_mac_note port = {.kind = HD_MAC_LIMIT_PORT}, seg = {.kind = HD_MAC_LIMIT_SEGMENT};
	uint64_t now = 1000 * HD_NS_PER_S, left;

	CU_ASSERT_TRUE(dp_mac_notice(&n, &port, 7, now, &left));
	CU_ASSERT_EQUAL(left, 0);
	for (unsigned int i = 0; i < 100; i++)
		CU_ASSERT_FALSE(dp_mac_notice(&n, &port, 7, now + i, &left));
	/* Of another kind, and of another port. */
	CU_ASSERT_TRUE(dp_mac_notice(&n, &seg, 7, now, &left));
	CU_ASSERT_EQUAL(left, 100);
	CU_ASSERT_TRUE(dp_mac_notice(&n, &port, 8, now, &left));
	CU_ASSERT_FALSE(
		dp_mac_notice(&n, &port, 7, now + (DP_NOTICE_AGAIN_S - 1) * HD_NS_PER_S, &left));
	CU_ASSERT_TRUE(dp_mac_notice(&n, &port, 7, now + DP_NOTICE_AGAIN_S * HD_NS_PER_S, &left));
	CU_ASSERT_EQUAL(left, 1);
}

/* Ten thousand ports at their limit do not make ten thousand messages each time. */
static void test_many_limits(void)
{
	static struct dp_mac_notices n;
	struct dp_mac_note note = {.kind = HD_MAC_LIMIT_PORT};
	unsigned int told = 0;
	uint64_t left;

	for (unsigned int round = 0; round < 3; round++)
		for (uint32_t port = 0; port < 10000; port++)
			told += dp_mac_notice(&n, &note, port, 1000 * HD_NS_PER_S, &left);
	CU_ASSERT_TRUE(told <= DP_NOTICE_LIMITS + DP_NOTICE_BURST);
	CU_ASSERT_TRUE(told > DP_NOTICE_LIMITS / 2);
}

UNIT_MAIN("mac_notice", {"ring", test_ring}, {"refused again", test_refused_again},
	  {"moves", test_moves}, {"limits", test_limits}, {"many limits", test_many_limits});
