/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rates of a port, from two readings of its counters. Pure.
 */
#ifndef MGMT_CLI_SHOW_RATES_H
#define MGMT_CLI_SHOW_RATES_H

#include "mgmt/cli/command/model.h"
#include "mgmt/cli/term/table.h"

struct cli_rates {
	uint64_t rx, tx;           /* packets a second */
	uint64_t rx_bits, tx_bits; /* bit/s on the wire: with FCS, preamble and gap */
	uint64_t drops;            /* a second */
};

/* Rates of @port, which is of @after; all 0 for a port that @before did not have. */
void cli_rates_between(const struct cli_model *before, const struct cli_model *after,
		       const struct cli_port *port, struct cli_rates *rates);

json_t *cli_rates_json(const struct cli_rates *rates);

/* Colour of a port's state. */
enum cli_style cli_port_style(const struct cli_port *port);

#endif
