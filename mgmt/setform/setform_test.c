/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Set lines: what is printed, read and refused; round trips; edits; comparing.
 */
#include <dirent.h>
#include <string.h>
#include <time.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/setform/setform.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

static struct lyd_node *read_file(const char *path)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = NULL;
	size_t len;
	char *text = ds_file_read(path, &len, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_FATAL(ds_tree_parse(ctx, text, len, &tree, &errs));
	free(text);
	return tree;
}

/* A whole configuration; NULL with the errors on stderr. */
static struct lyd_node *lines(const char *text)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = NULL;

	if (!ds_tree_parse(ctx, text, strlen(text), &tree, &errs))
		ds_errors_print(&errs, stderr);
	CU_ASSERT(ds_errors_none(&errs));
	ds_errors_clear(&errs);
	return tree;
}

static void same_text(const char *is, const char *should)
{
	CU_ASSERT_STRING_EQUAL(is, should);
	if (strcmp(is, should) != 0)
		fprintf(stderr, "is:\n%s\nand should be:\n%s\n", is, should);
}

static void round_trip(const struct lyd_node *tree)
{
	char *text = sf_print_text(ctx, tree, 0), *bare = sf_print_text(ctx, tree, SF_BARE);
	struct lyd_node *copy = lines(text), *copy2 = lines(bare);
	char *again = sf_print_text(ctx, copy, 0), *again2 = sf_print_text(ctx, copy2, 0);
	size_t len;
	char *diff = NULL;
	FILE *out = open_memstream(&diff, &len);

	same_text(again, text);
	same_text(again2, text);
	CU_ASSERT_EQUAL(sf_compare(ctx, tree, copy, out), 0);
	fclose(out);
	same_text(diff, "");
	free(diff);
	free(text);
	free(again);
	free(bare);
	free(again2);
	lyd_free_all(copy);
	lyd_free_all(copy2);
}

/* The same configuration, through another format, is the same lines. */
static void through(const struct lyd_node *tree, LYD_FORMAT format)
{
	char *text = sf_print_text(ctx, tree, 0), *printed = NULL, *again;
	struct ds_errors errs = {.n = 0};
	struct lyd_node *copy = NULL;

	lyd_print_mem(&printed, tree, format, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_WD_EXPLICIT);
	if (!printed || !*printed) {
		free(printed);
		printed = ds_strdup("{}");
	}
	CU_ASSERT(ds_tree_parse(ctx, printed, strlen(printed), &copy, &errs));
	again = sf_print_text(ctx, copy, 0);
	same_text(again, text);
	lyd_free_all(copy);
	free(printed);
	free(again);
	free(text);
}

static void test_files(void)
{
	DIR *dir = opendir(TEST_CONFIGS "/good");
	struct dirent *entry;
	unsigned int n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir))) {
		struct lyd_node *tree;
		char path[512];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), TEST_CONFIGS "/good/%s", entry->d_name);
		tree = read_file(path);
		round_trip(tree);
		through(tree, LYD_JSON);
		through(tree, LYD_XML);
		lyd_free_all(tree);
		n++;
	}
	closedir(dir);
	CU_ASSERT(n >= 4);
}

static struct lyd_node *with_rules(void)
{
	return lines("set nacm rule-list second group ops\n"
		     "set nacm rule-list first group *\n"
		     "set nacm rule-list second rule b action deny access-operations \"create "
		     "delete\"\n"
		     "set nacm rule-list second rule a action permit path /ietf-interfaces:"
		     "interfaces\n"
		     "set nacm groups group ops user-name [ ann \"bob b\" \"[\" \"#\" ]\n"
		     "set port p10 tap\nset port p2 tap\nset port p2 description "
		     "\"a\\tb\\n\\\"c\\\" \\\\d\"\n");
}

/* What terminals obey, or nobody sees, is told by its number. */
static void test_unseen(void)
{
	struct lyd_node *tree, *raw;
	char *text;

	tree = lines(
		"set port p2 tap\nset port p2 description \"a\\u009b31m\\u202Eb\\u007f\\u00e9\"\n");
	raw = lines("set port p2 tap\nset port p2 description \"a\xc2\x9b"
		    "31m\xe2\x80\xae"
		    "b\x7f\xc3\xa9\"\n");
	text = sf_print_text(ctx, tree, 0);
	same_text(text, "set port p2 description \"a\\u009b31m\\u202eb\\u007f\xc3\xa9\"\n"
			"set port p2 tap\n");
	CU_ASSERT_EQUAL(lyd_compare_siblings(tree, raw, LYD_COMPARE_FULL_RECURSION), LY_SUCCESS);
	round_trip(tree);
	free(text);
	lyd_free_all(tree);
	lyd_free_all(raw);
}

