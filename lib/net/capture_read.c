/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture files: finds the format of a file, and reads pcap.
 */
#include "lib/net/capture_int.h"

#include <byteswap.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC_US      0xa1b2c3d4u
#define MAGIC_NS      0xa1b23c4du
#define MAGIC_PATCHED 0xa1b2cd34u /* a tcpdump of the nineties: 8 bytes more in a frame's header */
#define MAGIC_NG      0x0a0d0d0au

#define HEADER_LEN     24
#define FRAME_HEADER   16
#define PATCHED_HEADER 24

/* The field of the link type (draft-ietf-opsawg-pcap, 4). */
#define LINK_TYPE_MASK 0xffffu
#define FCS_PRESENT    0x04000000u
#define FCS_SHIFT      28 /* in units of 16 bits */

#define NS_PER_S 1000000000ull

static const struct {
	uint16_t type;
	const char *name;
} link_types[] = {
	{0, "NULL"},        {6, "IEEE802_5"},      {9, "PPP"},
	{50, "PPP_SERIAL"}, {51, "PPP_ETHER"},     {101, "RAW"},
	{104, "C_HDLC"},    {105, "IEEE802_11"},   {107, "FRELAY"},
	{108, "LOOP"},      {113, "LINUX_SLL"},    {127, "IEEE802_11_RADIO"},
	{192, "PPI"},       {195, "IEEE802_15_4"}, {220, "USB_LINUX_MMAPPED"},
	{228, "IPV4"},      {229, "IPV6"},         {239, "NFLOG"},
	{253, "NETLINK"},   {276, "LINUX_SLL2"},
};

static const struct {
	const char *bytes;
	size_t len;
	const char *what, *help;
} others[] = {
	{"\x1f\x8b", 2, "compressed (gzip)", "unpack it first: gunzip -k FILE"},
	{"\x28\xb5\x2f\xfd", 4, "compressed (zstd)", "unpack it first: unzstd FILE"},
	{"\xfd"
	 "7zXZ\0",
	 6, "compressed (xz)", "unpack it first: unxz -k FILE"},
	{"BZh", 3, "compressed (bzip2)", "unpack it first: bunzip2 -k FILE"},
	{"\x04\x22\x4d\x18", 4, "compressed (lz4)", "unpack it first: unlz4 FILE"},
	{"PK\x03\x04", 4, "a zip archive", "unpack it first: unzip FILE"},
	{"snoop\0\0\0", 8, "a capture of the format snoop",
	 "convert it first: editcap -F pcapng FILE NEW"},
};

static const char *link_type_name(uint16_t type)
{
	for (size_t i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++)
		if (link_types[i].type == type)
			return link_types[i].name;
	return "unknown";
}

static int refuse_link_type(const struct hd_capture *c, uint16_t type, struct hd_err *err)
{
	return hd_err_set(err, EINVAL,
			  "%.100s: a capture of link type %s (%u), not of Ethernet frames. Capture "
			  "on one Ethernet interface, not on \"any\": tcpdump -i eth1 -w FILE",
			  c->name, link_type_name(type), type);
}

/* Names or numbers of the interfaces, as many as fit. */
static void list_interfaces(const struct hd_capture *c, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < c->n && at + CAPTURE_NAME_MAX + 16 < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%u%s%s", i ? ", " : "", i,
				       c->list[i].name[0] ? " " : "", c->list[i].name);
}

/* The file is through: was there anything in it that could be used? */
static int check_end(const struct hd_capture *c, struct hd_err *err)
{
	const struct capture_interface *of_another_type = NULL;
	bool found = false;
	char list[120];

	for (uint32_t i = 0; i < c->n; i++) {
		if (!c->list[i].chosen)
			continue;
		if (c->list[i].link_type == CAPTURE_LINK_ETHERNET)
			return 0;
		of_another_type = &c->list[i];
		found = true;
	}
	if (found)
		return refuse_link_type(c, of_another_type->link_type, err);
	if (!c->interface)
		return 0;
	list_interfaces(c, list, sizeof(list));
	return hd_err_set(err, EINVAL, "%.100s has no interface \"%.40s\"; it has: %s", c->name,
			  c->interface, list[0] ? list : "none");
}

static int pcap_next(struct hd_capture *c, struct hd_capture_frame *frame, struct hd_err *err)
{
	const struct capture_interface *from = &c->list[0];
	uint8_t header[PATCHED_HEADER];
	uint32_t len, wire_len;
	int rc, first = getc(c->file);

	if (first == EOF && !ferror(c->file))
		return 0;
	ungetc(first, c->file);
	rc = capture_take(c, header, c->header_len, err);
	if (rc)
		return rc;
	len = capture_u32(c, header + 8);
	wire_len = capture_u32(c, header + 12);
	rc = capture_take_frame(c, len, err);
	if (rc)
		return rc;
	c->frames++;
	c->time_ns = capture_u32(c, header) * NS_PER_S +
		     (uint64_t)capture_u32(c, header + 4) * c->unit_ns;
	frame->time_ns = c->time_ns;
	frame->unit_ns = c->unit_ns;
	frame->state = HD_CAPTURE_WHOLE;
	capture_frame(c, from, len, wire_len, from->fcs_len, frame);
	return 1;
}

