/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A plane that only does as it is told, to test heddled with. The name that it is started by says
 * which plane it is. It writes what happens to $FAKE_DIR/NAME.log, and takes commands, a line each,
 * from the FIFO $FAKE_DIR/NAME.in. A file $FAKE_DIR/NAME.start holds a command for before it is ready.
 *
 *	tap PORT NETDEV NETNS QUEUES MTU   ("-": heddled's own namespace)
 *	packet PORT NETDEV NETNS, release PORT, sweep, shm NAME SIZE VERSION, list
 *	vhost PORT SOCKET MODE SERVER OWNER, admit PORT
 *	ping PLANE		a peer
 *	forge MODULE N LEN	a request of that type to heddled, LEN bytes of zeros
 *	work MS STEP		say for so long, without answering, that it works, STEP further each time
 *	deaf, lose, exit N	stop to answer, close the channel to heddled, end
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <net/if.h>
#include <linux/if_tun.h>

#include "heddle/api/opener.h"
#include "heddle/api/supervisor.h"
#include "heddle/base/log.h"
#include "heddle/ipc/chan.h"

#define CALL_MS 5000

static const char *me, *dir;
static enum hd_plane self;
static struct hd_chan *chans[HD_PLANE_COUNT];
static int commands = -1, log_fd = -1;

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	char line[1024];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, args);
	va_end(args);
	line[n] = '\n';
	if (write(log_fd, line, (size_t)n + 1) < 0)
		_exit(9);
}

static void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "fake plane %s: %s: %s\n", me, what, strerror(errno));
	_exit(9);
}

static const char *text_of(const char *word)
{
	return strcmp(word, "-") ? word : "";
}

/* --- what heddled is asked for ------------------------------------------------------------------ */

static void do_tap(char **word)
{
	struct hd_open_tap req = {0};
	struct hd_opened opened = {0};
	int fds[HD_MSG_FDS_MAX] = {-1};
	unsigned int n = HD_MSG_FDS_MAX;
	struct hd_err err = {0};
	struct ifreq ifr = {0};
	int rc, header = 0;

	hd_str_copy(req.port, sizeof(req.port), word[1]);
	hd_str_copy(req.netdev, sizeof(req.netdev), word[2]);
	hd_str_copy(req.netns, sizeof(req.netns), text_of(word[3]));
	req.queues = (uint16_t)atoi(word[4]);
	req.mtu = (uint16_t)atoi(word[5]);
	rc = hd_chan_call(chans[HD_PLANE_SUPERVISOR], OPEN_TAP, &req, &opened, fds, &n, CALL_MS,
			  &err);
	if (rc < 0) {
		say("tap %s: %s: %s", word[1], strerrorname_np(-rc), err.text);
		return;
	}
	must(ioctl(fds[0], TUNGETIFF, &ifr) == 0, "TUNGETIFF");
	must(ioctl(fds[0], TUNGETVNETHDRSZ, &header) == 0, "TUNGETVNETHDRSZ");
	say("tap %s: ok index %u mtu %u fds %u header %d vnet %d kept %u", word[1], opened.ifindex,
	    opened.mtu, n, header, !!(ifr.ifr_flags & IFF_VNET_HDR), opened.flags);
	/* The descriptors stay open: the device lives as long as this process, at the least. */
}

static void do_packet(char **word)
{
	struct hd_open_packet req = {0};
	struct hd_opened opened = {0};
	unsigned int n = 2;
	struct hd_err err = {0};
	int fds[2] = {-1, -1}, rc;

	hd_str_copy(req.port, sizeof(req.port), word[1]);
	hd_str_copy(req.netdev, sizeof(req.netdev), word[2]);
	hd_str_copy(req.netns, sizeof(req.netns), text_of(word[3]));
	rc = hd_chan_call(chans[HD_PLANE_SUPERVISOR], OPEN_PACKET, &req, &opened, fds, &n, CALL_MS,
			  &err);
	if (rc < 0)
		say("packet %s: %s: %s", word[1], strerrorname_np(-rc), err.text);
	else
		say("packet %s: ok mtu %u fds %u", word[1], opened.mtu, n);
}

