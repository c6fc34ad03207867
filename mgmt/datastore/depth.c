/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <ctype.h>
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

static size_t next_markup(const char *text, size_t len, size_t i)
{
	const char *at = memchr(text + i, '<', len - i);

	return at ? (size_t)(at - text) : len;
}

/* Calls @fn for each start tag, from '<' to '>' (or the end), until it says true. */
static bool each_tag(const char *text, size_t len, bool (*fn)(const char *tag, size_t n, void *arg),
		     void *arg)
{
	for (size_t i = 0; i < len; i++) {
		size_t left, end;

		i = next_markup(text, len, i);
		if (i == len)
			break;
		left = len - i;
		if (left >= 4 && !memcmp(text + i, "<!--", 4)) {
			i = skip(text, len, i + 4, "-->");
		} else if (left >= 9 && !memcmp(text + i, "<![CDATA[", 9)) {
			i = skip(text, len, i + 9, "]]>");
		} else if (left >= 2 && text[i + 1] == '?') {
			i = skip(text, len, i + 2, "?>");
		} else {
			end = tag_end(text, len, i);
			if (fn(text + i, end - i, arg))
				return true;
			i = end;
		}
	}
	return false;
}

struct depth {
	size_t now, max;
};

static bool count(const char *tag, size_t n, void *arg)
{
	struct depth *depth = arg;

	if (n >= 2 && tag[1] == '/') {
		if (depth->now)
			depth->now--;
		return false;
	}
	if (++depth->now > depth->max)
		depth->max = depth->now;
	if (n && tag[n] == '>' && tag[n - 1] == '/')
		depth->now--;
	return false;
}

size_t ds_depth_xml(const char *text, size_t len)
{
	struct depth depth = {0, 0};

	each_tag(text, len, count, &depth);
	return depth.max;
}

struct longest {
	size_t max;
	const char *end; /* of the tag before */
	const char *name;
	size_t n;
};

/* The text from the tag before to this one, or the end of all. What is skipped in it is not counted. */
static bool text_too_long(const struct longest *l, const char *to)
{
	size_t length = 0, n = to - l->end;

	if (n <= l->max)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t next = next_markup(l->end, n, i);

		length += next - i;
		i = next;
		if (n - i >= 4 && !memcmp(l->end + i, "<!--", 4)) {
			i = skip(l->end, n, i + 4, "-->");
		} else if (n - i >= 9 && !memcmp(l->end + i, "<![CDATA[", 9)) {
			i = skip(l->end, n, i + 9, "]]>");
			length += i - next;
		} else if (n - i >= 2 && l->end[i + 1] == '?') {
			i = skip(l->end, n, i + 2, "?>");
		}
	}
	return length > l->max;
}

static bool too_long(const char *tag, size_t n, void *arg)
{
	struct longest *l = arg;
	bool is_long = text_too_long(l, tag);

	/* An end tag says of which element its text is; a start tag's text is of what it is in. */
	if (!is_long || (n >= 2 && tag[1] == '/')) {
		l->name = tag + (n >= 2 && tag[1] == '/' ? 2 : 1);
		l->n = 0;
		while (l->name + l->n < tag + n && !isspace((unsigned char)l->name[l->n]) &&
		       l->name[l->n] != '/')
			l->n++;
	}
	l->end = tag + n + (tag[n] == '>');
	return is_long || n > l->max;
}

bool ds_xml_too_long(const char *text, size_t len, size_t max, const char **name, size_t *n)
{
	struct longest l = {.max = max, .end = text, .name = text};
	bool found = each_tag(text, len, too_long, &l) || text_too_long(&l, text + len);

	*name = l.name;
	*n = l.n;
	return found;
}

/* Is the empty value that stands at @tag[@at] that of xmlns or xmlns:prefix? */
static bool is_xmlns(const char *tag, size_t at)
{
	size_t end = at, start;

	while (end && isspace((unsigned char)tag[end - 1]))
		end--;
	if (!end || tag[--end] != '=')
		return false;
	while (end && isspace((unsigned char)tag[end - 1]))
		end--;
	for (start = end; start && !isspace((unsigned char)tag[start - 1]); start--)
		if (tag[start - 1] == '"' || tag[start - 1] == '\'')
			break;
	return end - start >= 5 && !memcmp(tag + start, "xmlns", 5) &&
	       (end - start == 5 || tag[start + 5] == ':');
}

static bool undoes_namespace(const char *tag, size_t n, void *arg)
{
	char quote = 0;

	for (size_t i = 0; i < n; i++) {
		if (quote) {
			quote = tag[i] == quote ? 0 : quote;
		} else if (tag[i] == '"' || tag[i] == '\'') {
			quote = tag[i];
			if (i + 1 < n && tag[i + 1] == quote && is_xmlns(tag, i))
				return true;
		}
	}
	return false;
}

bool ds_xml_without_namespace(const char *text, size_t len)
{
	return each_tag(text, len, undoes_namespace, NULL);
}
