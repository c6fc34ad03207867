/* SPDX-License-Identifier: BSD-3-Clause */
/* Valid regions, invalid regions, and memory that vanishes while it is used. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dataplane/port/vhost_user/vhost_fault.h"
#include "dataplane/port/vhost_user/vhost_mem.h"
#include "tests/unit/unit.h"

#define MB (1ull << 20)
#define GB (1ull << 30)

static void unmap(void *at, size_t len)
{
	munmap(at, len);
}

static _Atomic bool fault;
static struct hd_err err;

static int file_of(uint64_t size)
{
	int fd = memfd_create("guest", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
		exit(1);
	return fd;
}

static void test_find(void)
{
	/* as QEMU has them: below and above the hole under 4 GB, and a small one; in no order */
	static const struct vhost_region r[] = {
		{4 * GB, 6 * MB, 0x7f0000000000 + 2 * MB, 2 * MB},
		{0, 2 * MB, 0x7f0000000000, 0},
		{0xfffc0000, 0x40000, 0x7e0000000000, 0},
	};
	struct vhost_mem mem = {0};
	int fd = file_of(8 * MB), other = file_of(MB);
	uint64_t value = 0;
	uint32_t len = 100;

	CU_ASSERT_PTR_NULL(vhost_mem_find(&mem, 0));
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(vhost_mem_add(&mem, &r[i], i == 2 ? other : fd, &fault, &err), 0);
	CU_ASSERT_EQUAL(mem.bytes, 8 * MB + 0x40000);
	CU_ASSERT_EQUAL(pwrite(fd, "12345678", 8, 2 * MB + 24), 8);
	memcpy(&value, vhost_mem_at(&mem, 4 * GB + 24, &len), 8);
	CU_ASSERT_EQUAL(memcmp(&value, "12345678", 8), 0);
	CU_ASSERT_EQUAL(len, 100);
	/* each address at an edge, and what is in one piece from there */
	for (int i = 0; i < 3; i++) {
		len = 16;
		CU_ASSERT_PTR_NOT_NULL(vhost_mem_at(&mem, r[i].guest, &len));
		CU_ASSERT_PTR_NOT_NULL(vhost_mem_at(&mem, r[i].guest + r[i].size - 3, &len));
		CU_ASSERT_EQUAL(len, 3);
	}
	CU_ASSERT_PTR_NULL(vhost_mem_find(&mem, 2 * MB));
	CU_ASSERT_PTR_NULL(vhost_mem_find(&mem, 0xfffbffff));
	CU_ASSERT_PTR_EQUAL(vhost_mem_find(&mem, 4 * GB - 1), &mem.map[1]);
	CU_ASSERT_PTR_NULL(vhost_mem_find(&mem, 4 * GB + 6 * MB));
	CU_ASSERT_PTR_NULL(vhost_mem_find(&mem, UINT64_MAX));
	/* by the front-end's addresses: in one region only */
	CU_ASSERT_PTR_EQUAL(vhost_mem_user(&mem, r[1].user + 8, 100), mem.map[0].host + 8);
	CU_ASSERT_PTR_NULL(vhost_mem_user(&mem, r[1].user + 2 * MB - 4, 8));
	CU_ASSERT_PTR_NULL(vhost_mem_user(&mem, r[1].user, UINT64_MAX));
	CU_ASSERT_PTR_NULL(vhost_mem_user(&mem, 0, 1));
	vhost_mem_close(&mem, unmap);
	close(fd);
	close(other);
}

