/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/match.h"

#include <errno.h>
#include <string.h>

#include "heddle/net/ether.h"

#define ETHERTYPE_MIN 0x0600 /* below, the field is a length (IEEE 802.3 3.2.6) */

#define PROTO_ICMP   1
#define PROTO_TCP    6
#define PROTO_UDP    17
#define PROTO_ICMPV6 58

/* Extension headers of IPv6 (RFC 8200 4), and the authentication header (RFC 4302). */
#define EXT_HOP_BY_HOP  0
#define EXT_ROUTING     43
#define EXT_FRAGMENT    44
#define EXT_AH          51
#define EXT_DESTINATION 60
#define EXT_MAX         8 /* more in one packet are not followed */

static uint16_t u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* The field of the L4 header at @at that rules compare. */
static void look_l4(const uint8_t *p, size_t n, size_t at, struct punt_view *v)
{
	if (v->protocol == PROTO_UDP || v->protocol == PROTO_TCP) {
		v->has_l4 = at + 4 <= n;
		v->l4 = v->has_l4 ? u16(p + at + 2) : 0;
	} else if (v->protocol == PROTO_ICMP || v->protocol == PROTO_ICMPV6) {
		v->has_l4 = at < n;
		v->l4 = v->has_l4 ? p[at] : 0;
	}
}

/* RFC 791 3.1 */
static void look_ipv4(const uint8_t *p, size_t n, size_t at, struct punt_view *v)
{
	size_t header;

	if (at + 20 > n || p[at] >> 4 != 4)
		return;
	header = (size_t)(p[at] & 0xf) * 4;
	if (header < 20)
		return;
	v->protocol = p[at + 9];
	v->has_protocol = true;
	if ((u16(p + at + 6) & 0x3fff) == 0) /* whole: no offset, and no more fragments */
		look_l4(p, n, at + header, v);
}

static bool is_extension(uint8_t next)
{
	return next == EXT_HOP_BY_HOP || next == EXT_ROUTING || next == EXT_FRAGMENT ||
	       next == EXT_AH || next == EXT_DESTINATION;
}

/* Bytes of an extension header, of which 8 can be read. */
static size_t extension_bytes(uint8_t type, const uint8_t *p)
{
	switch (type) {
	case EXT_FRAGMENT: return 8;
	case EXT_AH: return ((size_t)p[1] + 2) * 4;
	default: return ((size_t)p[1] + 1) * 8;
	}
}

/* RFC 8200: the upper layer's header is behind any number of extension headers. */
static void look_ipv6(const uint8_t *p, size_t n, size_t at, struct punt_view *v)
{
	bool whole = true, first = true;
	uint8_t next;

	if (at + 40 > n || p[at] >> 4 != 6)
		return;
	next = p[at + 6];
	at += 40;
	for (int i = 0; i < EXT_MAX && is_extension(next); i++) {
		uint8_t type = next;

		if (!first || at + 8 > n)
			return; /* what it says is in the first fragment, or beyond */
		if (type == EXT_FRAGMENT) {
			whole = whole && !(u16(p + at + 2) & 0xfff9);
			first = !(u16(p + at + 2) & 0xfff8);
		}
		next = p[at];
		at += extension_bytes(type, p + at);
	}
	if (is_extension(next))
		return;
	v->protocol = next;
	v->has_protocol = true;
	if (whole)
		look_l4(p, n, at, v);
}

bool punt_look(const uint8_t *frame, size_t n, size_t tag_len, struct punt_view *view)
{
	size_t at = 2 * HD_ETH_ALEN + tag_len;

	*view = (struct punt_view){.dst = frame};
	if (n > PUNT_LOOK_BYTES)
		n = PUNT_LOOK_BYTES;
	if (at + 2 > n)
		return false;
	if (!tag_len && at + 2 + HD_VLAN_HLEN <= n && u16(frame + at) == HD_TPID_C &&
	    !(u16(frame + at + 2) & HD_VID_MASK))
		at += HD_VLAN_HLEN;
	view->ethertype = u16(frame + at);
	at += 2;
	if (view->ethertype == HD_ETYPE_IPV4)
		look_ipv4(frame, n, at, view);
	else if (view->ethertype == HD_ETYPE_IPV6)
		look_ipv6(frame, n, at, view);
	return true;
}

