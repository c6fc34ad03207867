/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/opener_int.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/api/hostif.h"
#include "heddle/base/log.h"
#include "supervisor/capture.h"
#include "supervisor/names_core.h"
#include "supervisor/opener_check_core.h"
#include "supervisor/plane.h"

static struct opener *opener_of(void *arg)
{
	return ((struct plane *)arg)->heddled->opener;
}

/* Who is a matter of which process we started, not of what it says. */
static bool from_data(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct plane *plane = arg;

	if (plane->id == HD_PLANE_DATA)
		return true;
	hd_chan_reply_error(chan, msg->hdr, EPERM, "this is opened for heddle-dp only");
	return false;
}

static void refuse(struct hd_chan *chan, const struct hd_msg *msg, int rc, const struct hd_err *err)
{
	hd_chan_reply_error(chan, msg->hdr, -rc, "%s", err->text);
}

static bool is_member(const struct passwd *user, const struct group *group)
{
	if (user->pw_gid == group->gr_gid)
		return true;
	for (char **name = group->gr_mem; *name; name++)
		if (!strcmp(*name, user->pw_name))
			return true;
	return false;
}

/* Without allow-users: who runs machines, and who heddled runs as where that is not root. */
static bool user_usual(const struct settings *settings, const struct passwd *user)
{
	const struct group *group = getgrnam(settings->vhost_group);

	return user->pw_uid != 0 &&
	       (user->pw_uid == geteuid() || (group && is_member(user, group)));
}

static int user_check(const struct settings *settings, const char *name, const struct passwd *user,
		      struct hd_err *err)
{
	if (settings_user_allowed(settings, name))
		return 0;
	if (settings->n_users)
		return hd_err_set(err, EPERM, "user %s is not among allow-users of %s", name,
				  settings->conf);
	if (user && user_usual(settings, user))
		return 0;
	if (user && user->pw_uid == 0)
		return hd_err_set(err, EPERM,
				  "user %s may own nothing here, unless allow-users of %s names it",
				  name, settings->conf);
	return hd_err_set(
		err, EPERM,
		"user %s is no member of group %s (usermod -aG %s %s), nor does allow-users of "
		"%s name it",
		name, settings->vhost_group, settings->vhost_group, name, settings->conf);
}

int opener_user(const struct opener *opener, const char *name, uid_t *uid, struct hd_err *err)
{
	unsigned int number = 0;
	const struct passwd *user;
	bool is_number;

	*uid = (uid_t)-1;
	if (name[0] == '\0')
		return 0;
	user = getpwnam(name);
	is_number = !user && number_parse(name, 0, UINT32_MAX - 1, &number, NULL) == 0;
	if (is_number)
		user = getpwuid(number);
	if (!user && !is_number)
		return hd_err_set(err, ESRCH, "there is no user %s: adduser --system %s", name,
				  name);
	*uid = user ? user->pw_uid : number;
	return user_check(opener->settings, name, user, err);
}

int opener_group(const struct opener *opener, const char *name, gid_t *gid, struct hd_err *err)
{
	const struct settings *settings = opener->settings;
	const struct group *group;
	unsigned int number;

	*gid = (gid_t)-1;
	if (name[0] == '\0')
		return 0;
	if (!settings_user_allowed(settings, name) &&
	    (settings->n_users || strcmp(name, settings->vhost_group) != 0))
		return hd_err_set(err, EPERM,
				  "group %s is not %s (vhost-group), nor among allow-users of %s",
				  name, settings->vhost_group, settings->conf);
	group = getgrnam(name);
	if (group)
		*gid = group->gr_gid;
	else if (number_parse(name, 0, UINT32_MAX - 1, &number, NULL) == 0)
		*gid = number;
	else
		return hd_err_set(err, ESRCH, "there is no group %s: addgroup --system %s", name,
				  name);
	return 0;
}

/* The switch is at the device's other side: what a VM gives its queue is what the device receives. */
static void serve_vm_tap(struct hd_chan *chan, const struct hd_msg *msg,
			 const struct opener *opener, const struct kept_tap *tap)
{
	struct hd_open_packet packet = {0};
	struct hd_opened opened;
	struct hd_err err = {0};
	int fds[2], rc;

	memcpy(packet.port, tap->req.port, sizeof(packet.port));
	memcpy(packet.netdev, tap->req.netdev, sizeof(packet.netdev));
	memcpy(packet.netns, tap->req.netns, sizeof(packet.netns));
	rc = opener_packet_open(opener, &packet, true, fds, &opened, &err);
	if (rc == 0 && opened.ifindex != tap->opened.ifindex) {
		close(fds[0]);
		close(fds[1]);
		rc = hd_err_set(&err, EAGAIN, "TAP %s was replaced just now", tap->req.netdev);
	}
	if (rc < 0) {
		refuse(chan, msg, rc, &err);
		return;
	}
	hd_chan_reply(chan, msg->hdr, &tap->opened, sizeof(tap->opened), fds, 2);
	close(fds[0]);
	close(fds[1]);
}

