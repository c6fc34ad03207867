/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What changes do: each effect and each mistake, and that old mistakes are not told of again.
 */
#include "mgmt/bind/effects_fixture.h"

static void test_nothing(void)
{
	expect(BASE, BASE, &live, "");
}

static void test_ports(void)
{
	expect(BASE,
	       TWO PORTS(UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab")) "," VM(
		       "c", ACCESS("lab"))),
	       &live, "info port-added " IF("c") "port c is added\n");
	expect(TWO PORTS(UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab")) "," VM(
		       "c", ACCESS("lab"))),
	       BASE, &live,
	       "warning port-removed " IF("c") "port c is removed: it is up now, with 0 addresses "
					       "behind it\n");
	/* Nobody knows whether it is up. */
	expect(TWO PORTS(UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab")) "," VM(
		       "c", ACCESS("lab"))),
	       BASE, &nothing, "warning port-removed " IF("c") "port c is removed\n");
	expect(BASE,
	       TWO PORTS(UP "," PORT(
		       "a", "vhost-user",
		       "\"heddle-vhost-user:vhost-user\":{\"socket\":\"x.sock\"},",
		       "\"switch\":\"s\",\"access\":\"office\"") "," VM("b", ACCESS("lab"))),
	       &live,
	       "warning port-restarts " IF(
		       "a") "port a is closed and opened again: it is up now, "
			    "with 3 addresses behind it\n"
			    "warning socket-moves " IF(
				    "a") "port a: its socket is a/x.sock instead of a/sock: a "
					 "guest on it has no network until it is given that path\n");
	expect(BASE,
	       TWO PORTS(
		       UP
		       "," VM("a", ACCESS("office") ",\"mtu\":1400,\"heddle-guard:mac-limit\":9") "," VM(
			       "b", ACCESS("lab"))),
	       &live,
	       "info port-changes " IF("a") "port a: MTU 1400 instead of 1500\n"
					    "info port-changes " IF(
						    "a") "port a: its guards change\n");
	expect(BASE,
	       TWO PORTS(UP "," PORT(
		       "a", "vhost-user", "\"enabled\":false,",
		       "\"switch\":\"s\",\"access\":\"office\"") "," VM("b", ACCESS("lab"))),
	       &live,
	       "warning port-disabled " IF("a") "port a is disabled: it is up now, with 3 "
						"addresses behind it\n");
}

static void test_moves(void)
{
	expect(BASE, TWO PORTS(UP "," VM("a", ACCESS("lab")) "," VM("b", ACCESS("office"))), &live,
	       "warning port-moves " IF(
		       "a") "port a moves from segment office (VLAN 10) to "
			    "segment lab: it is up now, with 3 addresses behind "
			    "it\n"
			    "warning port-moves " IF(
				    "b") "port b moves from segment lab to segment office "
					 "(VLAN 10): it is up now, with 0 addresses behind "
					 "it\n");
	expect(TAGGED PORTS(UP "," VM("a", "\"trunk\":[\"office\",\"lab\"]") "," VM(
		       "b", ACCESS("lab")) "," VM("c", ACCESS("office"))),
	       TAGGED PORTS(UP "," VM("a", "\"trunk\":[\"lab\"]") "," VM("b", ACCESS("lab")) "," VM(
		       "c", ACCESS("office"))),
	       &live,
	       "warning port-moves " IF("a") "port a leaves segment office (VLAN 10): it is up "
					     "now, with 3 addresses behind it\n");
	expect(TAGGED PORTS(
		       UP "," VM("a", "\"trunk\":[\"lab\",\"office\"]") "," VM("b", ACCESS("lab"))),
	       TAGGED PORTS(
		       UP
		       "," VM("a", "\"trunk\":[\"lab\",\"office\"],\"native\":\"office\"") "," VM(
			       "b", ACCESS("lab"))),
	       &live,
	       "warning port-moves " IF("a") "port a has other frames with and without tags than "
					     "before: it is up now, with 3 addresses behind it\n");
}

