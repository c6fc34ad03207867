/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host interfaces as a feature: registers the class of the configuration object and passes it on.
 */
#include "heddle/api/hostif.h"
#include "heddle/base/name.h"
#include "heddle/config/store.h"
#include "heddle/ipc/chan.h"
#include "ctrlplane/core/feature.h"
#include "ctrlplane/hostif/hostif.h"
#include "ctrlplane/hostif/hostif_core.h"

static struct hd_object_class class = {
	.name = "host interface",
	.type = HD_HOSTIF,
	.size = sizeof(struct hd_hostif_object),
	.validate = hostif_validate,
};
HD_OBJECT_CLASS_REGISTER(class);

static void on_device(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_hostif_device *device = msg->body;

	if (hd_name_valid(device->port, sizeof(device->port)))
		hostif_device(device->port, device->ifindex);
}

static const struct hd_handler from_heddled[] = {HD_EVENT_HANDLER(HOSTIF_DEVICE, on_device)};

static struct cp_feature hostif_feature = {
	.name = "hostif",
	.start = hostif_start,
	.commit = hostif_commit,
	.from_heddled = from_heddled,
	.n_from_heddled = 1,
	.stop = hostif_stop,
};
CP_FEATURE_REGISTER(hostif_feature);
