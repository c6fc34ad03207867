/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/text.h"

#define MODULES_MAX 16

static void put_char(struct evbuffer *out, unsigned char c)
{
	if (c == '<')
		evbuffer_add(out, "&lt;", 4);
	else if (c == '>')
		evbuffer_add(out, "&gt;", 4);
	else if (c == '&')
		evbuffer_add(out, "&amp;", 5);
	else if (c == '"')
		evbuffer_add(out, "&quot;", 6);
	else if (c == '\r')
		evbuffer_add(out, "&#13;", 5); /* who reads it would make a line feed of it */
	else
		evbuffer_add(out, &c, 1);
}

bool nc_is_char(uint32_t code)
{
	return code == '\t' || code == '\n' || code == '\r' || (code >= ' ' && code < 0xd800) ||
	       (code >= 0xe000 && code < 0x110000 && code != 0xfffe && code != 0xffff);
}

unsigned int nc_char(const char *text, uint32_t *code)
{
	const unsigned char *c = (const unsigned char *)text;
	unsigned int n = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
	uint32_t value;

	if (n == 0 || c[0] > 0xf4)
		return 0;
	value = n == 1 ? c[0] : c[0] & (0x7f >> n);
	for (unsigned int i = 1; i < n; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (c[i] & 0x3f);
	}
	if ((n == 3 && value < 0x800) || (n == 4 && value < 0x10000))
		return 0;
	if (code)
		*code = value;
	return nc_is_char(value) ? n : 0;
}

void nc_text(struct evbuffer *out, const char *text)
{
	while (*text) {
		unsigned int n = nc_char(text, NULL);

		/* What quotes broken input must not break the reply. */
		if (n > 1)
			evbuffer_add(out, text, n);
		else
			put_char(out, n ? (unsigned char)*text : '?');
		text += n ? n : 1;
	}
}

static ssize_t write_text(void *file, const void *text, size_t n)
{
	const char *c = text, *end = c + n, *cr;

	while ((cr = memchr(c, '\r', end - c))) {
		fwrite(c, 1, cr - c, file);
		fputs("&#13;", file);
		c = cr + 1;
	}
	fwrite(c, 1, end - c, file);
	return n; /* the file remembers that it could not */
}

struct ly_out *nc_out(FILE *file)
{
	struct ly_out *out = NULL;

	ly_out_new_clb(write_text, file, &out);
	return out;
}

char *nc_print(const struct lyd_node *tree, uint32_t options)
{
	char *text = NULL;
	size_t n;
	FILE *file = tree ? open_memstream(&text, &n) : NULL;
	struct ly_out *out = file ? nc_out(file) : NULL;

	if (out)
		lyd_print_all(out, tree, LYD_XML, options | LYD_PRINT_SHRINK);
	ly_out_free(out, NULL, 0);
	if (file)
		fclose(file);
	return text;
}

struct path {
	const struct ly_ctx *ctx;
	const struct lys_module *used[MODULES_MAX];
	size_t n;
	const struct lys_module *current;
	struct evbuffer *text;
};

static bool use(struct path *p, const char *name, size_t len)
{
	char module[128];

	if (len >= sizeof(module))
		return false;
	memcpy(module, name, len);
	module[len] = '\0';
	p->current = ly_ctx_get_module_implemented(p->ctx, module);
	if (!p->current)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->used[i] == p->current)
			return true;
	if (p->n == MODULES_MAX)
		return false;
	p->used[p->n++] = p->current;
	return true;
}

static void put_text(struct evbuffer *out, const char *text, size_t n)
{
	char *copy = ds_strndup(text, n);

	nc_text(out, copy);
	free(copy);
}

/* A node's name with an optional module: at the start of a step and of a predicate. */
static const char *name(struct path *p, const char *c)
{
	size_t n = strcspn(c, ":/[]='\"");

	if (c[n] == ':') {
		if (!use(p, c, n))
			return NULL;
		c += n + 1;
		n = strcspn(c, ":/[]='\"");
	}
	if (!n || !p->current)
		return NULL;
	evbuffer_add_printf(p->text, "%s:", p->current->prefix);
	put_text(p->text, c, n);
	return c + n;
}

