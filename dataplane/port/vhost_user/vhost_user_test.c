/* SPDX-License-Identifier: BSD-3-Clause */
/* Configuration, features, queues; the life of a port with a guest that comes and goes. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "dataplane/port/vhost_user/vhost_user_test.h"
#include "tests/unit/unit.h"

static int check(const struct hd_vhost_user_object *o, const char *words)
{
	struct hd_err err = {0};
	int ret = vhost_user_validate(o, &err);

	if (words && !strstr(err.text, words))
		printf("\n  \"%s\" does not say \"%s\"", err.text, words);
	CU_ASSERT_TRUE(!words || strstr(err.text, words) != NULL);
	return ret;
}

static void test_validate(void)
{
	static const struct {
		const char *socket, *words;
	} bad[] = {
		{"", "such as"},       {"/run/x.sock", "a directory of the port's own"},
		{"../x", "file name"}, {"a/x", "file name"},
		{"a b", "file name"},  {"a\nb", "file name"},
		{".a", "file name"},   {"..", "file name"},
	};
	struct hd_vhost_user_object o = vt_object("web1.sock", false, 1);

	CU_ASSERT_EQUAL(check(&o, NULL), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		o = vt_object(bad[i].socket, false, 1);
		CU_ASSERT_EQUAL(check(&o, bad[i].words), -EINVAL);
	}
	o = vt_object("web1.sock", false, 16);
	CU_ASSERT_EQUAL(check(&o, NULL), 0);
	memset(o.socket, 'a', sizeof(o.socket));
	CU_ASSERT_EQUAL(check(&o, "longer than"), -EINVAL);
	o = vt_object("s", false, 17);
	CU_ASSERT_EQUAL(check(&o, "queues: 17 is not in 1..16"), -EINVAL);
	o = vt_object("s", false, 0);
	CU_ASSERT_EQUAL(check(&o, "queues"), -EINVAL);
	o = vt_object("s", false, 1);
	o.server = 2;
	CU_ASSERT_EQUAL(check(&o, "mode"), -EINVAL);
	o = vt_object("s", false, 1);
	o.socket_mode = 0660;
	CU_ASSERT_EQUAL(check(&o, "mode server"), -EINVAL);
	o.server = 1;
	CU_ASSERT_EQUAL(check(&o, NULL), 0);
	o.socket_mode = 01660;
	CU_ASSERT_EQUAL(check(&o, "socket-mode"), -EINVAL);
	o = vt_object("s", true, 1);
	memset(o.group, 'g', sizeof(o.group));
	CU_ASSERT_EQUAL(check(&o, "group"), -EINVAL);
	o = vt_object("s", false, 1);
	o.offloads = HD_OFFLOAD_TSO;
	CU_ASSERT_EQUAL(check(&o, NULL), -EINVAL);
}

static void test_path(void)
{
	char path[VHOST_PATH_MAX], dir[120];
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(vhost_user_path("/run/heddle/vhost", "web1", "sock", path, &err), 0);
	CU_ASSERT_STRING_EQUAL(path, "/run/heddle/vhost/web1/sock");
	memset(dir, 'd', sizeof(dir));
	dir[97] = '\0'; /* 97 + 1 + 4 + 1 + 4 is 107, the most */
	CU_ASSERT_EQUAL(vhost_user_path(dir, "web1", "sock", path, &err), 0);
	dir[97] = 'd';
	dir[98] = '\0';
	CU_ASSERT_EQUAL(vhost_user_path(dir, "web1", "sock", path, &err), -ENAMETOOLONG);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "a socket's may have 107"));
}

