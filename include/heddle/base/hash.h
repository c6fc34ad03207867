/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hash that nobody can aim at, nor turn round, who does not know its key.
 */
#ifndef HEDDLE_BASE_HASH_H
#define HEDDLE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 of the @len bytes at @data. The same on all machines. Pure. */
uint64_t hd_hash(const uint8_t key[16], const void *data, size_t len);

#endif
