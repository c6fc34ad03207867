/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host interfaces: which addresses may be configured, and what to change on an interface so that it
 * has them. Pure.
 */
#ifndef CTRLPLANE_HOSTIF_HOSTIF_CORE_H
#define CTRLPLANE_HOSTIF_HOSTIF_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/hostif.h"
#include "heddle/base/err.h"

/* Checks a received struct hd_hostif_object: name of the interface, addresses. 0 or -EINVAL. */
int hostif_validate(const void *object, struct hd_err *err);

/* An address that an interface has. */
struct hostif_present {
	struct hd_ip_prefix address;
	bool ours;      /* we put it there */
	bool duplicate; /* IPv6: somebody else on the segment has it */
	bool remove;    /* set by hostif_diff(): take it away */
};

/*
 * Compares what is wanted with what is there. Addresses of ours that are not wanted are marked for
 * removal, those of others never are. Returns the wanted ones that are to be added, one bit each
 * (@n_wanted <= HD_HOSTIF_ADDRESSES_MAX). An address that is there, whoever put it, is fine.
 */
uint32_t hostif_diff(const struct hd_ip_prefix *wanted, size_t n_wanted,
		     struct hostif_present *present, size_t n_present);

/* True if both are the same address with the same prefix length. */
bool hostif_address_equal(const struct hd_ip_prefix *a, const struct hd_ip_prefix *b);

/* Words for a kernel's refusal (positive errno): what is wrong, and what would mend it. */
void hostif_refusal(struct hd_err *err, int code, const struct hd_ip_prefix *address,
		    const char *netdev);

#endif
