/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/core/options.h"

static const struct dp_options none;
static const struct dp_options *options = &none;

void dp_options_set(const struct dp_options *parsed)
{
	options = parsed;
}

const struct dp_options *dp_options(void)
{
	return options;
}

const char *dp_options_vhost_dir(void)
{
	return options->vhost_dir;
}
