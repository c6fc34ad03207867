/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * get and get-config.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/backend/running.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/filter.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/state.h"

#define WITH_DEFAULTS "ietf-netconf-with-defaults"

static uint32_t print_options(const struct lyd_node *op)
{
	const char *mode = ds_value(op, WITH_DEFAULTS, "with-defaults");
	uint32_t options = LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK;

	if (mode && !strcmp(mode, "report-all"))
		options |= LYD_PRINT_WD_ALL;
	else if (mode && !strcmp(mode, "report-all-tagged"))
		options |= LYD_PRINT_WD_ALL_TAG;
	else if (mode && !strcmp(mode, "trim"))
		options |= LYD_PRINT_WD_TRIM;
	return options;
}

static void answer(struct nc_call *call, const struct nc_filter *filter,
		   const struct lyd_node *tree)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *selected = NULL;
	struct evbuffer *body;
	char *text = NULL;

	if (!nc_filter_apply(filter, tree, &selected, &errs)) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		return;
	}
	if (selected)
		lyd_print_mem(&text, selected, LYD_XML, print_options(call->op));
	lyd_free_all(selected);
	body = evbuffer_new();
	evbuffer_add_printf(body, "<data>");
	if (text)
		evbuffer_add(body, text, strlen(text));
	evbuffer_add_printf(body, "</data>");
	free(text);
	nc_call_data(call, body);
	evbuffer_free(body);
}

static void get_config(struct nc_call *call)
{
	struct ds_errors errs = {.n = 0};
	struct nc_filter filter;

	if (!nc_filter_read(&filter, call->op, &errs)) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		return;
	}
	answer(call, &filter, call->server->rn->config ? call->server->rn->config->tree : NULL);
}

static void on_state(struct lyd_node *tree, void *arg)
{
	struct nc_call *call = arg;
	struct ds_errors errs = {.n = 0};
	struct nc_filter filter;

	nc_filter_read(&filter, call->op,
		       &errs); /* read before; now again, for what it points to */
	answer(call, &filter, tree);
	lyd_free_all(tree);
	ds_errors_clear(&errs);
}

static void get(struct nc_call *call)
{
	struct ds_errors errs = {.n = 0};
	const struct ly_ctx *ctx = call->server->ctx;
	struct nc_filter filter;
	unsigned int parts = 0;

	if (!nc_filter_read(&filter, call->op, &errs)) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		return;
	}
	if (nc_filter_wants(&filter, ctx, "ietf-interfaces", "interfaces"))
		parts |= NC_STATE_PORTS;
	if (nc_filter_wants(&filter, ctx, "heddle-switch", "switches"))
		parts |= NC_STATE_SWITCHES;
	if (nc_filter_wants(&filter, ctx, "heddle-system", "system"))
		parts |= NC_STATE_SYSTEM;
	nc_state_gather(call->server->rn, call->server->bk, parts, on_state, call);
}

NC_REGISTER(get_op) = {"ietf-netconf", "get", get};

NC_REGISTER(get_config_op) = {"ietf-netconf", "get-config", get_config};
