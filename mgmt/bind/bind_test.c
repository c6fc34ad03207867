/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configurations as protocol objects: golden dumps, differences, internal numbers, VLAN words.
 */
#include <stdio.h>
#include <string.h>

#include "heddle/api/gateway.h"
#include "heddle/api/guard.h"
#include "heddle/api/hostif.h"
#include "heddle/api/kinds.h"
#include "mgmt/bind/bind.h"
#include "mgmt/bind/config.h"
#include "mgmt/bind/path.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

static void dump_vlans(FILE *out, const char *name, const struct hd_vlan_set *set)
{
	fprintf(out, " %s", name);
	for (unsigned int v = 0; v < HD_VLAN_COUNT; v++) {
		unsigned int last = v;

		if (!hd_vlan_set_has(set, v))
			continue;
		while (last + 1 < HD_VLAN_COUNT && hd_vlan_set_has(set, last + 1))
			last++;
		fprintf(out, last > v ? " %u..%u" : " %u", v, last);
		v = last;
	}
}

static void dump_bytes(FILE *out, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%02x", b[i]);
}

static void dump_port(FILE *out, const struct hd_port_object *p)
{
	fprintf(out, "port %s kind %s switch '%s' mode %u pvid %u tpid %04x mtu %u flags %02x",
		p->head.key, p->kind, p->switch_name, p->mode, p->pvid, p->tpid, p->mtu, p->flags);
	fprintf(out, " pcp %u tags %u", p->default_pcp, p->priority_tags);
	dump_vlans(out, "vlans", &p->vlans);
	dump_vlans(out, "cvlans", &p->cvlans);
}

static void dump_addresses(FILE *out, const struct hd_ip_prefix *a, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		fprintf(out, " v%u ", a[i].family);
		dump_bytes(out, a[i].addr, a[i].family == 4 ? 4 : 16);
		fprintf(out, "/%u", a[i].length);
	}
}

static void dump_spoof(FILE *out, const struct hd_anti_spoof_object *a)
{
	fprintf(out, "anti-spoof %s", a->head.key);
	for (unsigned int i = 0; i < a->n_macs; i++) {
		fprintf(out, " ");
		dump_bytes(out, a->macs[i], 6);
	}
	dump_addresses(out, a->ips, a->n_ips);
}

static void dump_kind(FILE *out, const struct bd_object *o)
{
	const struct hd_vhost_user_object *v = (const void *)o->body;
	const struct hd_tap_object *t = (const void *)o->body;
	const struct hd_vm_tap_object *vt = (const void *)o->body;
	const struct hd_af_packet_object *a = (const void *)o->body;
	const struct hd_pcap_object *p = (const void *)o->body;
	const struct hd_gateway_object *g = (const void *)o->body;
	const char *key = o->body->key;

	if (o->type == HD_VHOST_USER) {
		fprintf(out,
			"vhost-user %s %s owner '%s' group '%s' mode %o queues %u server %u offloads %u",
			key, v->socket, v->owner, v->group, v->socket_mode, v->queues, v->server,
			v->offloads);
	} else if (o->type == HD_TAP) {
		fprintf(out, "tap %s %s netns '%s' queues %u mtu %u offloads %u mac ", key,
			t->netdev, t->netns, t->queues, t->mtu, t->offloads);
		dump_bytes(out, t->mac, 6);
	} else if (o->type == HD_VM_TAP) {
		fprintf(out, "vm-tap %s %s netns '%s' owner '%s' group '%s' queues %u mtu %u mac ",
			key, vt->netdev, vt->netns, vt->owner, vt->group, vt->queues, vt->mtu);
		dump_bytes(out, vt->mac, 6);
	} else if (o->type == HD_AF_PACKET) {
		fprintf(out, "af-packet %s %s netns '%s' offloads %u", key, a->netdev, a->netns,
			a->offloads);
	} else if (o->type == HD_GATEWAY) {
		fprintf(out, "gateway %s vrf '%s' mac ", key, g->vrf);
		dump_bytes(out, g->mac, 6);
		dump_addresses(out, g->addresses, g->n_addresses);
	} else {
		fprintf(out, "pcap %s read '%s' write '%s'", key, p->read, p->write);
	}
}