bool punt_matches(const struct hd_punt_rule *rule, const struct punt_view *view)
{
	if (rule->ethertype != view->ethertype)
		return false;
	if (rule->flags & HD_PUNT_DST && memcmp(rule->dst, view->dst, HD_ETH_ALEN) != 0)
		return false;
	if (rule->flags & HD_PUNT_PROTOCOL &&
	    !(view->has_protocol && view->protocol == rule->protocol))
		return false;
	return !(rule->flags & HD_PUNT_L4) || (view->has_l4 && view->l4 == rule->l4);
}

int punt_class_check(const struct hd_punt_class *class, struct hd_err *err)
{
	if (!hd_name_valid(class->name, sizeof(class->name)))
		return hd_err_set(err, EINVAL, "a punt class has no valid name");
	if (class->id >= HD_PUNT_CLASSES_MAX)
		return hd_err_set(err, EINVAL, "punt class %s: id %u is not below %d", class->name,
				  class->id, HD_PUNT_CLASSES_MAX);
	if (!class->rate || class->rate > HD_PUNT_RATE_MAX)
		return hd_err_set(err, EINVAL, "punt class %s: rate %u is not in 1..%d frames/s",
				  class->name, class->rate, HD_PUNT_RATE_MAX);
	if (!class->port_rate || class->port_rate > class->rate)
		return hd_err_set(err, EINVAL,
				  "punt class %s: port rate %u is not in 1..%u frames/s",
				  class->name, class->port_rate, class->rate);
	if (!class->burst || class->burst > HD_PUNT_BURST_MAX)
		return hd_err_set(err, EINVAL, "punt class %s: burst %u is not in 1..%d frames",
				  class->name, class->burst, HD_PUNT_BURST_MAX);
	return 0;
}

static bool protocol_has_l4(uint8_t protocol)
{
	return protocol == PROTO_UDP || protocol == PROTO_TCP || protocol == PROTO_ICMP ||
	       protocol == PROTO_ICMPV6;
}

int punt_rule_check(const struct hd_punt_rule *rule, struct hd_err *err)
{
	if (!hd_name_valid(rule->key, sizeof(rule->key)))
		return hd_err_set(err, EINVAL, "a punt rule has no valid key");
	if (!hd_name_valid(rule->gateway, sizeof(rule->gateway)))
		return hd_err_set(err, EINVAL, "punt rule %s: its gateway is not a name",
				  rule->key);
	if (rule->class_id >= HD_PUNT_CLASSES_MAX)
		return hd_err_set(err, EINVAL, "punt rule %s: class %u is not below %d", rule->key,
				  rule->class_id, HD_PUNT_CLASSES_MAX);
	if (rule->flags & ~HD_PUNT_FLAGS_ALL)
		return hd_err_set(err, EINVAL, "punt rule %s: flags %#x are unknown", rule->key,
				  rule->flags & ~HD_PUNT_FLAGS_ALL);
	if (rule->ethertype < ETHERTYPE_MIN)
		return hd_err_set(err, EINVAL, "punt rule %s: EtherType %#06x is below %#06x",
				  rule->key, rule->ethertype, ETHERTYPE_MIN);
	if (rule->flags & HD_PUNT_PROTOCOL && rule->ethertype != HD_ETYPE_IPV4 &&
	    rule->ethertype != HD_ETYPE_IPV6)
		return hd_err_set(err, EINVAL,
				  "punt rule %s: EtherType %#06x is not IP and has no protocol",
				  rule->key, rule->ethertype);
	if (rule->flags & HD_PUNT_L4 &&
	    !(rule->flags & HD_PUNT_PROTOCOL && protocol_has_l4(rule->protocol)))
		return hd_err_set(
			err, EINVAL,
			"punt rule %s: a port or type needs the protocol TCP, UDP, ICMP or ICMPv6",
			rule->key);
	return 0;
}
