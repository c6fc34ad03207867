/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_fault.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

/* Read by the handler, in any thread, while another one changes it. */
static struct watched {
	_Atomic uintptr_t base; /* 0: free. Set last, cleared first */
	_Atomic size_t len;
	_Atomic(_Atomic bool *) fault;
} watched[VHOST_FAULT_MAX];
static _Atomic unsigned int used; /* none behind it was ever used */
static struct sigaction before;   /* what was there for SIGBUS */

/* The place of @address, or NULL. It is used by who touched it, so that it cannot be forgotten now. */
static struct watched *find(uintptr_t address)
{
	unsigned int n = atomic_load(&used);

	for (unsigned int i = 0; i < n; i++) {
		uintptr_t base = atomic_load(&watched[i].base);

		if (base && address >= base && address - base < atomic_load(&watched[i].len))
			return &watched[i];
	}
	return NULL;
}

/* Only calls that are safe in a handler: mmap() is a system call and no more. */
static void on_fault(int number, siginfo_t *info, void *context)
{
	bool sent = info->si_code <= 0; /* by a process: no address, and it does not come again */
	struct watched *w = sent ? NULL : find((uintptr_t)info->si_addr);
	int error = errno;

	(void)context;
	if (!w ||
	    mmap((void *)atomic_load(&w->base), atomic_load(&w->len), PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED) {
		sigaction(number, &before, NULL); /* for the same instruction, once more */
		if (sent)
			raise(number);
		return;
	}
	atomic_store(atomic_load(&w->fault), true);
	errno = error;
}

int vhost_fault_init(void)
{
	static bool done;
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};

	if (!done && sigaction(SIGBUS, &action, &before) != 0)
		return -errno;
	done = true;
	return 0;
}

bool vhost_fault_watch(void *base, size_t len, _Atomic bool *fault)
{
	unsigned int n = atomic_load(&used), i = 0;

	while (i < n && atomic_load(&watched[i].base))
		i++;
	if (i == VHOST_FAULT_MAX)
		return false;
	atomic_store(&watched[i].len, len);
	atomic_store(&watched[i].fault, fault);
	atomic_store(&watched[i].base, (uintptr_t)base);
	if (i == n)
		atomic_store(&used, n + 1);
	return true;
}

void vhost_fault_forget(void *base)
{
	unsigned int n = atomic_load(&used);

	for (unsigned int i = 0; i < n; i++)
		if (atomic_load(&watched[i].base) == (uintptr_t)base)
			atomic_store(&watched[i].base, 0);
}
