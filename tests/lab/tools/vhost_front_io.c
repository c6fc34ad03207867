/* SPDX-License-Identifier: BSD-3-Clause */
/* The driver side of virtio-net: frames by the rings that vhost_front.c has made. */
#include "tests/lab/tools/vhost_front.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PACKED_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define PACKED_USED  (1u << VRING_PACKED_DESC_F_USED)

/* Entries of a packed ring say in which round they were offered and used. */
static bool is_first_round(const struct vf_ring *r, uint16_t i)
{
	return i / r->size % 2 == 0;
}

uint16_t vf_packed_used(const struct vf_ring *r)
{
	uint16_t i = r->seen;

	while (i != r->next) {
		uint16_t flags =
			__atomic_load_n(&r->packed_desc[i & r->mask].flags, __ATOMIC_ACQUIRE);
		uint16_t both = flags & (PACKED_AVAIL | PACKED_USED);

		if (both != (is_first_round(r, i) ? PACKED_AVAIL | PACKED_USED : 0))
			break;
		i++;
	}
	return i;
}

void vf_packed_post(struct vf_ring *r, uint16_t n)
{
	for (; n > 0; n--, r->next++) {
		struct vring_packed_desc *d = &r->packed_desc[r->next & r->mask];
		uint16_t flags = is_first_round(r, r->next) ? PACKED_AVAIL : PACKED_USED;

		d->addr = r->buf_gpa + (uint64_t)(r->next & r->mask) * r->buf_size;
		if (r->receives)
			d->len = r->buf_size;
		d->id = r->next & r->mask;
		__atomic_store_n(&d->flags, flags | (r->receives ? VRING_DESC_F_WRITE : 0),
				 __ATOMIC_RELEASE);
	}
	atomic_thread_fence(memory_order_seq_cst);
	if (r->kick >= 0 &&
	    __atomic_load_n(&r->device->flags, __ATOMIC_RELAXED) != VRING_PACKED_EVENT_FLAG_DISABLE)
		vf_kick(r);
}

void vf_kick(struct vf_ring *r)
{
	uint64_t one = 1;

	r->kicks++;
	if (write(r->kick, &one, sizeof(one)) < 0 && errno != EAGAIN)
		perror("kick");
}

int vf_send(struct vf_dev *dev, unsigned int pair, const struct virtio_net_hdr_v1 *hdr,
	    const void *frame, size_t len)
{
	static const struct virtio_net_hdr_v1 plain;
	struct vf_ring *r = vf_tx(dev, pair);
	uint8_t *b;

	if (len + dev->hdr_len > r->buf_size)
		return -EMSGSIZE;
	if (!vf_tx_room(r))
		return -EAGAIN;
	b = vf_buf(r, r->next);
	memcpy(b, hdr ? hdr : &plain, dev->hdr_len);
	memcpy(b + dev->hdr_len, frame, len);
	vf_tx_len(r, 0, (uint32_t)len + dev->hdr_len);
	vf_post(r, 1);
	return 0;
}

int vf_recv(struct vf_dev *dev, unsigned int pair, struct virtio_net_hdr_v1 *hdr, void *frame,
	    size_t size)
{
	struct vf_ring *r = vf_rx(dev, pair);
	uint16_t n = vf_rx_count(r), buffers = 1;
	size_t total = 0;
	struct virtio_net_hdr_v1 h;

	if (!n)
		return -EAGAIN;
	memcpy(&h, vf_buf(r, r->seen), sizeof(h));
	if (dev->features & 1ull << VIRTIO_NET_F_MRG_RXBUF)
		buffers = h.num_buffers;
	if (buffers == 0 || buffers > n)
		return -EPROTO;
	for (uint16_t i = 0; i < buffers; i++) {
		uint32_t skip = i ? 0 : dev->hdr_len, len = vf_rx_len(r, i);

		if (len < skip || len > r->buf_size)
			return -EPROTO;
		if (total + len - skip > size)
			return -EMSGSIZE;
		memcpy((uint8_t *)frame + total, vf_buf(r, r->seen + i) + skip, len - skip);
		total += len - skip;
	}
	if (hdr)
		*hdr = h;
	vf_rx_done(r, buffers);
	return (int)total;
}
