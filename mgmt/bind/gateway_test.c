/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways: rules, MAC addresses, objects, and a configuration that is made of the one before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/gateway.h"
#include "heddle/net/ether.h"
#include "mgmt/bind/config.h"
#include "mgmt/bind/gateway.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

#define BASE                                                                              \
	"set switch sw0 segment lab host-only interface hd-lab address 192.168.56.1/24\n" \
	"set switch sw0 segment lab interface hd-lab mac-address 02:00:00:00:00:01\n"     \
	"set switch sw0 segment office vlan 10 bridged\n"                                 \
	"set switch sw1 segment lab host-only\n"

static struct bd_config *parse(const char *lines, struct ds_errors *errs)
{
	char *text = ds_printf("%s%s", BASE, lines);
	struct bd_config *config = bd_config_parse(ctx, text, strlen(text), NULL, errs);

	free(text);
	return config;
}

/* Errors that the lines get: "app-tag app-tag", in the order of their texts. */
static void gets(const char *lines, const char *tags)
{
	struct ds_errors errs = {.n = 0};
	struct bd_config *config = parse(lines, &errs);
	char is[400] = "";

	for (size_t i = 0; i < errs.n; i++)
		snprintf(is + strlen(is), sizeof(is) - strlen(is), "%s%s", i ? " " : "",
			 errs.list[i].app_tag);
	CU_ASSERT_STRING_EQUAL(is, tags);
	if (strcmp(is, tags) != 0) {
		printf("\n%s", lines);
		ds_errors_print(&errs, stdout);
	}
	bd_config_free(config);
	ds_errors_clear(&errs);
}

/* The first error that the lines get. */
static void says(const char *lines, const char *text)
{
	struct ds_errors errs = {.n = 0};
	struct bd_config *config = parse(lines, &errs);

	CU_ASSERT_PTR_NULL(config);
	CU_ASSERT_FATAL(errs.n > 0);
	CU_ASSERT_STRING_EQUAL(errs.list[0].message, text);
	ds_errors_clear(&errs);
}

#define GW(name, rest)  "set gateway " name " switch sw0 segment " rest "\n"
#define LAB(name, rest) GW(name, "lab " rest)

static void test_rules(void)
{
	gets(LAB("g", "address 192.168.56.254/24"), "");
	gets(LAB("g", ""), "");
	gets("set gateway g switch sw0\n", "segment-missing");
	gets("set gateway g switch sw2 segment lab\n", "instance-required");
	gets(GW("g", "labb"), "instance-required");
	gets(LAB("g", "address 192.168.56.255/24"), "bad-address");
	gets(LAB("g", "address 192.168.56.0/24"), "bad-address");
	gets(LAB("g", "address ff02::1/64"), "bad-address");
	gets(LAB("g", "mac 01:00:00:00:00:01"), "bad-mac");
	gets(LAB("g", "mac 00:00:00:00:00:00"), "bad-mac");
	gets(LAB("g", "mac 02:00:00:00:00:01"), "mac-twice");
	gets(LAB("g", "mac 02:00:00:00:00:02") GW("h", "office mac 02:00:00:00:00:02"), "");
	gets(LAB("g", "mac 02:00:00:00:00:02") LAB("h", "mac 02:00:00:00:00:02"), "mac-twice");
	gets(LAB("g", "") "set port g access lab\n", "port-leaf-on-gateway");
	gets(LAB("g", "") "set port g switch sw0 ra-guard true\n",
	     "port-leaf-on-gateway port-leaf-on-gateway");
	gets(LAB("g", "mtu 9000") "set gateway g enabled false\n", "");
	gets(LAB("g", "") "set switch sw0 segment office bridged uplink g\n", "bad-uplink");
	gets(LAB("g", "") "set switch sw0 static-mac lab 02:00:00:00:00:09 port g\n",
	     "bad-static-mac");
	gets(LAB("hd-lab", ""), "name-twice");
	says(GW("g", "labb"), "switch sw0 has no segment \"labb\"; did you mean \"lab\"?");
	says(GW("g", "zzz"), "switch sw0 has no segment \"zzz\": define it there, or use another");
	says(LAB("g", "address 192.168.56.255/24"),
	     "192.168.56.255/24 is the broadcast address of its subnet; choose one inside of it");
	says(LAB("g", "") "set port g access lab\n",
	     "g is a gateway, and access is for ports: remove it (the place of a gateway is its own "
	     "switch and segment)");
}

