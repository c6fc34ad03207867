/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Types whose values can be written in several ways, and the one form that is stored, compared and
 * printed (RFC 7950 9.1). libyang asks a type's plugin for that form wherever a value is made: by
 * a parser, by a line, as a key in a path, as a literal in an XPath. So there is no other place.
 *
 *	numbers, bits, identities     as RFC 7950 9 has them: 10 for 010
 *	VLANs                         a number for "10" and for 10..10
 *	MAC addresses                 lower case
 *	IPv4 and IPv6                 RFC 5952; no zeros before a length; in a prefix no bits behind it,
 *	                              and no length when it is all of the address
 *	permissions of a file         four digits
 *	paths of access rules         modules by name, where they change; keys as values are
 */
#ifndef MGMT_DATASTORE_TYPES_H
#define MGMT_DATASTORE_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <libyang/libyang.h>

#include "heddle/base/err.h"

/*
 * Gives the types of our modules, and the paths of ietf-netconf-acm, their form. To be called once,
 * when all modules are loaded and before there are data. Returns 0, or -ENOENT with @err.
 */
int ds_types_set(const struct ly_ctx *ctx, struct hd_err *err);

/* Can a value of @type be written in more than one way? */
bool ds_type_has_forms(const struct lysc_type *type);

/* Is it heddle-types:mac-address, which people write in more ways than the model has? */
bool ds_type_is_mac(const struct lysc_type *type);

/* The form of @text as a value of the leaf @schema; @text itself when it is none. Malloced. */
char *ds_canonical(const struct lysc_node *schema, const char *text);

/*
 * Reads "10.0.0.1/24" or, when @need_length is false, also "10.0.0.1". Returns false when it is no
 * address or the length does not fit. @family is 4 or 6, @length in bits.
 */
bool ds_prefix_parse(const char *text, bool need_length, uint8_t addr[16], uint8_t *family,
		     uint8_t *length);

#endif
