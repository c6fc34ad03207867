/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access control: a matrix of rules, people and questions about operations and data.
 */
#include "tests/unit/nacm_fixture.h"
#include "mgmt/datastore/explain.h"
#include "mgmt/nacm/path.h"

/* RFC 8341 3.4.4 to 3.4.6 without a rule. */
static void test_defaults(void)
{
	stock();
	rules("");
	CU_ASSERT_TRUE(exec(&staff, "sell"));
	CU_ASSERT_FALSE(exec(&staff, "burn"));
	CU_ASSERT_FALSE(exec(&staff, "kill-session"));
	CU_ASSERT_FALSE(exec(&staff, "delete-config"));
	CU_ASSERT_TRUE(exec(&staff, "get-config"));
	CU_ASSERT_TRUE(may(&staff, FRONT, 'r'));
	CU_ASSERT_FALSE(may(&staff, FRONT "/code", 'r'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/safe", 'r'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/safe/key", 'r'));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/price/euro", 'r'));
	for (const char *op = "cud"; *op; op++)
		CU_ASSERT_FALSE(may(&staff, "/shop:shop/note", *op));

	rules("<read-default>deny</read-default><write-default>permit</write-default>"
	      "<exec-default>deny</exec-default>");
	CU_ASSERT_FALSE(exec(&staff, "sell"));
	CU_ASSERT_TRUE(exec(&staff, "close-session"));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/note", 'r'));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/note", 'u'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/price/euro", 'u'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/safe/size", 'c'));
	CU_ASSERT_FALSE(may(&staff, FRONT "/code", 'u'));

	rules("<enable-nacm>false</enable-nacm><read-default>deny</read-default>");
	CU_ASSERT_TRUE(exec(&staff, "burn"));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/safe", 'r'));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/price/euro", 'd'));
}

static void test_exempt(void)
{
	stock();
	rules("<read-default>deny</read-default><exec-default>deny</exec-default>" LIST(
		"*", RULE("no", "", "*", "deny")));
	CU_ASSERT_TRUE(exec(&root, "burn"));
	CU_ASSERT_TRUE(exec(NULL, "burn"));
	CU_ASSERT_TRUE(may(&root, "/shop:shop/safe/key", 'r'));
	CU_ASSERT_TRUE(may(&root, "/shop:shop/safe/key", 'd'));
	CU_ASSERT_TRUE(nacm_reads_all(nacm, &root));
	CU_ASSERT_FALSE(exec(&staff, "sell"));
	CU_ASSERT_TRUE(exec(&staff, "close-session"));
}

/* Who is in which group: the transport, the configuration, "*", nobody. */
static void test_groups(void)
{
	static const char bobs[] = "<groups><group><name>clerks</name><user-name>bob</user-name>"
				   "</group></groups>";
	char text[1024];

	rules("<exec-default>deny</exec-default>" LIST("staff", RULE("yes", "", "exec", "permit")));
	CU_ASSERT_TRUE(exec(&staff, "sell"));
	CU_ASSERT_FALSE(exec(&nobody, "sell"));
	rules("<exec-default>deny</exec-default>"
	      "<enable-external-groups>false</enable-external-groups>" LIST(
		      "staff", RULE("yes", "", "exec", "permit")));
	CU_ASSERT_FALSE(exec(&staff, "sell"));
	snprintf(text, sizeof(text),
		 "<exec-default>deny</exec-default>%s" LIST("clerks",
							    RULE("yes", "", "exec", "permit")),
		 bobs);
	rules(text);
	CU_ASSERT_TRUE(exec(&nobody, "sell"));
	CU_ASSERT_FALSE(exec(&staff, "sell"));
	/* "*" is for members of any group: without one, no rule holds. */
	rules("<exec-default>deny</exec-default>" LIST("*", RULE("yes", "", "*", "permit")));
	CU_ASSERT_TRUE(exec(&staff, "sell"));
	CU_ASSERT_FALSE(exec(&nobody, "sell"));
	CU_ASSERT_TRUE(nacm_knows(nacm, &nobody));
	rules("<exec-default>deny</exec-default>"
	      "<enable-external-groups>false</enable-external-groups>" LIST(
		      "*", RULE("yes", "", "*", "permit")));
	CU_ASSERT_FALSE(exec(&staff, "sell"));
	rules(LIST("staff", RULE("yes", "", "*", "permit")));
	CU_ASSERT_TRUE(nacm_knows(nacm, &staff));
	CU_ASSERT_FALSE(nacm_knows(nacm, &nobody));
	rules("");
	CU_ASSERT_FALSE(nacm_knows(nacm, &staff));
	CU_ASSERT_TRUE(nacm_knows(nacm, &root));
}

