/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The captures of a replay, merged by time; at equal times by the port's name.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <pcap/pcap.h>

#include "heddle/base/clock.h"
#include "dataplane/core/config.h"
#include "dataplane/core/options.h"
#include "dataplane/replay/replay.h"

#define READ_BUFFER (1u << 20)
#define FRAME_MAX   65549u /* a 64 KB IP packet with Ethernet header */

struct input {
	const char *port, *file;
	pcap_t *pcap;
	FILE *stream;
	const unsigned char *data; /* of the next packet */
	uint32_t len;
	bool cut;         /* the capture holds only its start */
	uint64_t time_ns; /* UINT64_MAX: no more */
	uint64_t size;
	uint16_t id;
};

static struct input inputs[HD_REPLAY_PORTS_MAX];
static unsigned int n_inputs;
static uint64_t last_ns;
static struct hd_replay_progress progress;
static struct hd_err read_error;

static int by_port(const void *a, const void *b)
{
	return strcmp(((const struct input *)a)->port, ((const struct input *)b)->port);
}

static void advance(struct input *in)
{
	struct pcap_pkthdr *hdr;
	int rc = pcap_next_ex(in->pcap, &hdr, &in->data);

	if (rc == 1 && hdr->caplen <= FRAME_MAX) {
		in->len = hdr->caplen;
		in->cut = hdr->caplen < hdr->len;
		/* The microseconds field holds nanoseconds: asked for when it was opened. */
		in->time_ns = (uint64_t)hdr->ts.tv_sec * HD_NS_PER_S + hdr->ts.tv_usec;
		return;
	}
	in->time_ns = UINT64_MAX;
	if (rc == 1)
		hd_err_set(&read_error, EFBIG, "%.80s: a packet of %u bytes is larger than %u",
			   in->file, hdr->caplen, FRAME_MAX);
	else if (rc != PCAP_ERROR_BREAK)
		hd_err_set(&read_error, EIO, "%.80s: %.120s", in->file, pcap_geterr(in->pcap));
}

static int input_open(struct input *in, struct hd_err *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct stat st;
	int type;

	in->stream = fopen(in->file, "re");
	if (!in->stream)
		return hd_err_set(err, errno, "%.100s: %s", in->file, strerror(errno));
	setvbuf(in->stream, NULL, _IOFBF, READ_BUFFER);
	if (fstat(fileno(in->stream), &st) == 0)
		in->size = st.st_size;
	in->pcap = pcap_fopen_offline_with_tstamp_precision(in->stream, PCAP_TSTAMP_PRECISION_NANO,
							    text);
	if (!in->pcap) {
		fclose(in->stream);
		return hd_err_set(err, EINVAL, "%.100s is not a capture: %.120s", in->file, text);
	}
	type = pcap_datalink(in->pcap);
	if (type != DLT_EN10MB)
		return hd_err_set(err, EINVAL,
				  "%.100s holds %s frames, not Ethernet; capture on one interface: "
				  "tcpdump -i eth1 -w FILE",
				  in->file, pcap_datalink_val_to_name(type) ?: "unknown");
	progress.file_total += in->size;
	advance(in);
	return 0;
}

int hd_replay_open_inputs(struct hd_err *err)
{
	const struct hd_options *o = hd_options();

	n_inputs = o->n_inputs;
	for (unsigned int i = 0; i < n_inputs; i++)
		inputs[i] = (struct input){.port = o->input[i].port, .file = o->input[i].file};
	qsort(inputs, n_inputs, sizeof(inputs[0]), by_port);
	for (unsigned int i = 0; i < n_inputs; i++) {
		int rc = input_open(&inputs[i], err);

		if (rc < 0)
			return rc;
		if (i && !strcmp(inputs[i].port, inputs[i - 1].port))
			return hd_err_set(err, EINVAL, "port %s has two captures", inputs[i].port);
	}
	return 0;
}

void hd_replay_close_inputs(void)
{
	for (unsigned int i = 0; i < n_inputs; i++)
		if (inputs[i].pcap)
			pcap_close(inputs[i].pcap);
	n_inputs = 0;
}

int hd_replay_bind_inputs(struct hd_err *err)
{
	const struct hd_config *tree = hd_config_running();

	for (unsigned int i = 0; i < n_inputs; i++) {
		bool found = false;

		for (uint32_t id = 0; id < tree->n_ports && !found; id++) {
			found = tree->ports[id] && !strcmp(tree->ports[id]->name, inputs[i].port);
			inputs[i].id = (uint16_t)id;
		}
		if (!found)
			return hd_err_set(err, ENOENT,
					  "the configuration has no port %s (-i %s=%.80s)",
					  inputs[i].port, inputs[i].port, inputs[i].file);
	}
	return 0;
}

unsigned short hd_replay_input_port(unsigned int input)
{
	return inputs[input].id;
}

/* The one whose bytes were given out; its next packet is read when they are no longer needed. */
static struct input *taken;

static struct input *earliest(void)
{
	struct input *best = NULL;

	if (taken)
		advance(taken);
	taken = NULL;
	for (unsigned int i = 0; i < n_inputs; i++)
		if (inputs[i].time_ns != UINT64_MAX && (!best || inputs[i].time_ns < best->time_ns))
			best = &inputs[i];
	return best;
}

/* A capture whose times go back is replayed in its order, at the latest time so far. */
uint64_t hd_replay_next_ns(void)
{
	const struct input *in = earliest();

	if (!in)
		return UINT64_MAX;
	return RTE_MAX(in->time_ns, last_ns);
}

const unsigned char *hd_replay_take(uint64_t until_ns, unsigned int *input, uint64_t *time_ns,
				    uint32_t *len, bool *cut)
{
	struct input *in = earliest();

	if (!in || RTE_MAX(in->time_ns, last_ns) >= until_ns)
		return NULL;
	last_ns = RTE_MAX(in->time_ns, last_ns);
	*input = (unsigned int)(in - inputs);
	*time_ns = last_ns;
	*len = in->len;
	*cut = in->cut;
	progress.packets++;
	progress.bytes += in->len;
	progress.file_bytes += in->len + 16;
	taken = in;
	return in->data;
}

const struct hd_replay_progress *hd_replay_progress(void)
{
	return &progress;
}

int hd_replay_input_error(struct hd_err *err)
{
	*err = read_error;
	return -read_error.code;
}
