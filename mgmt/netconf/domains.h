/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The domains of heddle-dp: asked for by the state of switches, and by the effects of a commit.
 */
#ifndef MGMT_NETCONF_DOMAINS_H
#define MGMT_NETCONF_DOMAINS_H

#include "heddle/api/switch.h"
#include "mgmt/netconf/ask.h"

struct nc_domains {
	struct hd_domain_state *list;
	size_t n;
	bool whole; /* all have come */
};

/* Asks for them; @domains (struct nc_domains, zero) is freed with nc_domains_free(). */
void nc_domains_ask(struct nc_ask *ask, void *domains);
void nc_domains_free(void *domains);

/* NULL: there is none, as far as is known. */
const struct hd_domain_state *nc_domains_find(const struct nc_domains *domains, const char *sw,
					      uint16_t vlan);

#endif