static void do_shm(char **word)
{
	struct hd_open_shm req = {0};
	struct hd_opened_shm opened = {0};
	unsigned int n = 1;
	struct hd_err err = {0};
	const char *mode = "read-only";
	uint64_t *memory;
	int fd = -1, rc;

	hd_str_copy(req.name, sizeof(req.name), word[1]);
	req.size = strtoull(word[2], NULL, 10);
	req.version = (uint32_t)atoi(word[3]);
	rc = hd_chan_call(chans[HD_PLANE_SUPERVISOR], OPEN_SHM, &req, &opened, &fd, &n, CALL_MS,
			  &err);
	if (rc < 0) {
		say("shm %s: %s: %s", word[1], strerrorname_np(-rc), err.text);
		return;
	}
	memory = mmap(NULL, opened.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory != MAP_FAILED)
		mode = "writable";
	else
		memory = mmap(NULL, opened.size, PROT_READ, MAP_SHARED, fd, 0);
	must(memory != MAP_FAILED, "mmap");
	say("shm %s: ok size %llu new %u %s word %llu resize %s", word[1],
	    (unsigned long long)opened.size, opened.is_new, mode, (unsigned long long)memory[0],
	    ftruncate(fd, 1) == 0 ? "possible" : "refused");
	if (mode[0] == 'w')
		memory[0]++;
	munmap(memory, opened.size);
	close(fd);
}

/* The directory of a vhost-user port; in server mode, with a socket as heddle-dp would make it. */
static void do_vhost(char **word)
{
	struct hd_open_vhost req = {.mode = (uint32_t)strtoul(word[3], NULL, 8),
				    .server = (uint8_t)atoi(word[4])};
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct hd_opened_vhost opened = {0};
	struct hd_err err = {0};
	unsigned int n = 1;
	int folder = -1, fd, rc;

	hd_str_copy(req.port, sizeof(req.port), word[1]);
	hd_str_copy(req.socket, sizeof(req.socket), word[2]);
	hd_str_copy(req.owner, sizeof(req.owner), text_of(word[5]));
	rc = hd_chan_call(chans[HD_PLANE_SUPERVISOR], OPEN_VHOST, &req, &opened, &folder, &n,
			  CALL_MS, &err);
	if (rc < 0) {
		say("vhost %s: %s: %s", word[1], strerrorname_np(-rc), err.text);
		return;
	}
	if (req.server) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		snprintf(sun.sun_path, sizeof(sun.sun_path), "/proc/self/fd/%d/%s", folder,
			 word[2]);
		umask(~opened.mode & 0777);
		must(bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 && listen(fd, 1) == 0,
		     "bind");
		umask(022);
	}
	say("vhost %s: ok fds %u mode %o", word[1], n, opened.mode);
	close(folder);
}

static void do_simple(char **word)
{
	struct hd_open_release release = {0};
	struct hd_vhost_admit admit = {0};
	struct hd_chan *chan = chans[HD_PLANE_SUPERVISOR];
	struct hd_err err = {.text = "no such command"};
	int rc = -EINVAL;

	if (!strcmp(word[0], "release") && word[1]) {
		hd_str_copy(release.port, sizeof(release.port), word[1]);
		rc = hd_chan_call(chan, OPEN_RELEASE, &release, NULL, NULL, NULL, CALL_MS, &err);
	} else if (!strcmp(word[0], "sweep")) {
		rc = hd_chan_call(chan, OPEN_SWEEP, NULL, NULL, NULL, NULL, CALL_MS, &err);
	} else if (!strcmp(word[0], "admit") && word[1]) {
		hd_str_copy(admit.port, sizeof(admit.port), word[1]);
		rc = hd_chan_call(chan, VHOST_ADMIT, &admit, NULL, NULL, NULL, CALL_MS, &err);
	}
	say("%s: %s: %s", word[0], rc < 0 ? strerrorname_np(-rc) : "ok",
	    rc < 0 ? err.text : "done");
}

