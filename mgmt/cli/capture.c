/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <pcap/pcap.h>

#include "mgmt/cli/mem.h"

#define MAGIC_US   0xa1b2c3d4u
#define FULL_FRAME 65535u      /* a snaplen from which on nothing on the wire is cut */
#define SCAN_MAX   (64u << 20) /* bytes of a file that is read only to find cut packets */

struct cli_capture {
	pcap_t *pcap;
	char *name;
	uint64_t packets;
	bool has_ns;
};

static bool is_us_format(FILE *file)
{
	uint32_t magic = 0;
	bool us = fread(&magic, sizeof(magic), 1, file) == 1 &&
		  (magic == MAGIC_US || __builtin_bswap32(magic) == MAGIC_US);

	rewind(file);
	return us;
}

static int refuse_linktype(const char *name, int type, struct hd_err *err)
{
	const char *word = pcap_datalink_val_to_name(type);

	return hd_err_set(
		err, EINVAL, "%s: a capture of link type %s (%d), not of Ethernet frames%s", name,
		word ? word : "unknown", type,
		type == DLT_LINUX_SLL || type == DLT_LINUX_SLL2
			? ": \"any\" does not keep their headers. Capture on one interface: "
			  "tcpdump -i eth1 -w FILE"
			: ". Capture on an Ethernet interface: tcpdump -i eth1 -w FILE");
}

int cli_capture_fopen(struct cli_capture **capture, FILE *file, const char *name,
		      struct hd_err *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct cli_capture *c;
	bool us = is_us_format(file);
	pcap_t *pcap =
		pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, text);

	*capture = NULL;
	if (!pcap) {
		fclose(file);
		return hd_err_set(err, EINVAL, "%s: not a capture file: %s", name, text);
	}
	if (pcap_datalink(pcap) != DLT_EN10MB) {
		int type = pcap_datalink(pcap);

		pcap_close(pcap);
		return refuse_linktype(name, type, err);
	}
	c = cli_calloc(1, sizeof(*c));
	c->pcap = pcap;
	c->name = cli_strdup(name);
	c->has_ns = !us;
	*capture = c;
	return 0;
}

int cli_capture_open(struct cli_capture **capture, const char *path, struct hd_err *err)
{
	FILE *file = fopen(path, "rbe");

	*capture = NULL;
	if (!file)
		return hd_err_set(err, errno, "%s: %s", path, strerror(errno));
	return cli_capture_fopen(capture, file, path, err);
}

void cli_capture_close(struct cli_capture *c)
{
	if (!c)
		return;
	pcap_close(c->pcap);
	free(c->name);
	free(c);
}

int cli_capture_read(struct cli_capture *c, struct cli_packet *packet, struct hd_err *err)
{
	struct pcap_pkthdr *hdr;
	const u_char *data;
	int rc = pcap_next_ex(c->pcap, &hdr, &data);

	if (rc == PCAP_ERROR_BREAK)
		return 0;
	if (rc != 1)
		return hd_err_set(err, EINVAL, "%s: damaged after packet %llu: %s", c->name,
				  (unsigned long long)c->packets, pcap_geterr(c->pcap));
	c->packets++;
	*packet = (struct cli_packet){
		.data = data,
		.len = hdr->caplen,
		.wire_len = hdr->len,
		.time_ns = (uint64_t)hdr->ts.tv_sec * 1000000000u + (uint64_t)hdr->ts.tv_usec,
		.number = c->packets,
	};
	return 1;
}

bool cli_capture_has_ns(const struct cli_capture *c)
{
	return c->has_ns;
}

int cli_capture_count_cut(const char *path, uint64_t *cut, uint64_t *total, struct hd_err *err)
{
	struct cli_capture *c;
	struct cli_packet packet;
	struct stat st;
	int rc = cli_capture_open(&c, path, err);

	*cut = *total = 0;
	if (rc < 0 || !c)
		return rc;
	if (stat(path, &st) < 0 ||
	    (st.st_size > SCAN_MAX &&
	     ((unsigned int)pcap_snapshot(c->pcap) >= FULL_FRAME || pcap_snapshot(c->pcap) <= 0)))
		goto out;
	while (cli_capture_read(c, &packet, NULL) == 1) {
		++*total;
		*cut += packet.len < packet.wire_len;
	}
out:
	cli_capture_close(c);
	return 0;
}
