/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is wrong with a configuration or a request: a list, so that a person can mend all of it at
 * once. Each error has what NETCONF wants to know (RFC 6241 4.3), and a message that says what would
 * be right.
 */
#ifndef MGMT_DATASTORE_ERRORS_H
#define MGMT_DATASTORE_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define DS_ERRORS_MAX 20 /* that are kept; the rest is counted */

/* Appendix A of RFC 6241. */
enum ds_tag {
	DS_OPERATION_FAILED,
	DS_INVALID_VALUE,
	DS_UNKNOWN_ELEMENT,
	DS_UNKNOWN_NAMESPACE,
	DS_MISSING_ELEMENT,
	DS_BAD_ELEMENT,
	DS_DATA_MISSING,
	DS_MALFORMED_MESSAGE,
	DS_OPERATION_NOT_SUPPORTED,
	DS_TOO_BIG,
	DS_IN_USE,
	DS_RESOURCE_DENIED,
	DS_ACCESS_DENIED,
	DS_MISSING_ATTRIBUTE,
	DS_BAD_ATTRIBUTE,
	DS_UNKNOWN_ATTRIBUTE,
	DS_DATA_EXISTS,
	DS_LOCK_DENIED,
	DS_TAG_COUNT,
};

/* "operation-failed", ... */
const char *ds_tag_name(enum ds_tag tag);

struct ds_error {
	enum ds_tag tag;
	char *app_tag; /* or NULL */
	char *path;    /* as libyang writes it: /module:node/child[key='v']; or NULL */
	char *message;
	char *about[2]; /* paths of other nodes that the message speaks of, or NULL; */
	char *plain;    /* and what it is for those who may not read them */
	char *bad;     /* name of the element, attribute or namespace that the tag speaks of, or the
		      session that has the lock; or the choice that is missing; or NULL */
	char *element; /* that has the bad attribute or namespace; NULL: the last one of path */
};

struct ds_errors {
	struct ds_error list[DS_ERRORS_MAX];
	size_t n;
	size_t more; /* that found no place */
};

/*
 * Adds an error and returns it, so that app_tag and bad (malloced) can be set; when the list is full
 * it is counted, and a place that nobody reads is returned. @path is copied, and may be NULL.
 */
struct ds_error *ds_errors_add(struct ds_errors *errs, enum ds_tag tag, const char *path,
			       const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Sets the application tag of an error. */
void ds_error_app_tag(struct ds_error *err, const char *app_tag);

/* Sets the name of the element or namespace that is bad. */
void ds_error_bad(struct ds_error *err, const char *bad);

/*
 * The message speaks of what is at @path (copied; twice at most), which may be nothing that its reader
 * may know of: who may not read it is told @fmt instead.
 */
void ds_error_about(struct ds_error *err, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Sets the name of the element that has the attribute or namespace that is bad. */
void ds_error_element(struct ds_error *err, const char *element);

/* Puts all that @from has behind what @errs has. @from is empty then. */
void ds_errors_move(struct ds_errors *errs, struct ds_errors *from);

/* True if there is none. */
bool ds_errors_none(const struct ds_errors *errs);

/* Writes them for people: path, then message, two lines each. */
void ds_errors_print(const struct ds_errors *errs, FILE *out);

/* Frees what it holds; it can be used again. */
void ds_errors_clear(struct ds_errors *errs);

#endif
