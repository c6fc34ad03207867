/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_user_test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_ip.h>
#include <rte_tcp.h>

#include <CUnit/CUnit.h>

#include "heddle/base/clock.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/options.h"
#include "dataplane/port/vhost_user/vhost_loop.h"

char vt_dir[64] = "/tmp/heddle-vhost-XXXXXX";
struct dp_worker *const vt_worker = &fixture.worker;

const char *dp_options_vhost_dir(void)
{
	return vt_dir;
}

int dp_opener_vhost(const struct hd_open_vhost *req, struct hd_opened_vhost *opened,
		    struct hd_err *err)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", vt_dir, req->port);
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return hd_err_set(err, errno, "%s: %s", path, strerror(errno));
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return hd_err_set(err, errno, "%s: %s", path, strerror(errno));
	opened->mode = req->mode ? req->mode : 0660;
	return fd;
}

int vt_admits;

int dp_opener_vhost_admit(const char *port, struct hd_err *err)
{
	vt_admits++;
	return hd_err_set(err, ENOTCONN, "no heddled in a unit test");
}

static void remove_dir(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/" VT_PORT, vt_dir);
	rmdir(path);
	rmdir(vt_dir);
}

int vt_setup(void)
{
	char path[128];

	if (!mkdtemp(vt_dir))
		return -1;
	/* Guests may be there before the port is. */
	snprintf(path, sizeof(path), "%s/" VT_PORT, vt_dir);
	if (mkdir(path, 0755) != 0)
		return -1;
	atexit(remove_dir);
	return fixture_init(VT_FRAMES, VT_BIG, 0);
}

struct hd_vhost_user_object vt_object(const char *socket, bool server, uint16_t queues)
{
	struct hd_vhost_user_object o = {
		.server = server, .queues = queues, .offloads = HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO};

	hd_str_copy(o.socket, sizeof(o.socket), socket);
	return o;
}

struct dp_port *vt_port(const struct hd_vhost_user_object *o)
{
	struct dp_port *port = fixture_port("vhost-user", VT_PORT, o, o->queues, 1500);
	enum hd_port_reason reason;
	struct hd_err err;

