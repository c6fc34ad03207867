/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers in network order at any address. */
#ifndef MGMT_CLI_CAPTURE_BYTES_H
#define MGMT_CLI_CAPTURE_BYTES_H

#include <stdint.h>

static inline uint16_t cli_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t cli_be32(const uint8_t *p)
{
	return (uint32_t)cli_be16(p) << 16 | cli_be16(p + 2);
}

#endif
