/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host interfaces: checks their objects, and finds out which addresses to add and to remove. Pure.
 */
#ifndef CTRLPLANE_HOSTIF_HOSTIF_CORE_H
#define CTRLPLANE_HOSTIF_HOSTIF_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/hostif.h"
#include "heddle/base/err.h"

/*
 * Checks a received struct hd_hostif_object: the interface's name and the addresses. 0, or -EINVAL
 * with @err.
 */
int hostif_validate(const void *object, struct hd_err *err);

/* An address that an interface has. */
struct hostif_present {
	struct hd_ip_prefix address;
	bool ours;      /* heddle-cp put it there */
	bool duplicate; /* IPv6: another node on the segment has it */
	bool remove;    /* set by hostif_diff(): the caller removes it */
};

/*
 * Compares the wanted addresses with the present ones. Marks present addresses that heddle-cp put
 * there, and that are not wanted, for removal; never marks others. Returns the wanted addresses
 * that are missing, one bit each (@n_wanted <= HD_HOSTIF_ADDRESSES_MAX). It does not matter who put
 * a present address there.
 */
uint32_t hostif_diff(const struct hd_ip_prefix *wanted, size_t n_wanted,
		     struct hostif_present *present, size_t n_present);

/* True if both are the same address with the same prefix length. */
bool hostif_address_equal(const struct hd_ip_prefix *a, const struct hd_ip_prefix *b);

/*
 * Fills @err with words for the errno @code (positive) with which the kernel refused @address: what
 * is wrong and what would mend it.
 */
void hostif_refusal(struct hd_err *err, int code, const struct hd_ip_prefix *address,
		    const char *netdev);

#endif
