/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A frame in one line, for people who compare two of them.
 */
#include "mgmt/cli/capture/decode.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "heddle/net/ether.h"
#include "mgmt/cli/capture/bytes.h"

struct line {
	char *text;
	size_t at;
};

__attribute__((format(printf, 2, 3))) static void say(struct line *line, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line->text + line->at, CLI_DECODE_LINE_MAX - line->at, fmt, ap);
	va_end(ap);
	if (n > 0)
		line->at += (size_t)n < CLI_DECODE_LINE_MAX - line->at
				    ? (size_t)n
				    : CLI_DECODE_LINE_MAX - line->at - 1;
}

static void say_mac(struct line *line, const uint8_t *m)
{
	say(line, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

static void say_ip(struct line *line, const struct cli_layers *l, bool source)
{
	const uint8_t *ip = l->data + l->l3_off;
	char text[INET6_ADDRSTRLEN];

	if (l->l3 == CLI_PROTO_IPV4)
		inet_ntop(AF_INET, ip + (source ? 12 : 16), text, sizeof(text));
	else
		inet_ntop(AF_INET6, ip + (source ? 8 : 24), text, sizeof(text));
	say(line, "%s", text);
}

static void say_arp(struct line *line, const struct cli_layers *l)
{
	const uint8_t *arp = l->data + l->l3_off;
	char sender[INET_ADDRSTRLEN], target[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, arp + 14, sender, sizeof(sender));
	inet_ntop(AF_INET, arp + 24, target, sizeof(target));
	switch (cli_be16(arp + 6)) {
	case 1: say(line, " ARP who has %s, tell %s", target, sender); break;
	case 2:
		say(line, " ARP %s is at ", sender);
		say_mac(line, arp + 8);
		break;
	default: say(line, " ARP operation %u", cli_be16(arp + 6)); break;
	}
}

static void say_icmp(struct line *line, const struct cli_layers *l)
{
	static const struct {
		enum cli_proto proto;
		uint8_t type;
		const char *name;
	} types[] = {
		{CLI_PROTO_ICMP, 0, "echo reply"},
		{CLI_PROTO_ICMP, 3, "destination unreachable"},
		{CLI_PROTO_ICMP, 5, "redirect"},
		{CLI_PROTO_ICMP, 8, "echo request"},
		{CLI_PROTO_ICMP, 11, "time exceeded"},
		{CLI_PROTO_ICMP6, 1, "destination unreachable"},
		{CLI_PROTO_ICMP6, 2, "packet too big"},
		{CLI_PROTO_ICMP6, 3, "time exceeded"},
		{CLI_PROTO_ICMP6, 128, "echo request"},
		{CLI_PROTO_ICMP6, 129, "echo reply"},
		{CLI_PROTO_ICMP6, 133, "router solicitation"},
		{CLI_PROTO_ICMP6, 134, "router advertisement"},
		{CLI_PROTO_ICMP6, 135, "neighbour solicitation"},
		{CLI_PROTO_ICMP6, 136, "neighbour advertisement"},
		{CLI_PROTO_ICMP6, 143, "multicast listener report"},
	};
	const uint8_t *icmp = l->data + l->l4_off;

	say(line, " %s ", l->l4 == CLI_PROTO_ICMP ? "ICMP" : "ICMPv6");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].proto != l->l4 || types[i].type != icmp[0])
			continue;
		say(line, "%s", types[i].name);
		if (strncmp(types[i].name, "echo", 4) == 0)
			say(line, " id %u seq %u", cli_be16(icmp + 4), cli_be16(icmp + 6));
		return;
	}
	say(line, "type %u code %u", icmp[0], icmp[1]);
}

static void say_l4(struct line *line, const struct cli_layers *l)
{
	static const char flags[] = "FSRPAUEC"; /* from the lowest bit */
	const uint8_t *l4 = l->data + l->l4_off;
	size_t payload = l->end - l->l4_payload;
	char set[9];
	unsigned int n = 0;

	switch (l->l4) {
	case CLI_PROTO_ICMP:
	case CLI_PROTO_ICMP6: say_icmp(line, l); break;
	case CLI_PROTO_UDP:
		say(line, " UDP %u > %u, %zu bytes", cli_be16(l4), cli_be16(l4 + 2), payload);
		break;
	case CLI_PROTO_TCP:
		for (unsigned int i = 0; i < 8; i++)
			if (l4[13] >> i & 1)
				set[n++] = flags[i];
		set[n] = '\0';
		say(line, " TCP %u > %u [%s] seq %" PRIu32 " ack %" PRIu32 " win %u, %zu bytes",
		    cli_be16(l4), cli_be16(l4 + 2), n ? set : "none", cli_be32(l4 + 4),
		    cli_be32(l4 + 8), cli_be16(l4 + 14), payload);
		break;
	default:
		if (l->fragment)
			say(line, " fragment at %u", l->fragment);
		say(line, " protocol %u", l->ip_proto);
		break;
	}
}

static void say_l3(struct line *line, const struct cli_layers *l)
{
	switch (l->l3) {
	case CLI_PROTO_ARP: say_arp(line, l); break;
	case CLI_PROTO_IPV4:
	case CLI_PROTO_IPV6:
		say(line, " %s ", l->l3 == CLI_PROTO_IPV4 ? "IPv4" : "IPv6");
		say_ip(line, l, true);
		say(line, " > ");
		say_ip(line, l, false);
		say_l4(line, l);
		break;
	case CLI_PROTO_LLC:
		if (l->data[l->l3_off] == 0x42 && l->data[l->l3_off + 1] == 0x42)
			say(line, " LLC, spanning tree");
		else
			say(line, " LLC %02x > %02x", l->data[l->l3_off + 1], l->data[l->l3_off]);
		break;
	default: say(line, " type 0x%04x", l->type); break;
	}
}

const char *cli_decode_line(const struct cli_layers *l, char text[CLI_DECODE_LINE_MAX])
{
	struct line line = {text, 0};

	text[0] = '\0';
	if (l->len < HD_ETH_HLEN) {
		say(&line, "%zu bytes: too short for an Ethernet header", l->len);
		return text;
	}
	say_mac(&line, l->data + 6);
	say(&line, " > ");
	say_mac(&line, l->data);
	for (unsigned int i = 0; i < l->n_tags; i++) {
		uint16_t tci = cli_be16(l->data + l->tag[i] + 2);

		say(&line, "%s %u",
		    cli_be16(l->data + l->tag[i]) == HD_TPID_S ? " s-vlan" : " vlan",
		    tci & HD_VID_MASK);
		if (tci >> HD_PCP_SHIFT)
			say(&line, " pcp %u", tci >> HD_PCP_SHIFT);
		if (tci & HD_TCI_DEI)
			say(&line, " dei");
	}
	if (l->type_off)
		say_l3(&line, l);
	else
		say(&line, " (ends within its tags)");
	say(&line, " (%zu bytes", l->wire_len);
	if (l->wire_len > l->len)
		say(&line, ", cut to %zu", l->len);
	say(&line, ")");
	return text;
}
