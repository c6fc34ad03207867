/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Effects in words: the text of a warning is about the condition that raised it.
 */
#include "mgmt/bind/effects_fixture.h"

static void tells(const char *before, const char *after, const char *want)
{
	char *text = effects(before, after, &nothing);

	CU_ASSERT(strstr(text, want) != NULL);
	if (!strstr(text, want))
		fprintf(stderr, "\"%s\" is not in\n%s", want, text);
	free(text);
}

/* What a warning says is why it is given, and no more. */
static void test_words(void)
{
#define HOST_OF(n)   "/heddle-switch:switches/switch[name='s']/segment[name='" n "']/host-interface "
#define ALONE(ports) SWITCHES(LAB "," CUT) "," PORTS(VM("b", ACCESS("lab")) "," ports)
#define IN(p, vlan)  VM(p, ACCESS(vlan))
#define OFF          PORT("up", "pcap", "\"enabled\":false,", "\"switch\":\"s\"")
#define ONE_HOST(n, a)                                                            \
	"{\"name\":\"" n "\",\"host-only\":{},\"host-interface\":{\"name\":\"h" n \
	"\",\"address\":[\"" a "\"]}}"
#define HOSTS(a, b) SWITCHES(ONE_HOST("x", a) "," ONE_HOST("y", b))
	const char *none = SWITCHES(LAB) "," PORTS(VM("b", ACCESS("lab")));

	tells(none, ALONE(IN("c", "7")),
	      "VLAN 7, which no uplink carries and no other port is in:");
	tells(none, ALONE(IN("c", "web") "," IN("d", "web")),
	      "(VLAN 30), which no uplink carries:");
	tells(TWO PORTS(OFF), TWO PORTS(OFF "," IN("c", "office")),
	      "on no uplink that is enabled:");
	tells(BASE, TWO PORTS(UP "," IN("a", "office")), "lab of switch s loses its last port:");
	tells(BASE, TWO PORTS(UP "," IN("b", "lab")),
	      "office of switch s has no port but an uplink:");
	tells(SWITCHES(LAB), HOSTS("10.0.0.1/24", "10.1.0.1/24"),
	      "has no port but the host interface:");
	tells(SWITCHES(DMZ), SWITCHES("{\"name\":\"dmz\",\"host-only\":{}}"),
	      "was VLAN 20 and has no tag");
	tells(SWITCHES("{\"name\":\"dmz\",\"host-only\":{}}"), SWITCHES(DMZ),
	      "dmz of switch s becomes VLAN 20");
	/* Addresses of one network on two interfaces. */
	tells(HOSTS("10.0.0.1/24", "10.1.0.1/24"), HOSTS("10.0.0.1/24", "10.0.0.129/25"),
	      "warning addresses-overlap " HOST_OF(
		      "y") "host interface hy has 10.0.0.129/25, and hx has 10.0.0.1/24:");
	tells(SWITCHES(LAB), HOSTS("fd00::1/64", "fd00::2/48"),
	      "host interface hx has fd00::1/64, and hy has fd00::2/48:");
	for (size_t i = 0; i < 3; i++) {
		static const char *const fine[] = {HOSTS("10.0.0.1/24", "10.0.1.1/24"),
						   HOSTS("fe80::1/64", "fe80::2/64"),
						   HOSTS("10.0.0.1/25", "10.0.0.129/25")};
		char *text = effects(SWITCHES(LAB), fine[i], &nothing);

		CU_ASSERT(!strstr(text, "overlap"));
		free(text);
	}
	expect(HOSTS("10.0.0.1/24", "10.0.0.2/24"), HOSTS("10.0.0.1/24", "10.0.0.2/24"), &nothing,
	       "");
}

/* A trunk that names a segment without a VLAN is not in it. */
static void test_trunk_without_tag(void)
{
#define TRUNK(words) VM("a", "\"trunk\":[" words "]")
#define ALL(words)   TWO PORTS(UP "," TRUNK(words) "," VM("b", ACCESS("lab")))
	const char *office = ALL("\"office\""), *both = ALL("\"office\",\"lab\"");
	const char *native =
		TWO PORTS(UP "," VM("a", "\"trunk\":[\"office\",\"lab\"],"
					 "\"native\":\"lab\"") "," VM("b", ACCESS("lab")));
	const char *tagged =
		TAGGED PORTS(UP "," TRUNK("\"office\",\"lab\"") "," VM("b", ACCESS("lab")));

	expect(office, both, &nothing,
	       "warning trunk-without-tag " IF("a") "port a is not in segment lab, which its trunk "
						    "names: lab has no vlan, so no tag is its own; "
						    "give it a vlan, or make it the port's native "
						    "one: native lab\n");
	tells(tagged, both, "warning trunk-without-tag " IF("a"));
	expect(both, both, &nothing, "");
	/* As the native one it is carried; with a VLAN it has a tag. */
	for (size_t i = 0; i < 2; i++) {
		char *text = effects(office, i ? native : tagged, &nothing);

		CU_ASSERT(!strstr(text, "trunk-without-tag"));
		free(text);
	}
}

UNIT_MAIN_SETUP("effects-words", yang_setup, {"words", test_words},
		{"a trunk without a tag", test_trunk_without_tag});
