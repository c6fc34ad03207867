/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/kinds.h"
#include "heddle/net/ip.h"
#include "mgmt/bind/bind.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/similar.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/datastore/types.h"

static struct bd_row *rows; /* by name: constructors run in no order that can be relied on */

void bd_register(struct bd_row *row)
{
	struct bd_row **at = &rows;

	while (*at && strcmp((*at)->module, row->module) < 0)
		at = &(*at)->next;
	row->next = *at;
	*at = row;
}

size_t bd_modules(struct ds_module *modules, size_t max)
{
	size_t n = 0;

	for (const struct bd_row *row = rows; row; row = row->next, n++)
		if (n < max)
			modules[n] = (struct ds_module){row->module, row->revision};
	return n;
}

const struct bd_row *bd_rows(void)
{
	return rows;
}

void bd_names_add(struct bd_names *names, const char *name)
{
	if (names->n == names->room) {
		names->room = names->room ? names->room * 2 : 64;
		names->at = ds_realloc(names->at, names->room, sizeof(*names->at));
	}
	names->at[names->n++] = ds_strdup(name);
}

struct ds_error *bd_error(struct ds_errors *errs, const struct lyd_node *node, enum ds_tag tag,
			  const char *app_tag, const char *fmt, ...)
{
	char *path = node ? ds_path(node) : NULL, *text = NULL;
	struct ds_error *err;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	err = ds_errors_add(errs, tag, path, "%s", text ? text : fmt);
	ds_error_app_tag(err, app_tag);
	free(text);
	free(path);
	return err;
}

void bd_error_port(struct ds_error *err, const char *port, const char *plain)
{
	char *path = ds_printf("/ietf-interfaces:interfaces/interface[name='%s']", port);

	ds_error_about(err, path, "%s", plain);
	free(path);
}

void bd_error_segment(struct ds_error *err, const char *sw, const char *segment, const char *plain)
{
	char *path = ds_printf("/heddle-switch:switches/switch[name='%s']/segment[name='%s']", sw,
			       segment);

	ds_error_about(err, path, "%s", plain);
	free(path);
}

void bd_no_port(const struct bd_model *m, const struct lyd_node *leaf, struct ds_errors *errs)
{
	const char *name = lyd_get_value(leaf);
	struct ds_similar similar;
	struct ds_error *err;
	char hint[160], *plain;

	ds_similar_init(&similar, name);
	for (size_t i = 0; i < m->n_ports; i++)
		ds_similar_offer(&similar, m->ports[i].name);
	err = bd_error(errs, leaf, DS_DATA_MISSING, "instance-required",
		       "there is no port \"%s\"%s", name,
		       ds_similar_hint(&similar, hint, sizeof(hint)));
	plain = ds_printf("there is no port \"%s\"", name);
	if (ds_similar_best(&similar))
		bd_error_port(err, ds_similar_best(&similar), plain);
	free(plain);
}

void bd_no_segment(const struct bd_model *m, const struct bd_switch *sw,
		   const struct lyd_node *node, const char *name, const char *advice,
		   struct ds_errors *errs)
{
	struct ds_similar similar;
	struct ds_error *err;
	char hint[160], *plain;

	ds_similar_init(&similar, name);
	for (size_t i = 0; i < m->n_segments; i++)
		if (m->segments[i].sw == sw)
			ds_similar_offer(&similar, m->segments[i].name);
	ds_similar_hint(&similar, hint, sizeof(hint));
	err = bd_error(errs, node, DS_DATA_MISSING, "instance-required",
		       "switch %s has no segment \"%s\"%s", sw->name, name, *hint ? hint : advice);
	plain = ds_printf("switch %s has no segment \"%s\"%s", sw->name, name, advice);
	if (ds_similar_best(&similar))
		bd_error_segment(err, sw->name, ds_similar_best(&similar), plain);
	free(plain);
}

bool bd_port_is(const struct bd_port *port, const char *kind_module)
{
	return !strcmp(port->kind_module, kind_module);
}

void bd_mac(const struct lyd_node *params, uint8_t mac[6])
{
	const char *text = ds_value(params, NULL, "mac-address");
	struct hd_mac addr;

	memset(mac, 0, 6);
	if (text && hd_mac_parse(text, &addr) == 0)
		memcpy(mac, addr.b, 6);
}

bool bd_address(const struct lyd_node *node, struct hd_ip_prefix *a)
{
	memset(a, 0, sizeof(*a));
	return ds_prefix_parse(lyd_get_value(node), true, a->addr, &a->family, &a->length);
}

bool bd_check_address(const struct lyd_node *node, struct hd_ip_prefix *a, struct ds_errors *errs)
{
	struct hd_err err;

	if (!bd_address(node, a)) {
		bd_error(errs, node, DS_INVALID_VALUE, "bad-address",
			 "%s is not an address with the length of its prefix, like "
			 "192.168.56.1/24 or fd00::1/64",
			 lyd_get_value(node));
		return false;
	}
	if (hd_ip_prefix_check(a, &err) < 0) {
		bd_error(errs, node, DS_INVALID_VALUE, "bad-address", "%s", err.text);
		return false;
	}
	return true;
}

uint8_t bd_offloads(const struct lyd_node *params)
{
	const char *value = ds_value(params, NULL, "offloads");

	if (value && !strcmp(value, "none"))
		return 0;
	if (value && !strcmp(value, "checksum"))
		return HD_OFFLOAD_CSUM;
	return HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO;
}

const char *bd_port_device(const struct bd_port *port, const char **netns)
{
	const char *device;

	*netns = "";
	if (port->role == BD_ROLE_HOST)
		return port->name;
	if (strcmp(port->kind, "tap") != 0 && strcmp(port->kind, "vm-tap") != 0 &&
	    strcmp(port->kind, "af-packet") != 0)
		return NULL;
	device = ds_value(port->params, NULL, "device");
	if (ds_value(port->params, NULL, "namespace"))
		*netns = ds_value(port->params, NULL, "namespace");
	return device ? device : port->name;
}