static void test_features(void)
{
	const uint64_t tso = 1ull << VIRTIO_NET_F_HOST_TSO4 | 1ull << VIRTIO_NET_F_HOST_TSO6 |
			     1ull << VIRTIO_NET_F_GUEST_TSO4 | 1ull << VIRTIO_NET_F_GUEST_TSO6;
	const uint64_t csum = 1ull << VIRTIO_NET_F_CSUM | 1ull << VIRTIO_NET_F_GUEST_CSUM;
	struct hd_vhost_user_object o = vt_object("s", false, 1);

	CU_ASSERT_EQUAL(vhost_user_offered(&o) & (tso | csum), tso | csum);
	CU_ASSERT_FALSE(vhost_user_offered(&o) & 1ull << VIRTIO_NET_F_MQ);
	CU_ASSERT_FALSE(vhost_user_offered(&o) & 1ull << VIRTIO_NET_F_HOST_UFO);
	CU_ASSERT_FALSE(vhost_user_offered(&o) & 1ull << VIRTIO_NET_F_GUEST_ECN);
	o.queues = 2;
	CU_ASSERT_TRUE(vhost_user_offered(&o) & 1ull << VIRTIO_NET_F_MQ);
	o.offloads = HD_OFFLOAD_CSUM;
	CU_ASSERT_EQUAL(vhost_user_offered(&o) & (tso | csum), csum);
	o.offloads = 0;
	CU_ASSERT_EQUAL(vhost_user_offered(&o) & (tso | csum), 0);
	CU_ASSERT_EQUAL(vhost_user_caps(0), 0);
	CU_ASSERT_EQUAL(vhost_user_caps(tso | csum), DP_CAP_CSUM | DP_CAP_TSO4 | DP_CAP_TSO6);
	/* super-frames without checksums do not exist */
	CU_ASSERT_EQUAL(vhost_user_caps(tso), 0);
	CU_ASSERT_EQUAL(vhost_user_caps(csum | 1ull << VIRTIO_NET_F_GUEST_TSO6),
			DP_CAP_CSUM | DP_CAP_TSO6);
}

static void test_queues(void)
{
	uint64_t enabled[VHOST_RINGS_MAX / 64] = {0};
	struct vhost_queues q = vhost_user_queues(enabled, 4);

	CU_ASSERT_TRUE(q.rx == 1 && q.tx == 1 && q.rings == 1);
	enabled[0] = 0xf; /* two pairs */
	q = vhost_user_queues(enabled, 4);
	CU_ASSERT_TRUE(q.rx == 2 && q.tx == 2 && q.rings == 2);
	enabled[0] = 0xfff; /* six pairs, the port has four */
	q = vhost_user_queues(enabled, 4);
	CU_ASSERT_TRUE(q.rx == 4 && q.tx == 4 && q.rings == 6);
	enabled[0] = 0x2f; /* the third pair's receiving ring is off: drained, not sent to */
	q = vhost_user_queues(enabled, 4);
	CU_ASSERT_TRUE(q.rx == 3 && q.tx == 2 && q.rings == 3);
	enabled[3] = 1ull << 63;
	q = vhost_user_queues(enabled, 4);
	CU_ASSERT_TRUE(q.rx == 4 && q.rings == 128);
}

static void swap_frames(struct dp_port *port, struct vf_dev *guest)
{
	uint8_t frame[1514], back[2048];
	struct rte_mbuf *m;
	int len;

	for (unsigned int i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)(i * 11);
	for (unsigned int size = 14; size <= 1514; size += 100) {
		CU_ASSERT_EQUAL(vf_send(guest, 0, NULL, frame, size), 0);
		m = vt_rx(port, 0);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL(m->pkt_len, size);
		CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 0, size, back), frame, size), 0);
		CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, &m, 1), 1);
		len = vf_recv(guest, 0, NULL, back, sizeof(back));
		CU_ASSERT_EQUAL(len, (int)size);
		CU_ASSERT_EQUAL(memcmp(back, frame, size), 0);
	}
}

