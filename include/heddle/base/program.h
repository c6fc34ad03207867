/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the programs of Heddle lie.
 */
#ifndef HEDDLE_BASE_PROGRAM_H
#define HEDDLE_BASE_PROGRAM_H

#include <stddef.h>

enum hd_program_place { HD_PROGRAM_BUILT, HD_PROGRAM_INSTALLED };

/*
 * Finds the program @name, which this process may run, and writes its path. A build tree comes first:
 * HEDDLE_BUILD_DIR of the environment, then the tree whose root is @up folders above the one that the
 * running program lies in. Then the folders @installed, a list that ends with NULL: absolute, or from
 * the running program's own folder. Returns enum hd_program_place, or -ENOENT. Any thread.
 */
int hd_program_find(const char *name, unsigned int up, const char *const *installed, char *path,
		    size_t size);

#endif