static void test_addresses(void)
{
	/* In one gateway. */
	gets(LAB("g", "address [ 10.0.0.1/24 10.0.0.2/24 10.0.0.3/16 fe80::1/64 ]"), "");
	gets(LAB("g", "address [ 10.0.0.1/24 10.0.0.1/16 ]"), "address-twice");
	/* Of the segment's host interface; another one's is the host's affair. */
	gets(LAB("g", "address 192.168.56.1/25"), "address-twice");
	gets(GW("g", "office address 192.168.56.1/24"), "");
	/* In one segment. */
	gets(LAB("g", "address 10.0.0.1/24") LAB("h", "address 10.1.0.1/24"), "");
	gets(LAB("g", "address 10.0.0.1/24") LAB("h", "vrf b address 10.0.0.2/24"), "");
	gets(LAB("g", "address 10.0.0.1/24") LAB("h", "address 10.0.0.2/24"), "networks-overlap");
	gets(LAB("g", "address 10.0.0.1/24") LAB("h", "vrf b address 10.0.0.1/16"),
	     "address-twice");
	gets(LAB("g", "address fe80::1/64") LAB("h", "address fe80::1/64"), "address-twice");
	/* In one VRF, of all switches. */
	gets(LAB("g", "address fe80::1/64") GW("h", "office address fe80::1/64"), "");
	gets(LAB("g", "address 10.0.0.1/24") GW("h", "office address 10.0.0.1/24"),
	     "address-twice");
	gets(LAB("g", "address 10.0.0.1/24") GW("h", "office address 10.0.0.1/24 vrf b"), "");
	gets(LAB("g", "address 10.0.0.1/24 vrf b") GW("h", "office address 10.0.0.1/24 vrf b"),
	     "address-twice");
	gets(LAB("g", "address 10.0.0.1/24") GW("h", "office address 10.1.2.3/8"),
	     "networks-overlap");
	gets(LAB("g",
		 "address 10.0.0.1/24") "set gateway h switch sw1 segment lab address 10.0.0.200/25\n",
	     "networks-overlap");
	gets(LAB("g", "address fd00::1/64") GW("h", "office address fd00:0:0:1::1/63"),
	     "networks-overlap");
	gets(LAB("g", "address fd00::1/64") GW("h", "office address fd00:0:0:1::1/64"), "");
	says(LAB("g", "address 10.0.0.1/24") GW("h", "office address 10.0.0.9/8"),
	     "10.0.0.1/24 overlaps with 10.0.0.9/8 of gateway h, and a VRF reaches an address by one "
	     "gateway: choose another network, or another vrf than default");
	says(LAB("g", "address 192.168.56.1/24"),
	     "192.168.56.1/24 is the address of host interface hd-lab in segment lab: choose "
	     "another");
}

/* @n gateways, each with a VRF of its own when @vrfs. */
static void many(unsigned int n, bool vrfs, const char *tags)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (unsigned int i = 0; i < n; i++) {
		fprintf(out, "set gateway g%u switch sw0 segment office address 10.%u.%u.1/24", i,
			i / 256, i % 256);
		fprintf(out, vrfs ? " vrf v%u\n" : "\n", i);
	}
	fclose(out);
	gets(text, tags);
	free(text);
}

