/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mgmt/netconf/text.h"
#include "mgmt/netconf/xml.h"

#define BLANKS " \t\r\n"
#define NS_XML "http://www.w3.org/XML/1998/namespace"

bool nc_span_is(struct nc_span span, const char *text)
{
	return span.at && span.n == strlen(text) && !memcmp(span.at, text, span.n);
}

static bool same(struct nc_span a, struct nc_span b)
{
	return a.n == b.n && !memcmp(a.at ? a.at : "", b.at ? b.at : "", a.n);
}

size_t nc_xml_fold(char *text, size_t len)
{
	size_t to = 0, i = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;

	if (!i && !memchr(text, '\r', len))
		return len;
	for (; i < len; i++) {
		if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
			continue;
		text[to++] = text[i] == '\r' ? '\n' : text[i];
	}
	text[to] = '\0';
	return to;
}

unsigned long nc_xml_line(const struct nc_xml *xml, const char *at)
{
	unsigned long line = 1;

	for (const char *c = xml->text; c < at; c++)
		line += *c == '\n';
	return line;
}

static char *bad(struct nc_xml *xml, const char *at, const char *wrong)
{
	xml->at = at;
	xml->wrong = wrong;
	return NULL;
}

/* Bytes of the character of a name (XML 1.0 2.3, but for the colon) at @c; 0: it is none. */
static unsigned int name_char(const char *c, bool first)
{
	static const struct {
		uint32_t from, to;
		bool first; /* a name may start with it */
	} ranges[] = {
		{'a', 'z', true},       {'A', 'Z', true},         {'_', '_', true},
		{'0', '9', false},      {'-', '.', false},        {0xb7, 0xb7, false},
		{0xc0, 0xd6, true},     {0xd8, 0xf6, true},       {0xf8, 0x2ff, true},
		{0x300, 0x36f, false},  {0x370, 0x37d, true},     {0x37f, 0x1fff, true},
		{0x200c, 0x200d, true}, {0x203f, 0x2040, false},  {0x2070, 0x218f, true},
		{0x2c00, 0x2fef, true}, {0x3001, 0xd7ff, true},   {0xf900, 0xfdcf, true},
		{0xfdf0, 0xfffd, true}, {0x10000, 0xeffff, true},
	};
	uint32_t code = 0;
	unsigned int n = nc_char(c, &code);

	for (size_t i = 0; n && i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].from && code <= ranges[i].to)
			return first && !ranges[i].first ? 0 : n;
	return 0;
}

/* A name with at most one colon in it, at @c. Returns what is behind it. */
static char *read_name(struct nc_xml *xml, char *c, struct nc_span *qname, struct nc_span *prefix,
		       struct nc_span *name)
{
	char *start = c;
	unsigned int n;

	*prefix = (struct nc_span){NULL, 0};
	for (;;) {
		name->at = c;
		while ((n = name_char(c, c == name->at)))
			c += n;
		name->n = c - name->at;
		if (!name->n)
			return bad(xml, start, "a name is expected");
		if (*c != ':')
			break;
		if (prefix->at)
			return bad(xml, start, "a name has two colons");
		*prefix = *name;
		c++;
	}
	*qname = (struct nc_span){start, c - start};
	return c;
}

/* &amp; and its like, and numbers of characters. Returns what is behind it. */
static char *read_reference(struct nc_xml *xml, char *c)
{
	static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
	unsigned long code;
	char *digits, *end;
	bool hex;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(c, names[i], strlen(names[i])))
			return c + strlen(names[i]);
	if (c[1] != '#')
		return bad(xml, c, "there is an & that starts no reference: write &amp;");
	hex = c[2] == 'x';
	digits = c + 2 + hex;
	end = digits + strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");
	if (end == digits || *end != ';')
		return bad(xml, c, "a reference to a character is &#, a number, and ;");
	code = strtoul(digits, NULL, hex ? 16 : 10);
	if (code > 0x10ffff || !nc_is_char(code))
		return bad(xml, c, "a reference is to a character that XML does not have");
	return end + 1;
}

/* One character of text or of a value. Returns what is behind it. */
static char *read_char(struct nc_xml *xml, char *c)
{
	unsigned int n;

	if (*c == '&')
		return read_reference(xml, c);
	n = nc_char(c, NULL);
	if (!n)
		return bad(xml, c, "there are bytes that are no character of XML in UTF-8");
	return c + n;
}

static char *skip_blanks(char *c)
{
	return c + strspn(c, BLANKS);
}

/* What is between @c and @end. Returns what is behind it. */
static char *skip_to(struct nc_xml *xml, char *c, const char *end, const char *wrong)
{
	char *start = c, *last = strstr(c, end);

	if (!last)
		return bad(xml, start, wrong);
	while (c < last) {
		unsigned int n = nc_char(c, NULL);

		if (!n)
			return read_char(xml, c);
		c += n;
	}
	return last + strlen(end);
}

