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

#define PUNT_LOOK_BYTES 256 /* first bytes of a frame, which alone are looked at */

/* The fields of a frame that rules compare. */
struct punt_view {
	const uint8_t *dst; /* 6 bytes, in the frame */
	uint16_t ethertype; /* host order */
	uint16_t l4;        /* if has_l4: destination port, or type of ICMP(v6), host order */
	uint8_t protocol;   /* if has_protocol */
	bool has_protocol;
	bool has_l4;
};

/*
 * Fills @view from a frame of which @n bytes can be read; @tag_len of them, at offset 12, are the
 * tag of its VLAN. If @tag_len is 0, skips a priority tag (VID 0). A field that is cut off, or in
 * another fragment, is left out. False: the frame is shorter than an Ethernet header.
 */
bool punt_look(const uint8_t *frame, size_t n, size_t tag_len, struct punt_view *view);

/* True if the frame of @view matches @rule; its gateway is not compared. */
bool punt_matches(const struct hd_punt_rule *rule, const struct punt_view *view);

/* Check a class or a rule of heddle-cp; every byte may be hostile. 0, or -EINVAL with @err. */
int punt_class_check(const struct hd_punt_class *class, struct hd_err *err);
int punt_rule_check(const struct hd_punt_rule *rule, struct hd_err *err);

#endif