/* heddle-cp puts addresses on what heddled made, and on nothing else. */
static void tell_control(struct heddled *heddled, const char *port, uint32_t ifindex)
{
	struct plane *control = heddled_plane(heddled, HD_PLANE_CONTROL);
	struct hd_hostif_device device = {.ifindex = ifindex};

	hd_str_copy(device.port, sizeof(device.port), port);
	if (control->link.chan)
		hd_chan_event(control->link.chan, HOSTIF_DEVICE, &device);
}

static void tell_control_all(struct heddled *heddled)
{
	const struct kept_tap *tap;

	for (unsigned int i = 0; i < CACHE_BUCKETS; i++)
		LIST_FOREACH(tap, &heddled->opener->taps[i], next)
			if (!tap->req.netns[0] && !tap->req.vm)
				tell_control(heddled, tap->req.port, tap->opened.ifindex);
}

static void serve_tap(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_open_tap *req = msg->body;
	const struct kept_tap *tap;
	int fds[HD_MSG_FDS_MAX];
	struct hd_err err = {0};
	unsigned int n;

	if (!from_data(chan, msg, arg))
		return;
	if (opener_check_tap(req, &err) < 0) {
		refuse(chan, msg, -EINVAL, &err);
		return;
	}
	tap = opener_cache_tap(opener_of(arg), req, &err);
	if (!tap) {
		refuse(chan, msg, -err.code, &err);
		return;
	}
	if (req->vm) {
		serve_vm_tap(chan, msg, opener_of(arg), tap);
		return;
	}
	memcpy(fds, tap->queue, tap->n_queues * sizeof(int));
	n = tap->n_queues;
	fds[n++] = tap->sock;
	hd_chan_reply(chan, msg->hdr, &tap->opened, sizeof(tap->opened), fds, n);
	if (!req->netns[0])
		tell_control(((struct plane *)arg)->heddled, req->port, tap->opened.ifindex);
}

static void serve_packet(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_open_packet *req = msg->body;
	struct hd_opened opened = {0};
	struct hd_err err = {0};
	int fds[2] = {-1, -1}, rc;

	if (!from_data(chan, msg, arg))
		return;
	rc = opener_check_packet(req, &err);
	if (rc == 0)
		rc = opener_packet_open(opener_of(arg), req, false, fds, &opened, &err);
	if (rc < 0) {
		refuse(chan, msg, rc, &err);
		return;
	}
	/* Not kept: nothing in the kernel is lost with it, and an old one is full of old frames. */
	hd_chan_reply(chan, msg->hdr, &opened, sizeof(opened), fds, 2);
	close(fds[0]);
	close(fds[1]);
}