static void test_client(void)
{
	struct hd_vhost_user_object o = vt_object("client.sock", false, 1);
	struct dp_port *port = vt_port(&o);
	struct vf_dev guest = {.listener = -1};
	char path[108], text[128];
	struct vf_config conf = vt_guest(&o, path);
	uint64_t begin, best = UINT64_MAX;

	CU_ASSERT_EQUAL(port->reason, HD_PORT_NO_PEER);
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "server=on"));
	vt_attach(port, &guest, &conf);
	CU_ASSERT_TRUE(guest.features & 1ull << VIRTIO_NET_F_HOST_TSO4);
	CU_ASSERT_FALSE(guest.offered & 1ull << VIRTIO_NET_F_HOST_UFO);
	port->ops->detail(port, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "1 queue, csum tso4 tso6 mrg, guest 1 MB");
	swap_frames(port, &guest);
	/* a guest that stops in order, and one that comes back */
	CU_ASSERT_EQUAL(vf_stop(&guest), 0);
	CU_ASSERT_FALSE(atomic_load(&port->up));
	vf_disconnect(&guest);
	for (int i = 0; i < 5; i++) {
		vt_attach(port, &guest, &conf);
		swap_frames(port, &guest);
		vf_disconnect(&guest); /* without a word */
		begin = hd_now_ns();
		CU_ASSERT_TRUE(vt_wait(port, false));
		best = RTE_MIN(best, hd_now_ns() - begin);
	}
	CU_ASSERT_TRUE(best < 100 * HD_NS_PER_MS); /* the machine may be busy */
	vf_close(&guest);
	CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	CU_ASSERT_EQUAL(port->reason, HD_PORT_NO_PEER);
	fixture_port_free(port);
	vt_no_leak();
}

/* A process that plays the guest and is killed while it sends. */
static void flood(const struct vf_config *conf, int ready)
{
	struct vf_dev guest = {.listener = -1};
	uint8_t frame[600] = {2, 2, 2, 2, 2, 2};

	if (vf_open(&guest, conf) != 0 || write(ready, "x", 1) != 1 ||
	    vf_connect(&guest, conf) != 0)
		_exit(1);
	for (;;)
		vf_send(&guest, 0, NULL, frame, sizeof(frame));
}

static void test_killed(void)
{
	struct hd_vhost_user_object o = vt_object("killed.sock", false, 1);
	struct dp_port *port = vt_port(&o);
	char path[108];
	struct vf_config conf = vt_guest(&o, path);

	for (int round = 0; round < 5; round++) {
		unsigned int total = 0;
		int ready[2], status;
		char c;
		pid_t pid;

		CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
		pid = fork();
		if (pid == 0)
			flood(&conf, ready[1]);
		close(ready[1]);
		CU_ASSERT_EQUAL_FATAL(read(ready[0], &c, 1), 1);
		close(ready[0]);
		CU_ASSERT_TRUE_FATAL(vt_wait(port, true));
		while (total < 2000) {
			struct rte_mbuf *m[DP_BURST];
			uint16_t n = port->ops->rx_burst(vt_worker, port, 0, m, DP_BURST);

			/* the guest never reads: its ring fills, and the rest is ours to free */
			uint16_t sent = port->ops->tx_burst(vt_worker, port, 0, m, n);

			rte_pktmbuf_free_bulk(m + sent, n - sent);
			total += n;
		}
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		CU_ASSERT_TRUE(WIFSIGNALED(status));
		CU_ASSERT_TRUE_FATAL(vt_wait(port, false));
	}
	fixture_port_free(port);
	unlink(path);
	vt_no_leak();
}

