/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is offered at each place of a line.
 */
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/setform/setform.h"
#include "mgmt/setform/words.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

static struct lyd_node *tree;

static const char config[] = "set switch sw0 segment lab host-only interface hd-lab\n"
			     "set switch sw0 segment office vlan 10 bridged uplink eth1\n"
			     "set switch sw1 segment other host-only\n"
			     "set switch sw0 static-mac lab 02:00:00:00:00:01 port fw\n"
			     "set gateway lab-gw switch sw0 segment lab address 10.0.0.1/24\n"
			     "set port eth1 af-packet switch sw0\n"
			     "set port fw description \"the firewall\"\n"
			     "set port fw tap switch sw0 trunk [ lab 5 100-200 ] native lab\n";

static int set_up(void)
{
	struct sf_edit edit = {.changes = false};
	struct ds_errors errs = {.n = 0};

	if (yang_setup() < 0)
		return -1;
	edit.ctx = ctx;
	if (!sf_parse(&edit, config, strlen(config), &errs))
		return -1;
	tree = edit.tree;
	return 0;
}

static const struct lyd_node *the_tree(void *arg)
{
	return tree;
}

static void add(void *arg, const struct sf_offer *offer)
{
	char *text = arg;

	strcat(text, *text ? " " : "");
	strcat(text, offer->word);
	CU_ASSERT_PTR_NULL(strchr(offer->help, '\n'));
}

static void offers(enum sf_purpose purpose, const char *level, const char *said, const char *should)
{
	struct sf_line before = {.n = 0}, line = {.n = 0};
	struct sf_ask ask = {.ctx = ctx, .purpose = purpose, .level = &before, .tree = the_tree};
	char text[8192] = "";

	sf_line_read(&before, level, level + strlen(level));
	sf_line_read(&line, said, said + strlen(said));
	sf_words(&ask, line.list, line.n, add, text);
	CU_ASSERT_STRING_EQUAL(text, should);
	if (strcmp(text, should) != 0)
		fprintf(stderr, "%s %s: is\n%s\nand should be\n%s\n", level, said, text, should);
	sf_line_clear(&before);
	sf_line_clear(&line);
}

static void test_set(void)
{
	offers(SF_TO_SET, "", "", "gateway nacm port switch");
	offers(SF_TO_SET, "", "port", "eth1 fw <name>");
	offers(SF_TO_SET, "", "switch sw0 segment office",
	       "description vlan bridged host-only interface mac-limit <enter>");
	offers(SF_TO_SET, "", "switch sw0 segment office bridged",
	       "uplink description vlan bridged host-only interface mac-limit <enter>");
	offers(SF_TO_SET, "switch sw0 segment office", "bridged uplink",
	       "lab-gw eth1 fw <uplink> [");
	offers(SF_TO_SET, "", "switch sw0 segment lab interface", "<name>");
	offers(SF_TO_SET, "", "port fw tap queues", "<1..8>");
	offers(SF_TO_SET, "", "port fw tap offloads", "none checksum all");
	offers(SF_TO_SET, "", "port fw enabled", "true false");
	offers(SF_TO_SET, "", "port x switch", "sw0 sw1 <switch>");
	offers(SF_TO_SET, "", "switch sw0 static-mac",
	       "lab lab office <1..4094> <segment-or-vlan>");
	offers(SF_TO_SET, "", "switch sw0 static-mac lab", "02:00:00:00:00:01 <mac>");
	offers(SF_TO_SET, "", "nacm write-default", "permit deny");
	offers(SF_TO_SET, "", "gateway", "lab-gw <name>");
	offers(SF_TO_SET, "", "gateway new switch sw0",
	       "description enabled mtu switch segment address vrf mac <enter>");
	offers(SF_TO_SET, "", "gateway new switch sw1 segment", "other <segment>");
	offers(SF_TO_SET, "", "nonsense", "");
	offers(SF_TO_SET, "nonsense", "", "");
}

/* Segments are those of the switch that the line or the configuration says. */
static void test_refers(void)
{
	offers(SF_TO_SET, "", "port fw access", "lab office <1..4094> <access>");
	offers(SF_TO_SET, "", "port new switch sw1 access", "other <1..4094> <access>");
	offers(SF_TO_SET, "", "port new access", "lab office other <1..4094> <access>");
	offers(SF_TO_SET, "", "port fw trunk [ 5", "lab office <from-to> <1..4094> <trunk> ]");
}

struct looked {
	const char *word;
	char help[200];
};

static void look(void *arg, const struct sf_offer *offer)
{
	struct looked *l = arg;

	if (!strcmp(offer->word, l->word))
		snprintf(l->help, sizeof(l->help), "%s", offer->help);
}

static void helps(const char *said, const char *word, const char *help)
{
	struct sf_ask ask = {.ctx = ctx, .tree = the_tree};
	struct looked looked = {.word = word, .help = "not offered"};
	struct sf_line line = {.n = 0};

	sf_line_read(&line, said, said + strlen(said));
	sf_words(&ask, line.list, line.n, look, &looked);
	CU_ASSERT_STRING_EQUAL(looked.help, help);
	sf_line_clear(&line);
}

