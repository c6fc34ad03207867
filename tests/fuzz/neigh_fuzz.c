/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any order of events on a small table of neighbours: its bounds hold, and each packet comes back
 * once. Input: four bytes an event.
 */
#include <string.h>

#include "dataplane/l3/neigh.h"
#include "tests/fuzz/fuzz.h"

#define PACKETS 256

static const struct l3_neigh_limits limits = {.max = 12,
					      .asked = 5,
					      .gateway_known = 4,
					      .gateway_asked = 3,
					      .held = 12,
					      .gateway_held = 9,
					      .gateways = 4};
static struct l3_neigh_out out;
static uint8_t held[PACKETS];
static uint32_t n_held;

static void give_back(uint8_t *packet)
{
	FUZZ_ASSERT(*packet == 1);
	*packet = 0;
	n_held--;
}

static void take_out(void)
{
	for (uint32_t i = 0; i < out.n_send; i++)
		give_back(out.send[i]);
	for (uint32_t i = 0; i < out.n_drop; i++)
		give_back(out.drop[i].packet);
}

static void event(struct l3_neigh_table *t, const uint8_t *e, uint64_t now)
{
	struct l3_neigh_key key = {.gateway = e[1] & 3, .family = e[1] & 4 ? 4 : 6};
	struct l3_neigh_news news = {
		.kind = (enum l3_neigh_news_kind)(e[2] % 3),
		.override = e[2] & 0x40,
		.has_mac = e[2] & 0x80,
		.mac = {{2, 0, 0, 0, 0, e[3] & 3}},
	};
	struct l3_neigh_view v;
	struct hd_mac mac;

	key.addr.b[0] = e[1] >> 3;
	switch (e[0] % 5) {
	case 0:
		if (held[e[3]])
			return;
		if (l3_neigh_resolve(t, &key, &held[e[3]], now, &out) == L3_NEIGH_HELD) {
			held[e[3]] = 1;
			n_held++;
		}
		take_out();
		break;
	case 1:
	case 2:
		l3_neigh_heard(t, &key, &news, now, e[3], &out);
		take_out();
		break;
	case 3: l3_neigh_find(t, &key, &mac); break;
	default:
		if (e[1] < l3_neigh_end(t) && l3_neigh_view(t, e[1], &v))
			l3_neigh_forget(t, e[1], &v);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct l3_neigh_table *t = l3_neigh_new(&limits, 1);
	uint64_t now = HD_NS_PER_S;

	memset(held, 0, sizeof(held));
	n_held = 0;
	for (size_t i = 0; t && i + 4 <= size; i += 4) {
		event(t, data + i, now);
		now += (uint64_t)(data[i] >> 4) * (data[i] >> 4) * HD_NS_PER_S / 8;
		while (l3_neigh_expire(t, now, &out))
			take_out();
		FUZZ_ASSERT(l3_neigh_count(t) <= limits.max && n_held <= limits.held);
	}
	l3_neigh_free(t);
	return 0;
}
