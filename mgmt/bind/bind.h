/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Binding YANG to the planes: a row for each module.
 *
 * bind_<x>.c knows one module: what makes no sense in it beyond what the schema can say, and what
 * protocol objects it becomes. It registers its row from a constructor, so that a feature is added
 * without touching a list here.
 */
#ifndef MGMT_BIND_BIND_H
#define MGMT_BIND_BIND_H

#include "mgmt/bind/claims.h"
#include "mgmt/bind/model.h"
#include "mgmt/bind/numbers.h"
#include "mgmt/bind/objects.h"
#include "mgmt/datastore/errors.h"
#include "mgmt/datastore/schema.h"

/* Names of ports, collected. */
struct bd_names {
	char **at;
	size_t n, room;
};
void bd_names_add(struct bd_names *names, const char *name);

/* A rule: a pure function over the model that adds an error for each place where it is broken. */
typedef void (*bd_rule_fn)(const struct bd_model *model, struct ds_errors *errs);

/* A rule about one port, by itself and with the segments of its switch. */
typedef void (*bd_port_rule_fn)(const struct bd_model *model, const struct bd_port *port,
				struct ds_errors *errs);

/*
 * A commit that changes ports only looks at those ports: what has `port` in its name is called for
 * them alone, with a model that has them alone (and switches and segments without their nodes).
 * What looks at more of a port than that belongs into rules and translate, and the port's name into
 * names: then everything is looked at when it changes. All may be NULL.
 */
struct bd_row {
	const char *module; /* that the row is for; loaded into the schema */
	const char *revision;
	const bd_port_rule_fn *port_rules; /* ends with NULL */
	const bd_rule_fn *rules;           /* ends with NULL */
	/* What no other port may have. */
	void (*claim)(const struct bd_port *port, struct bd_claims *out);
	/* Adds the objects of a port, and those of the rest, of a model that all rules accept. */
	void (*translate_port)(const struct bd_model *model, const struct bd_port *port,
			       struct bd_list *out);
	void (*translate)(const struct bd_model *model, struct bd_list *out);
	/* Names of ports that rules and translate look at. */
	void (*names)(const struct bd_model *model, struct bd_names *out);
	struct bd_row *next;
};

void bd_register(struct bd_row *row);

#define BD_REGISTER(var)                                                 \
	__attribute__((constructor)) static void bd_register_##var(void) \
	{                                                                \
		bd_register(&var);                                       \
	}                                                                \
	struct bd_row

/* The rows' modules, in the order of their names. Returns how many; at most @max are written. */
size_t bd_modules(struct ds_module *modules, size_t max);

/* The first row; they are in the order of their modules' names. */
const struct bd_row *bd_rows(void);

/* Adds an error about @node. */
struct ds_error *bd_error(struct ds_errors *errs, const struct lyd_node *node, enum ds_tag tag,
			  const char *app_tag, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* The message names a port, or a segment: who may not read that is told @plain (ds_error_about()). */
void bd_error_port(struct ds_error *err, const char *port, const char *plain);
void bd_error_segment(struct ds_error *err, const char *sw, const char *segment, const char *plain);

/*
 * Adds an error about @leaf, which names a port that is not there, or a segment of @sw that is not.
 * @advice (": define it there, ...") is told where no name is close.
 */
void bd_no_port(const struct bd_model *model, const struct lyd_node *leaf, struct ds_errors *errs);
void bd_no_segment(const struct bd_model *model, const struct bd_switch *sw,
		   const struct lyd_node *node, const char *name, const char *advice,
		   struct ds_errors *errs);

#define BD_SEGMENT_ADVICE ": define it there, or use a VLAN id"

/* Is the port of the kind that this module has? Host interfaces are of kind tap. */
bool bd_port_is(const struct bd_port *port, const char *kind_module);

/* The leaf mac-address of a kind's container; zeros: it is not set. */
void bd_mac(const struct lyd_node *params, uint8_t mac[6]);

struct hd_ip_prefix; /* heddle/net/ip.h */

/* Reads an address of an interface, with its length; false when it is none. */
bool bd_address(const struct lyd_node *node, struct hd_ip_prefix *address);

/* The same; adds an error when it is none that an interface can have. */
bool bd_check_address(const struct lyd_node *node, struct hd_ip_prefix *address,
		      struct ds_errors *errs);

/* enum hd_offload_config of a kind's container. */
uint8_t bd_offloads(const struct lyd_node *params);

/* The file name of a vhost-user port's socket, which lies in VHOST-DIR/PORT. NULL: of another kind. */
const char *bd_vhost_socket(const struct bd_port *port);

/* The kernel's device that a port is on, and the namespace ("" for ours). NULL: on none. */
const char *bd_port_device(const struct bd_port *port, const char **netns);

#endif