static const char *predicate(struct path *p, const char *c)
{
	const struct lys_module *outer = p->current;
	const char *end;
	char quote;

	evbuffer_add(p->text, c++, 1);
	if (*c == '.' || isdigit((unsigned char)*c)) {
		while (*c == '.' || isdigit((unsigned char)*c))
			evbuffer_add(p->text, c++, 1);
	} else {
		c = name(p, c);
		p->current = outer;
	}
	if (c && *c == '=') {
		quote = c[1];
		end = quote == '\'' || quote == '"' ? strchr(c + 2, quote) : NULL;
		if (!end)
			return NULL;
		put_text(p->text, c, end + 1 - c);
		c = end + 1;
	}
	if (!c || *c != ']')
		return NULL;
	evbuffer_add(p->text, c++, 1);
	return c;
}

void nc_path(struct evbuffer *out, const struct ly_ctx *ctx, const char *element, const char *path)
{
	struct path p = {.ctx = ctx, .text = evbuffer_new()};
	const char *c = path;

	while (c && *c) {
		if (*c == '/') {
			evbuffer_add(p.text, "/", 1);
			c = name(&p, c + 1);
		} else if (*c == '[') {
			c = predicate(&p, c);
		} else {
			c = NULL;
		}
	}
	if (c) {
		evbuffer_add_printf(out, "<%s", element);
		for (size_t i = 0; i < p.n; i++)
			evbuffer_add_printf(out, " xmlns:%s=\"%s\"", p.used[i]->prefix,
					    p.used[i]->ns);
		evbuffer_add(out, ">", 1);
		evbuffer_add_buffer(out, p.text);
		evbuffer_add_printf(out, "</%s>", element);
	}
	evbuffer_free(p.text);
}

#define MODULE   "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults"
#define STANDARD "urn:ietf:params:xml:ns:netconf:default:1.0"

static bool is_quoted(const char *xml, const char *value)
{
	size_t n = strlen(value);

	return (*xml == '"' || *xml == '\'') && !strncmp(xml + 1, value, n) && xml[n + 1] == *xml;
}

void nc_tag_defaults(char *xml)
{
	char *to = xml;
	bool tag = false; /* between < and >: what is outside is data */

	while (*xml) {
		if (tag && is_quoted(xml, MODULE)) {
			*to++ = *xml++;
			to = stpcpy(to, STANDARD);
			xml += strlen(MODULE);
			continue;
		}
		if (*xml == '<' || *xml == '>')
			tag = *xml == '<';
		*to++ = *xml++;
	}
	*to = '\0';
}

/* Does the value at @at, with its quotes, belong to an attribute PREFIX:default? */
static bool is_mark(const char *tag, const char *at)
{
	static const char name[] = ":default";
	size_t n = sizeof(name) - 1;

	while (at > tag && strchr(" \t\r\n=", at[-1]))
		at--;
	return (size_t)(at - tag) > n && !memcmp(at - n, name, n);
}

char *nc_untag_defaults(const char *xml)
{
	const char *tag = NULL; /* where it begins: what is outside of them is data */
	char *text = NULL;
	size_t len;
	FILE *out = strstr(xml, STANDARD) ? open_memstream(&text, &len) : NULL;

	for (; out && *xml; xml++) {
		if (*xml == '<' || *xml == '>')
			tag = *xml == '<' ? xml : NULL;
		if (tag && is_quoted(xml, STANDARD)) {
			fprintf(out, "%c%s", *xml, MODULE);
			xml += strlen(STANDARD);
		} else if (tag && (is_quoted(xml, "1") || is_quoted(xml, "0")) &&
			   is_mark(tag, xml)) {
			fprintf(out, "%c%s", *xml, xml[1] == '1' ? "true" : "false");
			xml++;
		} else {
			fputc(*xml, out);
		}
	}
	if (out)
		fclose(out);
	return text;
}
