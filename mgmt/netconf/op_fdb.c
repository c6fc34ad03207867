/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * get-fdb and clear-fdb (heddle-system): asked of heddle-dp, answered when it answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/fdb.h"
#include "mgmt/bind/bind.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/query.h"

#define NS "urn:heddle:yang:heddle-system"

/*
 * Adds that @word is no segment; several switches may have one of that name. What may not be read is not
 * there, in words as well.
 */
static void find_segment(const struct nc_call *call, const struct bd_model *m, const char *word,
			 struct hd_fdb_filter *filter, struct ds_errors *errs)
{
	const struct bd_segment *found = NULL;

	for (size_t i = 0; i < m->n_segments; i++) {
		const struct bd_segment *seg = &m->segments[i];

		if (strcmp(seg->name, word) != 0 ||
		    (filter->switch_name[0] && strcmp(seg->sw->name, filter->switch_name) != 0) ||
		    !nc_reads_named(call, NC_SEGMENT_PATH, seg->sw->name, seg->name))
			continue;
		if (found) {
			ds_errors_add(errs, DS_INVALID_VALUE, NULL,
				      "switches %s and %s both have a segment %s: say which switch",
				      found->sw->name, seg->sw->name, word);
			return;
		}
		found = seg;
	}
	if (!found) {
		ds_errors_add(errs, DS_DATA_MISSING, NULL, "there is no segment \"%s\"%s%s", word,
			      filter->switch_name[0] ? " on switch " : "", filter->switch_name);
		return;
	}
	hd_str_copy(filter->switch_name, sizeof(filter->switch_name), found->sw->name);
	filter->vlan = found->vlan;
}

static void read_filter(const struct nc_call *call, struct hd_fdb_filter *filter,
			struct ds_errors *errs)
{
	const char *sw = ds_value(call->op, NULL, "switch"),
		   *port = ds_value(call->op, NULL, "port");
	const char *word = ds_value(call->op, NULL, "segment-or-vlan");
	const char *mac = ds_value(call->op, NULL, "mac");
	const struct bd_config *config = nc_in_force(call->server);
	struct bd_model model;
	struct hd_mac addr;

	memset(filter, 0, sizeof(*filter));
	hd_str_copy(filter->switch_name, sizeof(filter->switch_name), sw ? sw : "");
	hd_str_copy(filter->port, sizeof(filter->port), port ? port : "");
	if (mac && hd_mac_parse(mac, &addr) == 0)
		memcpy(filter->mac, addr.b, sizeof(filter->mac));
	bd_model_init(&model, call->server->ctx, st_operational(call->server->st));
	bd_numbers_assign(&model, config ? &config->numbers : NULL);
	if (sw && (!bd_switch_find(&model, sw) || !nc_reads_named(call, NC_SWITCH_PATH, sw, "")))
		ds_errors_add(errs, DS_DATA_MISSING, NULL, "there is no switch \"%s\"", sw);
	if (port && (!bd_port_find(&model, port) || !nc_reads_named(call, NC_PORT_PATH, port, "")))
		ds_errors_add(errs, DS_DATA_MISSING, NULL, "there is no port \"%s\"", port);
	if (word && word[strspn(word, "0123456789")] == '\0')
		filter->vlan = strtoul(word, NULL, 10);
	else if (word)
		find_segment(call, &model, word, filter, errs);
	bd_model_free(&model);
}

/* An entry is of its port, and of its segment or, where that has no name, of its switch. */
static bool reads_entry(struct nc_query *q, const struct hd_fdb_entry *e)
{
	char port[NC_PATH_MAX], place[NC_PATH_MAX];

	if (!q->known)
		return true;
	snprintf(port, sizeof(port), NC_PORT_PATH, e->port);
	if (e->segment[0])
		snprintf(place, sizeof(place), NC_SEGMENT_PATH, e->switch_name, e->segment);
	else
		snprintf(place, sizeof(place), NC_SWITCH_PATH, e->switch_name);
	return nc_query_reads(q, port) && nc_query_reads(q, place);
}

static void entry(struct evbuffer *body, const struct hd_fdb_entry *e)
{
	struct hd_mac mac;
	char text[HD_MAC_STR_MAX];

	memcpy(mac.b, e->mac, sizeof(mac.b));
	evbuffer_add_printf(body, "<entry xmlns=\"" NS "\">");
	nc_query_leaf(body, "switch", e->switch_name);
	if (hd_vlan_id(e->vlan))
		evbuffer_add_printf(body, "<vlan>%u</vlan>", e->vlan);
	if (e->segment[0])
		nc_query_leaf(body, "segment", e->segment);
	nc_query_leaf(body, "mac", hd_mac_str(&mac, text));
	nc_query_leaf(body, "port", e->port);
	nc_query_leaf(body, "kind",
		      e->flags & HD_FDB_STATIC  ? "static"
		      : e->flags & HD_FDB_LOCAL ? "local"
						: "learned");
	if (!(e->flags & (HD_FDB_STATIC | HD_FDB_LOCAL)))
		evbuffer_add_printf(body, "<age>%u</age>", e->age_s);
	evbuffer_add_printf(body, "</entry>");
}

static void on_entry(const void *item, void *arg)
{
	const struct hd_fdb_entry *e = item;
	struct nc_query *q = arg;

	if (hd_str_terminated(e->switch_name, sizeof(e->switch_name)) &&
	    hd_str_terminated(e->segment, sizeof(e->segment)) &&
	    hd_str_terminated(e->port, sizeof(e->port)) && reads_entry(q, e))
		entry(q->body, e);
}

static void on_end(int status, const void *last, void *arg)
{
	const struct hd_fdb_list_end *end = last;
	struct nc_query *q = arg;

	if (!nc_query_right(q, status))
		return;
	nc_query_number(q->body, NS, "cursor", end->cursor);
	nc_query_number(q->body, NS, "entries", end->entries);
	nc_query_number(q->body, NS, "capacity", end->capacity);
}

static void on_cleared(int status, const void *last, void *arg)
{
	const struct hd_fdb_cleared *cleared = last;
	struct nc_query *q = arg;

	if (nc_query_right(q, status))
		nc_query_number(q->body, NS, "entries", cleared->entries);
}

static void get_fdb(struct nc_call *call)
{
	struct hd_fdb_list request;
	struct ds_errors errs = {.n = 0};
	struct nc_query *q;

	memset(&request, 0, sizeof(request));
	request.limit = ds_number(call->op, NULL, "limit", 1000);
	request.cursor = ds_number(call->op, NULL, "cursor", 0);
	read_filter(call, &request.filter, &errs);
	q = nc_query_new(call, &errs);
	if (!q)
		return;
	nc_query_stream(q, FDB_LIST, &request, on_entry, on_end);
	nc_query_wait(q);
}

static void clear_fdb(struct nc_call *call)
{
	struct hd_fdb_clear request;
	struct ds_errors errs = {.n = 0};
	struct nc_query *q;

	memset(&request, 0, sizeof(request));
	read_filter(call, &request.filter, &errs);
	q = nc_query_new(call, &errs);
	if (!q)
		return;
	nc_query_for(q, FDB_CLEAR, &request, on_cleared);
	nc_query_wait(q);
}

NC_REGISTER(get_fdb_op) = {"heddle-system", "get-fdb", get_fdb};

NC_REGISTER(clear_fdb_op) = {"heddle-system", "clear-fdb", clear_fdb};
