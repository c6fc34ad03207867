/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the switch says about itself, fetched and made ready for the tables.
 */
#ifndef MGMT_CLI_COMMAND_MODEL_H
#define MGMT_CLI_COMMAND_MODEL_H

#include "mgmt/cli/command/cli.h"

enum cli_part {
	CLI_PART_PORTS = 1 << 0,
	CLI_PART_SWITCHES = 1 << 1,
	CLI_PART_SYSTEM = 1 << 2,
	CLI_PART_PORT_TABLE = 1 << 3, /* of ports: name, kind, state, VLANs, packets and drops */
	CLI_PART_PORT_RATES = 1 << 4, /* of ports: name, state, packets, bytes and drops */
	CLI_PART_GATEWAYS = 1 << 5,   /* of ports those that are gateways */
};

/* Strings are never NULL, and live as long as the model. */
struct cli_port {
	const struct lyd_node *node;    /* the interface */
	const struct lyd_node *port;    /* heddle-port's container, may be NULL */
	const struct lyd_node *state;   /* its state, may be NULL */
	const struct lyd_node *gateway; /* its container when it is a gateway, else NULL */
	const char *name, *kind, *switch_name, *role;
	const char *reason; /* "up", "disabled", "no-peer", ... */
	char *vlans;        /* "access office" */
	bool up;
	uint64_t rx, tx, rx_bytes, tx_bytes;
	uint64_t drops, drops_in, drops_out;
};

struct cli_model {
	struct lyd_node *reply;
	struct cli_port *ports; /* sorted by name, the way people count: p2 before p10 */
	size_t n_ports;
	const struct lyd_node *switches, *system; /* may be NULL */
	uint64_t taken_ns;                        /* monotonic, when the answer came */
};

/*
 * Fetches the parts (bits of enum cli_part); with @port only that port. Returns 0, or an exit
 * status after a message.
 */
int cli_model_get(struct cli_client *client, unsigned int parts, const char *port,
		  struct cli_model *model);
void cli_model_free(struct cli_model *model);

const struct cli_port *cli_model_port(const struct cli_model *model, const char *name);

/*
 * Says that there is no such port, with the closest name. Returns CLI_REFUSED.
 */
int cli_no_such_port(const struct cli_model *model, const char *name);

#define CLI_STATE_MAX 64

/* "up", "disabled", "down, no-peer". In @text, unless it is constant. */
const char *cli_port_state_text(const struct cli_port *port, char text[CLI_STATE_MAX]);

/* "access office", "trunk lab,100-200 native lab", "uplink office", "host lab", "gateway lab", "". Allocated. */
char *cli_port_vlans(const struct cli_port *port);

/* The same for programs. */
json_t *cli_port_vlans_json(const struct cli_port *port);

/* Bytes of layer 3 that pass. */
uint64_t cli_port_mtu(const struct cli_port *port);

/* Everything about a port. */
json_t *cli_port_json(const struct cli_port *port);

/* Compares names with numbers in them as people do. */
int cli_name_compare(const char *a, const char *b);

/* Texts of the children named @name, joined with ','. Allocated, never NULL. */
char *cli_join(const struct lyd_node *node, const char *name);
/* The same as an array of strings. */
json_t *cli_strings(const struct lyd_node *node, const char *name);

#endif