/* A segment that is another number is no move of its ports. */
static void test_renumbered(void)
{
	expect(BASE,
	       SWITCHES("{\"name\":\"office\",\"vlan\":20,\"bridged\":{\"uplink\":[\"up\"]}}," LAB) "," PORTS(
		       UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab"))),
	       &live,
	       "warning segment-renumbered " SEG(
		       "office") "segment office of switch s is VLAN 20 "
				 "and was 10: its tags change; its "
				 "addresses are learned anew: 2 ports are "
				 "in it now, with 0 addresses\n");
	/* One that loses its id. */
	expect(BASE,
	       SWITCHES("{\"name\":\"office\",\"bridged\":{\"uplink\":[\"up\"]}}," LAB) "," PORTS(
		       UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab"))),
	       &live,
	       "danger port-moves " IF(
		       "up") "uplink up has other frames with and without tags than "
			     "before: it is up now, with 0 addresses behind it\n"
			     "warning segment-renumbered " SEG(
				     "office") "segment office of switch s was VLAN 10 and has no tag any more; "
					       "its addresses are learned anew: 2 ports are in it now, "
					       "with 0 addresses\n");
}

static void test_vlan_removed(void)
{
	expect(SWITCHES(OFFICE "," LAB "," DMZ) "," PORTS(UP "," VM("a", ACCESS("office")) "," VM(
		       "b", ACCESS("lab")) "," VM("c", ACCESS("dmz")) "," VM("d", ACCESS("dmz"))),
	       BASE, &live,
	       "danger vlan-removed " SEG(
		       "dmz") "segment dmz (VLAN 20) of switch s goes: "
			      "2 ports are in it now, with 5 "
			      "addresses\n"
			      "warning port-removed " IF(
				      "c") "port c is removed: it is up now, with 0 addresses "
					   "behind it\n"
					   "warning port-removed " IF(
						   "d") "port d is removed: it is up now, with 0 addresses "
							"behind it\n");
}

static void test_uplinks(void)
{
	/* The segment is no longer on its uplink. */
	expect(TWO PORTS(UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab"))),
	       SWITCHES("{\"name\":\"office\",\"vlan\":10,\"bridged\":{}}," LAB) "," PORTS(
		       PORT("up", "pcap", "", "\"switch\":\"s\",\"access\":\"lab\"") "," VM(
			       "a", ACCESS("office")) "," VM("b", ACCESS("lab"))),
	       &nothing,
	       "danger uplink-lost " SEG(
		       "office") "segment office (VLAN 10) of switch s is on no "
				 "uplink any more, so it leads out of the "
				 "machine no longer: 2 ports are in it now\n"
				 "danger port-moves " IF(
					 "up") "port up moves from segment office (VLAN 10) to "
					       "segment lab\n");
	/* A disabled uplink carries nothing. */
	expect(BASE,
	       TWO PORTS(PORT("up", "pcap", "\"enabled\":false,", "\"switch\":\"s\"") "," VM(
		       "a", ACCESS("office")) "," VM("b", ACCESS("lab"))),
	       &nothing,
	       "danger uplink-lost " SEG("office") "segment office (VLAN 10) of switch s is on no "
						   "uplink that is enabled, so it leads out of the "
						   "machine no longer: 2 ports are in it now\n"
						   "danger port-disabled " IF(
							   "up") "uplink up is disabled\n");
	expect(BASE,
	       SWITCHES("{\"name\":\"office\",\"vlan\":10,\"bridged\":{\"uplink\":[\"up\",\"up2\"]}}," LAB) "," PORTS(
		       UP "," PORT("up2", "pcap", "", "\"switch\":\"s\"") "," VM(
			       "a", ACCESS("office")) "," VM("b", ACCESS("lab"))),
	       &live,
	       "danger two-uplinks " SW "segment office (VLAN 10) of switch s is on two uplinks: "
	       "where both lead to one network, frames circle\n"
	       "info port-added " IF("up2") "uplink up2 is added\n");
}

static void test_not_carried(void)
{
	/* Bridged, and on no uplink; and not told of again. */
#define WITH(ports) SWITCHES(OFFICE "," CUT) "," PORTS(UP "," VM("a", ACCESS("office")) "," ports)
	expect(WITH(VM("b", ACCESS("office"))), WITH(VM("b", ACCESS("web"))), &nothing,
	       "warning port-moves " IF(
		       "b") "port b moves from segment office (VLAN 10) to "
			    "segment web (VLAN 30)\n"
			    "warning vlan-not-carried " IF(
				    "b") "port b is in segment web (VLAN 30), which no "
					 "uplink carries: list an uplink in a segment of "
					 "that VLAN, or use another\n");
	expect(WITH(VM("b", ACCESS("web"))), WITH(VM("b", ACCESS("web") ",\"mtu\":1500")), &nothing,
	       "");
	/* A wide trunk stands for all that there is. */
	expect(BASE,
	       TWO PORTS(UP "," VM("a", "\"trunk\":[\"1..4000\"]") "," VM("b", ACCESS("lab"))),
	       &nothing,
	       "info port-moves " IF("a") "port a joins VLAN 1, VLAN 2, VLAN 3, VLAN 4 and 3995 "
					  "more\n");
}

static void test_mtu(void)
{
	expect(BASE,
	       TWO PORTS(UP
			 "," VM("a", ACCESS("office") ",\"mtu\":9000") "," VM("b", ACCESS("lab"))),
	       &nothing,
	       "warning mtu-mismatch " IF("a") "port a has MTU 9000 and the uplink of segment "
					       "office (VLAN 10) 1500: larger packets are dropped "
					       "on the way\n"
					       "info port-changes " IF(
						       "a") "port a: MTU 9000 instead of 1500\n");
	/* The uplink is the one that changed. */
	expect(TWO PORTS(PORT("up", "pcap", "", "\"switch\":\"s\",\"mtu\":9000") "," VM(
		       "a", ACCESS("office") ",\"mtu\":9000") "," VM("b", ACCESS("lab"))),
	       TWO PORTS(UP
			 "," VM("a", ACCESS("office") ",\"mtu\":9000") "," VM("b", ACCESS("lab"))),
	       &nothing,
	       "warning mtu-mismatch " IF(
		       "up") "uplink up has MTU 1500 and ports of segment office "
			     "(VLAN 10) up to 9000: larger packets are dropped\n"
			     "info port-changes " IF("up") "uplink up: MTU 1500 instead of 9000\n");
	/* No uplink: two ports of one segment. */
	expect(BASE,
	       TWO PORTS(UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab")) "," VM(
		       "c", ACCESS("lab") ",\"mtu\":4000")),
	       &nothing,
	       "warning mtu-mismatch " IF("c") "port c has MTU 4000 and another port of segment "
					       "lab 1500: larger packets are dropped on the way\n"
					       "info port-added " IF("c") "port c is added\n");
}

static void test_empty(void)
{
	expect(BASE,
	       SWITCHES(OFFICE "," LAB "," DMZ) "," PORTS(
		       UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab"))),
	       &nothing,
	       "warning segment-empty " SEG("dmz") "segment dmz of switch s has no port: put one "
						   "there with access dmz\n");
	expect(BASE,
	       TWO PORTS(UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab")) "," PORT(
		       "c", "vhost-user", "", "\"mtu\":1500")),
	       &nothing,
	       "warning port-without-switch " IF("c") "port c is on no switch and drops what it "
						      "receives: set switch, and access or "
						      "trunk\n"
						      "info port-added " IF(
							      "c") "port c is added\n");
}

#define WITH_HOST(address)                 \
	SWITCHES(OFFICE "," HOST(address)) \
	"," PORTS(UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab")))
#define IF_HOST SEG("lab")

static void test_host(void)
{
	static const struct ef_facts mine = {.address = "10.0.0.1"},
				     other = {.address = "10.9.9.9"};
	char *path = ds_printf("%.*s/host-interface ", (int)strlen(IF_HOST) - 1, IF_HOST), *want;

	want = ds_printf("danger own-connection %shost interface hd0 loses the address: "
			 "connections to 10.0.0.1 are cut, perhaps your own\n"
			 "info host-interface %shost interface hd0 gets the address 10.0.0.2\n",
			 path, path);
	expect(WITH_HOST("\"10.0.0.1/24\""), WITH_HOST("\"10.0.0.2/24\""), &nothing, want);
	free(want);
	want = ds_printf("danger own-connection %shost interface hd0, by whose address 10.0.0.1 "
			 "you are connected, goes: this connection is cut; use commit confirmed\n",
			 path);
	expect(WITH_HOST("\"10.0.0.1/24\""), BASE, &mine, want);
	free(want);
	want = ds_printf("warning host-interface %shost interface hd0 goes: connections to "
			 "10.0.0.1 are cut\n",
			 path);
	expect(WITH_HOST("\"10.0.0.1/24\""), BASE, &other, want);
	free(want);
	want = ds_printf("info host-interface %shost interface hd0 is added\n", path);
	expect(BASE, WITH_HOST(""), &nothing, want);
	free(want);
	free(path);
}

/* Thousands of one kind are a number; what matters more is still there. */
static void test_many(void)
{
	char *ports = ds_strdup(""), *more, *text;
	size_t lines = 0;

	for (int i = 0; i < 300; i++) {
		more = ds_printf("%s,{\"name\":\"m%d\",\"type\":\"heddle-vhost-user:vhost-user\","
				 "\"heddle-port:port\":{\"switch\":\"s\",\"access\":\"lab\"}}",
				 ports, i);
		free(ports);
		ports = more;
	}
	more = ds_printf("%s \"ietf-interfaces:interfaces\":{\"interface\":[%s%s]}}", TWO,
			 UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab")), ports);
	more[strlen(more) - 1] = '\0';
	text = effects(BASE, more, &live);
	for (char *c = text; *c; c++)
		lines += *c == '\n';
	CU_ASSERT_EQUAL(lines, 51);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "info port-added - and 250 more of these\n"));
	free(text);
	text = effects("", more, &live); /* the first configuration */
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "port-added"));
	free(text);
	text = effects(more, "", &live); /* nothing is left */
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "danger port-removed " IF("up")));
	free(text);
	free(more);
	free(ports);
}

