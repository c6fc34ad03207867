/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "heddle/api/config.h"
#include "heddle/api/replay.h"
#include "heddle/base/log.h"
#include "heddle/ipc/chan.h"
#include "mgmt/main/offline.h"

#define CONFIG_TIMEOUT_MS 60000

static void closed(struct hd_chan *chan, void *arg)
{
	/* The call that waits tells of it. */
}

static void send_object(const struct bd_object *object, enum hd_object_op op, void *arg)
{
	hd_chan_event_raw(arg, object->type, object->body, object->size, NULL, 0);
}

static int configure(struct hd_chan *chan, const struct bd_config *config, struct hd_err *err)
{
	struct hd_config_begin begin = {.generation = 1, .mode = HD_CONFIG_FULL};
	struct hd_config_result result;
	struct hd_nothing nothing;
	int rc;

	rc = hd_chan_call(chan, CONFIG_BEGIN, &begin, &nothing, NULL, NULL, CONFIG_TIMEOUT_MS, err);
	if (rc < 0)
		return rc;
	bd_objects_diff(NULL, &config->objects, HD_PLANE_DATA, send_object, chan);
	rc = hd_chan_call(chan, CONFIG_PREPARE, &nothing, &result, NULL, NULL, CONFIG_TIMEOUT_MS,
			  err);
	if (rc < 0)
		return rc;
	return hd_chan_call(chan, CONFIG_COMMIT, &nothing, &result, NULL, NULL, CONFIG_TIMEOUT_MS,
			    err);
}

int offline_run(int fd, const struct bd_config *config, const char *path, struct hd_err *err)
{
	struct hd_chan_config chan_config = {.self = HD_PLANE_MGMT, .closed = closed};
	struct hd_replay_done done;
	struct hd_nothing nothing;
	struct hd_chan *chan = hd_chan_new(fd, &chan_config);
	int rc;

	if (!chan)
		return hd_err_set(err, errno, "cannot use the channel to heddle-dp: %s",
				  strerror(errno));
	rc = configure(chan, config, err);
	if (rc < 0) {
		hd_err_prefix(err, "%.80s: heddle-dp does not take it", path);
	} else {
		rc = hd_chan_call(chan, REPLAY_RUN, &nothing, &done, NULL, NULL, -1, err);
		if (rc < 0)
			hd_err_prefix(err, "replay");
		else
			hd_log(HD_LOG_DEBUG, "replayed %llu packets",
			       (unsigned long long)done.packets);
	}
	hd_chan_free(chan);
	return rc;
}
