/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What comes on a vhost-user socket. The input is read in pieces: a byte says how long the next one is
 * and how many descriptors come with it. Every descriptor is closed in the end, by whoever owns it.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dataplane/port/vhost_user/vhost_session.h"
#include "tests/fuzz/fuzz.h"

#define PROTOCOL 0x1a00f /* as we offer it, and a bit more */

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* Serves it: fails now and then, takes descriptors now and then, and reads the reply slowly. */
static int serve(struct vhost_session *s, uint8_t how, uint64_t now)
{
	uint64_t value = s->offered;
	struct hd_err err = {0};
	const void *at;
	size_t len;

	must(s->header.size <= VHOST_PAYLOAD_MAX && s->fds <= VHOST_REGIONS_MAX);
	for (unsigned int i = 0; i < s->fds; i++)
		if (how & 1) {
			close(s->fd[i]);
			s->fd[i] = -1;
		}
	if (vhost_session_answer(s, how & 2 ? -1 : 0, &value, sizeof(value), now, &err) < 0)
		return -1;
	while ((len = vhost_session_output(s, &at)) > 0) {
		void *none;

		must(vhost_session_room(s, now, &none) == 0);
		vhost_session_written(s, how & 4 ? 1 : len);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int lowest = open("/dev/null", O_RDONLY), again;
	struct vhost_session s;
	struct hd_err err = {0};
	uint64_t now = 1000000000;

	must(lowest >= 0);
	close(lowest);
	vhost_session_init(&s, 0x100000000, PROTOCOL, 4);
	s.protocol = PROTOCOL;
	while (size > 0) {
		uint8_t how = *data++;
		int fd[16];
		unsigned int n = how & 0x20 ? how & 0xf : 0;
		size_t len, room;
		void *at;
		int ret;

		size--;
		now += how * 1000;
		room = vhost_session_room(&s, now, &at);
		len = how & 0x40 ? 1 : room;
		len = len < size ? len : size;
		if (room == 0 || len == 0)
			break;
		memcpy(at, data, len);
		data += len;
		size -= len;
		for (unsigned int i = 0; i < n; i++)
			fd[i] = open("/dev/null", O_RDONLY);
		ret = vhost_session_read(&s, len, fd, n, now, &err);
		if (ret < 0 || (ret > 0 && serve(&s, how, now) < 0))
			break;
		vhost_session_late(&s, now, &err);
		must(vhost_session_next_ns(&s, now) > 0);
	}
	vhost_session_end(&s);
	again = open("/dev/null", O_RDONLY);
	must(again == lowest);
	close(again);
	return 0;
}
