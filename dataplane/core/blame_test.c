/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A crash inside a port is blamed on that port, which is held back, longer after each crash. A
 * crash outside of all ports is blamed on none.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dataplane/core/blame.h"
#include "dataplane/core/port.h"
#include "tests/unit/unit.h"

#define S 1000000000ull

static struct dp_port *port;
static dp_inside worker_mark;

static void start(void)
{
	struct hd_err err = {0};

	if (!port) {
		/* A sanitizer would take half a second to describe each of some hundred deaths. */
		signal(SIGBUS, SIG_DFL);
		signal(SIGSEGV, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		/* The memory is shared with children: they are the heddle-dp that dies. */
		CU_ASSERT_FATAL(dp_blame_init(false, &err) == 0);
		port = aligned_alloc(64, (sizeof(*port) + 63) & ~(size_t)63);
	}
	CU_ASSERT_FATAL(port != NULL);
	memset(port, 0, sizeof(*port));
	strcpy(port->name, "evil");
}

/* How a child comes to its end. */
static void fault(int sig)
{
	raise(sig);
}

__attribute__((no_sanitize("undefined"))) static void access_fault(int sig)
{
	char *volatile nowhere = NULL;

	(void)sig;
	/* cppcheck-suppress nullPointer ; that is the fault */
	*(volatile char *)nowhere = 1;
}

/* Sent by another process: by the parent, which sees that it waits. */
static void wait_for_it(int sig)
{
	(void)sig;
	for (;;)
		pause();
}

/* Dies by @sig in a child, on a thread that is inside the port when @inside. */
static void die_of(void (*end)(int sig), int sig, bool worker, bool inside)
{
	struct rlimit none = {0, 0};
	int status = 0;
	pid_t pid = fork();

	CU_ASSERT_FATAL(pid >= 0);
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		if (!freopen("/dev/null", "w", stderr)) /* what a sanitizer says */
			_exit(1);
		if (worker) {
			dp_blame_thread(&worker_mark);
			dp_inside_enter(&worker_mark, port, HD_DOING_RECEIVE);
			if (!inside)
				dp_inside_leave(&worker_mark);
		} else {
			dp_blame_enter(port, HD_DOING_MESSAGE);
			if (!inside)
				dp_blame_leave();
		}
		raise(SIGSTOP);
		end(sig);
		_exit(0);
	}
	waitpid(pid, &status, WUNTRACED);
	if (end == wait_for_it)
		kill(pid, sig);
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == sig);
}

static void die(int sig, bool worker, bool inside)
{
	die_of(fault, sig, worker, inside);
}

static void test_held_back(void)
{
	uint64_t now = 1000 * S, hold = S;
	char text[192];

	start();
	CU_ASSERT_EQUAL(dp_blame_holds("evil", now, text, sizeof(text)), 0);
	for (int i = 0; i < 9; i++) {
		die(SIGBUS, i % 2, true);
		dp_blame_take(now);
		CU_ASSERT_EQUAL(dp_blame_holds("evil", now, text, sizeof(text)), now + hold);
		CU_ASSERT_EQUAL(dp_blame_holds("good", now, text, sizeof(text)), 0);
		CU_ASSERT_TRUE(dp_blame_any(now));
		now += hold;
		CU_ASSERT_EQUAL(dp_blame_holds("evil", now, text, sizeof(text)), 0);
		CU_ASSERT_FALSE(dp_blame_any(now));
		hold = hold < 64 * S ? 2 * hold : hold;
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "died 9 times in a row"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "signal 7, SIGBUS"));
	/* It behaved for a while: it begins anew. */
	now += DP_BLAME_FORGET_NS + S;
	die(SIGSEGV, true, true);
	dp_blame_take(now);
	CU_ASSERT_EQUAL(dp_blame_holds("evil", now, text, sizeof(text)), now + S);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "receiving from it"));
	dp_blame_forgive("evil");
	CU_ASSERT_EQUAL(dp_blame_holds("evil", now, text, sizeof(text)), 0);
}

static void test_nobody(void)
{
	char text[192];

	start();
	die(SIGSEGV, true, false);
	die(SIGABRT, false, false);
	die(SIGKILL, true, true); /* somebody else did that */
	dp_blame_take(S);
	CU_ASSERT_EQUAL(dp_blame_holds("evil", S, text, sizeof(text)), 0);
	CU_ASSERT_FALSE(dp_blame_any(S));
}

/* A signal that was sent ends us all the same, at the first time, and is no port's fault. */
static void test_sent(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT};
	char text[192];

	start();
	for (size_t i = 0; i < 3; i++) {
		die_of(wait_for_it, signals[i], i % 2, true);
		dp_blame_take(S);
		CU_ASSERT_EQUAL(dp_blame_holds("evil", S, text, sizeof(text)), 0);
		CU_ASSERT_FALSE(dp_blame_any(S));
	}
	die_of(access_fault, SIGSEGV, true, true);
	dp_blame_take(S);
	CU_ASSERT_EQUAL(dp_blame_holds("evil", S, text, sizeof(text)), 2 * S);
	dp_blame_forgive("evil");
}

/* A hostile heddle-dp cannot make the next one believe in a name that is none, or in the future. */
static void test_many_and_odd(void)
{
	char text[192];

	start();
	for (unsigned int i = 0; i < HD_BLAME_PORTS + 10; i++) {
		snprintf(port->name, sizeof(port->name), "p%u", i);
		die(SIGBUS, true, true);
		dp_blame_take(S + i);
	}
	CU_ASSERT_EQUAL(dp_blame_holds("p0", S, text, sizeof(text)), 0); /* the oldest */
	CU_ASSERT_NOT_EQUAL(dp_blame_holds("p200", S, text, sizeof(text)), 0);
	memset(port->name, 'x', sizeof(port->name));
	die(SIGBUS, true, true);
	dp_blame_take(2 * S);
	strcpy(port->name, "../x\n");
	die(SIGBUS, true, true);
	dp_blame_take(2 * S);
	CU_ASSERT_EQUAL(dp_blame_holds("../x\n", 2 * S, text, sizeof(text)), 0);
	/* Deaths after now: of another boot, or a lie. */
	CU_ASSERT_NOT_EQUAL(dp_blame_holds("p200", 2, text, sizeof(text)), 0);
	dp_blame_take(2);
	CU_ASSERT_EQUAL(dp_blame_holds("p200", 2, text, sizeof(text)), 0);
}

UNIT_MAIN("blame", {"held back", test_held_back}, {"nobody", test_nobody}, {"sent", test_sent},
	  {"many, and odd ones", test_many_and_odd});