	if (fixture_open(port, &reason, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	return port;
}

struct vf_config vt_guest(const struct hd_vhost_user_object *o, char path[108])
{
	snprintf(path, 108, "%s/" VT_PORT "/%.37s", vt_dir, o->socket);
	return (struct vf_config){
		.path = path,
		.server = !o->server,
		.pairs = o->queues,
		.ring = 256,
		.buf_size = 2048,
		.features = VT_ALL | (o->queues > 1 ? 1ull << VIRTIO_NET_F_MQ : 0),
		.timeout_ms = 3000,
	};
}

bool vt_wait(struct dp_port *port, bool up)
{
	uint64_t end = hd_now_ns() + 2 * HD_NS_PER_S;

	while (atomic_load(&port->up) != up && hd_now_ns() < end) {
		port->ops->poll(port);
		usleep(1000);
	}
	return atomic_load(&port->up) == up;
}

/* The loop has done with the connection before, and the port's is there, or may come. */
static bool is_ready(struct dp_port *port, struct vf_dev *guest)
{
	struct pollfd pfd = {.fd = guest->listener, .events = POLLIN};
	struct vhost_port *v = dp_port_priv(port);
	bool taken;

	if (guest->listener > 0)
		return poll(&pfd, 1, 0) == 1;
	vhost_lock();
	taken = v->sock >= 0 || v->stage == VHOST_LEAVING;
	vhost_unlock();
	return !taken;
}

int vt_connect(struct dp_port *port, struct vf_dev *guest, const struct vf_config *conf)
{
	uint64_t end = hd_now_ns() + 10 * HD_NS_PER_S;

	port->ops->poll(port);
	while (!is_ready(port, guest) && hd_now_ns() < end) {
		usleep(1000);
		port->ops->poll(port);
	}
	return vf_connect(guest, conf);
}

void vt_attach(struct dp_port *port, struct vf_dev *guest, const struct vf_config *conf)
{
	if (guest->listener <= 0 && vf_open(guest, conf) != 0) {
		fprintf(stderr, "guest: %s\n", guest->error);
		exit(1);
	}
	if (vt_connect(port, guest, conf) != 0) {
		fprintf(stderr, "guest: %s; port: %s\n", guest->error, port->text);
		exit(1);
	}
	CU_ASSERT_TRUE(vt_wait(port, true));
}

struct rte_mbuf *vt_rx(struct dp_port *port, uint16_t q)
{
	uint64_t end = hd_now_ns() + HD_NS_PER_S;
	struct rte_mbuf *m[DP_BURST];
	uint16_t n;

	do
		n = port->ops->rx_burst(vt_worker, port, q, m, 1);
	while (n == 0 && hd_now_ns() < end);
	return n ? m[0] : NULL;
}

struct rte_mbuf *vt_mbuf(const void *frame, uint32_t len, uint16_t seg)
{
	struct rte_mbuf *head = NULL;
	const uint8_t *p = frame;

	while (len > 0) {
		uint16_t n = len < seg ? (uint16_t)len : seg;
		struct rte_mbuf *m = rte_pktmbuf_alloc(vt_worker->pool);

		if (!m)
			exit(1);
		memcpy(rte_pktmbuf_append(m, n), p, n);
		memset(dp_meta(m), 0, sizeof(struct dp_meta));
		if (!head)
			head = m;
		else
			rte_pktmbuf_chain(head, m);
		p += n;
		len -= n;
	}
	return head;
}

void vt_no_leak(void)
{
	CU_ASSERT_EQUAL(rte_mempool_avail_count(vt_worker->pool), VT_FRAMES);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(vt_worker->big_pool), VT_BIG);
}

uint32_t vt_tcp(uint8_t *frame, int version, uint32_t payload)
{
	static const uint8_t addresses[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
	uint32_t l3 = version == 4 ? 20 : 40, len = 14 + l3 + 20 + payload;
	struct rte_tcp_hdr *tcp = (void *)(frame + 14 + l3);

	memset(frame, 0, 14 + l3 + 20);
	memcpy(frame, addresses, sizeof(addresses));
	if (version == 4) {
		struct rte_ipv4_hdr *ip = (void *)(frame + 14);

		frame[12] = 0x08;
		ip->version_ihl = 0x45;
		ip->total_length = rte_cpu_to_be_16((uint16_t)(len - 14));
		ip->time_to_live = 64;
		ip->next_proto_id = 6;
		ip->src_addr = rte_cpu_to_be_32(0x0a000001);
		ip->dst_addr = rte_cpu_to_be_32(0x0a000002);
		ip->hdr_checksum = rte_ipv4_cksum(ip);
		tcp->cksum = rte_ipv4_phdr_cksum(ip, 0);
	} else {
		struct rte_ipv6_hdr *ip = (void *)(frame + 14);

		frame[12] = 0x86;
		frame[13] = 0xdd;
		ip->vtc_flow = rte_cpu_to_be_32(6u << 28);
		ip->payload_len = rte_cpu_to_be_16((uint16_t)(len - 54));
		ip->proto = 6;
		ip->hop_limits = 64;
		ip->src_addr[0] = ip->dst_addr[0] = 0xfd;
		ip->src_addr[15] = 1;
		ip->dst_addr[15] = 2;
		tcp->cksum = rte_ipv6_phdr_cksum(ip, 0);
	}
	tcp->src_port = rte_cpu_to_be_16(1000);
	tcp->dst_port = rte_cpu_to_be_16(2000);
	tcp->data_off = 0x50;
	tcp->tcp_flags = 0x10;
	for (uint32_t i = 0; i < payload; i++)
		frame[len - payload + i] = (uint8_t)(i * 7);
	return len;
}
