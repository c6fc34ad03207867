/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finding the headers, and naming fields. The one-line summary is in decode_line.c.
 */
#include "mgmt/cli/capture/decode.h"

#include <stdbool.h>
#include <stdio.h>

#include "heddle/net/ether.h"
#include "mgmt/cli/capture/bytes.h"

#define NEXT_HOPOPTS  0
#define NEXT_ICMP     1
#define NEXT_TCP      6
#define NEXT_UDP      17
#define NEXT_ROUTING  43
#define NEXT_FRAGMENT 44
#define NEXT_ICMP6    58
#define NEXT_DSTOPTS  60

static bool have(const struct cli_layers *l, size_t offset, size_t n)
{
	return offset <= l->len && n <= l->len - offset;
}

static void find_l4(struct cli_layers *l, size_t offset)
{
	size_t header = 8;

	if (l->fragment || offset > l->len)
		return;
	switch (l->ip_proto) {
	case NEXT_ICMP: l->l4 = CLI_PROTO_ICMP; break;
	case NEXT_ICMP6: l->l4 = CLI_PROTO_ICMP6; break;
	case NEXT_UDP: l->l4 = CLI_PROTO_UDP; break;
	case NEXT_TCP:
		l->l4 = CLI_PROTO_TCP;
		header = 20;
		break;
	default: return;
	}
	if (!have(l, offset, header) || offset + header > l->end) {
		l->l4 = CLI_PROTO_NONE;
		return;
	}
	if (l->l4 == CLI_PROTO_TCP && (l->data[offset + 12] >> 4) * 4u > header)
		header = (l->data[offset + 12] >> 4) * 4u;
	l->l4_off = offset;
	l->l4_payload = offset + header < l->end ? offset + header : l->end;
}

/* The end that a length field claims, at most what is there. */
static void claim_end(struct cli_layers *l, size_t offset, size_t length)
{
	l->end = have(l, offset, length) ? offset + length : l->len;
}

static void find_ipv4(struct cli_layers *l)
{
	const uint8_t *ip = l->data + l->l3_off;
	size_t header;

	if (!have(l, l->l3_off, 20) || ip[0] >> 4 != 4) {
		l->l3 = CLI_PROTO_NONE;
		return;
	}
	header = (ip[0] & 15) * 4u;
	claim_end(l, l->l3_off, cli_be16(ip + 2));
	l->ip_proto = ip[9];
	l->fragment = (uint16_t)(cli_be16(ip + 6) & 0x1fff) * 8u;
	if (header >= 20 && l->l3_off + header <= l->end)
		find_l4(l, l->l3_off + header);
}

static void find_ipv6(struct cli_layers *l)
{
	size_t at = l->l3_off + 40;

	if (!have(l, l->l3_off, 40) || l->data[l->l3_off] >> 4 != 6) {
		l->l3 = CLI_PROTO_NONE;
		return;
	}
	claim_end(l, at, cli_be16(l->data + l->l3_off + 4));
	l->ip_proto = l->data[l->l3_off + 6];
	for (unsigned int i = 0; i < 8 && have(l, at, 8); i++) {
		const uint8_t *ext = l->data + at;

		if (l->ip_proto == NEXT_FRAGMENT) {
			l->fragment = cli_be16(ext + 2) & 0xfff8;
			at += 8;
		} else if (l->ip_proto == NEXT_HOPOPTS || l->ip_proto == NEXT_ROUTING ||
			   l->ip_proto == NEXT_DSTOPTS) {
			at += 8 + ext[1] * 8u;
		} else {
			break;
		}
		l->ip_proto = ext[0];
		if (l->fragment)
			return;
	}
	find_l4(l, at);
}

void cli_decode(struct cli_layers *l, const uint8_t *data, size_t len, size_t wire_len)
{
	size_t at = 12;

	*l = (struct cli_layers){.data = data, .len = len, .wire_len = wire_len, .end = len};
	while (have(l, at, 4) && l->n_tags < CLI_DECODE_TAGS_MAX &&
	       (cli_be16(data + at) == HD_TPID_C || cli_be16(data + at) == HD_TPID_S)) {
		l->tag[l->n_tags++] = at;
		at += 4;
	}
	if (!have(l, at, 2))
		return;
	l->type_off = at;
	l->type = cli_be16(data + at);
	l->l3_off = at + 2;
	switch (l->type) {
	case HD_ETYPE_ARP:
		if (have(l, l->l3_off, 28)) {
			l->l3 = CLI_PROTO_ARP;
			l->end = l->l3_off + 28;
		}
		break;
	case HD_ETYPE_IPV4:
		l->l3 = CLI_PROTO_IPV4;
		find_ipv4(l);
		break;
	case HD_ETYPE_IPV6:
		l->l3 = CLI_PROTO_IPV6;
		find_ipv6(l);
		break;
	default:
		if (l->type <= 1500 && have(l, l->l3_off, 3)) {
			l->l3 = CLI_PROTO_LLC;
			claim_end(l, l->l3_off, l->type);
		}
	}
}

struct field {
	uint8_t offset, size;
	const char *name;
};

static const struct field arp_fields[] = {{0, 2, "hardware type"},
					  {2, 2, "protocol type"},
					  {4, 1, "hardware address length"},
					  {5, 1, "protocol address length"},
					  {6, 2, "operation"},
					  {8, 6, "sender MAC"},
					  {14, 4, "sender address"},
					  {18, 6, "target MAC"},
					  {24, 4, "target address"},
					  {0, 0, NULL}};