static void test_client_words(void)
{
	struct hd_vhost_user_object o = vt_object("words.sock", false, 1);
	char path[108];
	struct vf_config conf = vt_guest(&o, path);
	struct vf_dev guest = {.listener = -1};
	struct dp_port *port;

	/* a socket that nobody listens on, as a killed guest leaves it */
	CU_ASSERT_EQUAL_FATAL(vf_open(&guest, &conf), 0);
	close(guest.listener);
	guest.listener = -1;
	port = vt_port(&o);
	CU_ASSERT_EQUAL(port->reason, HD_PORT_NO_PEER);
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "nobody listens"));
	for (int i = 0; i < 30; i++)
		CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	/* who comes back makes a new one, and is found at the next poll in spite of the back-off */
	vt_attach(port, &guest, &conf);
	vf_close(&guest);
	CU_ASSERT_TRUE(vt_wait(port, false));
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
	port->ops->poll(port);
	CU_ASSERT_EQUAL(port->reason, HD_PORT_ERROR);
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "not a socket"));
	rmdir(path);
	fixture_port_free(port);
}

static bool detail_has(struct dp_port *port, const char *words)
{
	char text[192];

	port->ops->detail(port, text, sizeof(text));
	return strstr(text, words) != NULL;
}

/* A guest that does not give its memory, in the ways of different QEMUs. */
static void test_unshared(void)
{
	for (int server = 0; server < 2; server++) {
		struct hd_vhost_user_object o = vt_object(server ? "s.sock" : "c.sock", server, 1);
		struct dp_port *port = vt_port(&o);
		struct vf_dev guest = {.listener = -1};
		char path[108];
		struct vf_config conf = vt_guest(&o, path), good;

		CU_ASSERT_EQUAL_FATAL(vf_open(&guest, &conf), 0);
		for (conf.memory = VF_MEMORY_UNSENT; conf.memory <= VF_MEMORY_NO_FD;
		     conf.memory++) {
			uint64_t end = hd_now_ns() + 10 * HD_NS_PER_S;

			vt_connect(port, &guest, &conf);
			while (port->reason != HD_PORT_NOT_SHARED && hd_now_ns() < end)
				port->ops->poll(port);
			CU_ASSERT_EQUAL(port->reason, HD_PORT_NOT_SHARED);
			CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "memory is not shared"));
			CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "share=on"));
			vf_close(&guest);
			good = conf;
			good.memory = VF_MEMORY_SHARED;
			vt_attach(port, &guest, &good);
			swap_frames(port, &guest);
			CU_ASSERT_FALSE(detail_has(port, "not shared"));
			vf_disconnect(&guest);
			CU_ASSERT_TRUE(vt_wait(port, false));
		}
		vf_close(&guest);
		fixture_port_free(port);
	}
	vt_no_leak();
}

/* Its memory is a file that it has mapped privately: all seems well, and nothing ever comes. */
static void test_private(void)
{
	struct hd_vhost_user_object o = vt_object("private.sock", false, 1);
	struct dp_port *port = vt_port(&o);
	struct vf_dev guest = {.listener = -1};
	char path[108];
	struct vf_config conf = vt_guest(&o, path);
	uint64_t end = hd_now_ns() + 5 * HD_NS_PER_S;
	uint8_t frame[100] = {2};

	conf.memory = VF_MEMORY_PRIVATE;
	vt_attach(port, &guest, &conf);
	CU_ASSERT_FALSE(detail_has(port, "not shared"));
	while (!detail_has(port, "memory is not shared") && hd_now_ns() < end) {
		struct rte_mbuf *m;

		vf_send(&guest, 0, NULL, frame, sizeof(frame));
		CU_ASSERT_EQUAL(port->ops->rx_burst(vt_worker, port, 0, &m, 1), 0);
		port->ops->event_fd(port, 0, true);
		port->ops->event_fd(port, 0, false);
		port->ops->poll(port);
	}
	CU_ASSERT_TRUE(detail_has(port, "memory is not shared"));
	CU_ASSERT_TRUE(atomic_load(&port->up));
	vf_close(&guest);
	conf.memory = VF_MEMORY_SHARED;
	CU_ASSERT_TRUE(vt_wait(port, false));
	vt_attach(port, &guest, &conf);
	swap_frames(port, &guest);
	CU_ASSERT_TRUE(detail_has(port, "1 queue"));
	vf_close(&guest);
	fixture_port_free(port);
	vt_no_leak();
}

