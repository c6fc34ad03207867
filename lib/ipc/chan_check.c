/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/ipc/chan_int.h"

#include <errno.h>
#include <string.h>

#include "heddle-build.h"
#include "heddle/base/name.h"

#define ERRNO_MAX 4095 /* the kernel's own bound: a status beyond it is no errno */

static void packet_header(const struct chan_packet *packet, struct hd_msg_hdr *hdr)
{
	memcpy(hdr, packet->data, sizeof(*hdr));
}

int chan_check(const struct chan_packet *packet)
{
	struct hd_msg_hdr hdr;
	bool reply;

	if (packet->len < sizeof(hdr))
		return -EBADMSG;
	packet_header(packet, &hdr);
	reply = hdr.flags & HD_MSG_F_REPLY;
	if (hdr.magic != HD_MSG_MAGIC || hdr.zero != 0 || hdr.len != packet->len - sizeof(hdr))
		return -EBADMSG;
	switch (hdr.flags) {
	case HD_MSG_F_REQUEST:
	case HD_MSG_F_EVENT:
	case HD_MSG_F_REPLY: break;
	case HD_MSG_F_REPLY | HD_MSG_F_MORE:
		if (hdr.status != 0)
			return -EBADMSG;
		break;
	default: return -EBADMSG;
	}
	if (!reply && hdr.status != 0)
		return -EBADMSG;
	return hdr.status > 0 || hdr.status < -ERRNO_MAX ? -EBADMSG : 0;
}

bool chan_hello_right(const struct chan_packet *packet, struct hd_err *err)
{
	struct hd_msg_hdr hdr;
	struct hd_hello hello;

	packet_header(packet, &hdr);
	if (hdr.len != sizeof(hello))
		return hd_err_set(err, EPROTO,
				  "its hello has %u bytes instead of %zu: it is of "
				  "another version",
				  hdr.len, sizeof(hello)) == 0;
	memcpy(&hello, packet->data + sizeof(hdr), sizeof(hello));
	if (hello.version != HD_PROTO_VERSION)
		return hd_err_set(err, EPROTO, "it speaks protocol version %u, this is version %u",
				  hello.version, HD_PROTO_VERSION) == 0;
	if (!hd_str_terminated(hello.build, sizeof(hello.build)) || hello.plane <= HD_PLANE_NONE ||
	    hello.plane >= HD_PLANE_COUNT)
		return hd_err_set(err, EPROTO,
				  "its hello names no plane, or a build without an end") == 0;
	if (strcmp(hello.build, HD_BUILD) != 0)
		return hd_err_set(err, EPROTO,
				  "it is of build %s, this is build %s: restart all "
				  "programs together",
				  hello.build, HD_BUILD) == 0;
	return true;
}

int chan_reply_check(const struct hd_msg_hdr *hdr, const void *body, uint32_t type,
		     size_t item_size, size_t rep_size)
{
	if (hdr->type != type)
		return -EBADMSG;
	if (hdr->status < 0)
		return hdr->len == sizeof(struct hd_msg_error) &&
				       hd_str_terminated(body, sizeof(struct hd_msg_error))
			       ? 0
			       : -EBADMSG;
	if (hdr->flags & HD_MSG_F_MORE)
		return item_size > 0 && hdr->len == item_size ? 0 : -EBADMSG;
	return hdr->len == rep_size ? 0 : -EBADMSG;
}