static void on_plane(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	const struct hd_plane_state *s = msg->body;

	if (final)
		say("list: end %d", status);
	else
		say("list: %s pid %d restarts %u ready %u rss %s last \"%s\" doing \"%s\"",
		    hd_plane_name(s->plane), s->pid, s->restarts, s->ready,
		    s->rss_bytes > 100000 ? "some" : "none", s->last_exit, s->doing);
}

static void on_pong(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		    void *arg)
{
	say("pong %s %d", (const char *)arg, status);
}

static void do_ping(char **word)
{
	for (unsigned int i = HD_PLANE_SUPERVISOR; i < HD_PLANE_COUNT; i++)
		if (!strcmp(hd_plane_name(i), word[1]))
			say("ping %s %d", word[1],
			    !chans[i] ? -ENOTCONN
				      : hd_chan_request(chans[i], PING, NULL, on_pong,
							(void *)(uintptr_t)hd_plane_name(i)));
}

static void on_forged(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		      void *arg)
{
	say("forge: %s", status < 0 ? strerrorname_np(-status) : "ok");
}

static void do_forge(char **word)
{
	static char zeros[4096];

	hd_chan_request_raw(
		chans[HD_PLANE_SUPERVISOR],
		HD_MSG_ID((uint32_t)strtoul(word[1], NULL, 0), (uint32_t)strtoul(word[2], NULL, 0)),
		zeros, strtoul(word[3], NULL, 0), NULL, 0, 0, 0, on_forged, NULL);
}

static void do_work(char **word)
{
	struct hd_plane_work work = {.total = 1000, .what = "weaving"};
	int left = atoi(word[1]) / 100;

	for (; left > 0; left--) {
		work.done += (uint64_t)atoi(word[2]);
		hd_chan_event(chans[HD_PLANE_SUPERVISOR], PLANE_WORK, &work);
		poll(NULL, 0, 100);
	}
	work = (struct hd_plane_work){0};
	hd_chan_event(chans[HD_PLANE_SUPERVISOR], PLANE_WORK, &work);
	say("work: done");
}

static void command(char *line)
{
	char *word[8] = {0};
	int n = 0;

	for (char *w = strtok(line, " \n"); w && n < 7; w = strtok(NULL, " \n"))
		word[n++] = w;
	if (n == 0)
		return;
	if (!strcmp(word[0], "tap") && n == 6)
		do_tap(word);
	else if (!strcmp(word[0], "packet") && n == 4)
		do_packet(word);
	else if (!strcmp(word[0], "shm") && n == 4)
		do_shm(word);
	else if (!strcmp(word[0], "vhost") && n == 6)
		do_vhost(word);
	else if (!strcmp(word[0], "list"))
		hd_chan_request_stream(chans[HD_PLANE_SUPERVISOR], PLANE_LIST, NULL, on_plane,
				       NULL);
	else if (!strcmp(word[0], "ping") && n == 2)
		do_ping(word);
	else if (!strcmp(word[0], "forge") && n == 4)
		do_forge(word);
	else if (!strcmp(word[0], "work") && n == 3)
		do_work(word);
	else if (!strcmp(word[0], "deaf"))
		for (;;)
			pause();
	else if (!strcmp(word[0], "lose"))
		hd_chan_free(chans[HD_PLANE_SUPERVISOR]), chans[HD_PLANE_SUPERVISOR] = NULL;
	else if (!strcmp(word[0], "exit") && n == 2)
		exit(atoi(word[1]));
	else
		do_simple(word);
}

/* --- channels ----------------------------------------------------------------------------------- */

static void on_hello(struct hd_chan *chan, const struct hd_hello *peer, void *arg)
{
	say("hello %s", hd_plane_name(peer->plane));
}

