/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "heddle/api/supervisor.h"
#include "heddle/base/log.h"
#include "heddle/base/sandbox.h"
#include "mgmt/backend/backend.h"
#include "mgmt/bind/gateway.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/main/run.h"
#include "mgmt/nacm/nacm.h"
#include "mgmt/netconf/notify.h"
#include "mgmt/netconf/server.h"
#include "mgmt/store/store.h"

struct mgmt {
	const struct options *options;
	struct event_base *base;
	struct hd_link supervisor;
	struct bk *bk;
	struct st *st;
	struct nacm *nacm;
	struct nc_server *server;
	struct event *signals[2];
	const char *from; /* the file that is in force first */
	int status;
	bool stopping;
};

static void stop(struct mgmt *m, int status)
{
	m->status = status;
	event_base_loopbreak(m->base);
}

static void on_peer(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_peer *peer = msg->body;
	struct mgmt *m = arg;
	int fd;

	if (msg->n_fds != 1) {
		hd_log(HD_LOG_ERR, "heddled told of a plane without a channel to it");
		return;
	}
	fd = msg->fds[0];
	msg->fds[0] = -1;
	bk_peer(m->bk, peer->plane, fd);
}

static void on_plane_stop(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	hd_log(HD_LOG_INFO, "stopping");
	stop(arg, 0);
}

/* The run directory was removed, and heddled made it anew. */
static void on_listen(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct mgmt *m = arg;

	if (msg->n_fds != 1 || !m->server)
		return;
	nc_server_listen(m->server, msg->fds[0]);
	msg->fds[0] = -1;
}

static const struct hd_handler supervisor_handlers[] = {
	HD_EVENT_HANDLER(PEER, on_peer),
	HD_EVENT_HANDLER(NETCONF_LISTEN, on_listen),
	HD_EVENT_HANDLER(PLANE_STOP, on_plane_stop),
};

static void on_supervisor_down(struct hd_link *link, void *arg)
{
	struct mgmt *m = arg;

	hd_log(HD_LOG_ERR, "heddled is gone");
	m->bk->supervisor = NULL;
	m->bk->stats.supervisor = NULL;
	stop(m, 1);
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	hd_log(HD_LOG_INFO, "stopping: signal %d", (int)sig);
	stop(arg, 0);
}

static int connect_supervisor(struct mgmt *m)
{
	const char *text = getenv("HEDDLE_SUPERVISOR_FD");
	char *end;
	long fd = text ? strtol(text, &end, 10) : -1;

	if (!text || *end || fd < 0) {
		fprintf(stderr, "heddle-mgmt: HEDDLE_SUPERVISOR_FD is not set: heddled starts "
				"heddle-mgmt; use --check to look at a configuration\n");
		return -EINVAL;
	}
	m->supervisor = (struct hd_link){
		.base = m->base,
		.self = HD_PLANE_MGMT,
		.peer = HD_PLANE_SUPERVISOR,
		.down = on_supervisor_down,
		.arg = m,
	};
	return hd_link_open(&m->supervisor, fd, 0);
}

static void print_refused(const char *path, const struct ds_errors *errs)
{
	fprintf(stderr, "%s: refused, %zu error%s\n", path, errs->n + errs->more,
		errs->n + errs->more == 1 ? "" : "s");
	ds_errors_print(errs, stderr);
}

static void on_started(const struct ds_errors *errs, void *arg)
{
	struct mgmt *m = arg;
	struct hd_plane_ready ready = {.generation = m->bk->generation};

	if (m->stopping)
		return;
	if (!ds_errors_none(errs)) {
		print_refused(m->from, errs);
		stop(m, EXIT_REFUSED);
		return;
	}
	if (st_warning(m->st))
		nc_publish_fallback(m->server, m->from, st_warning(m->st));
	snprintf(ready.text, sizeof(ready.text), "%s%.60s is in force%s",
		 strcmp(m->from, "nothing") ? "configuration from " : "an empty configuration",
		 strcmp(m->from, "nothing") ? m->from : "",
		 st_startup_problem(m->st) ? ", in place of one that was refused" : "");
	hd_chan_event(m->supervisor.chan, PLANE_READY, &ready);
}

/* While the file can be read. */
static void know_machine(void)
{
	struct hd_err err = {0};
	size_t len;
	char *id = ds_file_read("/etc/machine-id", &len, &err);

	bd_gateway_machine(id);
	free(id);
}

/* Reads the configuration and begins to serve. Returns 0, or the exit status. */
static int start(struct mgmt *m, struct ly_ctx *ctx)
{
	struct ds_errors errs = {.n = 0};
	struct hd_err err = {0};
	char path[512];

	/* Before the first configuration: who connects meanwhile is served when there is one. */
	if (hd_sandbox_enter(HD_SANDBOX_MGMT, &err) < 0) {
		hd_log(HD_LOG_ERR, "%s", err.text);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/netconf.sock", m->options->run_dir);
	m->server = nc_server_new(m->base, ctx, m->st, m->bk, path, &err);
	if (!m->server) {
		hd_log(HD_LOG_ERR, "%s", err.text);
		return 1;
	}
	m->server->nacm = m->nacm;
	m->server->vhost_dir = m->options->vhost_dir;
	if (st_start(m->st, getenv("HEDDLE_RESTARTS"), &m->from, &errs, on_started, m))
		return 0;
	print_refused(m->from, &errs);
	ds_errors_clear(&errs);
	return EXIT_REFUSED;
}

int run(const struct options *options, struct ly_ctx *ctx)
{
	struct mgmt m = {.options = options, .base = event_base_new()};

	umask(0077);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes is a full disk */
	if (connect_supervisor(&m) < 0) {
		event_base_free(m.base);
		return 2;
	}
	m.bk = bk_new(m.base, m.supervisor.chan);
	bk_baselines_keep(&m.bk->stats.cleared, options->state_dir);
	hd_chan_handlers(m.supervisor.chan, supervisor_handlers,
			 sizeof(supervisor_handlers) / sizeof(supervisor_handlers[0]), &m);
	know_machine();
	m.nacm = nacm_new(ctx);
	m.st = st_new(m.base, ctx, m.bk, m.nacm,
		      &(struct st_options){.run_dir = options->run_dir,
					   .state_dir = options->state_dir,
					   .config = options->config,
					   .initial = options->initial_config});
	m.signals[0] = evsignal_new(m.base, SIGTERM, on_signal, &m);
	m.signals[1] = evsignal_new(m.base, SIGINT, on_signal, &m);
	event_add(m.signals[0], NULL);
	event_add(m.signals[1], NULL);
	m.status = start(&m, ctx);
	if (m.status == 0)
		event_base_dispatch(m.base);
	/* Channels first: what waits for an answer still has its session. */
	m.stopping = true;
	m.bk->supervisor = NULL;
	hd_link_close(&m.supervisor);
	bk_free(m.bk);
	st_stop(m.st);
	nc_server_free(m.server);
	st_free(m.st);
	nacm_free(m.nacm);
	event_base_loop(m.base, EVLOOP_NONBLOCK); /* libevent frees buffers from its loop */
	event_free(m.signals[0]);
	event_free(m.signals[1]);
	event_base_free(m.base);
	libevent_global_shutdown();
	return m.status;
}
