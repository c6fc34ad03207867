/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways, VRFs and routes from objects: what the tree has after each bracket, what is refused,
 * and with which text. The rest of the program is simulated.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dataplane/core/config_build.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/port_table.h"
#include "dataplane/l3/owner.h"
#include "tests/unit/unit.h"

static struct hd_store *store;
static uint64_t generation;
static unsigned int forgotten;

unsigned int dp_worker_for_queue(void)
{
	CU_FAIL("a gateway has no queue");
	return 0;
}

void l3_take(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
	     uint16_t n)
{
}

int l3_owners_init(void)
{
	return 0;
}

void l3_owners_forget_outdated(const struct dp_config *tree)
{
	forgotten++;
}

void l3_announce_look(struct dp_worker *w)
{
}

static int setup(void)
{
	struct hd_err err;

	if (dp_section_init(&err) < 0 || dp_config_init() < 0)
		return -1;
	store = hd_store_new(HD_OBJECTS_MAX);
	return store ? 0 : -1;
}

static void begin(uint32_t mode)
{
	struct hd_config_begin b = {.base = generation, .generation = generation + 1, .mode = mode};

	CU_ASSERT_EQUAL_FATAL(hd_store_begin(store, &b, NULL), 0);
}

static void put_switch(void)
{
	struct hd_switch_object o = {.head = {.key = "s", .op = HD_OBJECT_SET}, .ageing_s = 300};

	CU_ASSERT_EQUAL_FATAL(hd_store_put(store, HD_SWITCH, &o, sizeof(o)), 0);
}

static void put_port(const char *name, uint16_t vlan)
{
	struct hd_port_object o = {
		.head.op = vlan ? HD_OBJECT_SET : HD_OBJECT_DELETE,
		.mode = HD_VLAN_ACCESS,
		.pvid = vlan,
		.tpid = HD_TPID_C,
		.mtu = 1500,
		.flags = HD_PORT_ENABLED | HD_PORT_GATEWAY,
	};

	if (!vlan)
		o = (struct hd_port_object){.head.op = HD_OBJECT_DELETE};
	hd_str_copy(o.head.key, sizeof(o.head.key), name);
	if (vlan) {
		hd_str_copy(o.kind, sizeof(o.kind), HD_GATEWAY_KIND);
		hd_str_copy(o.switch_name, sizeof(o.switch_name), "s");
	}
	CU_ASSERT_EQUAL_FATAL(hd_store_put(store, HD_PORT, &o, sizeof(o)), 0);
}

static struct hd_ip_prefix prefix4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t length)
{
	return (struct hd_ip_prefix){.family = 4, .length = length, .addr = {a, b, c, d}};
}

/* Sends a gateway's object, with two addresses; the second of no family: one. */
static int put_gateway(const char *name, const char *vrf, uint8_t mac, struct hd_ip_prefix first,
		       struct hd_ip_prefix second)
{
	struct hd_gateway_object o = {
		.head.op = HD_OBJECT_SET,
		.mac = {2, 0, 0, 0, 0, mac},
		.n_addresses = second.family ? 2 : 1,
		.addresses = {first, second},
	};

	hd_str_copy(o.head.key, sizeof(o.head.key), name);
	hd_str_copy(o.vrf, sizeof(o.vrf), vrf);
	return hd_store_put(store, HD_GATEWAY, &o, sizeof(o));
}

static void drop_gateway(const char *name)
{
	struct hd_gateway_object o = {.head.op = HD_OBJECT_DELETE};

	hd_str_copy(o.head.key, sizeof(o.head.key), name);
	CU_ASSERT_EQUAL_FATAL(hd_store_put(store, HD_GATEWAY, &o, sizeof(o)), 0);
}

static void commit(void)
{
	struct hd_config_result result = {0};
	struct hd_err err = {0};

	if (dp_config_prepare(store, &result) != 0) {
		hd_store_failed(store, &err);
		printf("refused: %s\n", err.text);
		CU_FAIL_FATAL("it should be possible");
	}
	dp_config_commit(store);
	CU_ASSERT_TRUE(dp_config_settle(false));
	generation++;
	dp_port_service(0);
}

