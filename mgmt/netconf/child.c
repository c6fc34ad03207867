/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/child.h"
#include "mgmt/netconf/errors.h"
#include "mgmt/netconf/session.h"

#define PIPE_FD   3
#define READ_SIZE 65536
#define NICE      5

/* What a child says first. */
enum { SAYS_DATA = 'D', SAYS_ERRORS = 'E' };

struct nc_child {
	struct nc_child *next;
	struct nc_children *all;
	struct nc_call *call; /* NULL: the session is gone */
	const struct nc_work *work;
	void *arg;
	pid_t pid; /* 0: it waits */
	int fd;
	struct event *event, *timer;
	bool begun;   /* the reply */
	bool errors;  /* it is one of errors */
	bool blocked; /* the client does not take what is there */
	bool late;    /* it was stopped for taking too long */
	/* Only tried; else NULL. */
	void (*after)(struct nc_call *call, bool in_time);
	unsigned int cpu_ms;
	char user[64];
};

struct nc_children {
	struct nc_server *server;
	struct nc_child *running, *waiting;
	unsigned int n_running;
	struct event *next;
};

#if defined(__SANITIZE_ADDRESS__)
static void limit_memory(const struct nc_limits *limits)
{
	/* Shadow memory makes address space a measure of nothing. */
}
#else
/* So much more than what it starts with. */
static void limit_memory(const struct nc_limits *limits)
{
	struct rlimit limit = {0, 0};
	unsigned long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	if (statm && fscanf(statm, "%lu", &pages) == 1) {
		limit.rlim_cur = pages * sysconf(_SC_PAGESIZE) + ((rlim_t)limits->read_mb << 20);
		limit.rlim_max = limit.rlim_cur;
		setrlimit(RLIMIT_AS, &limit);
	}
	if (statm)
		fclose(statm);
}
#endif

static void set_bounds(const struct nc_limits *limits)
{
	struct rlimit cpu = {limits->read_cpu_s, limits->read_cpu_s + 1}, none = {0, 0};

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &none);
	limit_memory(limits);
	if (nice(NICE) < 0)
		errno = 0; /* it is only politeness */
}

/* To the end, or until it took too long. */
static void try(struct nc_child *child)
{
	struct itimerval limit = {.it_value = {child->cpu_ms / 1000, child->cpu_ms % 1000 * 1000}};
	struct ds_errors errs = {.n = 0};

	signal(SIGPROF, SIG_DFL);
	setitimer(ITIMER_PROF, &limit, NULL);
	child->work->evaluate(child->call, child->arg, &errs);
	_exit(0);
}

static void say_errors(struct nc_child *child, const struct ds_errors *errs, FILE *out)
{
	struct evbuffer *text = evbuffer_new();

	fputc(SAYS_ERRORS, out);
	nc_errors(text, child->all->server->ctx, errs);
	fwrite(evbuffer_pullup(text, -1), 1, evbuffer_get_length(text), out);
	evbuffer_free(text);
}

/* The child: only its memory and the pipe are its own. */
static void work(struct nc_child *child, int fd)
{
	struct ds_errors errs = {.n = 0};
	FILE *out;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	/* Sessions must end for their clients when the parent ends them. */
	if (fd != PIPE_FD && dup2(fd, PIPE_FD) < 0)
		_exit(1);
	close_range(PIPE_FD + 1, ~0u, 0);
	set_bounds(&child->all->server->limits);
	if (child->after)
		try(child);
	out = fdopen(PIPE_FD, "w");
	if (!out)
		_exit(1);
	setvbuf(out, NULL, _IOFBF, READ_SIZE);
	if (child->work->evaluate(child->call, child->arg, &errs)) {
		fputc(SAYS_DATA, out);
		child->work->print(child->call, child->arg, out);
	} else {
		say_errors(child, &errs, out);
		ds_errors_clear(&errs);
	}
	/* Nothing is freed: the reply ends when this process does. */
	_exit(fflush(out) == 0 && !ferror(out) ? 0 : 1);
}

static void unlink_from(struct nc_child **list, struct nc_child *child)
{
	while (*list && *list != child)
		list = &(*list)->next;
	if (*list)
		*list = child->next;
}

static void start_soon(struct nc_children *all)
{
	event_active(all->next, EV_TIMEOUT, 0);
}

/* Ends the child, if it still runs, and all that is kept of it. Returns its status. */
static int release(struct nc_child *child)
{
	struct nc_children *all = child->all;
	int status = 0;

	unlink_from(child->pid ? &all->running : &all->waiting, child);
	if (child->pid) {
		all->n_running -= !child->after;
		while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
			;
		event_free(child->event);
		event_free(child->timer);
		close(child->fd);
	}
	child->work->done(child->arg);
	free(child);
	start_soon(all);
	return status;
}

static const char *why_ended(const struct nc_child *child, int status)
{
	if (child->late)
		return "it took too long";
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
		return "it took too much processor time";
	return "it took too much memory";
}

/* The pipe is at its end. */
static void finish(struct nc_child *child)
{
	struct nc_limits limits = child->all->server->limits;
	struct nc_child was = *child;
	int status = release(child);
	const char *why = why_ended(&was, status);
	struct nc_session *session = was.call ? nc_call_session(was.call) : NULL;

	if (!was.call)
		return;
	if (session)
		session->child = NULL;
	if (was.after) {
		was.after(was.call, status == 0);
		return;
	}
	if (status != 0)
		hd_log_limited(HD_LOG_WARNING, "a read of %s was stopped: %s", was.user, why);
	if (was.begun && status == 0) {
		nc_call_end(was.call, was.errors);
	} else if (was.begun) {
		nc_call_drop(was.call); /* half a reply cannot be mended */
	} else {
		nc_call_error(
			was.call, DS_RESOURCE_DENIED,
			"%s: a read has %u s of processor time, %u s in all until it begins to "
			"answer, and %u MB of memory; ask for less, with a filter that names "
			"what is wanted",
			why, limits.read_cpu_s, limits.read_s, limits.read_mb);
	}
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	struct nc_child *child = arg;

	child->late = true;
	kill(child->pid, SIGKILL); /* the end of the pipe tells the rest */
}