#define ON(name, kind, leaves, port)                                   \
	PORT(name, kind, "\"heddle-" kind ":" kind "\":{" leaves "},", \
	     "\"switch\":\"s\"," ACCESS("lab") port)
#define DEV(kind, leaves, port) TWO PORTS(UP "," ON("t", kind, leaves, port))
#define TAP_GOES(device)                                                        \
	"warning device-removed " IF("t") "TAP " device " is deleted, and the " \
					  "addresses and routes that were put on it go with it\n"

static void goes(const char *before, const char *after, const char *want)
{
	char *text = effects(before, after, &nothing), *at = strstr(text, "warning device-removed");
	bool right = want ? at && !strncmp(at, want, strlen(want)) : !at;

	CU_ASSERT_TRUE(right);
	if (!right)
		fprintf(stderr, "it is\n%s", text);
	free(text);
}

static void test_devices(void)
{
	static const char tap[] = DEV("tap", "\"device\":\"d\",\"queues\":2", "");
	static const char in_ns[] =
		DEV("tap", "\"device\":\"d\",\"namespace\":\"n\",\"queues\":2", "");
	static const char vm[] = DEV("vm-tap", "\"device\":\"d\",\"queues\":2", "");

	/* changed in place */
	goes(tap, DEV("tap", "\"device\":\"d\",\"queues\":2", ",\"mtu\":1400"), NULL);
	goes(tap, DEV("tap", "\"device\":\"d\",\"queues\":4", ""), NULL);
	goes(tap,
	     DEV("tap", "\"device\":\"d\",\"queues\":2,\"mac-address\":\"02:00:00:00:00:01\"", ""),
	     NULL);
	/* of another port now */
	goes(tap, TWO PORTS(UP "," ON("u", "tap", "\"device\":\"d\",\"queues\":2", "")), NULL);
	/* not the same any more */
	goes(tap, DEV("tap", "\"device\":\"d\"", ""), TAP_GOES("d"));
	goes(tap, DEV("tap", "\"device\":\"e\",\"queues\":2", ""), TAP_GOES("d"));
	goes(tap, in_ns, TAP_GOES("d"));
	goes(in_ns, tap, TAP_GOES("d in namespace n"));
	goes(tap, vm, TAP_GOES("d"));
	goes(tap, TWO PORTS(UP), TAP_GOES("d"));
	goes(vm, TWO PORTS(UP),
	     "warning device-removed " IF("t") "TAP d is deleted: a VM that has it open loses its "
					       "network card\n");
	/* a VM's waits for the VM */
	goes(vm, DEV("vm-tap", "\"device\":\"d\"", ""), NULL);
	expect(vm, DEV("vm-tap", "\"device\":\"d\",\"queues\":2,\"owner\":\"root\"", ""), &nothing,
	       "warning port-restarts " IF(
		       "t") "port t is closed and opened again\n"
			    "info port-changes " IF(
				    "t") "port t: while a VM has TAP d open, who may open it and "
					 "whether it has several queues stay as they are\n");
}