static void test_room(void)
{
	many(HD_GATEWAYS_MAX, false, "");
	many(HD_GATEWAYS_MAX + 1, false, "too-many-gateways");
	many(HD_VRFS_MAX, true, "");
	many(HD_VRFS_MAX + 1, true, "too-many-vrfs");
}

static const struct hd_gateway_object *gateway(const struct bd_config *config, const char *name)
{
	const struct bd_object *o =
		bd_objects_find(&config->objects, HD_PLANE_DATA, BD_RANK_KIND, HD_GATEWAY, name);

	return o ? (const void *)o->body : NULL;
}

static void mac_of(const char *machine, const char *name, uint8_t mac[6])
{
	char *line = ds_printf("set gateway %s switch sw0 segment lab\n", name);
	struct ds_errors errs = {.n = 0};
	struct bd_config *config;

	bd_gateway_machine(machine);
	config = parse(line, &errs);
	CU_ASSERT_PTR_NOT_NULL_FATAL(config);
	memcpy(mac, gateway(config, name)->mac, 6);
	CU_ASSERT_EQUAL(mac[0] & 3, 2); /* locally administered, one station */
	bd_config_free(config);
	bd_gateway_machine(NULL);
	free(line);
}

static void test_mac(void)
{
	static const char one[] = "0123456789abcdef0123456789abcdef\n";
	static const char other[] = "0123456789abcdef0123456789abcdee\n";
	static const uint8_t replay[6] = {0x52, 0x8c, 0x50, 0xc4, 0x3e, 0x0d};
	uint8_t a[6], b[6];

	mac_of(one, "g", a);
	mac_of(one, "g", b);
	CU_ASSERT_EQUAL(memcmp(a, b, 6), 0);
	mac_of(one, "h", b);
	CU_ASSERT_NOT_EQUAL(memcmp(a, b, 6), 0);
	mac_of(other, "g", b);
	CU_ASSERT_NOT_EQUAL(memcmp(a, b, 6), 0);
	mac_of(NULL, "g", a);
	mac_of("no id", "g", b);
	CU_ASSERT_EQUAL(memcmp(a, b, 6), 0);
	CU_ASSERT_EQUAL(memcmp(a, replay, 6), 0); /* of all times: captures have it */
	if (memcmp(a, replay, 6) != 0)
		printf("%02x %02x %02x %02x %02x %02x\n", a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* A gateway is held against those that did not change. */
static void test_update(void)
{
	struct ds_errors errs = {.n = 0};
	struct bd_config *old = parse(LAB("g", "address 10.0.0.1/24"), &errs), *next;
	struct bd_config *bad = parse(LAB("g", "address 10.0.0.1/24") GW("h", "office"), &errs);
	const char *names[] = {"h"};
	struct bd_touched touched = {.interfaces = names, .n = 1};
	struct lyd_node *leaf = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(old);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bad);
	next = bd_config_update(ctx, old, bad->tree, &touched, &errs);
	CU_ASSERT_PTR_NOT_NULL_FATAL(next);
	CU_ASSERT_PTR_NOT_NULL(gateway(next, "h"));
	bd_config_free(next);
	lyd_new_path(bad->tree, NULL,
		     "/ietf-interfaces:interfaces/interface[name='h']/heddle-gateway:gateway/"
		     "address[.='10.0.0.2/24']",
		     NULL, 0, &leaf);
	CU_ASSERT_PTR_NOT_NULL_FATAL(leaf);
	next = bd_config_update(ctx, old, bad->tree, &touched, &errs);
	CU_ASSERT_PTR_NULL(next);
	CU_ASSERT_EQUAL(errs.n, 1);
	ds_errors_clear(&errs);
	bd_config_free(old);
	bd_config_free(bad);
	ly_ctx_destroy(ctx);
}

UNIT_MAIN_SETUP("gateway-rules", yang_setup, {"rules", test_rules}, {"addresses", test_addresses},
		{"room", test_room}, {"mac", test_mac}, {"update", test_update});