static void on_closed(struct hd_chan *chan, void *arg)
{
	for (unsigned int i = 0; i < HD_PLANE_COUNT; i++) {
		if (chans[i] != chan)
			continue;
		say("lost %s", hd_plane_name(i));
		if (i == HD_PLANE_SUPERVISOR)
			exit(0);
		chans[i] = NULL;
	}
	hd_chan_free(chan);
}

static struct hd_chan *chan_open(int fd)
{
	struct hd_chan_config config = {.self = self, .hello = on_hello, .closed = on_closed};
	struct hd_chan *chan = hd_chan_new(fd, &config);

	must(chan != NULL, "hd_chan_new");
	return chan;
}

static void on_peer(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_peer *peer = msg->body;

	must(msg->n_fds == 1 && peer->plane < HD_PLANE_COUNT, "HD_PEER");
	say("peer %s", hd_plane_name(peer->plane));
	hd_chan_free(chans[peer->plane]);
	chans[peer->plane] = chan_open(msg->fds[0]);
	msg->fds[0] = -1;
}

static void on_stop(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	say("stop");
	exit(0);
}

static const struct hd_handler handlers[] = {
	HD_EVENT_HANDLER(PEER, on_peer),
	HD_EVENT_HANDLER(PLANE_STOP, on_stop),
};

static void serve(void)
{
	struct pollfd fds[HD_PLANE_COUNT + 1];
	static char buffer[4096];
	ssize_t n;

	for (unsigned int i = 0; i < HD_PLANE_COUNT; i++)
		fds[i] = (struct pollfd){chans[i] ? hd_chan_fd(chans[i]) : -1,
					 chans[i] ? hd_chan_events(chans[i]) : (short)0, 0};
	fds[HD_PLANE_COUNT] = (struct pollfd){commands, POLLIN, 0};
	poll(fds, HD_PLANE_COUNT + 1, -1);
	for (unsigned int i = 0; i < HD_PLANE_COUNT; i++)
		if (chans[i] && fds[i].revents)
			hd_chan_process(chans[i]);
	if (!fds[HD_PLANE_COUNT].revents)
		return;
	n = read(commands, buffer, sizeof(buffer) - 1);
	buffer[n > 0 ? n : 0] = '\0';
	for (char *line = buffer, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		command(line);
	}
}

static void start_command(void)
{
	char path[256], line[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.start", dir, me);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(line, sizeof(line), file))
		command(line);
	fclose(file);
}

int main(int argc, char **argv)
{
	struct hd_plane_ready ready = {.generation = 1, .text = "3 ports, NETCONF on nothing"};
	char path[256], line[900] = "";

	me = basename(argv[0]);
	dir = getenv("FAKE_DIR");
	must(dir && getenv("HEDDLE_SUPERVISOR_FD"), "environment");
	for (unsigned int i = 0; i < HD_PLANE_COUNT; i++)
		if (!strcmp(hd_plane_name(i), me))
			self = (enum hd_plane)i;
	snprintf(path, sizeof(path), "%s/%s.log", dir, me);
	log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	snprintf(path, sizeof(path), "%s/%s.in", dir, me);
	commands = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	must(log_fd >= 0 && commands >= 0, path);
	for (int i = 1; i < argc; i++)
		strncat(strncat(line, " ", sizeof(line) - strlen(line) - 1), argv[i],
			sizeof(line) - strlen(line) - 1);
	say("start %d%s", (int)getpid(), line);
	start_command();
	chans[HD_PLANE_SUPERVISOR] = chan_open(atoi(getenv("HEDDLE_SUPERVISOR_FD")));
	hd_chan_handlers(chans[HD_PLANE_SUPERVISOR], handlers, 2, NULL);
	hd_chan_event(chans[HD_PLANE_SUPERVISOR], PLANE_READY, &ready);
	for (;;)
		serve();
}
