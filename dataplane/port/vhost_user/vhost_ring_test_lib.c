/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_ring_test.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

struct vhost_mem vr_mem;
uint8_t *vr_ram;
struct vhost_batch vr_batch;

int vr_setup(void)
{
	static _Atomic bool fault;
	struct hd_err err;
	int fd = memfd_create("guest", MFD_CLOEXEC);
	static const uint32_t edge[] = {0, 1u << 20, (1u << 20) + 4096, VR_BYTES};

	if (fd < 0 || ftruncate(fd, VR_BYTES) != 0)
		return -1;
	vr_ram = mmap(NULL, VR_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (int i = 0; i < 3; i++) {
		struct vhost_region r = {VR_GUEST + edge[i], edge[i + 1] - edge[i],
					 VR_USER + edge[i] * 2ull, edge[i]};

		if (vhost_mem_add(&vr_mem, &r, fd, &fault, &err) != 0)
			return -1;
	}
	close(fd);
	return vr_ram == MAP_FAILED ? -1 : 0;
}

void vr_start(struct vhost_ring *r, bool packed, uint16_t size, bool event_idx)
{
	struct hd_err err;

	memset(vr_ram, 0, VR_BUFFERS_AT);
	memset(r, 0, sizeof(*r));
	r->packed = packed;
	r->event_idx = event_idx;
	vhost_ring_set_base(r, packed ? 1u << 15 | 1u << 31 : 0);
	CU_ASSERT_EQUAL_FATAL(vhost_ring_place(r, &vr_mem, size, VR_USER + VR_DESC_AT,
					       VR_USER + VR_AVAIL_AT, VR_USER + VR_USED_AT, &err),
			      0);
}
