/* SPDX-License-Identifier: BSD-3-Clause */
/* For tests of rings: a guest's memory, in three adjacent regions, with room for one ring. */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_RING_TEST_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_RING_TEST_H

#include "dataplane/port/vhost_user/vhost_ring.h"

#define VR_GUEST      0x40000000ull     /* address of the memory for the guest */
#define VR_USER       0x7f0000000000ull /* and for the front-end */
#define VR_BYTES      (4u << 20)
#define VR_DESC_AT    0u
#define VR_AVAIL_AT   8192u
#define VR_USED_AT    12288u
#define VR_TABLES_AT  65536u
#define VR_BUFFERS_AT (1u << 20)

extern struct vhost_mem vr_mem;
extern uint8_t *vr_ram; /* the guest's own mapping of the memory */
extern struct vhost_batch vr_batch;

/* Makes the memory. 0 or -1. */
int vr_setup(void);

/* Makes a new ring of @size entries. Clears the memory in front of the buffers. */
void vr_start(struct vhost_ring *r, bool packed, uint16_t size, bool event_idx);

#endif
