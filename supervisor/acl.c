/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/acl.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define ACCESS_NAME  "system.posix_acl_access"
#define DEFAULT_NAME "system.posix_acl_default"
#define VERSION      2
#define NO_ID        UINT32_MAX

/* Tags in the order in which the kernel wants them. */
enum {
	TAG_USER_OBJ = 0x01,
	TAG_USER = 0x02,
	TAG_GROUP_OBJ = 0x04,
	TAG_GROUP = 0x08,
	TAG_MASK = 0x10,
	TAG_OTHER = 0x20,
};

void acl_from_mode(struct acl *acl, mode_t mode)
{
	acl->entries[0] = (struct acl_entry){TAG_USER_OBJ, mode >> 6 & 7, NO_ID};
	acl->entries[1] = (struct acl_entry){TAG_GROUP_OBJ, mode >> 3 & 7, NO_ID};
	acl->entries[2] = (struct acl_entry){TAG_OTHER, mode & 7, NO_ID};
	acl->n = 3;
}

static struct acl_entry *find(struct acl *acl, uint16_t tag, uint32_t id)
{
	for (unsigned int i = 0; i < acl->n; i++)
		if (acl->entries[i].tag == tag && acl->entries[i].id == id)
			return &acl->entries[i];
	return NULL;
}

static int insert(struct acl *acl, struct acl_entry entry)
{
	unsigned int at = 0;

	if (acl->n == ACL_ENTRIES_MAX)
		return -E2BIG;
	while (at < acl->n &&
	       (acl->entries[at].tag < entry.tag ||
		(acl->entries[at].tag == entry.tag && acl->entries[at].id < entry.id)))
		at++;
	memmove(&acl->entries[at + 1], &acl->entries[at], (acl->n - at) * sizeof(acl->entries[0]));
	acl->entries[at] = entry;
	acl->n++;
	return 0;
}

/* The mask bounds all but the owner and the others: made wider, it must not make their rights so. */
static int mask_widen(struct acl *acl, uint16_t perm)
{
	struct acl_entry *mask = find(acl, TAG_MASK, NO_ID);
	uint16_t all = perm;

	for (unsigned int i = 0; i < acl->n; i++) {
		struct acl_entry *e = &acl->entries[i];

		if (e->tag != TAG_USER && e->tag != TAG_GROUP_OBJ && e->tag != TAG_GROUP)
			continue;
		if (mask)
			e->perm &= mask->perm;
		all |= e->perm;
	}
	if (!mask)
		return insert(acl, (struct acl_entry){TAG_MASK, all, NO_ID});
	mask->perm = all;
	return 0;
}

int acl_grant(struct acl *acl, uid_t uid, unsigned int perm)
{
	struct acl_entry *user;
	int rc = mask_widen(acl, (uint16_t)perm);

	if (rc < 0)
		return rc;
	user = find(acl, TAG_USER, uid);
	if (!user)
		return insert(acl, (struct acl_entry){TAG_USER, (uint16_t)perm, uid});
	user->perm = (uint16_t)perm;
	return 0;
}

size_t acl_pack(const struct acl *acl, unsigned char bytes[ACL_BYTES_MAX])
{
	uint32_t version = htole32(VERSION);
	size_t size = sizeof(version);

	memcpy(bytes, &version, sizeof(version));
	for (unsigned int i = 0; i < acl->n; i++) {
		uint16_t tag = htole16(acl->entries[i].tag), perm = htole16(acl->entries[i].perm);
		uint32_t id = htole32(acl->entries[i].id);

		memcpy(bytes + size, &tag, 2);
		memcpy(bytes + size + 2, &perm, 2);
		memcpy(bytes + size + 4, &id, 4);
		size += 8;
	}
	return size;
}

int acl_unpack(struct acl *acl, const unsigned char *bytes, size_t size)
{
	uint32_t version, id;
	uint16_t tag, perm;

	acl->n = 0;
	if (size < 4 || (size - 4) % 8 || (size - 4) / 8 > ACL_ENTRIES_MAX)
		return -EINVAL;
	memcpy(&version, bytes, 4);
	if (le32toh(version) != VERSION)
		return -EINVAL;
	for (size_t at = 4; at < size; at += 8) {
		memcpy(&tag, bytes + at, 2);
		memcpy(&perm, bytes + at + 2, 2);
		memcpy(&id, bytes + at + 4, 4);
		acl->entries[acl->n++] =
			(struct acl_entry){le16toh(tag), le16toh(perm) & 7, le32toh(id)};
	}
	return (int)size;
}

static int set(int fd, const char *name, const struct acl *acl)
{
	unsigned char bytes[ACL_BYTES_MAX];
	size_t size = acl_pack(acl, bytes);

	return fsetxattr(fd, name, bytes, size, 0) < 0 ? -errno : 0;
}

int acl_set(int dir_fd, const struct acl *acl)
{
	return set(dir_fd, ACCESS_NAME, acl);
}

int acl_set_default(int dir_fd, const struct acl *acl)
{
	return set(dir_fd, DEFAULT_NAME, acl);
}

int acl_grant_file(int fd, uid_t uid, unsigned int perm)
{
	unsigned char bytes[ACL_BYTES_MAX];
	struct acl acl;
	struct stat st;
	char path[40];
	ssize_t n;
	int rc = 0;

	/* A descriptor of O_PATH is refused here; its name in /proc is the file itself. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = getxattr(path, ACCESS_NAME, bytes, sizeof(bytes));
	if (n >= 0)
		rc = acl_unpack(&acl, bytes, (size_t)n);
	else if (errno == ENODATA && fstat(fd, &st) == 0)
		acl_from_mode(&acl, st.st_mode);
	else
		return -errno;
	if (rc >= 0)
		rc = acl_grant(&acl, uid, perm);
	if (rc < 0)
		return rc;
	return setxattr(path, ACCESS_NAME, bytes, acl_pack(&acl, bytes), 0) < 0 ? -errno : 0;
}