static void test_print(void)
{
	struct lyd_node *tree = with_rules();
	char *text = sf_print_text(ctx, tree, 0);

	same_text(text, "set nacm groups group ops user-name [ ann \"bob b\" \"[\" \"#\" ]\n"
			"set nacm rule-list second group ops\n"
			"set nacm rule-list second rule b access-operations \"create delete\"\n"
			"set nacm rule-list second rule b action deny\n"
			"set nacm rule-list second rule a path /ietf-interfaces:interfaces\n"
			"set nacm rule-list second rule a action permit\n"
			"set nacm rule-list first group *\n"
			"set port p2 description \"a\\tb\\n\\\"c\\\" \\\\d\"\n"
			"set port p2 tap\n"
			"set port p10 tap\n");
	free(text);
	round_trip(tree);
	lyd_free_all(tree);
	text = sf_print_text(ctx, NULL, 0);
	same_text(text, "# nothing is configured\n");
	CU_ASSERT(sf_is_lines(text, strlen(text)));
	tree = lines(text);
	free(text);
	text = sf_print_text(ctx, tree, 0);
	same_text(text, "# nothing is configured\n");
	free(text);
	lyd_free_all(tree);
}

static void test_blocks(void)
{
	struct lyd_node *tree = lines("set switch sw0 segment lab host-only interface hd-lab "
				      "address 10.0.0.1/8 mac-limit 5\n"
				      "set port a tap queues 2 switch sw0 access lab\n");
	char *text = sf_print_text(ctx, tree, SF_INDENT);
	const struct lyd_node *sw = NULL;
	FILE *out;
	size_t len;

	same_text(text, "port a {\n"
			"    tap {\n"
			"        queues 2;\n"
			"    }\n"
			"    switch sw0;\n"
			"    access lab;\n"
			"}\n"
			"switch sw0 {\n"
			"    segment lab {\n"
			"        host-only;\n"
			"        interface hd-lab {\n"
			"            address 10.0.0.1/8;\n"
			"        }\n"
			"        mac-limit 5;\n"
			"    }\n"
			"}\n");
	free(text);
	for (const struct lyd_node *n = tree; n; n = n->next)
		if (!strcmp(n->schema->name, "switches"))
			sw = lyd_child(n);
	text = NULL;
	out = open_memstream(&text, &len);
	CU_ASSERT_PTR_NOT_NULL(sw);
	if (sw)
		sf_print_below(ctx, sw, 0, out);
	fclose(out);
	same_text(text, "set segment lab host-only\n"
			"set segment lab interface hd-lab address 10.0.0.1/8\n"
			"set segment lab mac-limit 5\n");
	free(text);
	lyd_free_all(tree);
}

/* Words by module and name say what the short ones cannot. */
static void test_exact(void)
{
	struct ds_errors errs = {.n = 0};
	struct sf_edit edit = {.ctx = ctx};
	static const char text[] = "set port a heddle-tap:tap queues 2\n"
				   "set heddle-switch:switches heddle-switch:switch sw0 segment s "
				   "heddle-switch:host-interface address 10.0.0.1/8\n"
				   "set port b type heddle-tap:tap\n"
				   "set port c type tap\n";
	char *printed;

	CU_ASSERT(sf_parse(&edit, text, strlen(text), &errs));
	printed = sf_print_text(ctx, edit.tree, 0);
	same_text(printed, "set port a heddle-tap:tap queues 2\n"
			   "set port b tap\n"
			   "set port c tap\n"
			   "set switch sw0 segment s heddle-switch:host-interface address "
			   "10.0.0.1/8\n");
	free(printed);
	lyd_free_all(edit.tree);
}

/* Edits: what they make of a base, as lines of the tree that is sent. */
static struct lyd_node *edit_of(const struct lyd_node *base, const char *text, bool fine,
				const char *words)
{
	struct ds_errors errs = {.n = 0};
	struct sf_edit edit = {.ctx = ctx, .changes = true, .base = base, .one_line = true};

	CU_ASSERT_EQUAL(sf_parse(&edit, text, strlen(text), &errs), fine);
	if (words) {
		CU_ASSERT_FATAL(errs.n > 0);
		same_text(errs.list[0].message, words);
	}
	ds_errors_clear(&errs);
	return edit.tree;
}

