/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A keyed hash: who does not know the key can neither choose inputs that collide, nor find the
 * input of a result.
 */
#ifndef HEDDLE_BASE_HASH_H
#define HEDDLE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 of the @len bytes at @data. All machines get the same result. Pure; any thread. */
uint64_t hd_hash(const uint8_t key[16], const void *data, size_t len);

#endif