static void test_help(void)
{
	helps("", "switch",
	      "A virtual switch: up to 4094 VLANs of its own, kept apart from each other and from "
	      "those of other switches");
	helps("", "gateway",
	      "A gateway: the switch's own interface in a segment, which routes between the segments "
	      "of its VRF");
	helps("port x", "tap",
	      "A TAP device: an interface of the host, a namespace or a container whose cable ends in "
	      "the switch");
	helps("port x mtu", "<68..9600>",
	      "The largest packet (layer 3) that passes the port, in bytes; default: 1500");
	helps("port x tap offloads", "checksum", "Frames may cross with partial checksums");
	helps("port", "fw", "the firewall");
}

static void test_delete(void)
{
	offers(SF_TO_DELETE, "", "", "gateway port switch");
	offers(SF_TO_DELETE, "", "gateway", "lab-gw <enter>");
	offers(SF_TO_DELETE, "", "gateway lab-gw", "switch segment address <enter>");
	offers(SF_TO_DELETE, "", "gateway eth1", "<enter>");
	offers(SF_TO_DELETE, "", "port", "eth1 fw <enter>");
	offers(SF_TO_DELETE, "", "port fw", "description type switch trunk native <enter>");
	offers(SF_TO_DELETE, "", "port fw trunk", "lab 5 100-200 [ <enter>");
	offers(SF_TO_DELETE, "port fw", "native", "lab <enter>");
	offers(SF_TO_DELETE, "", "port fw native lab", "<enter>");
	offers(SF_TO_DELETE, "", "switch sw0 segment", "lab office <enter>");
	offers(SF_TO_DELETE, "", "port nobody", "<enter>");
}

static void test_places(void)
{
	offers(SF_TO_EDIT, "", "", "gateway nacm port switch");
	offers(SF_TO_EDIT, "", "port", "eth1 fw <name>");
	offers(SF_TO_EDIT, "", "port fw",
	       "af-packet pcap tap vhost-user vm-tap anti-spoof <enter>");
	offers(SF_TO_SHOW, "", "", "gateway port switch <enter>");
	offers(SF_TO_SHOW, "", "switch sw0 segment lab", "host-only interface <enter>");
	offers(SF_TO_NAME, "", "port", "eth1 fw");
	offers(SF_TO_NAME, "", "port fw", "<enter>");
}

static void resolves(const char *level, const char *said, const char *words, const char *around,
		     const char *unit_key, bool there)
{
	struct sf_line before = {.n = 0}, line = {.n = 0};
	struct sf_ask ask = {.ctx = ctx, .level = &before, .tree = the_tree};
	struct sf_target t;

	sf_line_read(&before, level, level + strlen(level));
	sf_line_read(&line, said, said + strlen(said));
	CU_ASSERT_EQUAL(sf_resolve(&ask, line.list, line.n, &t), words != NULL);
	if (words) {
		CU_ASSERT_STRING_EQUAL(t.words, words);
		CU_ASSERT_STRING_EQUAL(t.around, around);
		CU_ASSERT_EQUAL(t.node != NULL, there);
		CU_ASSERT_STRING_EQUAL(t.unit_key ? t.unit_key : "", unit_key);
	} else {
		CU_ASSERT_STRING_EQUAL(t.wrong, around);
	}
	sf_target_clear(&t);
	sf_line_clear(&before);
	sf_line_clear(&line);
}

static void test_resolve(void)
{
	resolves("", "", "", "", "", false);
	resolves("", "port fw", "port fw", "", "fw", true);
	resolves("", "port nobody", "port nobody", "", "nobody", false);
	resolves("", "port", "port", "", "", true);
	resolves("", "gateway", "gateway", "", "", true);
	resolves("", "gateway lab-gw", "gateway lab-gw", "", "lab-gw", true);
	resolves("", "port lab-gw", "port lab-gw", "", "lab-gw", false);
	resolves("", "gateway fw", "gateway fw", "", "fw", false);
	resolves("switch sw0", "segment lab", "switch sw0 segment lab", "switch sw0", "sw0", true);
	resolves("", "switch sw0 segment lab interface hd-lab",
		 "switch sw0 segment lab interface hd-lab", "switch sw0 segment lab", "sw0", true);
	resolves("port fw", "trunk", "port fw trunk", "port fw", "fw", true);
	resolves("port fw", "access", "port fw access", "port fw", "fw", false);
	resolves("", "port \"a b\" switch", "port \"a b\" switch", "port \"a b\"", "a b", false);
	resolves("", "nacm", "nacm", "", "", false);
	resolves("", "prt", NULL, "the top level has no \"prt\"; did you mean \"port\"?", "", 0);
	resolves("", "port fw native lab", NULL, "nothing follows here", "", 0);
	resolves("", "port fw native lab x", NULL, "one thing a line: nothing follows here", "", 0);
}

static void test_sentence(void)
{
	char *text = sf_sentence("One\n   line (100..200). Another.");

	CU_ASSERT_STRING_EQUAL(text, "One line (100..200)");
	free(text);
	text = sf_sentence(NULL);
	CU_ASSERT_STRING_EQUAL(text, "");
	free(text);
}

UNIT_MAIN_SETUP("setform-words", set_up, {"set", test_set}, {"names", test_refers},
		{"help", test_help}, {"delete", test_delete}, {"places", test_places},
		{"what words lead to", test_resolve}, {"sentence", test_sentence});
