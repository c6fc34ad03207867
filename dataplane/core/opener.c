/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "heddle/ipc/chan.h"
#include "dataplane/core/opener.h"

#define OPENER_TIMEOUT_MS 2000

/*
 * Removing a device may take the kernel 15 ms, and heddled answers in order. So releases wait here, but
 * for a few: an open would wait behind them.
 */
#define RELEASES_MAX 2

struct release {
	TAILQ_ENTRY(release) next;
	struct hd_open_release req;
};

static struct hd_chan *supervisor;
static TAILQ_HEAD(, release) releases = TAILQ_HEAD_INITIALIZER(releases);
static unsigned int releasing; /* asked for and not answered */

void hd_opener_init(struct hd_chan *chan)
{
	supervisor = chan;
}

static int check(struct hd_err *err)
{
	if (supervisor && hd_chan_open(supervisor))
		return 0;
	return hd_err_set(err, ENOTCONN, "heddled is not there to open it");
}

static void on_released(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
			void *arg);

static void release_send(struct release *r)
{
	TAILQ_REMOVE(&releases, r, next);
	if (check(NULL) == 0 &&
	    hd_chan_request(supervisor, OPEN_RELEASE, &r->req, on_released, NULL) == 0)
		releasing++;
	free(r);
}

static void release_some(void)
{
	while (releasing < RELEASES_MAX && !TAILQ_EMPTY(&releases))
		release_send(TAILQ_FIRST(&releases));
}

static void on_released(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
			void *arg)
{
	(void)chan;
	(void)status;
	(void)msg;
	(void) final;
	(void)arg;
	releasing--;
	release_some();
}

/* What the port had goes before it gets something new. */
static void release_first(const char *port)
{
	struct release *r, *next;

	for (r = TAILQ_FIRST(&releases); r; r = next) {
		next = TAILQ_NEXT(r, next);
		if (!strcmp(r->req.port, port))
			release_send(r);
	}
}

int hd_opener_tap(const struct hd_open_tap *req, int *fds, unsigned int *n_fds,
		  struct hd_opened *opened, struct hd_err *err)
{
	int rc = check(err);

	release_first(req->port);
	return rc ? rc
		  : hd_chan_call(supervisor, OPEN_TAP, req, opened, fds, n_fds, OPENER_TIMEOUT_MS,
				 err);
}

int hd_opener_packet(const struct hd_open_packet *req, int fds[2], struct hd_opened *opened,
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

void hd_opener_release(const char *port)
{
	struct release *r = calloc(1, sizeof(*r));

	if (!r)
		return; /* what heddled keeps goes with the next sweep */
	hd_str_copy(r->req.port, sizeof(r->req.port), port);
	TAILQ_INSERT_TAIL(&releases, r, next);
	release_some();
}

static void on_swept(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	(void)chan;
	(void)status;
	(void)msg;
	(void) final;
	(void)arg;
}

void hd_opener_sweep(void)
{
	if (check(NULL) == 0)
		hd_chan_request(supervisor, OPEN_SWEEP, NULL, on_swept, NULL);
}

int hd_opener_vhost(const struct hd_open_vhost *req, struct hd_opened_vhost *opened,
		    struct hd_err *err)
{
	unsigned int n_fds = 1;
	int fd = -1, rc = check(err);

	release_first(req->port);
	if (rc == 0)
		rc = hd_chan_call(supervisor, OPEN_VHOST, req, opened, &fd, &n_fds,
				  OPENER_TIMEOUT_MS, err);
	if (rc == 0 && n_fds != 1)
		rc = hd_err_set(err, EBADMSG, "heddled sent no descriptor for port %s", req->port);
	return rc ? rc : fd;
}

int hd_opener_vhost_admit(const char *port, struct hd_err *err)
{
	struct hd_vhost_admit req = {0};
	struct hd_nothing none;
	int rc = check(err);

	hd_str_copy(req.port, sizeof(req.port), port);
	return rc ? rc
		  : hd_chan_call(supervisor, VHOST_ADMIT, &req, &none, NULL, NULL,
				 OPENER_TIMEOUT_MS, err);
}

int hd_opener_capture(const char *name, bool write, struct hd_err *err)
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

int hd_opener_shm(const char *name, uint32_t version, uint64_t size, bool *is_new,
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
