/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-dp: the data plane. See docs/architecture.md for where it stands.
 */
#include <errno.h>
#include <signal.h>

#include <rte_launch.h>
#include <rte_lcore.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "heddle/base/random.h"
#include "heddle/base/sandbox.h"
#include "dataplane/core/api.h"
#include "dataplane/core/blame.h"
#include "dataplane/core/closer.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/idle.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/options.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/section.h"
#include "dataplane/core/stats.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/l2.h"
#include "dataplane/main/control.h"
#include "dataplane/main/eal.h"
#include "dataplane/main/options.h"
#include "dataplane/punt/punt.h"
#include "dataplane/replay/replay.h"

#define REPLAY_SEED   1
#define CLOSE_WAIT_MS 1500 /* after 2 s heddled kills us */

static int init(struct hd_err *err)
{
	const struct dp_options *o = dp_options();
	struct dp_fdb *fdb;
	int rc;

	if (o->replay) {
		hd_random_fix(REPLAY_SEED);
		hd_clock_set_virtual(0);
	}
	if (dp_drop_init() < 0)
		return hd_err_set(err, ENOSPC, "too many drop reasons in this build");
	rc = dp_feature_init(err);
	if (!rc)
		rc = dp_section_init(err);
	if (!rc && !o->replay)
		rc = hd_sandbox_enter(HD_SANDBOX_DATA, err);
	if (!rc)
		rc = dp_eal_start(err);
	if (!rc && !o->replay)
		rc = dp_control_connect(err);
	if (!rc)
		rc = dp_stats_init(!o->replay, o->workers, HD_PORTS_MAX, err);
	if (!rc && !o->replay)
		rc = dp_blame_init(true, err);
	if (rc)
		return rc;
	fdb = dp_fdb_new(o->fdb_size, hd_random_u64());
	if (!fdb || dp_config_init() < 0)
		return hd_err_set(err, ENOMEM, "out of memory");
	rc = dp_api_init(err);
	if (rc)
		return rc;
	dp_l2_init(fdb);
	dp_idle_enable(o->idle_sleep);
	rc = dp_workers_init(o->workers, o->replay ? dp_replay_receive : NULL, dp_eal_pool(),
			     dp_eal_big_pool(), fdb, err);
	return rc < 0 || o->replay ? rc : dp_punt_init(fdb, err);
}

static int run(struct hd_err *err)
{
	unsigned int lcore;
	int status;

	if (dp_options()->replay)
		return dp_replay_main(err);
	/* Lcore i forwards as worker i - 1; lcore 0 is this thread. */
	RTE_LCORE_FOREACH_WORKER(lcore)
	if (dp_worker_get(lcore - 1))
		rte_eal_remote_launch(dp_worker_main, dp_worker_get(lcore - 1), lcore);
	status = dp_punt_start(err);
	if (status < 0)
		return status;
	status = dp_control_run();
	dp_punt_stop();
	dp_port_stop_all();
	dp_workers_stop();
	rte_eal_mp_wait_lcore();
	dp_close_wait(CLOSE_WAIT_MS);
	return status;
}

int main(int argc, char **argv)
{
	struct hd_err err = {0};
	int rc;

	hd_log_init("dp");
	rc = dp_options_parse(argc, argv);
	if (rc)
		return rc - 1;
	signal(SIGPIPE, SIG_IGN);
	rc = init(&err);
	if (!rc)
		rc = run(&err);
	if (rc < 0) {
		hd_log(HD_LOG_ERR, "%s", err.text);
		rc = 1;
	}
	dp_eal_stop();
	return rc;
}
