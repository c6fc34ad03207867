/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Walks an XML document (XML 1.0, Namespaces in XML 1.0) and finds out whether it is well-formed, before
 * anything is made of it. libyang reads documents that are not, and loses what this tells: attributes.
 * Pure.
 */
#ifndef MGMT_NETCONF_XML_H
#define MGMT_NETCONF_XML_H

#include <stdbool.h>
#include <stddef.h>

#define NC_XML_DEPTH      64  /* elements in each other */
#define NC_XML_ATTRIBUTES 64  /* of one element, with those that declare namespaces */
#define NC_XML_NAMESPACES 256 /* that are declared at one place */

/* A part of the text. */
struct nc_span {
	const char *at; /* NULL: there is none */
	size_t n;
};

struct nc_xml_attribute {
	struct nc_span qname, prefix, name;
	struct nc_span ns;    /* NULL: it has no prefix */
	struct nc_span value; /* as it is written: between its quotes */
};

struct nc_xml_element {
	struct nc_span qname, prefix, name;
	struct nc_span ns;   /* length 0: none */
	const char *tag;     /* '<' of the start tag */
	const char *end;     /* behind the start tag */
	size_t n_namespaces; /* that were declared before it */
	unsigned int mark;   /* whose walk it is may use it */
};

enum nc_xml_event { NC_XML_START, NC_XML_TEXT, NC_XML_END };

struct nc_xml {
	const char *text;
	struct nc_xml_element stack[NC_XML_DEPTH]; /* from the root on */
	unsigned int depth;                        /* elements in it */
	/* Of the element that starts; declarations of namespaces are among them. */
	struct nc_xml_attribute attributes[NC_XML_ATTRIBUTES];
	unsigned int n_attributes;
	struct {
		struct nc_span prefix, uri; /* prefix of length 0: the default */
	} namespaces[NC_XML_NAMESPACES];
	size_t n_namespaces;
	const char *at;    /* of NC_XML_TEXT: not blank; of NC_XML_END: the end tag, or its "/>" */
	const char *wrong; /* not NULL: what is wrong, at @at */
	bool too_big;      /* it is a limit of ours */
};

/*
 * Called for each start tag, text that is not blank, and end tag; the last of the stack is the element
 * that is meant. False stops the walk.
 */
typedef bool (*nc_xml_fn)(struct nc_xml *xml, enum nc_xml_event event, void *arg);

/*
 * Walks @text, which ends with a NUL at @text[len]. White space in values of attributes becomes blanks,
 * in place (XML 1.0 3.3.3). False when it is not well-formed, with xml->wrong, or when @fn stopped it.
 */
bool nc_xml_walk(struct nc_xml *xml, char *text, size_t len, nc_xml_fn fn, void *arg);

/* The line of a place in the text, counted from 1. */
unsigned long nc_xml_line(const struct nc_xml *xml, const char *at);

/* Takes a byte order mark away and makes all ends of lines line feeds (XML 1.0 2.11). The new length. */
size_t nc_xml_fold(char *text, size_t len);

/* Is a span that text? */
bool nc_span_is(struct nc_span span, const char *text);

#endif
