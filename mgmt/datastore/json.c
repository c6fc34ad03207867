/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <stdlib.h>

#include "mgmt/datastore/json.h"
#include "mgmt/datastore/mem.h"

/* The number of \uXXXX at @at; -1: it is none. */
static int32_t escape(const char *at, const char *end)
{
	char digits[5] = "";

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)at[2 + i]))
			return -1;
		digits[i] = at[2 + i];
	}
	return strtol(digits, NULL, 16);
}

static size_t line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* The character of a pair as UTF-8; returns its end. */
static char *put(char *to, int32_t high, int32_t low)
{
	uint32_t code = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);

	*to++ = (char)(0xf0 | code >> 18);
	*to++ = (char)(0x80 | (code >> 12 & 0x3f));
	*to++ = (char)(0x80 | (code >> 6 & 0x3f));
	*to++ = (char)(0x80 | (code & 0x3f));
	return to;
}

/* Reads what stands at @at, a backslash in a string; returns its end, NULL with an error. */
static const char *take(const char *text, const char *at, const char *end, char **to,
			struct ds_errors *errs)
{
	int32_t high = escape(at, end), low;

	if (end - at >= 2 && at[1] == 'u' && high < 0) {
		ds_errors_add(errs, DS_INVALID_VALUE, NULL,
			      "line %zu: \\u is followed by four hexadecimal digits",
			      line_of(text, at));
		return NULL;
	}
	if (high < 0xd800 || high > 0xdfff) {
		size_t n = high >= 0 ? 6 : end - at >= 2 ? 2 : 1;

		memcpy(*to, at, n);
		*to += n;
		return at + n;
	}
	low = escape(at + 6, end);
	if (high > 0xdbff || low < 0xdc00 || low > 0xdfff) {
		ds_errors_add(errs, DS_INVALID_VALUE, NULL,
			      "line %zu: %.6s is half of a character: one beyond U+FFFF is written "
			      "as two, like \\ud83d\\ude00",
			      line_of(text, at), at);
		return NULL;
	}
	*to = put(*to, high, low);
	return at + 12;
}

/* What follows behind the end of the one value that a text of JSON is; NULL: nothing does. */
static const char *rest(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n", *at))
		at++;
	return at < end ? at : NULL;
}

char *ds_json_unescape(const char *text, size_t len, struct ds_errors *errs)
{
	const char *at = text, *end = text + len, *more = NULL;
	char *copy = ds_alloc(len + 1), *to = copy;
	bool string = false;
	size_t depth = 0;

	while (at < end && !more) {
		if (string && *at == '\\') {
			at = take(text, at, end, &to, errs);
			if (!at) {
				free(copy);
				return NULL;
			}
			continue;
		}
		if (*at == '"')
			string = !string;
		depth += !string && (*at == '{' || *at == '[');
		depth -= !string && (*at == '}' || *at == ']') && depth;
		*to++ = *at++;
		if (!string && !depth && strchr("}]", at[-1]))
			more = rest(at, end);
	}
	if (!more)
		return copy;
	ds_errors_add(errs, DS_INVALID_VALUE, NULL,
		      "line %zu: the JSON text ends before \"%.16s\": one object is all of it",
		      line_of(text, more), more);
	free(copy);
	return NULL;
}
