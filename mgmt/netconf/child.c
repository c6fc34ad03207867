/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/bounds.h"
#include "mgmt/netconf/child.h"
#include "mgmt/netconf/errors.h"
#include "mgmt/netconf/session.h"

#define PIPE_FD   3
#define READ_SIZE 65536

/* What a child says first. */
enum { SAYS_DATA = 'D', SAYS_ERRORS = 'E' };

struct nc_child {
	struct nc_child *next;
	struct nc_children *all;
	struct nc_call *call;
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
	void (*after)(struct nc_call *call, bool in_time, const char *crash,
		      struct evbuffer *refusal);
	unsigned int cpu_ms;
	/* Asked; else NULL. */
	void (*take)(void *arg, const char *why, struct evbuffer *printed);
	struct evbuffer *printed; /* so far, by one that is tried or asked; else NULL */
	char user[64];
};

struct nc_children {
	struct nc_server *server;
	struct nc_child *running, *waiting;
	unsigned int n_running;
	struct event *next;
};

static void print_errors(struct nc_child *child, const struct ds_errors *errs, FILE *out)
{
	const struct nc_session *session = nc_call_session(child->call);
	struct evbuffer *text = evbuffer_new();

	nc_errors(text, child->all->server->ctx, errs, session && session->frame.chunked);
	fwrite(evbuffer_pullup(text, -1), 1, evbuffer_get_length(text), out);
	evbuffer_free(text);
}

/*
 * Until it took too long itself: new pages, and interrupts of a guest's flood, are the kernel's time.
 * A refusal that may be for want of memory is not told: the loop has more, or finds it soon.
 */
static void try(struct nc_child *child, FILE *out)
{
	struct itimerval limit = {.it_value = {child->cpu_ms / 1000, child->cpu_ms % 1000 * 1000}};
	struct ds_errors errs = {.n = 0};

	signal(SIGVTALRM, SIG_DFL);
	setitimer(ITIMER_VIRTUAL, &limit, NULL);
	if (!child->work->evaluate(child->call, child->arg, &errs) &&
	    !nc_bounds_memory_short(&child->all->server->limits)) {
		fprintf(out, "%s%c", child->call->attributes ? child->call->attributes : "", 0);
		print_errors(child, &errs, out);
		fflush(out);
	}
	_exit(0);
}

/* The child: only its memory and the pipe are its own. */
static void work(struct nc_child *child, int fd)
{
	const struct nc_limits *limits = &child->all->server->limits;
	struct ds_errors errs = {.n = 0};
	FILE *out;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit status of it */
	/* Sessions must end for their clients when the parent ends them. */
	if (fd != PIPE_FD && dup2(fd, PIPE_FD) < 0)
		_exit(1);
	close_range(PIPE_FD + 1, ~0u, 0);
	nc_bounds_set(limits, !child->after);
	out = fdopen(PIPE_FD, "w");
	if (!out)
		_exit(1);
	setvbuf(out, NULL, _IOFBF, READ_SIZE);
	if (child->after)
		try(child, out);
	if (child->work->evaluate(child->call, child->arg, &errs)) {
		if (!child->take)
			fputc(SAYS_DATA, out);
		child->work->print(child->call, child->arg, out);
	} else if (nc_bounds_memory_short(limits)) {
		_exit(1); /* what it found may be wrong: the parent says that memory was short */
	} else {
		fputc(SAYS_ERRORS, out);
		print_errors(child, &errs, out);
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

/* Waits for the end of the child, if it runs. Returns its status. */
static int reap(struct nc_child *child)
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
	start_soon(all);
	return status;
}

/* All that is kept of it, after its end. */
static void forget(struct nc_child *child)
{
	child->work->done(child->arg);
	if (child->printed)
		evbuffer_free(child->printed);
	free(child);
}

static void release(struct nc_child *child)
{
	reap(child);
	forget(child);
}

/* A signal that is neither one of our bounds, nor what running out of memory ends with. */
static bool crashed(int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	return sig && sig != SIGXCPU && sig != SIGKILL && sig != SIGVTALRM && sig != SIGABRT;
}

/* In words, when @status is not 0. */
static void why_ended(const struct nc_child *child, int status, char *why, size_t size)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (child->late)
		snprintf(why, size, "it took too long");
	else if (crashed(status))
		snprintf(why, size, "it crashed (signal %d, SIG%s)", sig, sigabbrev_np(sig));
	else if (sig == SIGXCPU || sig == SIGKILL)
		snprintf(why, size, "it took too much processor time");
	else
		snprintf(why, size, "it took too much memory");
}