static void begin(struct nc_child *child, char says)
{
	child->begun = true;
	child->errors = says == SAYS_ERRORS;
	evtimer_del(child->timer);
	nc_call_begin(child->call);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct nc_child *child = arg;
	struct evbuffer *part = evbuffer_new();
	int n = evbuffer_read(part, fd, READ_SIZE);
	char says;

	if (n > 0 && child->call && !child->begun) {
		evbuffer_remove(part, &says, 1);
		begin(child, says);
	}
	if (n > 0 && child->call && !nc_call_part(child->call, part)) {
		event_del(child->event);
		child->blocked = true;
	}
	evbuffer_free(part);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		finish(child);
}

static bool launch(struct nc_child *child)
{
	struct nc_children *all = child->all;
	struct timeval patience = {all->server->limits.read_s, 0};
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	child->pid = fork();
	if (child->pid == 0)
		work(child, fds[1]);
	close(fds[1]);
	if (child->pid < 0) {
		child->pid = 0;
		close(fds[0]);
		return false;
	}
	evutil_make_socket_nonblocking(fds[0]);
	child->fd = fds[0];
	child->event =
		event_new(all->server->base, child->fd, EV_READ | EV_PERSIST, on_readable, child);
	child->timer = evtimer_new(all->server->base, on_late, child);
	event_add(child->event, NULL);
	evtimer_add(child->timer, &patience);
	unlink_from(&all->waiting, child);
	child->next = all->running;
	all->running = child;
	all->n_running += !child->after;
	return true;
}

static unsigned int runs_of(const struct nc_children *all, const char *user)
{
	unsigned int n = 0;

	for (const struct nc_child *c = all->running; c; c = c->next)
		n += !c->after && !strcmp(c->user, user);
	return n;
}

/*
 * The oldest one of whoever has the fewest running. One place is never for the same user as all
 * others, so that nobody can keep everybody waiting.
 */
static struct nc_child *pick(const struct nc_children *all)
{
	struct nc_child *best = NULL;
	unsigned int fewest = 0;

	for (struct nc_child *c = all->waiting; c; c = c->next) {
		unsigned int n = runs_of(all, c->user);

		if (all->server->limits.reads > 1 && n + 1 >= all->server->limits.reads)
			continue;
		if (!best || n < fewest) {
			best = c;
			fewest = n;
		}
	}
	return best;
}

static void on_next(evutil_socket_t fd, short what, void *arg)
{
	struct nc_children *all = arg;
	struct nc_child *child;

	while (all->n_running < all->server->limits.reads && (child = pick(all))) {
		struct nc_call *call = child->call;
		struct nc_session *session = nc_call_session(call);

		if (launch(child))
			continue;
		if (session)
			session->child = NULL;
		nc_call_error(call, DS_RESOURCE_DENIED, "cannot start a read: %s", strerror(errno));
		release(child);
		return;
	}
}

struct nc_children *nc_children_new(struct nc_server *server)
{
	struct nc_children *all = ds_alloc(sizeof(*all));

	all->server = server;
	all->next = evtimer_new(server->base, on_next, all);
	return all;
}

void nc_children_free(struct nc_children *all)
{
	while (all->running || all->waiting)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is taken out of its list first */
		nc_child_cancel(all->running ? all->running : all->waiting);
	event_free(all->next);
	free(all);
}

static struct nc_child *enqueue(struct nc_call *call, struct nc_session *session,
				const struct nc_work *work, void *arg)
{
	struct nc_children *all = call->server->children;
	struct nc_child *child = ds_alloc(sizeof(*child)), **last = &all->waiting;

	child->all = all;
	child->call = call;
	child->work = work;
	child->arg = arg;
	hd_str_copy(child->user, sizeof(child->user), call->user);
	session->child = child;
	while (*last)
		last = &(*last)->next;
	*last = child;
	return child;
}

void nc_child_run(struct nc_call *call, const struct nc_work *work, void *arg)
{
	struct nc_session *session = nc_call_session(call);

	if (!session) { /* it went while facts were gathered */
		work->done(arg);
		nc_call_drop(call);
		return;
	}
	enqueue(call, session, work, arg);
	start_soon(call->server->children);
}

/* Without one the message is read on the loop after all: better than not at all. */
void nc_child_try(struct nc_call *call, const struct nc_work *work, void *arg, unsigned int cpu_ms,
		  void (*after)(struct nc_call *call, bool in_time))
{
	struct nc_session *session = nc_call_session(call);
	struct nc_child *child = enqueue(call, session, work, arg);

	child->after = after;
	child->cpu_ms = cpu_ms;
	if (launch(child))
		return;
	session->child = NULL;
	release(child);
	after(call, true);
}

void nc_child_resume(struct nc_child *child)
{
	if (!child->blocked)
		return;
	child->blocked = false;
	event_add(child->event, NULL);
}

void nc_child_cancel(struct nc_child *child)
{
	struct nc_call *call = child->call;

	if (child->pid)
		kill(child->pid, SIGKILL);
	release(child);
	nc_call_free(call);
}
