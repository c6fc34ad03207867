/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the programs of Heddle lie.
 */
#ifndef HEDDLE_BASE_PROGRAM_H
#define HEDDLE_BASE_PROGRAM_H

#include <stddef.h>

enum hd_program_place { HD_PROGRAM_BUILT, HD_PROGRAM_INSTALLED };

/*
 * Finds the program @name, which this process must be allowed to run, and writes its path to the
 * @size bytes at @path. Looks in a build tree first: the one that HEDDLE_BUILD_DIR of the
 * environment names, then the one whose root is @up folders above the folder of the running
 * program. Then looks in the folders @installed, a list that ends with NULL; each is absolute, or
 * relative to the folder of the running program. Returns enum hd_program_place, or -ENOENT. Any
 * thread.
 */
int hd_program_find(const char *name, unsigned int up, const char *const *installed, char *path,
		    size_t size);

#endif
