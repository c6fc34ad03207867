/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/lenient.h"

#define NS_NOTIFICATION "urn:ietf:params:xml:ns:netconf:notification:1.0"
#define NS_MONITORING   "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
#define BLANKS          " \t\r\n"

/* A name in a tag, with its prefix. */
struct name {
	const char *at;
	size_t len;
};

static bool ends_name(char c)
{
	return c == '>' || c == '/' || (c && strchr(BLANKS, c));
}

/* The first start tag of an element that is called @local. */
static bool find_start(const char *text, const char *local, struct name *name)
{
	const char *c = text, *colon;
	size_t n;

	while ((c = strchr(c, '<'))) {
		n = strcspn(++c, "<>/" BLANKS);
		colon = memchr(c, ':', n);
		*name = (struct name){c, n};
		if (colon)
			n -= colon + 1 - c;
		if (n == strlen(local) && !strncmp(colon ? colon + 1 : c, local, n) &&
		    ends_name(name->at[name->len]))
			return true;
	}
	return false;
}

/* The last end tag with the very name; false: there is none. */
static bool find_end(const struct name *start, struct name *end)
{
	const char *c = start->at;
	bool found = false;

	while ((c = strstr(c, "</"))) {
		c += 2;
		if (strncmp(c, start->at, start->len) != 0 || !ends_name(c[start->len]))
			continue;
		*end = (struct name){c, start->len};
		found = true;
	}
	return found;
}

static char *rename_filter(const char *text)
{
	static const char name[] = "hd:filter";
	const char *rest;
	struct name start, end;

	if (!find_start(text, "filter", &start))
		return NULL;
	rest = start.at + start.len;
	if (!find_end(&start, &end))
		return ds_printf("%.*s%s xmlns:hd=\"" NS_NOTIFICATION "\"%s",
				 (int)(start.at - text), text, name, rest);
	return ds_printf("%.*s%s xmlns:hd=\"" NS_NOTIFICATION "\"%.*s%s%s", (int)(start.at - text),
			 text, name, (int)(end.at - rest), rest, name, end.at + end.len);
}

static char *prefix_format(const char *text)
{
	struct name start;
	const char *rest, *value;

	if (!find_start(text, "format", &start))
		return NULL;
	rest = start.at + start.len;
	value = strchr(rest, '>');
	if (!value)
		return NULL;
	value += 1 + strspn(value + 1, BLANKS);
	if (*value == '<' || memchr(value, ':', strcspn(value, "<")))
		return NULL;
	return ds_printf("%.*s xmlns:hd=\"" NS_MONITORING "\"%.*shd:%s", (int)(rest - text), text,
			 (int)(value - rest), rest, value);
}

char *nc_lenient(const char *text, const char *message)
{
	if (!message)
		return NULL;
	if (strstr(message, "Node \"filter\" not found as a child of \"create-subscription\""))
		return rename_filter(text);
	if (strstr(message, "Invalid identityref") && strstr(message, "unable to map prefix") &&
	    strstr(text, "get-schema"))
		return prefix_format(text);
	return NULL;
}