static void dump(const struct bd_object *o, enum hd_object_op op, void *arg)
{
	const struct hd_static_mac_object *m = (const void *)o->body;
	const struct hd_segment_object *seg = (const void *)o->body;
	const struct hd_switch_object *sw = (const void *)o->body;
	const struct hd_hostif_object *h = (const void *)o->body;
	const char *key = o->body->key;
	FILE *out = arg;

	fprintf(out, op == HD_OBJECT_SET ? "+ " : "- ");
	if (op == HD_OBJECT_DELETE)
		fprintf(out, "%08x %s", o->type, key);
	else if (o->type == HD_SWITCH)
		fprintf(out, "switch %s ageing %u limit %u", key, sw->ageing_s, sw->mac_limit);
	else if (o->type == HD_SEGMENT)
		fprintf(out, "segment %s of %s vlan %u limit %u", key, seg->switch_name, seg->vlan,
			seg->mac_limit);
	else if (o->type == HD_PORT)
		dump_port(out, (const void *)o->body);
	else if (o->type == HD_BPDU_GUARD)
		fprintf(out, "bpdu-guard %s", key);
	else if (o->type == HD_RA_GUARD)
		fprintf(out, "ra-guard %s", key);
	else if (o->type == HD_DHCP_GUARD)
		fprintf(out, "dhcp-guard %s", key);
	else if (o->type == HD_MAC_LIMIT)
		fprintf(out, "mac-limit %s %u", key,
			((const struct hd_mac_limit_object *)o->body)->limit);
	else if (o->type == HD_ANTI_SPOOF)
		dump_spoof(out, (const void *)o->body);
	else if (o->type == HD_STATIC_MAC)
		fprintf(out, "static-mac %s switch %s port %s vlan %u", key, m->switch_name,
			m->port, m->vlan);
	else if (o->type == HD_HOSTIF) {
		fprintf(out, "hostif %s", key);
		dump_addresses(out, h->addresses, h->n_addresses);
	} else
		dump_kind(out, o);
	fprintf(out, "\n");
}

static struct bd_config *load(const char *name)
{
	struct ds_errors errs = {.n = 0};
	struct bd_config *config;
	char path[512];

	snprintf(path, sizeof(path), TEST_CONFIGS "/%s", name);
	config = bd_config_load(ctx, path, NULL, &errs);
	ds_errors_print(&errs, stderr);
	ds_errors_clear(&errs);
	CU_ASSERT_PTR_NOT_NULL_FATAL(config);
	return config;
}

/* Compares with the golden file; with UPDATE_GOLDEN in the environment it is written. */
static void golden(const char *config_name, const char *dump_name)
{
	struct bd_config *config = load(config_name);
	char path[512], *text = NULL, *want;
	struct hd_err err = {0};
	size_t len, want_len;
	FILE *out = open_memstream(&text, &len);

	bd_objects_diff(NULL, &config->objects, HD_PLANE_DATA, dump, out);
	bd_objects_diff(NULL, &config->objects, HD_PLANE_CONTROL, dump, out);
	fclose(out);
	snprintf(path, sizeof(path), TEST_CONFIGS "/../netconf/golden/%s", dump_name);
	if (getenv("UPDATE_GOLDEN")) {
		out = fopen(path, "w");
		CU_ASSERT_PTR_NOT_NULL_FATAL(out);
		fputs(text, out);
		fclose(out);
	}
	want = ds_file_read(path, &want_len, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(want);
	CU_ASSERT_STRING_EQUAL(text, want);
	if (strcmp(text, want))
		fprintf(stderr, "%s: it is now\n%s", dump_name, text);
	free(want);
	free(text);
	bd_config_free(config);
}

static void test_golden(void)
{
	golden("good/canonical.json", "canonical.txt");
	golden("good/every-leaf.json", "every-leaf.txt");
	golden("good/one-switch.xml", "one-switch.txt");
}

static struct bd_config *make(const char *ports, const struct bd_numbers *before)
{
	struct ds_errors errs = {.n = 0};
	struct bd_config *config;
	char text[4096];

	snprintf(text, sizeof(text),
		 "{\"heddle-switch:switches\":{\"switch\":[{\"name\":\"s\",\"segment\":["
		 "{\"name\":\"lab\",\"host-only\":{}}]}]},"
		 "\"ietf-interfaces:interfaces\":{\"interface\":[%s]}}",
		 ports);
	config = bd_config_parse(ctx, text, strlen(text), before, &errs);
	ds_errors_print(&errs, stderr);
	ds_errors_clear(&errs);
	CU_ASSERT_PTR_NOT_NULL_FATAL(config);
	return config;
}

#define TAP(name, word)                                                            \
	"{\"name\":\"" name "\",\"type\":\"heddle-tap:tap\",\"heddle-port:port\":" \
	"{\"switch\":\"s\",\"access\":\"" word "\"}}"

static size_t changes(const struct bd_config *a, const struct bd_config *b, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");
	size_t n = bd_objects_diff(&a->objects, &b->objects, HD_PLANE_DATA, dump, out);

	fclose(out);
	return n;
}

static void test_diff(void)
{
	struct bd_config *a = make(TAP("a", "lab") "," TAP("b", "lab"), NULL);
	struct bd_config *b = make(TAP("a", "lab") "," TAP("b", "7"), &a->numbers);
	struct bd_config *c = make(TAP("b", "lab"), &a->numbers);
	char text[4096] = "";

	CU_ASSERT_EQUAL(changes(a, a, text, sizeof(text)), 0);
	CU_ASSERT_EQUAL(changes(a, b, text, sizeof(text)), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "+ port b kind tap switch 's' mode 1 pvid 7 "));
	/* What goes comes first, and what others name goes last. */
	CU_ASSERT_EQUAL(changes(a, c, text, sizeof(text)), 6);
	CU_ASSERT(strstr(text, "- 00310001 a") < strstr(text, "- 00110001 a"));
	CU_ASSERT_EQUAL(changes(c, a, text, sizeof(text)), 6);
	CU_ASSERT(strstr(text, "+ port a") < strstr(text, "+ tap a"));
	bd_config_free(a);
	bd_config_free(b);
	bd_config_free(c);
}

