/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <string.h>

#include "mgmt/datastore/depth.h"

size_t ds_depth_json(const char *text, size_t len)
{
	size_t depth = 0, max = 0;

	for (size_t i = 0; i < len; i++) {
		switch (text[i]) {
		case '{':
		case '[':
			if (++depth > max)
				max = depth;
			break;
		case '}':
		case ']':
			if (depth)
				depth--;
			break;
		case '"':
			for (i++; i < len && text[i] != '"'; i++)
				if (text[i] == '\\')
					i++;
			break;
		}
	}
	return max;
}

/* The end of what starts at @i with @open and ends with @close; @len when it does not end. */
static size_t skip(const char *text, size_t len, size_t i, const char *close)
{
	const char *end = memmem(text + i, len - i, close, strlen(close));

	return end ? (size_t)(end - text) + strlen(close) - 1 : len;
}

/* The '>' of the tag that starts at @i: one inside a quoted value does not count. */
static size_t tag_end(const char *text, size_t len, size_t i)
{
	char quote = 0;

	for (; i < len; i++) {
		if (quote)
			quote = text[i] == quote ? 0 : quote;
		else if (text[i] == '"' || text[i] == '\'')
			quote = text[i];
		else if (text[i] == '>')
			break;
	}
	return i;
}

size_t ds_depth_xml(const char *text, size_t len)
{
	size_t depth = 0, max = 0;

	for (size_t i = 0; i < len; i++) {
		size_t left = len - i, end;

		if (text[i] != '<')
			continue;
		if (left >= 4 && !memcmp(text + i, "<!--", 4)) {
			i = skip(text, len, i + 4, "-->");
		} else if (left >= 9 && !memcmp(text + i, "<![CDATA[", 9)) {
			i = skip(text, len, i + 9, "]]>");
		} else if (left >= 2 && text[i + 1] == '?') {
			i = skip(text, len, i + 2, "?>");
		} else if (left >= 2 && text[i + 1] == '/') {
			if (depth)
				depth--;
		} else {
			end = tag_end(text, len, i);
			if (++depth > max)
				max = depth;
			if (end < len && text[end - 1] == '/')
				depth--;
			i = end;
		}
	}
	return max;
}
