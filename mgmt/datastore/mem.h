/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of the management plane: an allocation that fails ends the program, which heddled starts
 * again with the configuration that runs. Nothing here returns NULL.
 */
#ifndef MGMT_DATASTORE_MEM_H
#define MGMT_DATASTORE_MEM_H

#include <stddef.h>

/* Zeroed memory, freed with free(). */
void *ds_alloc(size_t size);

/* Grows an array to @n elements of @size; what is new is not initialised. */
void *ds_realloc(void *old, size_t n, size_t size);

char *ds_strdup(const char *str);
char *ds_strndup(const char *str, size_t n);
char *ds_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
