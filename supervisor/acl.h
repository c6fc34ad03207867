/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * POSIX access control lists (acl(5)): rights for one user more than owner and group. The kernel's own
 * form, in extended attributes; so no library is needed.
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

/* Becomes what the permission bits of @mode say. Pure. */
void acl_from_mode(struct acl *acl, mode_t mode);

/*
 * Gives user @uid the permissions @perm (bits 4, 2, 1), and nobody else more than before. Returns 0, or
 * -E2BIG. Pure.
 */
int acl_grant(struct acl *acl, uid_t uid, unsigned int perm);

/* As the kernel wants it, and from there. Returns bytes, or -EINVAL: not a list, or too long. Pure. */
#define ACL_BYTES_MAX (4 + 8 * ACL_ENTRIES_MAX)
size_t acl_pack(const struct acl *acl, unsigned char bytes[ACL_BYTES_MAX]);
int acl_unpack(struct acl *acl, const unsigned char *bytes, size_t size);

/* Sets the rights of a directory, or those that files made in it begin with. 0 or -errno. */
int acl_set(int dir_fd, const struct acl *acl);
int acl_set_default(int dir_fd, const struct acl *acl);

/*
 * Gives @uid the permissions @perm on what @fd stands for, which may be open by O_PATH alone. Returns 0 or
 * -errno; -EOPNOTSUPP: the file system has no lists.
 */
int acl_grant_file(int fd, uid_t uid, unsigned int perm);

#endif
