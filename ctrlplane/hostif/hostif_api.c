/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host interfaces as a feature: the configuration object and where it goes.
 */
#include "heddle/api/hostif.h"
#include "ctrlplane/core/feature.h"
#include "ctrlplane/hostif/hostif.h"
#include "ctrlplane/hostif/hostif_core.h"

const struct cp_class hostif_class = {
	.type = HD_HOSTIF,
	.name = "host interface",
	.size = sizeof(struct hd_hostif_object),
	.validate = hostif_validate,
};

static struct cp_feature hostif_feature = {
	.name = "hostif",
	.classes = &hostif_class,
	.n_classes = 1,
	.start = hostif_start,
	.commit = hostif_commit,
	.stop = hostif_stop,
};
CP_FEATURE_REGISTER(hostif_feature);