/* It ended, and there is no reply yet. */
static void answer_why(struct nc_child *child, int status, const char *why)
{
	const struct nc_limits *limits = &child->all->server->limits;

	if (crashed(status))
		nc_call_error(child->call, DS_OPERATION_FAILED,
			      "%s: that is a mistake in Heddle, or in a library that it uses, and "
			      "harmed nothing else; ask in another way, and please report it",
			      why);
	else
		nc_call_error(child->call, DS_RESOURCE_DENIED,
			      "%s: a read has %u s of processor time, %u s in all until it begins "
			      "to answer, and %u MB of memory; ask for less, with a filter that "
			      "names what is wanted",
			      why, limits->read_cpu_s, limits->read_s, limits->read_mb);
}

static void answer(struct nc_child *child, int status, const char *why)
{
	if (child->begun && status == 0) {
		if (!child->errors && child->work->agreed)
			child->work->agreed(child->call, child->arg);
		nc_call_end(child->call, child->errors);
	} else if (child->begun) {
		nc_call_drop(child->call); /* half a reply cannot be mended */
	} else {
		answer_why(child, status, why);
	}
}

/* The pipe is at its end. */
static void finish(struct nc_child *child)
{
	struct nc_session *session = nc_call_session(child->call);
	int status = reap(child);
	char why[64] = "";

	if (status != 0)
		why_ended(child, status, why, sizeof(why));
	if (session && session->child == child)
		session->child = NULL;
	if (status != 0 && (!child->after || crashed(status)))
		hd_log_limited(HD_LOG_WARNING, "a read of %s was stopped: %s", child->user, why);
	if (child->take) {
		child->take(child->arg, status ? why : NULL, child->printed);
		nc_call_free(child->call);
	} else if (child->after) {
		child->after(child->call, status == 0, crashed(status) ? why : NULL,
			     evbuffer_get_length(child->printed) ? child->printed : NULL);
	} else {
		answer(child, status, why);
	}
	forget(child);
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

	if (n > 0 && !child->printed && !child->begun) {
		evbuffer_remove(part, &says, 1);
		begin(child, says);
	}
	if (child->printed) {
		evbuffer_add_buffer(child->printed, part);
	} else if (n > 0 && !nc_call_part(child->call, part)) {
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

static void not_started(struct nc_child *child, const char *why)
{
	struct nc_session *session = nc_call_session(child->call);

	if (session && session->child == child)
		session->child = NULL;
	reap(child);
	if (child->take) {
		child->take(child->arg, why, child->printed);
		nc_call_free(child->call);
	} else {
		nc_call_error(child->call, DS_RESOURCE_DENIED, "cannot start a read: %s", why);
	}
	forget(child);
}

static void on_next(evutil_socket_t fd, short what, void *arg)
{
	struct nc_children *all = arg;
	struct nc_child *child;

	while (all->n_running < all->server->limits.reads && (child = pick(all))) {
		if (launch(child))
			continue;
		not_started(child, strerror(errno));
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

static struct nc_child *enqueue(struct nc_call *call, const struct nc_work *work, void *arg)
{
	struct nc_children *all = call->server->children;
	struct nc_child *child = ds_alloc(sizeof(*child)), **last = &all->waiting;

	child->all = all;
	child->call = call;
	child->work = work;
	child->arg = arg;
	hd_str_copy(child->user, sizeof(child->user), call->user);
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
	session->child = enqueue(call, work, arg);
	start_soon(call->server->children);
}

struct nc_child *nc_child_ask(struct nc_session *session, const struct nc_work *work, void *arg,
			      void (*take)(void *arg, const char *why, struct evbuffer *printed))
{
	struct nc_child *child = enqueue(nc_call_new(session), work, arg);

	child->take = take;
	child->printed = evbuffer_new();
	start_soon(session->server->children);
	return child;
}

/* Without one the message is read on the loop after all: better than not at all. */
void nc_child_try(struct nc_call *call, const struct nc_work *work, void *arg, unsigned int cpu_ms,
		  void (*after)(struct nc_call *call, bool in_time, const char *crash,
				struct evbuffer *refusal))
{
	struct nc_session *session = nc_call_session(call);
	struct nc_child *child = enqueue(call, work, arg);

	session->child = child;
	child->after = after;
	child->printed = evbuffer_new();
	child->cpu_ms = cpu_ms;
	if (launch(child))
		return;
	session->child = NULL;
	release(child);
	after(call, true, NULL, NULL);
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
