/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests to the opener: the first byte chooses which, the rest is the struct. */
#include <stdlib.h>
#include <string.h>

#include "supervisor/names_core.h"
#include "supervisor/opener_check_core.h"
#include "tests/fuzz/fuzz.h"

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* A copy of exactly the struct's size, so that a read beyond it is seen. */
static void *struct_of(const uint8_t *data, size_t size, size_t need)
{
	void *copy = calloc(1, need);

	if (!copy)
		abort();
	memcpy(copy, data, size < need ? size : need);
	return copy;
}

static void tap(const struct hd_open_tap *req)
{
	if (opener_check_tap(req, NULL) < 0)
		return;
	must(strlen(req->port) < sizeof(req->port) && strlen(req->netdev) < sizeof(req->netdev));
	must(!strchr(req->netns, '/') && req->netns[0] != '.');
	must(strlen(req->owner) < sizeof(req->owner) && strlen(req->group) < sizeof(req->group));
	must(req->vm || req->queues < HD_MSG_FDS_MAX);
}

static void vhost(const struct hd_open_vhost *req)
{
	if (opener_check_vhost(req, NULL) < 0)
		return;
	must(req->port[0] != '.' && !strchr(req->port, '/'));
	must(req->socket[0] != '.' && !strchr(req->socket, '/'));
	must(req->mode <= 0777 && req->server <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *req;

	if (size == 0)
		return 0;
	switch (data[0] % 6) {
	case 0: tap(req = struct_of(data + 1, size - 1, sizeof(struct hd_open_tap))); break;
	case 1:
		req = struct_of(data + 1, size - 1, sizeof(struct hd_open_packet));
		opener_check_packet(req, NULL);
		break;
	case 2:
		req = struct_of(data + 1, size - 1, sizeof(struct hd_open_release));
		opener_check_release(req, NULL);
		break;
	case 3:
		req = struct_of(data + 1, size - 1, sizeof(struct hd_open_shm));
		opener_check_shm(req, NULL);
		break;
	case 4:
		req = struct_of(data + 1, size - 1, sizeof(struct hd_open_capture));
		if (opener_check_capture(req, NULL) == 0)
			must(((const struct hd_open_capture *)req)->name[0] != '/');
		break;
	default: vhost(req = struct_of(data + 1, size - 1, sizeof(struct hd_open_vhost))); break;
	}
	free(req);
	return 0;
}
