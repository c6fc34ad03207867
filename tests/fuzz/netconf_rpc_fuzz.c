/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A NETCONF message: hello and rpc, its filter on a configuration, and the errors of it as XML. What
 * must hold: a request has an operation or an error with words, and a reply is well-formed.
 */
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/netconf/errors.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/filter.h"
#include "mgmt/netconf/hello.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/xml.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/yang.h"

static const char running[] =
	"{\"heddle-switch:switches\":{\"switch\":[{\"name\":\"sw0\",\"segment\":[{\"name\":\"lab\","
	"\"host-only\":{}}]}]},\"ietf-interfaces:interfaces\":{\"interface\":[{\"name\":\"a\","
	"\"type\":\"heddle-tap:tap\",\"heddle-port:port\":{\"switch\":\"sw0\",\"access\":\"lab\"}}]}}";

static struct bd_config *config;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct ds_errors errs = {.n = 0};

	FUZZ_ASSERT(yang_setup() == 0);
	config = bd_config_parse(ctx, running, strlen(running), NULL, &errs);
	FUZZ_ASSERT(config);
	return 0;
}

static void check_reply(const char *attributes, const struct ds_errors *errs)
{
	struct evbuffer *out = evbuffer_new();
	struct lyd_node *tree = NULL;
	size_t n;
	char *text;

	evbuffer_add_printf(out, "<rpc-reply xmlns=\"urn:x\"%s>", attributes ? attributes : "");
	nc_errors(out, ctx, errs, true);
	evbuffer_add_printf(out, "</rpc-reply>");
	n = evbuffer_get_length(out);
	text = calloc(1, n + 1);
	evbuffer_remove(out, text, n);
	FUZZ_ASSERT(lyd_parse_data_mem(ctx, text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0,
				       &tree) == LY_SUCCESS);
	FUZZ_ASSERT(tree && !tree->next);
	lyd_free_all(tree);
	evbuffer_free(out);
	free(text);
}

static void use(const struct nc_call *call, struct ds_errors *errs)
{
	static const char *const filtering[] = {"get", "get-config", "get-data",
						"create-subscription"};
	const char *name = call->op->schema->name;
	const struct lyd_node *xpath = ds_child(call->op, NULL, "xpath-filter");
	struct lyd_node *selected = NULL;
	struct nc_filter filter = {.xpath = NULL};
	bool filters = false;

	for (size_t i = 0; i < sizeof(filtering) / sizeof(filtering[0]); i++)
		filters |= !strcmp(name, filtering[i]);
	if (!filters)
		return;
	if (!(xpath ? nc_filter_xpath(&filter, lyd_get_value(xpath),
				      &((const struct lyd_node_term *)xpath)->value, errs)
		    : nc_filter_read(&filter, call->op, errs))) {
		FUZZ_ASSERT(!ds_errors_none(errs));
		return;
	}
	/* An XPath that may cost anything, or crash, runs in a process of its own. */
	if (nc_filter_cost(&filter, ctx) == NC_COST_OPEN && filter.xpath)
		return;
	filter.max_depth = name[3] == '-' ? 2 : 0;
	nc_filter_matches(&filter, config->tree);
	if (nc_filter_apply(&filter, config->tree, &selected, errs))
		lyd_free_all(selected);
	else
		FUZZ_ASSERT(!ds_errors_none(errs));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ds_errors errs = {.n = 0};
	struct nc_call call = {NULL};
	struct hd_err err = {0};
	char *text = malloc(size + 1);
	struct nc_hello hello;

	memcpy(text, data, size);
	text[size] = '\0';
	size = nc_xml_fold(text, size);
	FUZZ_ASSERT(nc_hello_read(ctx, text, size, &hello, &err) == 0 || err.text[0]);
	if (nc_rpc_parse(&call, ctx, text, size, &errs))
		use(&call, &errs);
	else
		FUZZ_ASSERT(!ds_errors_none(&errs));
	check_reply(call.attributes, &errs);
	nc_call_clear(&call);
	ds_errors_clear(&errs);
	free(text);
	return 0;
}
