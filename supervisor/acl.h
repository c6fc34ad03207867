/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * POSIX access control lists (acl(5)): they give rights to users besides owner and group. This file
 * uses the kernel's own form, extended attributes, so no library is needed.
 */
#ifndef SUPERVISOR_ACL_H
#define SUPERVISOR_ACL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ACL_ENTRIES_MAX 32

struct acl_entry {
	uint16_t tag, perm;
	uint32_t id;
};

struct acl {
	struct acl_entry entries[ACL_ENTRIES_MAX];
	unsigned int n;
};

/* Sets @acl to the permission bits of @mode. Pure. */
void acl_from_mode(struct acl *acl, mode_t mode);

/*
 * Gives user @uid the permissions @perm (bits 4: read, 2: write, 1: execute); others get no more
 * than before. Returns 0, or -E2BIG: the list is full. Pure.
 */
int acl_grant(struct acl *acl, uid_t uid, unsigned int perm);

/*
 * Converts to the kernel's form, and returns its bytes; converts from it, and returns 0, or
 * -EINVAL: @bytes are no list, or one that is too long. Pure.
 */
#define ACL_BYTES_MAX (4 + 8 * ACL_ENTRIES_MAX)
size_t acl_pack(const struct acl *acl, unsigned char bytes[ACL_BYTES_MAX]);
int acl_unpack(struct acl *acl, const unsigned char *bytes, size_t size);

/* Sets the list of a directory; sets the list that new files in it get. 0 or -errno. */
int acl_set(int dir_fd, const struct acl *acl);
int acl_set_default(int dir_fd, const struct acl *acl);

/*
 * Gives @uid the permissions @perm on the file @fd, which may be opened with O_PATH. Returns 0 or
 * -errno; -EOPNOTSUPP: the file system has no lists.
 */
int acl_grant_file(int fd, uid_t uid, unsigned int perm);

#endif
