/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "heddle/ipc/chan.h"
#include "dataplane/core/opener.h"

#define OPENER_TIMEOUT_MS 2000

static struct hd_chan *supervisor;
static bool sweep_is_due;

void dp_opener_init(struct hd_chan *chan)
{
	supervisor = chan;
}

static int check(struct hd_err *err)
{
	if (supervisor && hd_chan_open(supervisor))
		return 0;
	return hd_err_set(err, ENOTCONN, "heddled is not there to open it");
}

static void on_done(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		    void *arg)
{
	(void)chan;
	(void)status;
	(void)msg;
	(void) final;
	(void)arg;
}

int dp_opener_tap(const struct hd_open_tap *req, int *fds, unsigned int *n_fds,
		  struct hd_opened *opened, struct hd_err *err)
{
	int rc = check(err);

	if (rc == 0)
		rc = hd_chan_call(supervisor, OPEN_TAP, req, opened, fds, n_fds, OPENER_TIMEOUT_MS,
				  err);
	sweep_is_due |= rc == 0; /* it may have had another one before */
	return rc;
}

int dp_opener_packet(const struct hd_open_packet *req, int fds[2], struct hd_opened *opened,
		     struct hd_err *err)
{
	unsigned int n_fds = 2;
	int rc = check(err);

	if (rc)
		return rc;
	rc = hd_chan_call(supervisor, OPEN_PACKET, req, opened, fds, &n_fds, OPENER_TIMEOUT_MS,
			  err);
	if (rc == 0 && n_fds != 2) {
		for (unsigned int i = 0; i < n_fds; i++)
			close(fds[i]);
		return hd_err_set(err, EBADMSG, "heddled sent %u descriptors instead of 2", n_fds);
	}
	return rc;
}

void dp_opener_release(const char *port)
{
	struct hd_open_release req = {0};

	hd_str_copy(req.port, sizeof(req.port), port);
	if (check(NULL) == 0)
		hd_chan_request(supervisor, OPEN_RELEASE, &req, on_done, NULL);
	sweep_is_due = true;
}

void dp_opener_down(const char *port)
{
	struct hd_open_release req = {0};

	hd_str_copy(req.port, sizeof(req.port), port);
	if (check(NULL) == 0)
		hd_chan_request(supervisor, OPEN_DOWN, &req, on_done, NULL);
}

void dp_opener_sweep_later(void)
{
	sweep_is_due = true;
}

bool dp_opener_sweep_is_due(void)
{
	return sweep_is_due;
}

void dp_opener_sweep(void)
{
	if (check(NULL) == 0)
		hd_chan_request(supervisor, OPEN_SWEEP, NULL, on_done, NULL);
	sweep_is_due = false;
}

int dp_opener_vhost(const struct hd_open_vhost *req, struct hd_opened_vhost *opened,
		    struct hd_err *err)
{
	unsigned int n_fds = 1;
	int fd = -1, rc = check(err);

	if (rc == 0)
		rc = hd_chan_call(supervisor, OPEN_VHOST, req, opened, &fd, &n_fds,
				  OPENER_TIMEOUT_MS, err);
	if (rc == 0 && n_fds != 1)
		rc = hd_err_set(err, EBADMSG, "heddled sent no descriptor for port %s", req->port);
	return rc ? rc : fd;
}

int dp_opener_vhost_admit(const char *port, struct hd_err *err)
{
	struct hd_vhost_admit req = {0};
	struct hd_nothing none;
	int rc = check(err);

	hd_str_copy(req.port, sizeof(req.port), port);
	return rc ? rc
		  : hd_chan_call(supervisor, VHOST_ADMIT, &req, &none, NULL, NULL,
				 OPENER_TIMEOUT_MS, err);
}

int dp_opener_capture(const char *name, bool write, struct hd_err *err)
{
	struct hd_open_capture req = {.write = write};
	unsigned int n_fds = 1;
	struct hd_nothing none;
	int fd = -1, rc = check(err);

	hd_str_copy(req.name, sizeof(req.name), name);
	if (rc == 0)
		rc = hd_chan_call(supervisor, OPEN_CAPTURE, &req, &none, &fd, &n_fds,
				  OPENER_TIMEOUT_MS, err);
	if (rc == 0 && n_fds != 1)
		rc = hd_err_set(err, EBADMSG, "heddled sent no descriptor for %s", name);
	return rc ? rc : fd;
}

int dp_opener_shm(const char *name, uint32_t version, uint64_t size, bool *is_new,
		  struct hd_err *err)
{
	struct hd_open_shm req = {.size = size, .version = version};
	struct hd_opened_shm rep;
	unsigned int n_fds = 1;
	int fd = -1, rc = check(err);

	if (rc)
		return rc;
	hd_str_copy(req.name, sizeof(req.name), name);
	rc = hd_chan_call(supervisor, OPEN_SHM, &req, &rep, &fd, &n_fds, OPENER_TIMEOUT_MS, err);
	if (rc)
		return rc;
	if (n_fds != 1)
		return hd_err_set(err, EBADMSG, "heddled sent no descriptor for %s", name);
	*is_new = rep.is_new;
	return fd;
}
