/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Static addresses: after a commit, the section's list and the forwarding database have what the
 * configuration asks for. A list without changes is shared.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/api/switch.h"
#include "dataplane/core/section.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/l2.h"
#include "tests/unit/unit.h"

#define PORTS  4
#define VLAN   10
#define DOMAIN 3

static struct dp_fdb *fdb;
static struct hd_store *store;
static const struct dp_section *section;
static struct dp_section *sections;
static uint64_t generation;
static const char *const names[PORTS] = {"d", "b", "c", "a"};
static struct dp_port_config configs[PORTS];
static const struct dp_port_config *ports[PORTS];
static struct dp_switch sw = {.name = "sw0", .domain = {[VLAN] = DOMAIN}};
static const struct dp_switch *switches[] = {&sw};
static struct dp_config trees[2]; /* one runs, the other is being built */
static unsigned int now;

/* In the place of the rest of the program. */
struct dp_fdb *l2_fdb(void)
{
	return fdb;
}

void dp_section_register(struct dp_section *s)
{
	s->next = sections;
	sections = s;
}

const struct dp_switch *dp_config_switch(const struct dp_config *tree, const char *name)
{
	return strcmp(name, sw.name) == 0 ? tree->switches[0] : NULL;
}

static int setup(void)
{
	fdb = dp_fdb_new(256, 1);
	store = hd_store_new(100);
	section = sections;
	for (unsigned int i = 0; i < PORTS; i++) {
		configs[i] = (struct dp_port_config){.id = (uint16_t)i,
						     .name = names[i],
						     .mode = HD_VLAN_ACCESS,
						     .pvid = VLAN,
						     .pvid_domain = DOMAIN};
		ports[i] = &configs[i];
	}
	for (unsigned int i = 0; i < 2; i++) {
		trees[i].n_ports = PORTS;
		trees[i].n_switches = 1;
		trees[i].ports = ports;
		trees[i].switches = switches;
	}
	return fdb && store && section && strcmp(section->name, "static-macs") == 0 ? 0 : -1;
}

static void begin(void)
{
	struct hd_config_begin b = {
		.base = generation, .generation = generation + 1, .mode = HD_CONFIG_DELTA};

	if (!generation)
		b.mode = HD_CONFIG_FULL;
	CU_ASSERT_EQUAL_FATAL(hd_store_begin(store, &b, NULL), 0);
	trees[!now].members_changed = trees[!now].ports_changed = false;
}

static void put(const char *key, const char *port, uint8_t last)
{
	struct hd_static_mac_object o = {.head.op = HD_OBJECT_DELETE};

	if (port) {
		o.head.op = HD_OBJECT_SET;
		strcpy(o.switch_name, "sw0");
		hd_str_copy(o.port, sizeof(o.port), port);
		o.vlan = VLAN;
		memcpy(o.mac, (const uint8_t[]){2, 0, 0, 0, 0, last}, sizeof(o.mac));
	}
	hd_str_copy(o.head.key, sizeof(o.head.key), key);
	CU_ASSERT_EQUAL_FATAL(hd_store_put(store, HD_STATIC_MAC, &o, sizeof(o)), 0);
}

/* Builds the next tree's section. */
static void prepare(void)
{
	struct dp_build b = {.store = store, .next = &trees[!now], .now = &trees[now]};

	CU_ASSERT_EQUAL_FATAL(section->prepare(&b), 0);
}

static void commit(void)
{
	prepare();
	hd_store_commit(store);
	generation++;
	now = !now;
	section->commit(&trees[now], &trees[!now], store);
	dp_section_free(section, &trees[!now], &trees[now], false);
}

/* Where the table has 02:00:00:00:00:@last as a static one; -1: nowhere. */
static int port_of(uint8_t last)
{
	uint64_t mac = dp_fdb_mac((const uint8_t[]){2, 0, 0, 0, 0, last}), val;

	if (!dp_fdb_find(fdb, dp_fdb_hash(fdb, mac, DOMAIN), mac, DOMAIN, &val) ||
	    !(val & DP_FDB_V_STATIC))
		return -1;
	return dp_fdb_val_port(val);
}

static void test_commit(void)
{
	const void *list;

	begin();
	put("1", "a", 1);
	put("2", "b", 2);
	put("3", "nobody", 3);
	commit();
	CU_ASSERT(port_of(1) == 3 && port_of(2) == 1 && port_of(3) == -1);
	CU_ASSERT_EQUAL(fdb->count, 2);

	list = trees[now].part[section->index];
	begin(); /* nothing of ours changes */
	commit();
	CU_ASSERT_PTR_EQUAL(trees[now].part[section->index], list);

	begin();
	put("1", "c", 1); /* moves */
	put("2", NULL, 0);
	commit();
	CU_ASSERT(port_of(1) == 2 && port_of(2) == -1);
	CU_ASSERT_EQUAL(fdb->count, 1);
}

/* The port leaves the VLAN, and comes back. */
static void test_members(void)
{
	begin();
	configs[2].pvid_domain = DOMAIN + 1;
	trees[!now].members_changed = true;
	commit();
	CU_ASSERT_EQUAL(port_of(1), -1);
	begin();
	configs[2].pvid_domain = DOMAIN;
	trees[!now].members_changed = true;
	commit();
	CU_ASSERT_EQUAL(port_of(1), 2);
}

/* What is prepared and not wanted leaves everything as it was. */
static void test_discard(void)
{
	const void *list = trees[now].part[section->index];

	begin();
	put("1", NULL, 0);
	put("4", "d", 4);
	prepare();
	CU_ASSERT_PTR_NOT_EQUAL(trees[!now].part[section->index], list);
	dp_section_free(section, &trees[!now], &trees[now], true);
	hd_store_abort(store);
	CU_ASSERT(port_of(1) == 2 && port_of(4) == -1);
	begin();
	put("1", NULL, 0);
	put("3", NULL, 0);
	commit();
	CU_ASSERT_PTR_NULL(trees[now].part[section->index]);
	CU_ASSERT_EQUAL(port_of(1), -1);
	CU_ASSERT_EQUAL(fdb->count, 0);
	hd_store_free(store);
	dp_fdb_free(fdb);
}

UNIT_MAIN_SETUP("static_mac", setup, {"commit", test_commit}, {"members", test_members},
		{"discard", test_discard});
