/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-cp: the control plane. Its features, which register themselves (ctrlplane/core/feature.h),
 * talk to the kernel and to other routers, and decide.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include <event2/event.h>

#include "heddle/base/err.h"
#include "heddle/base/log.h"
#include "heddle/base/sandbox.h"
#include "heddle/config/bracket.h"
#include "ctrlplane/core/feature.h"
#include "ctrlplane/core/packet.h"
#include "ctrlplane/core/peers.h"
#include "ctrlplane/main/options.h"

static void on_terminate(evutil_socket_t sig, short what, void *arg)
{
	event_base_loopexit(arg, NULL);
}

/* The answer comes last: who asks the kernel after a commit finds there what it brought. */
static void commit(struct hd_store *store)
{
	hd_store_commit(store);
	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		f->commit(store);
	cp_packet_committed();
	hd_bracket_in_force();
}

static const struct hd_bracket_hooks bracket_hooks = {.commit = commit};

static int start(struct event_base *base, const struct cp_options *options, struct hd_err *err)
{
	int rc = hd_bracket_init(&bracket_hooks, err);

	if (rc == 0)
		rc = cp_packet_start(err);
	for (const struct cp_feature *f = cp_feature_first(); f && rc == 0; f = f->next)
		rc = f->start(base, err);
	if (rc == 0)
		rc = cp_peers_start(base, options->supervisor_fd, err);
	if (rc == 0)
		cp_peers_ready();
	return rc;
}

/* Timers of elections are short: to the microsecond, not to the kernel's tick. */
static struct event_base *loop_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config && event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER) == 0)
		base = event_base_new_with_config(config);
	if (config)
		event_config_free(config);
	return base;
}

static int run(const struct cp_options *options)
{
	struct event_base *base = loop_new();
	struct event *terminate = base ? evsignal_new(base, SIGTERM, on_terminate, base) : NULL;
	struct hd_err err = {0};
	int status = 1;

	if (!terminate || event_add(terminate, NULL) < 0) {
		hd_log(HD_LOG_ERR, "out of memory");
	} else if (hd_sandbox_enter(HD_SANDBOX_CONTROL, &err) < 0 ||
		   start(base, options, &err) < 0) {
		hd_log(HD_LOG_ERR, "%s", err.text);
	} else {
		event_base_dispatch(base);
		status = cp_peers_orphaned();
	}
	cp_peers_stop();
	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		f->stop();
	cp_packet_stop();
	hd_bracket_fini();
	if (terminate)
		event_free(terminate);
	if (base)
		event_base_free(base);
	libevent_global_shutdown();
	return status;
}

int main(int argc, char **argv)
{
	struct cp_options options;
	int rc = cp_options_parse(&options, argc, argv);

	if (rc != 0)
		return rc == CP_OPTIONS_DONE ? 0 : 2;
	hd_log_init("cp");
	hd_log_level_set(options.log_level);
	/* Ctrl-C in a terminal reaches all of us: heddled decides, and says PLANE_STOP */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return run(&options);
}
