/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a frame says, in one line, and what lies at an offset in it. Pure; every byte may be hostile.
 */
#ifndef MGMT_CLI_CAPTURE_DECODE_H
#define MGMT_CLI_CAPTURE_DECODE_H

#include <stddef.h>
#include <stdint.h>

#define CLI_DECODE_TAGS_MAX 4
#define CLI_DECODE_LINE_MAX 320
#define CLI_DECODE_NAME_MAX 80

enum cli_proto {
	CLI_PROTO_NONE,
	CLI_PROTO_ARP,
	CLI_PROTO_IPV4,
	CLI_PROTO_IPV6,
	CLI_PROTO_LLC,
	CLI_PROTO_ICMP,
	CLI_PROTO_ICMP6,
	CLI_PROTO_TCP,
	CLI_PROTO_UDP,
};

/* Where the headers of a frame lie. Offsets are from its start, and never beyond @len. */
struct cli_layers {
	const uint8_t *data;
	size_t len;      /* bytes at hand */
	size_t wire_len; /* bytes that the frame had; more than len when the capture cut it */
	unsigned int n_tags;
	size_t tag[CLI_DECODE_TAGS_MAX]; /* of each TPID */
	uint16_t type;                   /* EtherType, or length of an LLC frame */
	size_t type_off;
	enum cli_proto l3, l4; /* NONE: unknown, or cut off */
	size_t l3_off, l4_off;
	size_t l4_payload; /* where the TCP or UDP header ends */
	size_t end;        /* of the IP or ARP packet: what comes later is padding */
	uint8_t ip_proto;  /* of IP, after IPv6's extension headers */
	uint16_t fragment; /* offset in bytes of a fragment that is not the first */
};

/* Finds the headers of @len bytes at @data, of a frame that had @wire_len. Never fails. */
void cli_decode(struct cli_layers *layers, const uint8_t *data, size_t len, size_t wire_len);

/*
 * One line: addresses, tags, protocol and what matters in it. Returns @line.
 */
const char *cli_decode_line(const struct cli_layers *layers, char line[CLI_DECODE_LINE_MAX]);

/* Name of the field that the byte at @offset belongs to: "IPv4 TTL". Returns @name. */
const char *cli_decode_field(const struct cli_layers *layers, size_t offset,
			     char name[CLI_DECODE_NAME_MAX]);

#endif