static void test_change(void)
{
	struct vhost_region r = {.size = MB};
	struct vhost_mem mem = {0};
	int fd = file_of(MB);
	struct vhost_map gone;

	/* as many as there may be, at the far end of the addresses, one behind the other */
	for (unsigned int i = 0; i < VHOST_MAPS_MAX; i++) {
		r.guest = r.user = UINT64_MAX - (i + 1) * MB;
		CU_ASSERT_EQUAL(vhost_mem_add(&mem, &r, fd, &fault, &err), 0);
	}
	for (unsigned int i = 0; i < VHOST_MAPS_MAX; i++)
		CU_ASSERT_PTR_EQUAL(vhost_mem_find(&mem, mem.map[i].guest + 5), &mem.map[i]);
	r.guest = r.user = 0;
	CU_ASSERT_EQUAL(vhost_mem_add(&mem, &r, fd, &fault, &err), -ENOSPC);
	r.guest = r.user = UINT64_MAX - 7 * MB;
	CU_ASSERT_EQUAL(vhost_mem_remove(&mem, &r, &gone, &err), 0);
	CU_ASSERT_EQUAL(gone.guest, r.guest);
	vhost_map_close(&gone, unmap);
	CU_ASSERT_PTR_NULL(vhost_mem_find(&mem, r.guest));
	CU_ASSERT_PTR_NOT_NULL(vhost_mem_find(&mem, r.guest + MB));
	CU_ASSERT_EQUAL(vhost_mem_remove(&mem, &r, &gone, &err), -ENOENT);
	CU_ASSERT_EQUAL(vhost_mem_add(&mem, &r, fd, &fault, &err), 0);
	vhost_mem_close(&mem, unmap);
	close(fd);
}

static void test_regions(void)
{
	static const struct {
		struct vhost_region r;
		const char *words;
	} bad[] = {
		{{8 * MB, 0, 8 * MB, 0}, "of 0 bytes"},
		{{8 * MB, UINT64_MAX, 8 * MB, 0}, "1 to 4398046511104"},
		{{UINT64_MAX - 5, 4096, 8 * MB, 0}, "beyond all addresses"},
		{{8 * MB, 4096, UINT64_MAX - 5, 0}, "beyond all addresses"},
		{{8 * MB, 4096, 8 * MB, UINT64_MAX - 5}, "beyond all addresses"},
		{{8 * MB, 4096, 8 * MB, INT64_MAX}, "beyond all addresses"},
		{{8 * MB, 4 * MB + 1, 8 * MB, 0}, "of a file of 4194304 bytes"},
		{{8 * MB, MB, 8 * MB, 3 * MB + 1}, "ends at 4194305 of a file"},
		{{MB, MB, 8 * MB, 0}, "overlap"},
		{{2 * MB - 1, MB, 8 * MB, 0}, "overlap"},
		{{8 * MB, MB, 1, 0}, "overlap"},
	};
	const struct vhost_region first = {0, 2 * MB, 0, 0};
	struct vhost_mem mem = {0};
	int fd = file_of(4 * MB);

	CU_ASSERT_EQUAL_FATAL(vhost_mem_add(&mem, &first, fd, &fault, &err), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_TRUE(vhost_mem_add(&mem, &bad[i].r, fd, &fault, &err) < 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i].words));
		if (!strstr(err.text, bad[i].words))
			printf("\n  \"%s\" does not say \"%s\"", err.text, bad[i].words);
		CU_ASSERT_TRUE(mem.n == 1 && mem.bytes == 2 * MB);
	}
	vhost_mem_close(&mem, unmap);
	close(fd);
}

/* Not aligned in its file is fine: the mapping begins before it. */
static void test_unaligned(void)
{
	const struct vhost_region r = {0x1003, 5000, 77, 4096 + 3};
	struct vhost_mem mem = {0};
	int fd = file_of(3 * 4096);
	uint32_t len = 3;

	CU_ASSERT_EQUAL(pwrite(fd, "abc", 3, 4096 + 3), 3);
	CU_ASSERT_EQUAL_FATAL(vhost_mem_add(&mem, &r, fd, &fault, &err), 0);
	CU_ASSERT_EQUAL(memcmp(vhost_mem_at(&mem, 0x1003, &len), "abc", 3), 0);
	vhost_mem_close(&mem, unmap);
	close(fd);
}