/* The bracket is refused, with these words, and nothing is left of it. */
static void refused(const char *words)
{
	const struct l3_tree *before = l3_tree(dp_config_running());
	struct hd_config_result result = {0};
	struct hd_err err = {0};

	CU_ASSERT_TRUE(dp_config_prepare(store, &result) < 0);
	CU_ASSERT_TRUE(hd_store_failed(store, &err) < 0);
	if (!strstr(err.text, words))
		printf("refused: %s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, words));
	dp_config_discard();
	hd_store_abort(store);
	CU_ASSERT_PTR_EQUAL(l3_tree(dp_config_running()), before);
}

static const struct hd_ip_prefix none;

/* Two gateways in one VRF, one in another with the same addresses as the first. */
static void three(void)
{
	begin(HD_CONFIG_FULL);
	put_switch();
	put_port("a", 10);
	put_port("b", 20);
	put_port("c", 30);
	put_gateway("a", "default", 1, prefix4(10, 0, 1, 1, 24),
		    (struct hd_ip_prefix){.family = 6, .length = 64, .addr = {0x20, 1, [15] = 1}});
	put_gateway(
		"b", "default", 1, prefix4(10, 0, 2, 1, 24),
		(struct hd_ip_prefix){.family = 6, .length = 64, .addr = {0xfe, 0x80, [15] = 1}});
	put_gateway("c", "blue", 3, prefix4(10, 0, 1, 1, 24), prefix4(10, 0, 1, 2, 24));
	commit();
}

static const struct l3_gateway *gateway(const char *name)
{
	return l3_gateway(dp_config_running(), dp_port_by_name(name)->id);
}

static uint32_t lookup(const char *name, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const uint8_t dst[4] = {a, b, c, d};

	return l3_fib_lookup(l3_tree(dp_config_running())->vrf[gateway(name)->vrf].fib, 4, dst);
}

static void test_routes(void)
{
	const struct l3_tree *t;
	uint16_t a, b, c;

	three();
	t = l3_tree(dp_config_running());
	a = gateway("a")->id, b = gateway("b")->id, c = gateway("c")->id;
	CU_ASSERT_EQUAL(t->n_gateways, 3);
	CU_ASSERT_EQUAL(t->n_vrfs, 2);
	CU_ASSERT_EQUAL(lookup("a", 10, 0, 1, 5), l3_next(L3_NEXT_CONNECTED, a));
	CU_ASSERT_EQUAL(lookup("a", 10, 0, 2, 5), l3_next(L3_NEXT_CONNECTED, b));
	CU_ASSERT_EQUAL(lookup("b", 10, 0, 1, 1), l3_next(L3_NEXT_LOCAL, a));
	CU_ASSERT_EQUAL(lookup("a", 10, 0, 1, 0), l3_next(L3_NEXT_GROUP, a));
	CU_ASSERT_EQUAL(lookup("a", 10, 0, 2, 255), l3_next(L3_NEXT_GROUP, b));
	CU_ASSERT_EQUAL(lookup("a", 10, 0, 3, 1), L3_FIB_NONE);
	CU_ASSERT_EQUAL(lookup("c", 10, 0, 1, 5), l3_next(L3_NEXT_CONNECTED, c));
	CU_ASSERT_EQUAL(lookup("c", 10, 0, 1, 2), l3_next(L3_NEXT_LOCAL, c));
	CU_ASSERT_EQUAL(lookup("c", 10, 0, 2, 5), L3_FIB_NONE);
	/* VRF blue has 3 routes, default 4 of IPv4 and 2 of IPv6: none of a link-local address. */
	CU_ASSERT_EQUAL_FATAL(t->n_listed, 9);
	CU_ASSERT_STRING_EQUAL(t->vrf[t->listed[0].vrf].name, "blue");
	CU_ASSERT(t->listed[0].kind == HD_ROUTE_CONNECTED && t->listed[0].prefix.addr[3] == 0);
	CU_ASSERT(t->listed[1].kind == HD_ROUTE_LOCAL && t->listed[2].kind == HD_ROUTE_LOCAL);
	CU_ASSERT_EQUAL(t->listed[8].prefix.family, 6);
	CU_ASSERT_TRUE(atomic_load(&dp_port_by_name("a")->up));
	CU_ASSERT_EQUAL(dp_port_by_name("c")->mac[5], 3);
	CU_ASSERT_TRUE(l3_gateway_has(gateway("c"), 4, (const uint8_t[]){10, 0, 1, 2}));
	CU_ASSERT_FALSE(l3_gateway_has(gateway("c"), 4, (const uint8_t[]){10, 0, 1, 3}));
	CU_ASSERT_PTR_NULL(l3_gateway_toward(gateway("c"), 4, (const uint8_t[]){10, 0, 3, 3}));
}

/* Whose neighbours are forgotten: those of gateways that changed. The port stays what it is. */
static void test_epochs(void)
{
	uint32_t a, b;
	uint32_t port;

	three();
	a = gateway("a")->epoch, b = gateway("b")->epoch;
	port = dp_port_by_name("a")->generation;
	forgotten = 0;
	begin(HD_CONFIG_DELTA);
	commit();
	CU_ASSERT_EQUAL(forgotten, 0);
	begin(HD_CONFIG_DELTA);
	put_gateway("a", "default", 7, prefix4(10, 0, 1, 9, 24), none);
	commit();
	CU_ASSERT_EQUAL(forgotten, 1);
	CU_ASSERT(gateway("a")->epoch != a && gateway("b")->epoch == b);
	CU_ASSERT_EQUAL(dp_port_by_name("a")->generation, port);
	CU_ASSERT_EQUAL(dp_port_by_name("a")->mac[5], 7);
	CU_ASSERT_EQUAL(lookup("b", 10, 0, 1, 9), l3_next(L3_NEXT_LOCAL, gateway("a")->id));
	begin(HD_CONFIG_DELTA);
	put_port("b", 40); /* another segment */
	commit();
	CU_ASSERT_NOT_EQUAL(gateway("b")->epoch, b);
	b = gateway("b")->epoch;
	begin(HD_CONFIG_DELTA);
	put_gateway("b", "red", 1, prefix4(10, 0, 2, 1, 24), none);
	commit();
	CU_ASSERT_NOT_EQUAL(gateway("b")->epoch, b);
	CU_ASSERT_EQUAL(lookup("b", 10, 0, 1, 9), L3_FIB_NONE);
	begin(HD_CONFIG_FULL);
	put_switch();
	commit();
	CU_ASSERT_PTR_NULL(l3_tree(dp_config_running()));
}

static void test_refused(void)
{
	three();
	begin(HD_CONFIG_DELTA);
	put_gateway("b", "default", 1, prefix4(10, 0, 1, 7, 24), none);
	refused("gateway b: gateway a of VRF default has the subnet 10.0.1.0/24 already");
	begin(HD_CONFIG_DELTA);
	put_gateway("b", "default", 1, prefix4(10, 0, 1, 1, 16), none);
	refused("has the address 10.0.1.1/32 already");
	begin(HD_CONFIG_DELTA);
	put_gateway("c", "blue", 3, prefix4(10, 0, 1, 1, 24), prefix4(10, 0, 1, 1, 24));
	refused("gateway c: it has the address 10.0.1.1/32 twice");
	begin(HD_CONFIG_DELTA);
	put_port("b", 10);
	refused("gateway b: gateway a of the same segment has the MAC 02:00:00:00:00:01");
	begin(HD_CONFIG_DELTA);
	put_port("b", 0);
	refused("gateway b: there is no port of kind gateway");
	begin(HD_CONFIG_DELTA);
	drop_gateway("b");
	refused("port b: the settings of the gateway are missing");
	begin(HD_CONFIG_DELTA);
	put_gateway("b", "default", 1, prefix4(10, 0, 1, 7, 16), none); /* it holds the other's */
	commit();
	CU_ASSERT_EQUAL(lookup("a", 10, 0, 1, 5), l3_next(L3_NEXT_CONNECTED, gateway("a")->id));
	CU_ASSERT_EQUAL(lookup("a", 10, 0, 9, 5), l3_next(L3_NEXT_CONNECTED, gateway("b")->id));
}

static void check_object(const struct hd_gateway_object *o, const char *words)
{
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(l3_gateway_validate(o, &err), words ? -EINVAL : 0);
	CU_ASSERT_TRUE(!words || strstr(err.text, words));
}

static void test_validate(void)
{
	struct hd_gateway_object good = {.head.key = "a", .vrf = "default", .mac = {2}}, o = good;

	good.n_addresses = 1;
	good.addresses[0] = prefix4(10, 0, 0, 1, 24);
	check_object(&good, NULL);
	o = good;
	o.n_addresses = 0;
	check_object(&o, NULL);
	o = good;
	o.n_addresses = HD_GATEWAY_ADDRESSES_MAX + 1;
	check_object(&o, "17 addresses");
	o = good;
	o.mac[0] = 3;
	check_object(&o, "unicast");
	o.mac[0] = 0;
	check_object(&o, "unicast");
	o = good;
	memset(o.vrf, 'x', sizeof(o.vrf));
	check_object(&o, "VRF");
	o.vrf[0] = '\0';
	check_object(&o, "VRF");
	o = good;
	o.addresses[0].addr[3] = 255;
	check_object(&o, "broadcast");
	o = good;
	memset(o.head.key, 'x', sizeof(o.head.key));
	check_object(&o, "name");
}

UNIT_MAIN_SETUP("gateway", setup, {"routes", test_routes}, {"epochs", test_epochs},
		{"refused", test_refused}, {"validate", test_validate});