static void edits(const struct lyd_node *base, const char *text, const char *xml)
{
	struct lyd_node *tree = edit_of(base, text, true, NULL);
	char *printed = NULL;

	lyd_print_mem(&printed, tree, LYD_XML,
		      LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK | LYD_PRINT_KEEPEMPTYCONT);
	same_text(printed ? printed : "", xml);
	free(printed);
	lyd_free_all(tree);
}

#define IF      "<interfaces xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\">"
#define HP      "<port xmlns=\"urn:heddle:yang:heddle-port\">"
#define NC(op)  " xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\" nc:operation=\"" op "\""
#define IN(s)   IF "<interface><name>fw</name>" s "</interface></interfaces>"
#define PORT(s) IN(HP s "</port>")

static void test_delete(void)
{
	struct lyd_node *base = lines("set switch sw0 segment lab host-only\n"
				      "set port fw tap queues 2\n"
				      "set port fw switch sw0 trunk [ lab 5 100-200 ] native lab\n"
				      "set port web tap switch sw0 access lab\n");

	edits(base, "delete port fw native", PORT("<native" NC("remove") ">lab</native>"));
	edits(base, "delete port fw trunk 100-200",
	      PORT("<trunk" NC("remove") ">100..200</trunk>"));
	edits(base, "delete port fw trunk [ 5 lab ]",
	      PORT("<trunk" NC("remove") ">5</trunk><trunk" NC("remove") ">lab</trunk>"));
	edits(base, "delete port fw trunk",
	      PORT("<trunk" NC("remove") ">lab</trunk><trunk" NC("remove") ">5</trunk><trunk" NC(
		      "remove") ">100..200</trunk>"));
	edits(base, "delete port fw",
	      IF "<interface" NC("remove") "><name>fw</name></interface></interfaces>");
	edits(base, "delete port",
	      IF "<interface" NC("remove") "><name>fw</name></interface><interface" NC(
		      "remove") "><name>web</name></interface></interfaces>");
	edits(base, "delete port fw tap",
	      IN("<tap xmlns=\"urn:heddle:yang:heddle-tap\"" NC("remove") "/>"));
	/* In a row: what was set is not deleted, and the other way round. */
	edits(base, "delete port fw native\nset port fw native 5", PORT("<native>5</native>"));
	edits(base, "set port new tap\nset port fw native 5\ndelete port new",
	      PORT("<native>5</native>"));
	edits(base, "delete port fw\nset port fw description x",
	      IF "<interface" NC("replace") "><name>fw</name><description>x</description>"
					    "</interface></interfaces>");
	edits(base, "set port fw description x\ndelete port fw",
	      IF "<interface" NC("remove") "><name>fw</name></interface></interfaces>");
	edit_of(base, "delete port fv", false, "there is no port \"fv\"; did you mean \"fw\"?");
	edit_of(base, "delete port fw access", false, "port fw has no access that was set");
	edit_of(base, "delete port fw trunk 7", false, "there is no trunk 7");
	edit_of(base, "delete port fw tap device", false, "tap has no device that was set");
	edit_of(base, "delete port fw native lab trunk", false,
		"one thing a line: nothing follows here");
	edit_of(base, "delete port fw\ndelete port fw native", false, "there is no port \"fw\"");
	edit_of(base, "delete", false, "what is to be deleted is missing");
	edit_of(NULL, "delete port fw", false, "there is no port \"fw\"");
	lyd_free_all(base);
}

static void test_kinds(void)
{
	edits(NULL, "set port fw pcap",
	      IF
	      "<interface><name>fw</name><type xmlns:hpcap=\"urn:heddle:yang:heddle-pcap\">"
	      "hpcap:pcap</type>"
	      "<af-packet xmlns=\"urn:heddle:yang:heddle-af-packet\"" NC("remove") "/><gateway xmlns=\"urn:heddle:yang:heddle-gateway\"" NC(
		      "remove") "/>"
				"<pcap xmlns=\"urn:heddle:yang:heddle-pcap\"/>"
				"<tap xmlns=\"urn:heddle:yang:heddle-tap\"" NC(
					"remove") "/>"
						  "<vhost-user xmlns=\"urn:heddle:yang:heddle-vhost-user\"" NC(
							  "remove") "/>"
								    "<vm-tap "
								    "xmlns=\"urn:heddle:yang:heddle-vm-tap\"" NC(
									    "remove") "/>"
										      "</interface></interfaces>");
}

