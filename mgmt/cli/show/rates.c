/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/show/rates.h"

#include "mgmt/cli/term/format.h"

#define WIRE_OVERHEAD 24 /* bytes a frame: FCS, preamble and the gap after it */

void cli_rates_between(const struct cli_model *before, const struct cli_model *after,
		       const struct cli_port *p, struct cli_rates *r)
{
	const struct cli_port *old = cli_model_port(before, p->name);
	uint64_t ns = after->taken_ns - before->taken_ns;

	*r = (struct cli_rates){0};
	if (!old)
		return;
	r->rx = cli_rate(old->rx, p->rx, ns);
	r->tx = cli_rate(old->tx, p->tx, ns);
	r->rx_bits = 8 * (cli_rate(old->rx_bytes, p->rx_bytes, ns) + WIRE_OVERHEAD * r->rx);
	r->tx_bits = 8 * (cli_rate(old->tx_bytes, p->tx_bytes, ns) + WIRE_OVERHEAD * r->tx);
	r->drops = cli_rate(old->drops, p->drops, ns);
}

json_t *cli_rates_json(const struct cli_rates *r)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "rx-packets", (json_int_t)r->rx, "tx-packets",
			 (json_int_t)r->tx, "rx-bits", (json_int_t)r->rx_bits, "tx-bits",
			 (json_int_t)r->tx_bits, "drops", (json_int_t)r->drops);
}