int hd_capture_next(struct hd_capture *c, struct hd_capture_frame *frame, struct hd_err *err)
{
	int rc = c->is_ng ? capture_ng_next(c, frame, err) : pcap_next(c, frame, err);

	return rc ? rc : check_end(c, err);
}

static int pcap_begin(struct hd_capture *c, struct hd_err *err)
{
	struct capture_interface *only;
	uint8_t header[HEADER_LEN];
	uint32_t magic, link;
	int rc = capture_take(c, header, sizeof(header), NULL);

	if (rc)
		return hd_err_set(err, EINVAL,
				  "%.100s is not a capture: it ends within the file header",
				  c->name);
	memcpy(&magic, header, sizeof(magic));
	c->swapped = magic != MAGIC_US && magic != MAGIC_NS && magic != MAGIC_PATCHED;
	magic = capture_u32(c, header);
	c->unit_ns = magic == MAGIC_NS ? 1 : 1000;
	c->header_len = magic == MAGIC_PATCHED ? PATCHED_HEADER : FRAME_HEADER;
	if (capture_u16(c, header + 4) != 2 || capture_u16(c, header + 6) != 4)
		return hd_err_set(err, EINVAL,
				  "%.100s: version %u.%u of the pcap format; 2.4 can be read",
				  c->name, capture_u16(c, header + 4), capture_u16(c, header + 6));
	link = capture_u32(c, header + 20);
	rc = capture_interface_add(c, &only, err);
	if (rc)
		return rc;
	only->link_type = (uint16_t)(link & LINK_TYPE_MASK);
	only->fcs_len = link & FCS_PRESENT ? (uint8_t)(link >> FCS_SHIFT) * 2 : 0;
	only->chosen = !c->interface || !strcmp(c->interface, "0");
	if (!only->chosen)
		return hd_err_set(
			err, EINVAL,
			"%.100s is a pcap file: its one interface has no name, and \"%.40s\" "
			"cannot be chosen",
			c->name, c->interface);
	if (only->link_type != CAPTURE_LINK_ETHERNET)
		return refuse_link_type(c, only->link_type, err);
	return 0;
}

static bool is_pcap(uint32_t magic)
{
	return magic == MAGIC_US || magic == MAGIC_NS || magic == MAGIC_PATCHED;
}

/* Says what the file is instead. */
static int refuse(const struct hd_capture *c, const uint8_t *start, size_t len, struct hd_err *err)
{
	if (!len)
		return hd_err_set(err, EINVAL, "%.100s is not a capture: it is empty", c->name);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (len >= others[i].len && !memcmp(start, others[i].bytes, others[i].len))
			return hd_err_set(err, EINVAL, "%.100s is %s; %s", c->name, others[i].what,
					  others[i].help);
	return hd_err_set(err, EINVAL, "%.100s is not a capture: neither a pcap nor a pcapng file",
			  c->name);
}

/* The header of the file, which has to be at its start. */
static int begin(struct hd_capture *c, struct hd_err *err)
{
	uint8_t start[8] = {0};
	size_t len = fread(start, 1, sizeof(start), c->file);
	uint32_t magic;

	if (ferror(c->file))
		return hd_err_set(err, errno, "%.100s: %s", c->name, strerror(errno));
	memcpy(&magic, start, sizeof(magic));
	c->position = c->frames = c->time_ns = 0;
	c->n = c->section = 0;
	c->is_ng = magic == MAGIC_NG;
	if (!c->is_ng && !is_pcap(magic) && !is_pcap(bswap_32(magic)))
		return refuse(c, start, len, err);
	if (fseeko(c->file, 0, SEEK_SET) < 0)
		return hd_err_set(err, errno, "%.100s has to be a regular file: it is read twice",
				  c->name);
	return c->is_ng ? 0 : pcap_begin(c, err);
}

int hd_capture_open(struct hd_capture **capture, FILE *file, const char *name,
		    const char *interface, struct hd_err *err)
{
	struct hd_capture *c = calloc(1, sizeof(*c));
	int rc;

	*capture = NULL;
	if (c) {
		c->file = file;
		c->name = strdup(name);
		c->interface = interface ? strdup(interface) : NULL;
	}
	if (!c || !c->name || (interface && !c->interface)) {
		if (c)
			hd_capture_close(c);
		else
			fclose(file);
		return hd_err_set(err, ENOMEM, "out of memory");
	}
	rc = begin(c, err);
	if (rc) {
		hd_capture_close(c);
		return rc;
	}
	*capture = c;
	return 0;
}

int hd_capture_rewind(struct hd_capture *c, struct hd_err *err)
{
	if (fseeko(c->file, 0, SEEK_SET) < 0)
		return hd_err_set(err, errno, "%.100s: %s", c->name, strerror(errno));
	return begin(c, err);
}

uint64_t hd_capture_position(const struct hd_capture *c)
{
	return c->position;
}

void hd_capture_close(struct hd_capture *c)
{
	if (!c)
		return;
	fclose(c->file);
	free(c->list);
	free(c->interface);
	free(c->name);
	free(c);
}
