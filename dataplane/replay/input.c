/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Merges the captures of a replay by time, and at equal times by the port's name. Each capture is
 * read to its end before anything runs, so that nothing changes if one is damaged.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "heddle/base/clock.h"
#include "dataplane/core/config.h"
#include "dataplane/core/options.h"
#include "dataplane/replay/replay.h"

#define READ_BUFFER (1u << 20)

struct input {
	const char *port, *file;
	struct hd_capture *capture;
	struct hd_capture_frame frame; /* the next one */
	bool more;                     /* there is one */
	uint64_t last;                 /* the number of the last one, as it was looked through */
	dev_t dev;
	ino_t ino;
	uint16_t id;
	char buffer[READ_BUFFER];
};

static struct input *inputs;
static unsigned int n_inputs;
static struct input *taken; /* whose bytes were given out; read on when they are not needed */
static uint64_t last_ns, latest_ns;
static struct dp_replay_progress progress;
static struct hd_err read_error;

static int by_port(const void *a, const void *b)
{
	const struct dp_replay_input *x = a, *y = b;

	return strcmp(x->port, y->port);
}

/* The next frame of the interface that was chosen. As hd_capture_next(). */
static int next_chosen(struct input *in, struct hd_err *err)
{
	int rc;

	do
		rc = hd_capture_next(in->capture, &in->frame, err);
	while (rc == 1 && in->frame.state == HD_CAPTURE_OTHER);
	return rc;
}

/* What was written to the file since it was looked through is not of this replay. */
static void advance(struct input *in)
{
	uint64_t from = hd_capture_position(in->capture);

	in->more = in->frame.number < in->last && next_chosen(in, &read_error) == 1;
	progress.file_bytes += hd_capture_position(in->capture) - from;
}

/* Reads the capture to its end, and goes back to its start. */
static int look_through(struct input *in, struct hd_err *err)
{
	int rc;

	while ((rc = next_chosen(in, err)) == 1) {
		in->last = in->frame.number;
		latest_ns = RTE_MAX(latest_ns, in->frame.time_ns);
	}
	if (rc)
		return rc;
	progress.file_total += hd_capture_position(in->capture);
	in->frame.number = 0;
	return hd_capture_rewind(in->capture, err);
}

static int input_open(struct input *in, const struct dp_replay_input *o, struct hd_err *err)
{
	FILE *stream = fopen(o->file, "re");
	struct stat st;
	int rc;

	in->port = o->port;
	in->file = o->file;
	if (!stream || fstat(fileno(stream), &st) < 0) {
		rc = hd_err_set(err, errno, "%.100s: %s", o->file, strerror(errno));
		if (stream)
			fclose(stream);
		return rc;
	}
	in->dev = st.st_dev;
	in->ino = st.st_ino;
	setvbuf(stream, in->buffer, _IOFBF, sizeof(in->buffer));
	rc = hd_capture_open(&in->capture, stream, o->file, o->interface, err);
	if (!rc)
		rc = look_through(in, err);
	if (!rc)
		advance(in);
	return rc;
}

int dp_replay_open_inputs(struct hd_err *err)
{
	static struct dp_replay_input sorted[DP_REPLAY_PORTS_MAX];
	const struct dp_options *o = dp_options();

	last_ns = latest_ns = 0;
	progress = (struct dp_replay_progress){0};
	memcpy(sorted, o->input, o->n_inputs * sizeof(sorted[0]));
	qsort(sorted, o->n_inputs, sizeof(sorted[0]), by_port);
	inputs = calloc(o->n_inputs, sizeof(*inputs));
	if (!inputs && o->n_inputs)
		return hd_err_set(err, ENOMEM, "out of memory");
	n_inputs = o->n_inputs;
	for (unsigned int i = 0; i < n_inputs; i++) {
		int rc = input_open(&inputs[i], &sorted[i], err);

		if (rc < 0)
			return rc;
		if (i && !strcmp(inputs[i].port, inputs[i - 1].port))
			return hd_err_set(err, EINVAL, "port %s has two captures", inputs[i].port);
	}
	return 0;
}

void dp_replay_close_inputs(void)
{
	for (unsigned int i = 0; i < n_inputs; i++)
		hd_capture_close(inputs[i].capture);
	free(inputs);
	inputs = taken = NULL;
	n_inputs = 0;
}

int dp_replay_bind_inputs(struct hd_err *err)
{
	const struct dp_config *tree = dp_config_running();

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

unsigned short dp_replay_input_port(unsigned int input)
{
	return inputs[input].id;
}

const char *dp_replay_input_of(dev_t dev, ino_t ino)
{
	for (unsigned int i = 0; i < n_inputs; i++)
		if (inputs[i].dev == dev && inputs[i].ino == ino)
			return inputs[i].port;
	return NULL;
}

uint64_t dp_replay_latest_ns(void)
{
	return latest_ns;
}

static struct input *earliest(void)
{
	struct input *best = NULL;

	if (taken)
		advance(taken);
	taken = NULL;
	for (unsigned int i = 0; i < n_inputs; i++)
		if (inputs[i].more && (!best || inputs[i].frame.time_ns < best->frame.time_ns))
			best = &inputs[i];
	return best;
}

/* A capture whose times go back is replayed in its order, at the latest time so far. */
bool dp_replay_next(uint64_t *time_ns)
{
	const struct input *in = earliest();

	if (in)
		*time_ns = RTE_MAX(in->frame.time_ns, last_ns);
	return in;
}

const struct hd_capture_frame *dp_replay_take(uint64_t until_ns, unsigned int *input,
					      uint64_t *time_ns)
{
	struct input *in = earliest();
	uint64_t now = in ? RTE_MAX(in->frame.time_ns, last_ns) : 0;

	if (!in || (now >= until_ns && until_ns != UINT64_MAX))
		return NULL;
	last_ns = now;
	*input = (unsigned int)(in - inputs);
	*time_ns = now;
	progress.packets++;
	progress.bytes += in->frame.len;
	taken = in;
	return &in->frame;
}

const struct dp_replay_progress *dp_replay_progress(void)
{
	return &progress;
}

int dp_replay_input_error(struct hd_err *err)
{
	*err = read_error;
	return -read_error.code;
}