/* A number of ours stays whatever others configure, and is none that a tag could carry. */
static void test_numbers_stay(void)
{
	struct bd_config *a = make(TAP("a", "lab"), NULL), *b;
	char text[4096] = "";

	CU_ASSERT_EQUAL_FATAL(a->numbers.n, 1);
	CU_ASSERT_EQUAL(a->numbers.list[0].vlan, HD_VLAN_INTERNAL_MIN);
	b = make(TAP("a", "lab") "," TAP("b", "4094") "," TAP("c", "1"), &a->numbers);
	CU_ASSERT_EQUAL(b->numbers.list[0].vlan, HD_VLAN_INTERNAL_MIN);
	changes(a, b, text, sizeof(text));
	CU_ASSERT_PTR_NULL(strstr(text, "segment"));
	CU_ASSERT_PTR_NULL(strstr(text, "port a"));
	bd_config_free(a);
	bd_config_free(b);
}

static void test_numbers(void)
{
	struct bd_numbers numbers = {NULL, 0}, none = {NULL, 0};
	char *text;

	bd_numbers_parse(
		&numbers,
		"sw0 lab 4096\nnonsense\nsw0 x 99999\nsw0 y 8192\nsw0 z 4094\nsw1 lab 8191\n");
	CU_ASSERT_EQUAL(numbers.n, 2);
	text = bd_numbers_print(&numbers);
	CU_ASSERT_STRING_EQUAL(text, "sw0 lab 4096\nsw1 lab 8191\n");
	free(text);
	bd_numbers_free(&numbers);
	bd_numbers_parse(&none, "");
	CU_ASSERT_EQUAL(none.n, 0);
	bd_numbers_free(&none);
}

static void test_paths(void)
{
	CU_ASSERT(bd_path_below("a") && bd_path_below("a/b.sock") && bd_path_below("..a/b..c/..."));
	CU_ASSERT(!bd_path_below("") && !bd_path_below("/a") && !bd_path_below("a//b"));
	CU_ASSERT(!bd_path_below("..") && !bd_path_below("a/../b") && !bd_path_below("a/.."));
	CU_ASSERT(!bd_path_below("./a") && !bd_path_below("a/") && !bd_path_below("a\nb"));
}

UNIT_MAIN_SETUP("bind", yang_setup, {"golden objects", test_golden}, {"differences", test_diff},
		{"internal numbers", test_numbers}, {"internal numbers stay", test_numbers_stay},
		{"paths", test_paths});