static void serve_release(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_open_release *req = msg->body;
	struct hd_err err = {0};

	if (!from_data(chan, msg, arg))
		return;
	if (opener_check_release(req, &err) < 0) {
		refuse(chan, msg, -EINVAL, &err);
		return;
	}
	opener_cache_release(opener_of(arg), req->port);
	opener_vhost_release(opener_of(arg), req->port);
	tell_control(((struct plane *)arg)->heddled, req->port, 0);
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static void serve_sweep(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	unsigned int n;

	if (!from_data(chan, msg, arg))
		return;
	n = opener_cache_sweep(opener_of(arg));
	opener_vhost_sweep(opener_of(arg));
	if (n)
		hd_log(HD_LOG_INFO, "deleting %u TAPs of ports that are gone", n);
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
	opener_orphans_find(((struct plane *)arg)->heddled);
}

static void serve_shm(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct plane *plane = arg;
	const struct hd_open_shm *req = msg->body;
	struct hd_opened_shm opened = {0};
	struct hd_err err = {0};
	int fd = -1, rc;

	rc = opener_check_shm(req, &err);
	if (rc == 0)
		rc = opener_shm_open(opener_of(arg), req, plane->id == HD_PLANE_DATA, &fd, &opened,
				     &err);
	if (rc < 0) {
		refuse(chan, msg, rc, &err);
		return;
	}
	hd_chan_reply(chan, msg->hdr, &opened, sizeof(opened), &fd, 1);
	close(fd);
}

static void serve_vhost(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_open_vhost *req = msg->body;
	struct hd_opened_vhost opened = {0};
	struct hd_err err = {0};
	int fd = -1, rc;

	if (!from_data(chan, msg, arg))
		return;
	rc = opener_check_vhost(req, &err);
	if (rc == 0)
		rc = opener_vhost_open(opener_of(arg), req, &fd, &opened, &err);
	if (rc < 0) {
		refuse(chan, msg, rc, &err);
		return;
	}
	hd_chan_reply(chan, msg->hdr, &opened, sizeof(opened), &fd, 1);
	close(fd);
}

static void serve_admit(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_vhost_admit *req = msg->body;
	struct hd_err err = {0};
	int rc = -EINVAL;

	if (!from_data(chan, msg, arg))
		return;
	if (hd_name_valid(req->port, sizeof(req->port)))
		rc = opener_vhost_admit(opener_of(arg), req->port, &err);
	else
		hd_err_set(&err, EINVAL, "the port's name is not valid");
	if (rc < 0)
		refuse(chan, msg, rc, &err);
	else
		hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static void serve_capture(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_open_capture *req = msg->body;
	struct hd_err err = {0};
	int fd;

	if (!from_data(chan, msg, arg))
		return;
	fd = opener_check_capture(req, &err);
	if (fd == 0)
		fd = capture_open(opener_of(arg)->settings->capture_dir, req->name, req->write,
				  &err);
	if (fd < 0) {
		refuse(chan, msg, fd, &err);
		return;
	}
	hd_chan_reply(chan, msg->hdr, NULL, 0, &fd, 1);
	close(fd);
}

static void serve_down(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_open_release *req = msg->body;
	struct hd_err err = {0};

	if (!from_data(chan, msg, arg))
		return;
	if (opener_check_release(req, &err) < 0) {
		refuse(chan, msg, -EINVAL, &err);
		return;
	}
	opener_cache_down(opener_of(arg), req->port);
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static const struct hd_handler handlers[] = {
	HD_HANDLER(OPEN_TAP, serve_tap),         HD_HANDLER(OPEN_PACKET, serve_packet),
	HD_HANDLER(OPEN_RELEASE, serve_release), HD_HANDLER(OPEN_SWEEP, serve_sweep),
	HD_HANDLER(OPEN_SHM, serve_shm),         HD_HANDLER(OPEN_CAPTURE, serve_capture),
	HD_HANDLER(OPEN_VHOST, serve_vhost),     HD_HANDLER(VHOST_ADMIT, serve_admit),
	HD_HANDLER(OPEN_DOWN, serve_down),
};

struct opener *opener_new(struct event_base *base, const struct settings *settings,
			  const struct dirs *dirs, uid_t dp_uid)
{
	struct opener *opener = calloc(1, sizeof(*opener));

	if (!opener)
		return NULL;
	opener->base = base;
	opener->settings = settings;
	opener->dirs = dirs;
	opener->dp_uid = dp_uid;
	opener->inotify = -1;
	opener->closer = closer_new(dirs->run);
	if (!opener->closer) {
		free(opener);
		return NULL;
	}
	for (unsigned int i = 0; i < CACHE_BUCKETS; i++)
		LIST_INIT(&opener->taps[i]);
	LIST_INIT(&opener->vhosts);
	return opener;
}

void opener_free(struct opener *opener)
{
	if (!opener)
		return;
	opener_watch_end(opener);
	opener_orphans_end(opener);
	opener_guard_end(opener);
	opener_cache_end(opener);
	closer_free(opener->closer);
	opener_shm_close(opener);
	opener_vhost_forget(opener);
	opener_vhost_sweep(opener);
	free(opener);
}

void opener_attach(struct opener *opener, struct plane *plane)
{
	hd_chan_handlers(plane->link.chan, handlers, sizeof(handlers) / sizeof(handlers[0]), plane);
	if (plane->id == HD_PLANE_CONTROL)
		tell_control_all(plane->heddled);
}

void opener_plane_ended(struct opener *opener, const struct plane *plane)
{
	if (plane->id != HD_PLANE_DATA)
		return;
	opener_cache_forget(opener);
	opener_vhost_forget(opener);
}
