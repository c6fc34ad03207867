/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/opener_check_core.h"

#include <errno.h>
#include <string.h>

#include "heddle/net/ether.h"
#include "supervisor/names_core.h"

static int check_port(const char *port, struct hd_err *err)
{
	if (!hd_name_valid(port, HD_NAME_MAX))
		return hd_err_set(err, EINVAL, "the port's name is not valid");
	return 0;
}

/* Empty is right: heddled's own namespace. */
static int check_place(const char *netdev, const char *netns, struct hd_err *err)
{
	if (!netdev_name_valid(netdev, HD_NETDEV_MAX))
		return hd_err_set(
			err, EINVAL,
			"the device's name is not valid: 1 to %d characters without space, "
			"'/', ':' and '%%' are needed",
			HD_NETDEV_MAX - 1);
	if (netns[0] && !hd_name_valid(netns, HD_NAME_MAX))
		return hd_err_set(
			err, EINVAL,
			"the namespace's name is not valid: letters, digits and \"._-\" are");
	return 0;
}

/* Empty is right: nobody is set. */
static int check_user(const char *name, size_t size, const char *what, struct hd_err *err)
{
	if (name[0] && !user_name_valid(name, size))
		return hd_err_set(err, EINVAL, "the name of the %s is not valid", what);
	return 0;
}

static int check_owners(const char *owner, const char *group, struct hd_err *err)
{
	if (check_user(owner, sizeof(((struct hd_open_tap *)0)->owner), "owner", err) < 0 ||
	    check_user(group, sizeof(((struct hd_open_tap *)0)->group), "group", err) < 0)
		return -EINVAL;
	return 0;
}

_Static_assert(HD_TAP_QUEUES_MAX < HD_MSG_FDS_MAX, "queues and a socket go with one message");

int opener_check_tap(const struct hd_open_tap *req, struct hd_err *err)
{
	struct hd_mac mac;
	unsigned int max;

	if (check_port(req->port, err) < 0 || check_place(req->netdev, req->netns, err) < 0 ||
	    check_owners(req->owner, req->group, err) < 0)
		return -EINVAL;
	max = req->vm ? HD_VM_TAP_QUEUES_MAX : HD_TAP_QUEUES_MAX;
	if (req->queues < 1 || req->queues > max)
		return hd_err_set(err, EINVAL, "%u queues: 1..%u are possible", req->queues, max);
	if (req->vm > 1)
		return hd_err_set(err, EINVAL, "vm is 0 or 1");
	if (!req->vm && (req->owner[0] || req->group[0]))
		return hd_err_set(err, EINVAL, "only a VM's TAP has an owner and a group");
	if (req->mtu < OPENER_MTU_MIN || req->mtu > OPENER_MTU_MAX)
		return hd_err_set(err, EINVAL, "MTU %u is not in %u..%u", req->mtu, OPENER_MTU_MIN,
				  OPENER_MTU_MAX);
	memcpy(mac.b, req->mac, sizeof(mac.b));
	if (hd_mac_is_group(&mac))
		return hd_err_set(err, EINVAL, "the MAC address of an interface is not a group's");
	return 0;
}

int opener_check_packet(const struct hd_open_packet *req, struct hd_err *err)
{
	if (check_port(req->port, err) < 0)
		return -EINVAL;
	return check_place(req->netdev, req->netns, err);
}

int opener_check_release(const struct hd_open_release *req, struct hd_err *err)
{
	return check_port(req->port, err);
}

int opener_check_shm(const struct hd_open_shm *req, struct hd_err *err)
{
	if (!hd_name_valid(req->name, sizeof(req->name)))
		return hd_err_set(err, EINVAL, "the memory's name is not valid");
	if (req->size > OPENER_SHM_MAX)
		return hd_err_set(err, EINVAL, "%llu bytes of memory are more than %llu",
				  (unsigned long long)req->size, OPENER_SHM_MAX);
	return 0;
}

int opener_check_vhost(const struct hd_open_vhost *req, struct hd_err *err)
{
	if (check_port(req->port, err) < 0 || check_owners(req->owner, req->group, err) < 0)
		return -EINVAL;
	if (!hd_name_valid(req->socket, sizeof(req->socket)))
		return hd_err_set(err, EINVAL,
				  "the socket's name is not valid: a file name without a slash is");
	if (req->mode > 0777)
		return hd_err_set(err, EINVAL, "mode %o has more than permission bits", req->mode);
	if (req->server > 1)
		return hd_err_set(err, EINVAL, "server is 0 or 1");
	return 0;
}

int opener_check_capture(const struct hd_open_capture *req, struct hd_err *err)
{
	if (!path_beneath(req->name, sizeof(req->name)))
		return hd_err_set(err, EINVAL,
				  "the capture's name is not valid: it leads down from the capture "
				  "directory, without \"..\"");
	if (req->write > 1)
		return hd_err_set(err, EINVAL, "write is 0 or 1");
	return 0;
}