static void compares(const char *before, const char *after, const char *lines_)
{
	struct lyd_node *a = lines(before), *b = lines(after);
	char *text = NULL;
	size_t len, n = 0;
	FILE *out = open_memstream(&text, &len);

	for (const char *c = lines_; *c; c++)
		n += *c == '\n';
	CU_ASSERT_EQUAL(sf_compare(ctx, a, b, out), n);
	fclose(out);
	same_text(text, lines_);
	free(text);
	lyd_free_all(a);
	lyd_free_all(b);
}

static void test_compare(void)
{
	compares("set port a tap\nset port b tap\n", "set port b tap\nset port c pcap\n",
		 "- set port a tap\n+ set port c pcap\n");
	compares(
		"set port a tap queues 2 mtu 9000\n",
		"set port a tap queues 3 offloads none enabled false\n",
		"- set port a tap queues 2\n+ set port a tap queues 3\n+ set port a tap offloads none\n"
		"+ set port a enabled false\n"
		"- set port a mtu 9000\n");
	compares("set port a tap queues 2\n", "set port a vhost-user queues 2\n",
		 "- set port a tap queues 2\n"
		 "+ set port a vhost-user queues 2\n");
	compares("set port a tap\n", "set port a pcap\n", "- set port a tap\n+ set port a pcap\n");
	compares("set port a tap switch s trunk [ 1 2 3 ]\n",
		 "set port a tap switch s trunk [ 3 2 4 5 ]\n",
		 "- set port a trunk 1\n+ set port a trunk [ 4 5 ]\n");
	compares("set nacm rule-list a group x\nset nacm rule-list b group x\n",
		 "set nacm rule-list b group x\nset nacm rule-list a group x\n",
		 "~ order of nacm rule-list: b a\n");
	compares("set switch s segment l host-only interface i\n",
		 "set switch s segment l host-only interface k\n",
		 "- set switch s segment l interface i\n+ set switch s segment l interface k\n");
	compares("set switch s\n", "# nothing\n", "- set switch s\n");
}

static void test_paths(void)
{
	static const struct {
		const char *path, *words;
	} table[] = {
		{"/ietf-interfaces:interfaces/interface[name='web1']/heddle-port:port/access",
		 "port web1 access"},
		{"/heddle-switch:switches/switch[name='sw0']/segment[name=\"a b\"]/host-interface",
		 "switch sw0 segment \"a b\" interface"},
		{"/heddle-switch:switches/switch[name='s']/static-mac[segment-or-vlan='1'][mac='m']",
		 "switch s static-mac 1 m"},
		{"/ietf-netconf-acm:nacm", "nacm"},
		{"/ietf-interfaces:interfaces/interface[name='web1'", NULL},
		{"/ietf-interfaces:interfaces/nothing", NULL},
		{"/nothing:interfaces", NULL},
		{"", NULL},
		{"/", NULL},
		{"x", NULL},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char *words = sf_path_words(ctx, table[i].path);

		if (table[i].words && words)
			same_text(words, table[i].words);
		else
			CU_ASSERT_PTR_EQUAL(words, table[i].words);
		free(words);
	}
}

/* Of the processor's time, whatever else the machine does. */
static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Ten thousand ports: the time is for a build with sanitizers and without optimisation. */
static void test_many(void)
{
	struct ds_errors errs = {.n = 0};
	struct sf_edit edit = {.ctx = ctx};
	char *text = NULL, *again;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	double start, parsed, printed;

	for (int i = 1; i <= 10000; i++)
		fprintf(out,
			"set port p%d vhost-user socket p%d.sock\n"
			"set port p%d switch sw0\n"
			"set port p%d trunk [ %d office ]\n"
			"set port p%d mac-limit 16\n",
			i, i, i, i, i % 4094 + 1, i);
	fclose(out);
	start = seconds();
	CU_ASSERT(sf_parse(&edit, text, len, &errs));
	parsed = seconds();
	again = sf_print_text(ctx, edit.tree, 0);
	printed = seconds();
	same_text(again, text);
	CU_ASSERT(printed - start < 20);
	printf("10000 ports read in %.3f s, written in %.3f s ... ", parsed - start,
	       printed - parsed);
	free(again);
	free(text);
	lyd_free_all(edit.tree);
}

UNIT_MAIN_SETUP("setform", yang_setup, {"files", test_files}, {"unseen", test_unseen},
		{"print", test_print}, {"blocks", test_blocks}, {"words by module", test_exact},
		{"delete", test_delete}, {"kinds", test_kinds}, {"compare", test_compare},
		{"paths", test_paths}, {"ten thousand ports", test_many});
