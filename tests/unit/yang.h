/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The schema of heddle-mgmt, for unit tests and fuzz targets.
 */
#ifndef TESTS_UNIT_YANG_H
#define TESTS_UNIT_YANG_H

#include <stdio.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"

static struct ly_ctx *ctx;

/* Makes ctx. Returns 0, or -1 after it printed why. For UNIT_MAIN_SETUP(). */
static inline int yang_setup(void)
{
	struct hd_err err = {0};
	char dir[512];

	if (ds_schema_find_dir(NULL, dir, sizeof(dir), &err) == 0)
		ctx = bd_schema_new(dir, &err);
	if (!ctx)
		fprintf(stderr, "%s\n", err.text);
	return ctx ? 0 : -1;
}

#endif