/* The first rule that matches decides: of a list, then of the next list. */
static void test_order(void)
{
	rules(LIST("staff", RULE("a", "<rpc-name>sell</rpc-name>", "exec", "deny")
				    RULE("b", "", "*", "permit")));
	CU_ASSERT_FALSE(exec(&staff, "sell"));
	CU_ASSERT_TRUE(exec(&staff, "burn"));
	rules(LIST("staff", RULE("b", "", "*", "permit")
				    RULE("a", "<rpc-name>sell</rpc-name>", "exec", "deny")));
	CU_ASSERT_TRUE(exec(&staff, "sell"));
	rules("<rule-list><name>1</name><group>others</group>" RULE("x", "", "*", "deny") "</rule-list><rule-list><name>2</name><group>staff</group>" RULE(
		"x", "<module-name>shop</module-name>", "*",
		"permit") "</rule-list><rule-list><name>3</name><group>*</group>" RULE("x", "", "*",
										       "deny") "</rule-list>");
	CU_ASSERT_TRUE(exec(&staff, "burn"));
	CU_ASSERT_FALSE(exec(&staff, "get-config"));
}

/* What a rule is about: operations, notifications, data, a module, some accesses. */
static void test_kinds(void)
{
	stock();
	rules("<exec-default>deny</exec-default>" LIST(
		"staff", RULE("a", "<rpc-name>*</rpc-name>", "exec", "permit")));
	CU_ASSERT_TRUE(exec(&staff, "sell"));
	CU_ASSERT_TRUE(exec(&staff, "kill-session"));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/note", 'u'));
	rules(LIST("staff", RULE("a", "<rpc-name>burn</rpc-name>", "read", "permit")));
	CU_ASSERT_FALSE(exec(&staff, "burn"));
	rules("<exec-default>deny</exec-default>" LIST("staff",
						       RULE("a", PATH("/"), "*", "permit")));
	CU_ASSERT_FALSE(exec(&staff, "sell"));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/safe/key", 'd'));
	CU_ASSERT_TRUE(may(&staff, "/annex:yard/tree", 'c'));
	rules(LIST("staff", RULE("a", "<module-name>annex</module-name>", "*", "permit")));
	CU_ASSERT_TRUE(may(&staff, "/annex:yard", 'c'));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/annex:room", 'u'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/note", 'u'));
	CU_ASSERT_FALSE(exec(&staff, "burn"));
	rules(LIST("staff", RULE("a", "", "create update", "permit")));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/note", 'c'));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/note", 'u'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/note", 'd'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/safe/key", 'r'));
	rules(LIST("staff", RULE("a", "<notification-name>*</notification-name>", "*", "permit")));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/note", 'u'));
	CU_ASSERT_FALSE(exec(&staff, "burn"));
}