static void test_denied(void)
{
	struct hd_vhost_user_object o = vt_object("denied.sock", false, 1);
	char path[108];
	struct vf_config conf = vt_guest(&o, path);
	struct vf_dev guest = {.listener = -1};
	struct dp_port *port;

	if (geteuid() != 0)
		return; /* nobody to become */
	CU_ASSERT_EQUAL_FATAL(vf_open(&guest, &conf), 0);
	CU_ASSERT_EQUAL(chmod(path, 0600), 0);
	CU_ASSERT_EQUAL(chmod(vt_dir, 0755), 0);
	CU_ASSERT_EQUAL(seteuid(65534), 0);
	port = vt_port(&o);
	CU_ASSERT_EQUAL(seteuid(0), 0);
	CU_ASSERT_EQUAL(port->reason, HD_PORT_NO_PERMISSION);
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "nobody"));
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "(root:root, mode 600)"));
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "chmod g+w"));
	CU_ASSERT_EQUAL(vt_admits, 1); /* heddled was asked */
	fixture_port_free(port);
	vf_close(&guest);
}

static void test_server(void)
{
	struct hd_vhost_user_object o = vt_object("server.sock", true, 1);
	struct vf_dev guest = {.listener = -1}, second = {.listener = -1};
	char path[108];
	struct vf_config conf = vt_guest(&o, path);
	struct dp_port *port;
	struct stat st;

	/* what a killed switch leaves behind */
	conf.server = true;
	CU_ASSERT_EQUAL_FATAL(vf_open(&second, &conf), 0);
	close(second.listener);
	conf.server = false;
	o.socket_mode = 0666;
	port = vt_port(&o);
	CU_ASSERT_EQUAL_FATAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0666);
	CU_ASSERT_EQUAL(port->reason, HD_PORT_NO_PEER);
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "without server=on"));
	for (int i = 0; i < 3; i++) {
		vt_attach(port, &guest, &conf);
		swap_frames(port, &guest);
		if (i == 1) { /* a second guest is turned away, the first does not notice */
			conf.timeout_ms = 500;
			CU_ASSERT_EQUAL(vf_open(&second, &conf), 0);
			CU_ASSERT_NOT_EQUAL(vf_connect(&second, &conf), 0);
			conf.timeout_ms = 3000;
			swap_frames(port, &guest);
		}
		vf_disconnect(&guest);
		CU_ASSERT_TRUE(vt_wait(port, false));
	}
	fixture_port_free(port);
	CU_ASSERT_NOT_EQUAL(stat(path, &st), 0);
	vt_no_leak();
}

static void test_server_taken(void)
{
	struct hd_vhost_user_object o = vt_object("taken.sock", true, 1);
	char path[108];
	struct vf_config conf = vt_guest(&o, path);
	struct vf_dev guest = {.listener = -1};
	enum hd_port_reason reason;
	struct dp_port *port;
	struct hd_err err;

	conf.server = true; /* QEMU with server=on, and we with mode server */
	CU_ASSERT_EQUAL_FATAL(vf_open(&guest, &conf), 0);
	port = fixture_port("vhost-user", "web1", &o, 1, 1500);
	CU_ASSERT_EQUAL(fixture_open(port, &reason, &err), -EADDRINUSE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "set mode client"));
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	vf_close(&guest);
	CU_ASSERT_EQUAL(fixture_open(port, &reason, &err), 0);
	fixture_port_free(port);
}

UNIT_MAIN_SETUP("vhost_user", vt_setup, {"validate", test_validate}, {"path", test_path},
		{"features", test_features}, {"queues", test_queues}, {"client", test_client},
		{"killed", test_killed}, {"words", test_client_words}, {"unshared", test_unshared},
		{"private", test_private}, {"denied", test_denied}, {"server", test_server},
		{"taken", test_server_taken});
