/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * get-effects (heddle-config): the candidate is translated at once; then heddle-dp is asked how many
 * addresses are where, and when it does not answer in time they are left out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/fdb.h"
#include "mgmt/bind/effects.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/domains.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/text.h"

#define NS          "urn:heddle:yang:heddle-config"
#define TIMEOUT_MS  1000
#define COUNT_MAX   16 /* ports whose addresses are counted */
#define ADDRESS_MAX 10000

struct count {
	char port[HD_NAME_MAX];
	uint32_t macs;
	bool whole; /* the answer is complete */
};

struct question {
	struct nc_call *call;
	struct ef *ef;
	struct nc_domains domains;
	struct count counts[COUNT_MAX];
	size_t n_counts;
	char address[64];
	bool locks_out; /* who asks could not change anything afterwards */
};

static bool is_up(const char *port, void *arg)
{
	const struct question *q = arg;
	const struct hd_port_state *state = bk_ports_find(&q->call->server->bk->ports, port);

	return state && state->up;
}

static int64_t port_macs(const char *port, void *arg)
{
	const struct question *q = arg;

	for (size_t i = 0; i < q->n_counts; i++)
		if (q->counts[i].whole && !strcmp(q->counts[i].port, port))
			return q->counts[i].macs;
	return -1;
}

static int64_t vlan_macs(const char *switch_name, uint16_t vlan, void *arg)
{
	const struct question *q = arg;
	const struct hd_domain_state *d = nc_domains_find(&q->domains, switch_name, vlan);

	if (!q->domains.whole)
		return -1;
	return d ? d->macs : 0;
}

static void leaf(struct evbuffer *body, const char *name, const char *text)
{
	evbuffer_add_printf(body, "<%s>", name);
	nc_text(body, text);
	evbuffer_add_printf(body, "</%s>", name);
}

static void print(struct evbuffer *body, const struct ef_effect *e)
{
	evbuffer_add_printf(body, "<effect xmlns=\"" NS "\"><severity>%s</severity>",
			    ef_severity_name(e->severity));
	leaf(body, "kind", e->kind);
	if (e->path)
		leaf(body, "path", e->path);
	leaf(body, "text", e->text);
	evbuffer_add_printf(body, "</effect>");
}

/* A commit that saves ends the file that a boot could not take. */
static void print_startup(struct evbuffer *body, const struct st *st)
{
	static char path[] = "/heddle-config:configuration-state/startup-problem";
	struct ef_effect e = {EF_WARNING, "startup-replaced", path, NULL};

	if (!st_startup_problem(st) || st_startup_fixed(st))
		return;
	e.text = ds_printf("%s; a commit that saves replaces that file, and what was refused stays "
			   "beside it, in %s.refused",
			   st_startup_problem(st), st_startup_file(st));
	print(body, &e);
	free(e.text);
}

static void answer(struct question *q)
{
	static char path[] = "/ietf-netconf-acm:nacm";
	static char text[] =
		"you could change nothing afterwards: no access rule would let you; root could";
	static const struct ef_effect lockout = {EF_DANGER, "own-access", path, text};
	struct ef_facts facts = {
		.up = bk_data(q->call->server->bk) ? is_up : NULL,
		.port_macs = port_macs,
		.vlan_macs = vlan_macs,
		.arg = q,
		.address = q->address[0] ? q->address : NULL,
	};
	struct evbuffer *body = evbuffer_new();
	struct nc_call *call = q->call;
	struct ef_list list;

	if (q->locks_out)
		print(body, &lockout);
	print_startup(body, call->server->st);
	ef_report(q->ef, &facts, &list);
	for (size_t i = 0; i < list.n; i++)
		print(body, &list.at[i]);
	ef_list_free(&list);
	if (evbuffer_get_length(body))
		nc_call_data(call, body);
	else
		nc_call_ok(call); /* an output without data, RFC 7950 7.14.4 */
	evbuffer_free(body);
}

/* What was not told in time is left out. */
static void done(int status, void *arg)
{
	struct question *q = arg;

	if (status == -ECANCELED)
		nc_call_free(q->call);
	else
		answer(q);
	ef_free(q->ef);
	nc_domains_free(&q->domains);
	free(q);
}

static void on_entry(const void *item, void *arg)
{
	struct count *count = arg;

	count->macs++;
}

static void on_entries_end(int status, const void *last, void *arg)
{
	const struct hd_fdb_list_end *end = last;
	struct count *count = arg;

	count->whole = status == 0 && !end->cursor;
}

/* Asks for what the change disturbs. */
static void ask(struct question *q, struct nc_ask *ask)
{
	const char *names[COUNT_MAX];
	size_t n = ef_disturbed(q->ef, names, COUNT_MAX);

	nc_domains_ask(ask, &q->domains);
	for (size_t i = 0; i < n; i++) {
		struct count *count = &q->counts[q->n_counts++];
		struct hd_fdb_list request;

		memset(&request, 0, sizeof(request));
		request.limit = ADDRESS_MAX;
		hd_str_copy(request.filter.port, sizeof(request.filter.port), names[i]);
		hd_str_copy(count->port, sizeof(count->port), names[i]);
		nc_ask_stream(ask, HD_PLANE_DATA, FDB_LIST, &request, on_entry, on_entries_end,
			      count);
	}
}

/* The two sides; NULL: it was answered, with errors. */
static struct ef *compare(struct nc_call *call)
{
	const struct bd_config *before = st_config(call->server->st);
	struct ef *ef = ef_new(before ? &before->objects : NULL, nc_call_tree(call, ST_RUNNING));
	struct ds_errors errs = {.n = 0};
	struct bd_config *after = st_preview(call->server->st, &call->peer->who, &errs);

	if (!after) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		ef_free(ef);
		return NULL;
	}
	ef_after(ef, &after->objects, nc_call_tree(call, ST_CANDIDATE));
	bd_config_free(after);
	return ef;
}

static void get_effects(struct nc_call *call)
{
	const char *address = ds_value(call->op, NULL, "local-address");
	struct nc_ask *waits;
	struct question *q;
	struct ef *ef;

	if (!nc_call_reads_all(call)) {
		nc_call_error(call, DS_ACCESS_DENIED,
			      "get-effects tells of the whole configuration, of which you may not "
			      "read all");
		return;
	}
	ef = compare(call);
	if (!ef)
		return;
	q = ds_alloc(sizeof(*q));
	q->call = call;
	q->ef = ef;
	q->locks_out = call->server->nacm && nacm_locks_out(call->server->nacm, &call->peer->who,
							    nc_call_tree(call, ST_CANDIDATE));
	hd_str_copy(q->address, sizeof(q->address), address ? address : "");
	waits = nc_ask_new(call->server, call->session_id, TIMEOUT_MS, done, q);
	ask(q, waits);
	nc_ask_wait(waits);
}

NC_REGISTER(get_effects_op) = {"heddle-config", "get-effects", get_effects};
