/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes capture files in this machine's byte order, which readers recognize.
 */
#include "heddle/net/capture_file.h"

#include <errno.h>
#include <string.h>

#define PCAP_MAGIC_NS   0xa1b23c4du
#define NG_SECTION      0x0a0d0d0au
#define NG_BYTE_ORDER   0x1a2b3c4du
#define NG_INTERFACE    1
#define NG_ENHANCED     6
#define NG_COMMENT      1 /* option of any block */
#define NG_IF_NAME      2
#define NG_FLAGS        2 /* option of a frame */
#define NG_IF_TSRESOL   9
#define NG_APPLICATION  4 /* option of a section */
#define NG_END          4 /* bytes of the option that ends them */
#define NG_NANOSECONDS  9
#define LINK_ETHERNET   1
#define OPTION_TEXT_MAX 1024
#define NS_PER_S        1000000000ull

static int put(FILE *file, const void *data, size_t len)
{
	errno = 0;
	if (!len || fwrite(data, len, 1, file) == 1)
		return 0;
	return errno ? -errno : -EIO;
}

int hd_pcap_begin(FILE *file)
{
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, snaplen, link_type;
	} header = {PCAP_MAGIC_NS, 2, 4, 0, 0, HD_CAPTURE_SNAPLEN, LINK_ETHERNET};

	return put(file, &header, sizeof(header));
}

int hd_pcap_frame(FILE *file, uint64_t time_ns, const void *data, uint32_t len, uint32_t wire_len)
{
	const uint32_t header[4] = {(uint32_t)(time_ns / NS_PER_S), (uint32_t)(time_ns % NS_PER_S),
				    len, wire_len};
	int rc = put(file, header, sizeof(header));

	return rc ? rc : put(file, data, len);
}

static uint32_t padded(uint32_t n)
{
	return (n + 3) & ~3u;
}

/* @text as far as it is written. */
static uint32_t text_len(const char *text)
{
	return text ? (uint32_t)strnlen(text, OPTION_TEXT_MAX) : 0;
}

static uint32_t option_size(uint32_t len)
{
	return len ? 4 + padded(len) : 0;
}

static int put_option(FILE *file, uint16_t code, const void *value, uint32_t len)
{
	static const uint8_t zero[4];
	const uint16_t header[2] = {code, (uint16_t)len};
	int rc = 0;

	if (!len)
		return 0;
	rc = put(file, header, sizeof(header));
	if (!rc)
		rc = put(file, value, len);
	return rc ? rc : put(file, zero, padded(len) - len);
}

/* The end of the options, and of the block. */
static int put_end(FILE *file, uint32_t total)
{
	const uint32_t end[2] = {0, total};

	return put(file, end, sizeof(end));
}

int hd_pcapng_begin(FILE *file, const char *application)
{
	uint32_t len = text_len(application);
	uint32_t total = 28 + option_size(len) + NG_END;
	const struct {
		uint32_t type, total, order;
		uint16_t major, minor;
		uint32_t length[2]; /* of the section: not known */
	} header = {NG_SECTION, total, NG_BYTE_ORDER, 1, 0, {UINT32_MAX, UINT32_MAX}};
	int rc = put(file, &header, sizeof(header));

	if (!rc)
		rc = put_option(file, NG_APPLICATION, application, len);
	return rc ? rc : put_end(file, total);
}

int hd_pcapng_interface(FILE *file, const char *name, uint32_t snaplen)
{
	static const uint8_t resolution = NG_NANOSECONDS;
	uint32_t len = text_len(name);
	uint32_t total = 20 + option_size(len) + option_size(1) + NG_END;
	const struct {
		uint32_t type, total;
		uint16_t link_type, zero;
		uint32_t snaplen;
	} header = {NG_INTERFACE, total, LINK_ETHERNET, 0, snaplen};
	int rc = put(file, &header, sizeof(header));

	if (!rc)
		rc = put_option(file, NG_IF_NAME, name, len);
	if (!rc)
		rc = put_option(file, NG_IF_TSRESOL, &resolution, 1);
	return rc ? rc : put_end(file, total);
}

int hd_pcapng_frame(FILE *file, uint32_t interface, uint64_t time_ns, const void *data,
		    uint32_t len, uint32_t wire_len, uint32_t flags, const char *comment)
{
	static const uint8_t zero[4];
	uint32_t text = text_len(comment);
	uint32_t flags_len = flags ? sizeof(flags) : 0;
	uint32_t total = 32 + padded(len) + option_size(text) + option_size(flags_len) + NG_END;
	const uint32_t header[7] = {NG_ENHANCED,       total, interface, (uint32_t)(time_ns >> 32),
				    (uint32_t)time_ns, len,   wire_len};
	int rc = put(file, header, sizeof(header));

	if (!rc)
		rc = put(file, data, len);
	if (!rc)
		rc = put(file, zero, padded(len) - len);
	if (!rc)
		rc = put_option(file, NG_COMMENT, comment, text);
	if (!rc)
		rc = put_option(file, NG_FLAGS, &flags, flags_len);
	return rc ? rc : put_end(file, total);
}