static char *read_value(struct nc_xml *xml, char *c, struct nc_span *value)
{
	char quote = *c;

	if (quote != '"' && quote != '\'')
		return bad(xml, c, "the value of an attribute stands between quotes");
	value->at = ++c;
	while (c && *c && *c != quote) {
		if (*c == '<')
			return bad(xml, c, "there is a < in the value of an attribute");
		if (strchr(BLANKS, *c))
			*c = ' ';
		c = read_char(xml, c);
	}
	if (!c)
		return NULL;
	if (!*c)
		return bad(xml, value->at, "the value of an attribute does not end");
	value->n = c - value->at;
	return c + 1;
}

static bool declares(const struct nc_xml_attribute *a)
{
	return nc_span_is(a->prefix, "xmlns") || (!a->prefix.at && nc_span_is(a->name, "xmlns"));
}

static bool declare(struct nc_xml *xml, const struct nc_xml_attribute *a)
{
	struct nc_span prefix = a->prefix.at ? a->name : (struct nc_span){"", 0};
	size_t n = xml->n_namespaces;

	if (prefix.n && !a->value.n)
		return bad(xml, a->qname.at, "a prefix cannot be declared as no namespace");
	if (nc_span_is(prefix, "xmlns") ||
	    nc_span_is(prefix, "xml") != nc_span_is(a->value, NS_XML))
		return bad(xml, a->qname.at,
			   "the prefixes xml and xmlns have their own namespaces");
	if (n == NC_XML_NAMESPACES) {
		xml->too_big = true;
		return bad(xml, a->qname.at, "too many namespaces are declared");
	}
	xml->namespaces[n].prefix = prefix;
	xml->namespaces[n].uri = a->value;
	xml->n_namespaces++;
	return true;
}

static bool resolve(struct nc_xml *xml, struct nc_span prefix, struct nc_span *ns)
{
	if (nc_span_is(prefix, "xml")) {
		*ns = (struct nc_span){NS_XML, strlen(NS_XML)};
		return true;
	}
	for (size_t i = xml->n_namespaces; i--;)
		if (same(xml->namespaces[i].prefix, prefix)) {
			*ns = xml->namespaces[i].uri;
			return true;
		}
	*ns = (struct nc_span){"", 0};
	return !prefix.n || bad(xml, prefix.at, "a prefix is not declared");
}

/* The names of the element and of its attributes, once its namespaces are known. */
static bool resolve_all(struct nc_xml *xml, struct nc_xml_element *e)
{
	if (!resolve(xml, e->prefix, &e->ns))
		return false;
	for (unsigned int i = 0; i < xml->n_attributes; i++) {
		struct nc_xml_attribute *a = &xml->attributes[i];

		if (a->prefix.at && !nc_span_is(a->prefix, "xmlns") &&
		    !resolve(xml, a->prefix, &a->ns))
			return false;
		for (unsigned int k = 0; k < i; k++) {
			const struct nc_xml_attribute *b = &xml->attributes[k];

			if (same(a->qname, b->qname) ||
			    (a->ns.n && b->ns.n && same(a->name, b->name) && same(a->ns, b->ns)))
				return bad(xml, a->qname.at, "an attribute is there twice");
		}
	}
	return true;
}

static char *read_attributes(struct nc_xml *xml, char *c)
{
	for (xml->n_attributes = 0;; xml->n_attributes++) {
		struct nc_xml_attribute *a = &xml->attributes[xml->n_attributes];
		char *blank = c;

		c = skip_blanks(c);
		if (*c == '>' || *c == '/')
			return c;
		if (c == blank)
			return bad(xml, c,
				   "a tag does not end, or has no blank between attributes");
		if (xml->n_attributes == NC_XML_ATTRIBUTES) {
			xml->too_big = true;
			return bad(xml, c, "an element has too many attributes");
		}
		*a = (struct nc_xml_attribute){.ns = {NULL, 0}};
		c = read_name(xml, c, &a->qname, &a->prefix, &a->name);
		if (!c)
			return NULL;
		c = skip_blanks(c);
		if (*c != '=')
			return bad(xml, c, "an attribute has no value");
		c = read_value(xml, skip_blanks(c + 1), &a->value);
		if (!c || (declares(a) && !declare(xml, a)))
			return NULL;
	}
}

struct walk {
	struct nc_xml *xml;
	nc_xml_fn fn;
	void *arg;
};

static char *end_element(const struct walk *w, char *at, char *behind)
{
	struct nc_xml *xml = w->xml;

	xml->at = at;
	if (w->fn && !w->fn(xml, NC_XML_END, w->arg))
		return NULL;
	xml->n_namespaces = xml->stack[--xml->depth].n_namespaces;
	return behind;
}

