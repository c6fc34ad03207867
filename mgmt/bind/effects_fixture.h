/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of effects share: configurations in few words, and what a change of them is told as.
 */
#ifndef MGMT_BIND_EFFECTS_FIXTURE_H
#define MGMT_BIND_EFFECTS_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mgmt/bind/config.h"
#include "mgmt/bind/effects.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

#define SWITCHES(segments) \
	"\"heddle-switch:switches\":{\"switch\":[{\"name\":\"s\",\"segment\":[" segments "]}]}"
#define PORTS(ports) "\"ietf-interfaces:interfaces\":{\"interface\":[" ports "]}"
#define OFFICE       "{\"name\":\"office\",\"vlan\":10,\"bridged\":{\"uplink\":[\"up\"]}}"
#define LAB          "{\"name\":\"lab\",\"host-only\":{}}"
#define HOST(address)                                                                                   \
	"{\"name\":\"lab\",\"host-only\":{},\"host-interface\":{\"name\":\"hd0\",\"address\":[" address \
	"]}}"
#define PORT(name, kind, more, port)                                         \
	"{\"name\":\"" name "\",\"type\":\"heddle-" kind ":" kind "\"," more \
	"\"heddle-port:port\":{" port "}}"
#define UP             PORT("up", "pcap", "", "\"switch\":\"s\"")
#define VM(name, port) PORT(name, "vhost-user", "", "\"switch\":\"s\"," port)
#define ACCESS(word)   "\"access\":\"" word "\""

static struct bd_config *load(const char *body, const struct bd_numbers *before)
{
	struct ds_errors errs = {.n = 0};
	char *text = ds_printf("{%s}", body);
	struct bd_config *config = bd_config_parse(ctx, text, strlen(text), before, &errs);

	ds_errors_print(&errs, stderr);
	ds_errors_clear(&errs);
	free(text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(config);
	return config;
}

static bool all_up(const char *port, void *arg)
{
	return true;
}

static int64_t port_macs(const char *port, void *arg)
{
	return !strcmp(port, "a") ? 3 : 0;
}

static int64_t vlan_macs(const char *sw, uint16_t vlan, void *arg)
{
	return vlan == 20 ? 5 : 0;
}

static const struct ef_facts live = {all_up, port_macs, vlan_macs, NULL, NULL};
static const struct ef_facts nothing;

/* Effects of a change as lines "severity kind path-end: text". */
static char *effects(const char *before, const char *after, const struct ef_facts *facts)
{
	struct bd_config *x = load(before, NULL), *y = load(after, &x->numbers);
	struct ef *ef = ef_new(&x->objects, x->tree);
	struct ef_list list;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ef_after(ef, &y->objects, y->tree);
	bd_config_free(x); /* ef lives on its own */
	bd_config_free(y);
	ef_report(ef, facts, &list);
	for (size_t i = 0; i < list.n; i++) {
		CU_ASSERT(!i || list.at[i - 1].severity <= list.at[i].severity);
		fprintf(out, "%s %s %s %s\n", ef_severity_name(list.at[i].severity),
			list.at[i].kind, list.at[i].path ? list.at[i].path : "-", list.at[i].text);
	}
	fclose(out);
	ef_list_free(&list);
	ef_free(ef);
	return text;
}

static void expect(const char *before, const char *after, const struct ef_facts *facts,
		   const char *want)
{
	char *text = effects(before, after, facts);

	CU_ASSERT_STRING_EQUAL(text, want);
	if (strcmp(text, want))
		fprintf(stderr, "it is\n%s", text);
	free(text);
}

#define IF(name)  "/ietf-interfaces:interfaces/interface[name='" name "'] "
#define SEG(name) "/heddle-switch:switches/switch[name='s']/segment[name='" name "'] "
#define SW        "/heddle-switch:switches/switch[name='s'] "

#define TWO    SWITCHES(OFFICE "," LAB) ","
#define TAGGED SWITCHES(OFFICE ",{\"name\":\"lab\",\"vlan\":20,\"host-only\":{}}") ","
#define BASE   TWO PORTS(UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab")))

#define CUT "{\"name\":\"web\",\"vlan\":30,\"bridged\":{}}"
#define DMZ "{\"name\":\"dmz\",\"vlan\":20,\"host-only\":{}}"

#endif