/* A guest finds its port by a path with the port's name in it. */
static void test_renamed(void)
{
	static const char one[] = DEV("vhost-user", "\"queues\":2", "");

	expect(one, TWO PORTS(UP "," ON("u", "vhost-user", "\"queues\":2", "")), &nothing,
	       "warning port-removed " IF(
		       "t") "port t is removed\n"
			    "warning socket-moves " IF(
				    "u") "port u: its socket is u/sock instead of t/sock: a "
					 "guest on it has no network until it is given that path\n"
					 "info port-added " IF("u") "port u is added\n");
	expect(one, TWO PORTS(UP "," ON("u", "vhost-user", "\"queues\":4", "")), &nothing,
	       "warning port-removed " IF("t") "port t is removed\n"
					       "info port-added " IF("u") "port u is added\n");
}

UNIT_MAIN_SETUP("effects", yang_setup, {"no change", test_nothing}, {"ports", test_ports},
		{"moves", test_moves}, {"renumbered segments", test_renumbered},
		{"VLANs that go", test_vlan_removed}, {"uplinks", test_uplinks},
		{"VLANs that nobody carries", test_not_carried}, {"MTU", test_mtu},
		{"empty segments", test_empty}, {"host interfaces", test_host}, {"many", test_many},
		{"devices", test_devices}, {"renamed ports", test_renamed});