static void test_paths(void)
{
	stock();
	rules("<read-default>deny</read-default>" LIST(
		"staff", RULE("a", PATH("/s:shop/s:door"), "read update", "permit")));
	CU_ASSERT_TRUE(may(&staff, FRONT "/colour", 'r'));
	CU_ASSERT_TRUE(may(&staff, BACK, 'u'));
	CU_ASSERT_TRUE(may(&staff, FRONT "/code", 'r')); /* by a rule: that is explicit */
	CU_ASSERT_FALSE(may(&staff, "/shop:shop", 'r'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/note", 'r'));
	rules(LIST("staff",
		   RULE("a", PATH("/s:shop/s:door[s:name='front'][s:side=\"1\"]"), "*", "permit")));
	CU_ASSERT_TRUE(may(&staff, FRONT "/colour", 'd'));
	CU_ASSERT_FALSE(may(&staff, BACK "/colour", 'd'));
	rules(LIST("staff", RULE("a", PATH("/s:shop/s:safe/s:key"), "*", "permit")));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/safe/key", 'r'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/safe/size", 'r'));
	rules(LIST("staff", RULE("a", PATH("/s:shop/s:tag[.='x']"), "*", "permit")));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/tag[.='x']", 'u'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/tag[.='y']", 'u'));
	rules(LIST("staff", RULE("a", PATH("/s:shop/a:room"), "*", "permit")));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/annex:room", 'u'));
	rules(LIST("staff",
		   RULE("m", "<module-name>annex</module-name>" PATH("/s:shop"), "*", "permit")));
	CU_ASSERT_TRUE(may(&staff, "/shop:shop/annex:room", 'u'));
	CU_ASSERT_FALSE(may(&staff, "/shop:shop/note", 'u'));
}

/* The words of paths on their own: what libyang would not let through as well. */
static void test_path_words(void)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{"/", true},
		{" / ", true},
		{"/shop:shop", true},
		{"/shop:shop/door[name='a']", true},
		{"/shop:shop/shop:door[ shop:side = \"1\" ]/colour", true},
		{"/shop:shop/door[name=$USER]", true},
		{"/shop:shop/annex:room", true},
		{"/shop:shop/door/open", true},
		{"/shop:shop/door/opened", true},
		{"/shop:shop/tag[.='it''", false},
		{"", false},
		{"shop", false},
		{"/shop", false},
		{"//", false},
		{"/shop:", false},
		{"/:shop", false},
		{"/shop:shop/", false},
		{"/shop:shop/nothing", false},
		{"/shop:shop/room", false},
		{"/none:shop", false},
		{"/shop:shop/door[colour='x']", false},
		{"/shop:shop/door[name]", false},
		{"/shop:shop/door[name='a'", false},
		{"/shop:shop/door[name=a]", false},
		{"/shop:shop/door[1]", false},
		{"/shop:shop/door[.='a']", false},
		{"/shop:shop/door[name='a']x", false},
	};
	struct nacm_path path;
	struct hd_err err = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = nacm_path_compile(&path, ctx, cases[i].text, &err);

		if ((rc == 0) != cases[i].good)
			printf("\n%s: %d %s\n", cases[i].text, rc, err.text);
		CU_ASSERT_EQUAL(rc == 0, cases[i].good);
		nacm_path_free(&path);
	}
	stock();
	CU_ASSERT_EQUAL(nacm_path_compile(&path, ctx, "/shop:shop/door[side='01']", &err), 0);
	CU_ASSERT_TRUE(nacm_path_matches(&path, at(FRONT "/colour"), "ann"));
	CU_ASSERT_FALSE(nacm_path_matches(&path, at(BACK), "ann"));
	nacm_path_free(&path);
	CU_ASSERT_EQUAL(nacm_path_compile(&path, ctx, "/shop:shop/door[name=$USER]", &err), 0);
	CU_ASSERT_TRUE(nacm_path_matches(&path, at(FRONT), "front"));
	CU_ASSERT_FALSE(nacm_path_matches(&path, at(BACK), "front"));
	nacm_path_free(&path);
}

static char *left(const struct nacm_subject *who)
{
	struct lyd_node *copy = NULL;
	char *text = NULL;

	lyd_dup_siblings(data, NULL, LYD_DUP_RECURSIVE, &copy);
	nacm_prune(nacm, who, &copy);
	if (copy)
		lyd_print_mem(&text, copy, LYD_JSON, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK);
	CU_ASSERT_EQUAL(nacm_reads_tree(nacm, who, data),
			!lyd_compare_siblings(data, copy, LYD_COMPARE_FULL_RECURSION));
	lyd_free_all(copy);
	return text;
}

