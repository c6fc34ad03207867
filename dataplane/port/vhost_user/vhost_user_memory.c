/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest whose memory is not shared: nothing can come from it, and it does not say why.
 *
 * With QEMU it depends on what is behind the guest's memory. Ordinary memory has no descriptor:
 * QEMU tells its features, finds that out, and goes on without us (7.2 does); others send a table of
 * memory without descriptors. A file without share=on has one, and QEMU passes it on: all seems
 * well, but the guest's writes are in private copies of the pages.
 */
#include "dataplane/port/vhost_user/vhost_user.h"

#include <stdio.h>
#include <string.h>

#include <rte_vhost.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"

/* Requests of the vhost-user protocol. */
#define SET_FEATURES  2
#define SET_MEM_TABLE 5

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

/* The first field of a message. */
static uint32_t request_of(const void *msg)
{
	uint32_t request;

	memcpy(&request, msg, sizeof(request));
	return request;
}

static void memory_set(int vid, enum guest_memory from, enum guest_memory to)
{
	struct vhost_port *v = vhost_user_of(vid);

	if (!v)
		return;
	pthread_mutex_lock(&v->lock);
	if (v->memory <= from) {
		v->memory = to;
		v->due_ns = hd_now_ns();
	}
	pthread_mutex_unlock(&v->lock);
}

static enum rte_vhost_msg_result on_message(int vid, void *msg)
{
	const struct vhost_port *v = vhost_user_of(vid);

	if (v)
		hd_blame_enter(v->port, HD_DOING_MESSAGE);
	if (request_of(msg) == SET_FEATURES)
		memory_set(vid, VHOST_MEMORY_UNASKED, VHOST_MEMORY_DUE);
	else if (request_of(msg) == SET_MEM_TABLE)
		memory_set(vid, VHOST_MEMORY_MAPPED, VHOST_MEMORY_REFUSED);
	return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
}

/* Comes only when the library could do what the message asks for. */
static enum rte_vhost_msg_result on_message_done(int vid, void *msg)
{
	if (request_of(msg) == SET_MEM_TABLE)
		memory_set(vid, VHOST_MEMORY_MAPPED, VHOST_MEMORY_MAPPED);
	hd_blame_leave();
	return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
}

static const struct rte_vhost_user_extern_ops messages = {
	.pre_msg_handle = on_message,
	.post_msg_handle = on_message_done,
};

int vhost_memory_watch(int vid)
{
	return rte_vhost_extern_callback_register(vid, &messages, NULL);
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

/* The port stays up, as it may be mistaken: a frame would prove that. */
void vhost_memory_look(struct vhost_port *v, uint64_t since)
{
	bool deaf = vhost_memory_deaf(v);

	if (deaf == v->deaf_told || (deaf && hd_now_ns() - since < MEMORY_NS))
		return;
	v->deaf_told = deaf;
	if (deaf)
		vhost_memory_warn(v);
	pthread_mutex_lock(&v->lock);
	if (v->stage == VHOST_RUNNING)
		vhost_user_bring_up(v, false);
	pthread_mutex_unlock(&v->lock);
}
