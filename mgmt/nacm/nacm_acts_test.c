/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access control: notifications, actions, and what is said of a denial.
 */
#include "tests/unit/nacm_fixture.h"

static struct lyd_node *operation(const char *xml, enum lyd_type type)
{
	struct lyd_node *tree = NULL, *op = NULL;
	struct ly_in *in = NULL;

	ly_in_new_memory(xml, &in);
	lyd_parse_op(ctx, NULL, in, LYD_XML, type, &tree, &op);
	ly_in_free(in, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(op);
	return op;
}

static bool notify(const struct nacm_subject *who, const char *xml)
{
	struct lyd_node *op = operation(xml, LYD_TYPE_NOTIF_YANG), *top = op;
	bool sent;

	while (lyd_parent(top))
		top = lyd_parent(top);
	sent = nacm_may_notify(nacm, who, top);
	lyd_free_all(top);
	return sent;
}

#define SOLD   "<sold xmlns=\"urn:shop\"><what>x</what></sold>"
#define ROBBED "<robbed xmlns=\"urn:shop\"><what>x</what></robbed>"
#define OPENED                                                                              \
	"<shop xmlns=\"urn:shop\"><door><name>front</name><side>1</side><opened><by>x</by>" \
	"</opened></door></shop>"

static void test_notifications(void)
{
	uint32_t before = nacm_counters(nacm)->denied_notifications;

	rules("");
	CU_ASSERT_TRUE(notify(&staff, SOLD));
	CU_ASSERT_FALSE(notify(&staff, ROBBED));
	CU_ASSERT_TRUE(notify(&staff, OPENED));
	CU_ASSERT_TRUE(notify(&root, ROBBED));
	CU_ASSERT_EQUAL(nacm_counters(nacm)->denied_notifications, before + 1);
	rules("<read-default>deny</read-default>" LIST(
		"staff",
		RULE("a", "<notification-name>robbed</notification-name>", "read", "permit")));
	CU_ASSERT_FALSE(notify(&staff, SOLD));
	CU_ASSERT_TRUE(notify(&staff, ROBBED));
	CU_ASSERT_FALSE(notify(&nobody, ROBBED));
	rules(LIST("staff", RULE("a", "<notification-name>*</notification-name>", "exec", "deny")));
	CU_ASSERT_TRUE(notify(&staff, SOLD));
	/* One that is tied to data: by its path, and only where the data may be read. */
	rules(LIST("staff", RULE("a", PATH("/s:shop/s:door/s:opened"), "read", "deny")));
	CU_ASSERT_FALSE(notify(&staff, OPENED));
	rules(LIST("staff", RULE("a", PATH("/s:shop/s:door[s:name='front'][s:side='1']/s:colour"),
				 "*", "deny")));
	CU_ASSERT_TRUE(notify(&staff, OPENED));
	rules(LIST("staff",
		   RULE("n", "<notification-name>opened</notification-name>", "*", "permit") RULE(
			   "a", PATH("/s:shop/s:door[s:name='front'][s:side='1']"), "*", "deny")));
	CU_ASSERT_FALSE(notify(&staff, OPENED));
}

static bool act(const struct nacm_subject *who, struct ds_errors *errs)
{
	struct lyd_node *op = operation(
		"<shop xmlns=\"urn:shop\"><door><name>front</name><side>1</side><open/></door></shop>",
		LYD_TYPE_RPC_YANG);
	struct lyd_node *top = op;
	bool good = nacm_check_exec(nacm, who, op, errs);

	while (lyd_parent(top))
		top = lyd_parent(top);
	lyd_free_all(top);
	return good;
}

static void test_actions(void)
{
	struct ds_errors errs = {.n = 0};

	rules("");
	CU_ASSERT_TRUE(act(&staff, &errs));
	rules(LIST("staff", RULE("a", PATH("/s:shop/s:door/s:open"), "exec", "deny")));
	CU_ASSERT_FALSE(act(&staff, &errs));
	CU_ASSERT_TRUE(act(&root, &errs));
	rules("<exec-default>deny</exec-default>" LIST(
		"staff", RULE("a", PATH("/s:shop/s:door[s:name='front'][s:side='1']/s:open"),
			      "exec", "permit")));
	CU_ASSERT_TRUE(act(&staff, &errs));
	rules(LIST("staff", RULE("a", PATH("/s:shop/s:door"), "read", "deny")));
	CU_ASSERT_FALSE(act(&staff, &errs));
	ds_errors_clear(&errs);
}

static bool says(const struct ds_errors *errs, const char *words)
{
	const char *message = errs->n ? errs->list[errs->n - 1].message : "";

	if (strstr(message, words))
		return true;
	printf("\n\"%s\" is not in \"%s\"\n", words, message);
	return false;
}

/* What is denied is told: by what, of what, and who may. */
static void test_messages(void)
{
	struct nacm_counters before = *nacm_counters(nacm);
	struct lyd_node *op = operation("<burn xmlns=\"urn:shop\"/>", LYD_TYPE_RPC_YANG);
	struct ds_errors errs = {.n = 0};

	stock();
	rules(LIST("staff", RULE("no-fire", "<rpc-name>burn</rpc-name>", "exec", "deny"))
		      LIST("chiefs", RULE("all", "", "*", "permit")));
	CU_ASSERT_FALSE(nacm_check_exec(nacm, &staff, op, &errs));
	CU_ASSERT_EQUAL(errs.list[0].tag, DS_ACCESS_DENIED);
	CU_ASSERT_PTR_NULL(errs.list[0].path);
	CU_ASSERT_TRUE(says(&errs, "ann may not use the operation burn"));
	CU_ASSERT_TRUE(says(&errs, "\"no-fire\" of \"of-staff\""));
	CU_ASSERT_TRUE(says(&errs, "members of chiefs may"));
	CU_ASSERT_FALSE(nacm_check_exec(nacm, &nobody, op, &errs));
	CU_ASSERT_TRUE(says(&errs, "no access rule permits it, and it is sensitive"));
	CU_ASSERT_EQUAL(nacm_counters(nacm)->denied_operations, before.denied_operations + 2);
	ds_errors_clear(&errs);

	/* A path, "/" too, is about data. Groups are named once, those of the configuration as well. */
	rules("<exec-default>deny</exec-default>"
	      "<enable-external-groups>false</enable-external-groups>" LIST(
		      "staff", RULE("a", PATH("/"), "*", "permit"))
		      LIST("chiefs",
			   RULE("b", "", "*", "permit")) "<rule-list><name>more</name>"
							 "<group>chiefs</group>" RULE(
								 "c", "", "*",
								 "permit") "</rule-list>");
	CU_ASSERT_FALSE(nacm_check_exec(nacm, &staff, op, &errs));
	CU_ASSERT_TRUE(says(&errs, "; members of chiefs may"));
	CU_ASSERT_PTR_NULL(strstr(errs.list[0].message, " or "));
	ds_errors_clear(&errs);

	rules(LIST("staff", RULE("no-fire", "<rpc-name>burn</rpc-name>", "exec", "deny")));
	CU_ASSERT_FALSE(nacm_check_write(nacm, &staff, at(FRONT "/colour"), NACM_UPDATE, &errs));
	CU_ASSERT_STRING_EQUAL(errs.list[0].path, FRONT "/colour");
	CU_ASSERT_TRUE(says(&errs, "ann may not change colour"));
	CU_ASSERT_FALSE(nacm_check_write(nacm, &staff, at(FRONT), NACM_DELETE, &errs));
	CU_ASSERT_EQUAL(errs.n, 2);
	CU_ASSERT_EQUAL(nacm_counters(nacm)->denied_data_writes, before.denied_data_writes + 1);
	CU_ASSERT_TRUE(nacm_check_write(nacm, &root, at(FRONT), NACM_DELETE, &errs));
	CU_ASSERT_EQUAL(errs.n, 2);
	ds_errors_clear(&errs);

	rules("");
	CU_ASSERT_FALSE(nacm_check_write(nacm, &staff, at(FRONT), NACM_CREATE, &errs));
	CU_ASSERT_TRUE(says(&errs, "no access rule permits it; root may"));
	ds_errors_clear(&errs);
	lyd_free_all(op);
}

static bool locks_out(const struct nacm_subject *who, const char *inner)
{
	struct lyd_node *tree;
	char xml[2048];
	bool out;

	snprintf(xml, sizeof(xml),
		 "<nacm xmlns=\"" NACM_NS
		 "\">%s</nacm><yard xmlns=\"urn:annex\"><tree>x</tree></yard>",
		 inner);
	tree = parse(xml);
	CU_ASSERT_PTR_NOT_NULL_FATAL(tree);
	out = nacm_locks_out(nacm, who, tree);
	lyd_free_all(tree);
	return out;
}

static void test_lockout(void)
{
	static const char all[] = LIST("staff", RULE("a", "", "*", "permit"));

	rules(all);
	CU_ASSERT_FALSE(locks_out(&staff, all));
	CU_ASSERT_TRUE(locks_out(&staff, ""));
	CU_ASSERT_TRUE(nacm_locks_out(nacm, &staff, NULL));
	CU_ASSERT_FALSE(nacm_locks_out(nacm, &nobody, NULL));
	CU_ASSERT_FALSE(locks_out(&root, ""));
	CU_ASSERT_FALSE(locks_out(&nobody, "")); /* who could not before */
	CU_ASSERT_FALSE(locks_out(&staff, "<enable-nacm>false</enable-nacm>"));
	CU_ASSERT_TRUE(locks_out(&staff, LIST("chiefs", RULE("a", "", "*", "permit"))));
	CU_ASSERT_TRUE(
		locks_out(&staff, LIST("staff", RULE("x", "<rpc-name>commit</rpc-name>", "exec",
						     "deny") RULE("a", "", "*", "permit"))));
	CU_ASSERT_FALSE(
		locks_out(&staff, LIST("staff", RULE("a", PATH("/a:yard/a:tree"), "*", "permit"))));
}

/* The answer is of whoever asks, also when they take turns, and of the rules of now. */
static void test_turns(void)
{
	static char a[] = "staff", b[] = "chiefs";
	char *two[] = {a, b};
	const struct nacm_subject boss = {10, "ann", "cli", two, 2, false};

	rules(LIST("staff", RULE("a", "<rpc-name>sell</rpc-name>", "exec", "deny"))
		      LIST("chiefs", RULE("b", "", "*", "permit")));
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_FALSE(exec(&staff, "sell"));
		CU_ASSERT_FALSE(exec(&staff, "burn")); /* after the boss, who has her name */
		CU_ASSERT_TRUE(exec(&nobody, "sell"));
		CU_ASSERT_TRUE(exec(&boss, "burn"));
		CU_ASSERT_FALSE(exec(&boss, "sell"));
	}
	rules("");
	CU_ASSERT_TRUE(exec(&staff, "sell"));
	nacm_load(nacm, NULL);
	CU_ASSERT_TRUE(exec(&staff, "sell"));
	tear_down();
}

UNIT_MAIN_SETUP("nacm-acts", setup, {"notifications", test_notifications},
		{"actions", test_actions}, {"messages", test_messages}, {"lock-out", test_lockout},
		{"turns", test_turns});
