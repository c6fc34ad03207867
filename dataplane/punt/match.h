/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Punt rules: which frames they match. Pure.
 */
#ifndef DATAPLANE_PUNT_MATCH_H
#define DATAPLANE_PUNT_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/punt.h"
#include "heddle/base/err.h"

#define PUNT_LOOK_BYTES 256 /* of a frame, that are looked at */

/* What rules look at in a frame. */
struct punt_view {
	const uint8_t *dst; /* 6 bytes, in the frame */
	uint16_t ethertype; /* host order */
	uint16_t l4;        /* destination port, or type of ICMP(v6), host order: with has_l4 */
	uint8_t protocol;   /* with has_protocol */
	bool has_protocol;
	bool has_l4;
};

/*
 * Looks at a frame of which @n bytes can be read; @tag_len of them, at offset 12, are its VLAN's tag.
 * Without a tag there one is stepped over if it is a priority tag (VID 0). What is not whole, and what
 * lies in another fragment, is not there. False: shorter than an Ethernet header.
 */
bool punt_look(const uint8_t *frame, size_t n, size_t tag_len, struct punt_view *view);

bool punt_matches(const struct hd_punt_rule *rule, const struct punt_view *view);

/* Check what heddle-cp sent; every byte may be hostile. 0, or -EINVAL with @err. */
int punt_class_check(const struct hd_punt_class *class, struct hd_err *err);
int punt_rule_check(const struct hd_punt_rule *rule, struct hd_err *err);

#endif
