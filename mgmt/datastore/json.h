/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What libyang 2.1 does not know of JSON (RFC 8259 2, 7).
 */
#ifndef MGMT_DATASTORE_JSON_H
#define MGMT_DATASTORE_JSON_H

#include <stddef.h>

#include "mgmt/datastore/errors.h"

/*
 * A copy of @text in which characters beyond U+FFFF, which JSON may write as two \uXXXX, stand for
 * themselves; lines stay where they are. Malloced, with a NUL behind it. NULL with an error when an
 * escape has no four hexadecimal digits, or is half of such a character, and when something follows
 * behind the object.
 */
char *ds_json_unescape(const char *text, size_t len, struct ds_errors *errs);

#endif