/* Descriptors that are no memory; each is refused at once. */
static void test_files(void)
{
	const struct vhost_region r = {0, 4096, 0, 0};
	struct vhost_mem mem = {0};
	int fd[7], pair[2];

	CU_ASSERT_EQUAL_FATAL(pipe(pair), 0);
	fd[0] = pair[0];
	fd[1] = pair[1];
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	fd[2] = pair[0];
	fd[3] = pair[1];
	fd[4] = open("/", O_RDONLY | O_DIRECTORY);
	fd[5] = open("/dev/zero", O_RDWR);
	fd[6] = open("/proc/self/exe", O_RDONLY);
	for (int i = 0; i < 7; i++) {
		CU_ASSERT_TRUE(vhost_mem_add(&mem, &r, fd[i], &fault, &err) < 0);
		close(fd[i]);
	}
	CU_ASSERT_EQUAL(vhost_mem_add(&mem, &r, -1, &fault, &err), -EMEDIUMTYPE);
	/* memory that must not be written */
	fd[0] = file_of(4096);
	CU_ASSERT_EQUAL(fcntl(fd[0], F_ADD_SEALS, F_SEAL_WRITE), 0);
	CU_ASSERT_EQUAL(vhost_mem_add(&mem, &r, fd[0], &fault, &err), -EPERM);
	close(fd[0]);
	CU_ASSERT_EQUAL(mem.n, 0);
}

static void test_truncated(void)
{
	const struct vhost_region r = {0, 2 * MB, 0, 0};
	struct vhost_mem mem = {0}, other = {0};
	int fd = file_of(2 * MB), fd2 = file_of(2 * MB);
	_Atomic bool fault2 = false;
	uint32_t len = 8;
	uint8_t *at;

	atomic_store(&fault, false);
	CU_ASSERT_EQUAL_FATAL(vhost_mem_add(&mem, &r, fd, &fault, &err), 0);
	CU_ASSERT_EQUAL_FATAL(vhost_mem_add(&other, &r, fd2, &fault2, &err), 0);
	at = vhost_mem_at(&mem, MB, &len);
	at[0] = 1;
	vhost_mem_at(&other, MB, &len)[0] = 2;
	CU_ASSERT_EQUAL(ftruncate(fd, 0), 0);
	CU_ASSERT_FALSE(atomic_load(&fault));
	CU_ASSERT_EQUAL(*(volatile uint8_t *)at, 0);
	CU_ASSERT_TRUE(atomic_load(&fault));
	/* written as well, and nobody else noticed */
	memset(vhost_mem_at(&mem, 0, &len), 7, MB);
	CU_ASSERT_FALSE(atomic_load(&fault2));
	CU_ASSERT_EQUAL(vhost_mem_at(&other, MB, &len)[0], 2);
	vhost_mem_close(&mem, unmap);
	vhost_mem_close(&other, unmap);
	close(fd);
	close(fd2);
}

/* A fault that is none of a guest's memory ends the process. */
static void test_foreign(void)
{
	int status, fd = file_of(4096);
	volatile uint8_t *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	pid_t pid;

	CU_ASSERT_EQUAL(ftruncate(fd, 0), 0);
	pid = fork();
	if (pid == 0)
		_exit(p[0]);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	munmap((void *)p, 4096);
	close(fd);
	/* Nor is one that was sent: it ends who got it. */
	pid = fork();
	if (pid == 0) {
		raise(SIGBUS);
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
}

/* What is foreign goes to who handled SIGBUS before: nobody, also where a sanitizer would. */
static int setup(void)
{
	signal(SIGBUS, SIG_DFL);
	return vhost_fault_init();
}

UNIT_MAIN_SETUP("vhost_mem", setup, {"find", test_find}, {"change", test_change},
		{"regions", test_regions}, {"unaligned", test_unaligned}, {"files", test_files},
		{"truncated", test_truncated}, {"foreign", test_foreign});
