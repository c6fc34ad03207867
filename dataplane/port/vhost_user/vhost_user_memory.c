/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds guests whose memory is not shared: no frame can come from them, and they do not say why.
 *
 * What QEMU does depends on the guest's memory. Ordinary memory has no descriptor. QEMU 7.2 sends
 * the features, notices that, and then sends no memory; others send a table without descriptors. A
 * file without share=on has a descriptor, and QEMU sends it: everything looks right, but the guest
 * writes to private copies of the pages.
 */
#include "dataplane/port/vhost_user/vhost_user.h"

#include <stdio.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/port/vhost_user/vhost_device.h"

#define MEMORY_NS (500 * HD_NS_PER_MS) /* for the message that follows the features at once */

void vhost_text_unshared(char *text, size_t size)
{
	snprintf(text, size,
		 "the guest's memory is not shared, so its frames cannot be read: start QEMU with "
		 "-object memory-backend-memfd,id=mem,size=...,share=on -numa node,memdev=mem");
}

void vhost_memory_warn(const struct vhost_port *v)
{
	static struct hd_log_limit limit;
	char text[sizeof(v->said_text)];

	vhost_text_unshared(text, sizeof(text));
	if (hd_log_allowed(&limit))
		hd_log_port(HD_LOG_WARNING, v->port->name, "%s", text);
}

bool vhost_memory_unshared(const struct vhost_port *v)
{
	if (v->stage != VHOST_CONNECTED)
		return v->memory == VHOST_MEMORY_REFUSED;
	return (v->memory == VHOST_MEMORY_DUE || v->memory == VHOST_MEMORY_REFUSED) &&
	       hd_now_ns() - v->due_ns > MEMORY_NS;
}

bool vhost_memory_deaf(struct vhost_port *v)
{
	return atomic_load(&v->deaf) && !atomic_load(&v->heard);
}

static void look_at_rings(struct vhost_port *v)
{
	static struct hd_log_limit limit;
	const char *why = vhost_user_broken(v);

	if (why == v->broken_told)
		return;
	v->broken_told = why;
	if (why && hd_log_allowed(&limit))
		hd_log_port(HD_LOG_WARNING, v->port->name, "a ring is stopped: %s", why);
	vhost_rings_tell(v, false);
}

/* The port stays up, as it may be mistaken: a frame would prove that. */
void vhost_memory_look(struct vhost_port *v)
{
	bool deaf = vhost_memory_deaf(v);

	look_at_rings(v);
	if (deaf == v->deaf_told || (deaf && hd_now_ns() - v->since_ns < MEMORY_NS))
		return;
	v->deaf_told = deaf;
	if (deaf)
		vhost_memory_warn(v);
	vhost_rings_tell(v, false);
}