static const struct field ipv4_fields[] = {{0, 1, "version and header length"},
					   {1, 1, "DSCP and ECN"},
					   {2, 2, "total length"},
					   {4, 2, "identification"},
					   {6, 2, "flags and fragment offset"},
					   {8, 1, "TTL"},
					   {9, 1, "protocol"},
					   {10, 2, "header checksum"},
					   {12, 4, "source address"},
					   {16, 4, "destination address"},
					   {0, 0, NULL}};
static const struct field ipv6_fields[] = {{0, 4, "version, traffic class and flow label"},
					   {4, 2, "payload length"},
					   {6, 1, "next header"},
					   {7, 1, "hop limit"},
					   {8, 16, "source address"},
					   {24, 16, "destination address"},
					   {0, 0, NULL}};
static const struct field llc_fields[] = {
	{0, 1, "DSAP"}, {1, 1, "SSAP"}, {2, 1, "control"}, {0, 0, NULL}};
static const struct field icmp_fields[] = {{0, 1, "type"},
					   {1, 1, "code"},
					   {2, 2, "checksum"},
					   {4, 2, "identifier"},
					   {6, 2, "sequence number"},
					   {0, 0, NULL}};
static const struct field tcp_fields[] = {
	{0, 2, "source port"},     {2, 2, "destination port"},
	{4, 4, "sequence number"}, {8, 4, "acknowledgement number"},
	{12, 1, "header length"},  {13, 1, "flags"},
	{14, 2, "window"},         {16, 2, "checksum"},
	{18, 2, "urgent pointer"}, {0, 0, NULL}};
static const struct field udp_fields[] = {{0, 2, "source port"},
					  {2, 2, "destination port"},
					  {4, 2, "length"},
					  {6, 2, "checksum"},
					  {0, 0, NULL}};

static const struct {
	const char *name;
	const struct field *fields;
	const char *rest; /* what comes after the fields */
} protos[] = {
	[CLI_PROTO_NONE] = {"frame", NULL, "payload"},
	[CLI_PROTO_ARP] = {"ARP", arp_fields, "padding"},
	[CLI_PROTO_IPV4] = {"IPv4", ipv4_fields, "options or payload"},
	[CLI_PROTO_IPV6] = {"IPv6", ipv6_fields, "extension headers or payload"},
	[CLI_PROTO_LLC] = {"LLC", llc_fields, "payload"},
	[CLI_PROTO_ICMP] = {"ICMP", icmp_fields, "data"},
	[CLI_PROTO_ICMP6] = {"ICMPv6", icmp_fields, "data"},
	[CLI_PROTO_TCP] = {"TCP", tcp_fields, "options"},
	[CLI_PROTO_UDP] = {"UDP", udp_fields, "payload"},
};

static void name_in(enum cli_proto proto, size_t offset, char name[CLI_DECODE_NAME_MAX])
{
	for (const struct field *f = protos[proto].fields; f && f->name; f++) {
		if (offset >= f->offset && offset < (size_t)f->offset + f->size) {
			snprintf(name, CLI_DECODE_NAME_MAX, "%s %s", protos[proto].name, f->name);
			return;
		}
	}
	snprintf(name, CLI_DECODE_NAME_MAX, "%s %s", protos[proto].name, protos[proto].rest);
}

static const char *tag_field(const struct cli_layers *l, size_t offset,
			     char name[CLI_DECODE_NAME_MAX])
{
	static const char *const parts[] = {"TPID", "TPID", "PCP, DEI and VLAN id", "VLAN id"};

	for (unsigned int i = 0; i < l->n_tags; i++) {
		if (offset < l->tag[i] || offset >= l->tag[i] + 4)
			continue;
		snprintf(name, CLI_DECODE_NAME_MAX, "%s%s",
			 i == 0              ? l->n_tags > 1 ? "outer tag's " : "tag's "
			 : i + 1 < l->n_tags ? "middle tag's "
					     : "inner tag's ",
			 parts[offset - l->tag[i]]);
		return name;
	}
	return NULL;
}

const char *cli_decode_field(const struct cli_layers *l, size_t offset,
			     char name[CLI_DECODE_NAME_MAX])
{
	if (offset < 12) {
		snprintf(name, CLI_DECODE_NAME_MAX, "%s MAC",
			 offset < 6 ? "destination" : "source");
		return name;
	}
	if (tag_field(l, offset, name))
		return name;
	if (!l->type_off || offset < l->l3_off)
		snprintf(name, CLI_DECODE_NAME_MAX, "%s",
			 l->type_off && l->type <= 1500 ? "length" : "EtherType");
	else if (offset >= l->end && l->l3 != CLI_PROTO_NONE)
		snprintf(name, CLI_DECODE_NAME_MAX, "padding");
	else if (l->l4 == CLI_PROTO_NONE || offset < l->l4_off)
		name_in(l->l3, offset - l->l3_off, name);
	else if (offset < l->l4_payload || (l->l4 != CLI_PROTO_TCP && l->l4 != CLI_PROTO_UDP))
		name_in(l->l4, offset - l->l4_off, name);
	else
		snprintf(name, CLI_DECODE_NAME_MAX, "%s payload, byte %zu", protos[l->l4].name,
			 offset - l->l4_payload);
	return name;
}
