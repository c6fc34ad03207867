/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-system: state and operations only; nothing in it is configured.
 */
#include "mgmt/bind/bind.h"

static struct bd_row row = {
	.module = "heddle-system",
	.revision = "2026-11-20",
};
BD_REGISTER(row);
