/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/core/options.h"

static const struct hd_options none;
static const struct hd_options *options = &none;

void hd_options_set(const struct hd_options *parsed)
{
	options = parsed;
}

const struct hd_options *hd_options(void)
{
	return options;
}

const char *hd_options_vhost_dir(void)
{
	return options->vhost_dir;
}