static char *read_start(const struct walk *w, char *c)
{
	struct nc_xml *xml = w->xml;
	struct nc_xml_element *e = &xml->stack[xml->depth];
	char *tag = c;

	if (xml->depth == NC_XML_DEPTH) {
		xml->too_big = true;
		return bad(xml, c, "elements nest too deep");
	}
	*e = (struct nc_xml_element){.tag = tag, .n_namespaces = xml->n_namespaces};
	c = read_name(xml, c + 1, &e->qname, &e->prefix, &e->name);
	c = c ? read_attributes(xml, c) : NULL;
	if (!c || !resolve_all(xml, e))
		return NULL;
	if (*c == '/' && c[1] != '>')
		return bad(xml, c, "there is a / in a tag");
	e->end = c + 1 + (*c == '/');
	xml->depth++;
	xml->at = tag;
	if (w->fn && !w->fn(xml, NC_XML_START, w->arg))
		return NULL;
	return *c == '/' ? end_element(w, c, c + 2) : c + 1;
}

static char *read_end(const struct walk *w, char *c)
{
	struct nc_xml *xml = w->xml;
	struct nc_span qname, prefix, name;
	char *tag = c;

	c = read_name(xml, c + 2, &qname, &prefix, &name);
	c = c ? skip_blanks(c) : NULL;
	if (!c)
		return NULL;
	if (*c != '>' || !xml->depth || !same(qname, xml->stack[xml->depth - 1].qname))
		return bad(xml, tag, "an end tag is not that of the element that is open");
	return end_element(w, tag, c + 1);
}

static char *read_text(const struct walk *w, char *c)
{
	struct nc_xml *xml = w->xml;
	char *start = c;
	bool blank = true;

	while (c && *c && *c != '<') {
		if (!strncmp(c, "]]>", 3))
			return bad(xml, c, "there is a ]]> in a text: write ]]&gt;");
		blank &= strchr(BLANKS, *c) != NULL;
		c = read_char(xml, c);
	}
	if (!c || blank)
		return c;
	if (!xml->depth)
		return bad(xml, start, "there is text outside of the root element");
	xml->at = start;
	return w->fn && !w->fn(xml, NC_XML_TEXT, w->arg) ? NULL : c;
}

static char *read_cdata(const struct walk *w, char *c)
{
	struct nc_xml *xml = w->xml;
	char *end = skip_to(xml, c + 9, "]]>", "a CDATA section does not end");

	if (!end)
		return NULL;
	if (!xml->depth)
		return bad(xml, c, "there is text outside of the root element");
	xml->at = c;
	return w->fn && end - c > 12 && !w->fn(xml, NC_XML_TEXT, w->arg) ? NULL : end;
}

static char *read_instruction(struct nc_xml *xml, char *c)
{
	char *end = skip_to(xml, c + 2, "?>", "a processing instruction does not end");
	const char *encoding;
	struct nc_span name = {NULL, 0};

	if (!end || strncasecmp(c, "<?xml", 5) != 0 || !strchr(BLANKS "?", c[5]))
		return end;
	if (c != xml->text || strncmp(c, "<?xml", 5) != 0)
		return bad(xml, c, "an XML declaration stands where the document begins");
	encoding = strstr(c, "encoding");
	if (!encoding || encoding > end)
		return end;
	encoding += strlen("encoding");
	encoding += strspn(encoding, BLANKS "=");
	name = (struct nc_span){encoding + 1, strcspn(encoding + 1, "\"'?")};
	if ((name.n != 5 || strncasecmp(name.at, "UTF-8", 5) != 0) &&
	    (name.n != 8 || strncasecmp(name.at, "US-ASCII", 8) != 0))
		return bad(xml, c, "it says that it is not in UTF-8, which is all that is taken");
	return end;
}

static char *read_markup(const struct walk *w, char *c)
{
	struct nc_xml *xml = w->xml;
	char *end;

	if (!strncmp(c, "<!--", 4)) {
		end = skip_to(xml, c + 4, "--", "a comment does not end");
		return !end || *end == '>' ? end ? end + 1 : NULL
					   : bad(xml, c, "a comment has two hyphens in it");
	}
	if (!strncmp(c, "<![CDATA[", 9))
		return read_cdata(w, c);
	if (c[1] == '?')
		return read_instruction(xml, c);
	if (c[1] == '!')
		return bad(xml, c, "a document type declaration is not taken");
	if (c[1] == '/')
		return read_end(w, c);
	if (!xml->depth && xml->stack[0].tag)
		return bad(xml, c, "there is more than one root element");
	return read_start(w, c);
}

bool nc_xml_walk(struct nc_xml *xml, char *text, size_t len, nc_xml_fn fn, void *arg)
{
	const struct walk w = {xml, fn, arg};
	char *c = text;

	xml->text = text;
	xml->depth = xml->n_attributes = 0;
	xml->n_namespaces = 0;
	xml->wrong = NULL;
	xml->too_big = false;
	xml->stack[0].tag = NULL;
	while (c && *c)
		c = *c == '<' ? read_markup(&w, c) : read_text(&w, c);
	if (!c)
		return false;
	if (c != text + len)
		return bad(xml, c, "there is a NUL byte in the message");
	if (!xml->stack[0].tag)
		return bad(xml, c, "there is no element");
	if (xml->depth)
		return bad(xml, c, "an element does not end");
	return true;
}