static bool shows(const struct nacm_subject *who, const char *words)
{
	char *text = left(who), *word, *list = strdup(words), *save = NULL;
	bool good = true;

	for (word = strtok_r(list, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		bool wanted = word[0] != '!', there;

		there = text && strstr(text, wanted ? word : word + 1);
		if (there != wanted)
			printf("\n%s in %s\n", word, text ? text : "nothing");
		good &= there == wanted;
	}
	free(text);
	free(list);
	return good;
}

static void test_prune(void)
{
	stock();
	rules("");
	CU_ASSERT_TRUE(shows(&staff, "front red back !42 x y !safe !size euro note room oak"));
	CU_ASSERT_TRUE(shows(&root, "front red back 42 safe size"));
	CU_ASSERT_FALSE(nacm_reads_all(nacm, &staff));
	rules(LIST("staff", RULE("all", "", "*", "permit")));
	CU_ASSERT_TRUE(nacm_reads_all(nacm, &staff));
	CU_ASSERT_FALSE(nacm_reads_all(nacm, &nobody));
	CU_ASSERT_TRUE(shows(&staff, "42 safe"));
	CU_ASSERT_TRUE(shows(&nobody, "!42 !safe red"));
	rules(LIST("staff", RULE("no", "", "create", "deny") RULE("all", "", "read", "permit")));
	CU_ASSERT_TRUE(nacm_reads_all(nacm, &staff));
	rules(LIST("staff", RULE("no", PATH("/s:shop/s:door[s:name='back'][s:side='2']"), "read",
				 "deny") RULE("all", "", "*", "permit")));
	CU_ASSERT_FALSE(nacm_reads_all(nacm, &staff));
	CU_ASSERT_TRUE(shows(&staff, "front 42 !back !blue safe"));
	/* What is below something that may not be read is not read, whatever a rule says of it. */
	rules("<read-default>deny</read-default>" LIST(
		"staff", RULE("a", PATH("/s:shop/s:note"), "read", "permit")));
	CU_ASSERT_TRUE(shows(&staff, "!note !shop !oak"));
	rules(LIST("staff", RULE("a", PATH("/s:shop/s:door/s:name"), "read", "deny")));
	CU_ASSERT_TRUE(shows(&staff, "!front !red !back note"));
	rules(LIST("staff", RULE("a", "<module-name>annex</module-name>", "read", "deny")));
	CU_ASSERT_TRUE(shows(&staff, "front !room !oak !tax euro note"));
	rules(LIST("staff", RULE("a", PATH("/s:shop/s:price/s:euro"), "read", "deny")));
	CU_ASSERT_TRUE(shows(&staff, "front !euro tax note"));
	rules(LIST("staff", RULE("a", PATH("/s:shop/s:door/s:code"), "read", "permit")));
	CU_ASSERT_TRUE(shows(&staff, "front 42 !safe"));
	rules(LIST("staff", RULE("a", PATH("/"), "*", "deny")));
	CU_ASSERT_TRUE(shows(&staff, "!front !oak"));
}

static void test_secrets(void)
{
	struct ds_errors errs = {.n = 0};

	stock();
	CU_ASSERT_TRUE(nacm_is_secret(nacm, at(FRONT "/code")->schema));
	CU_ASSERT_FALSE(nacm_is_secret(nacm, at(FRONT "/colour")->schema));
	CU_ASSERT_FALSE(nacm_is_secret(nacm, at("/shop:shop/safe/key")->schema));
	CU_ASSERT_STRING_EQUAL(nacm_show(nacm, at(FRONT "/code")), "********");
	CU_ASSERT_STRING_EQUAL(nacm_show(nacm, at(FRONT "/colour")), "red");
	/* Nor is it told of when it is wrong. */
	ds_explain_value(ctx, at(FRONT "/code")->schema, "open sesame", "/x", &errs);
	CU_ASSERT_EQUAL(errs.n, 1);
	CU_ASSERT_PTR_NULL(strstr(errs.list[0].message, "sesame"));
	CU_ASSERT_PTR_NOT_NULL(strstr(errs.list[0].message, "a secret"));
	ds_errors_clear(&errs);
}

static void test_end(void)
{
	tear_down();
}

UNIT_MAIN_SETUP("nacm", setup, {"defaults", test_defaults}, {"exempt", test_exempt},
		{"groups", test_groups}, {"order", test_order}, {"kinds", test_kinds},
		{"paths", test_paths}, {"path words", test_path_words}, {"prune", test_prune},
		{"secrets", test_secrets}, {"end", test_end});
