/* SPDX-License-Identifier: BSD-3-Clause */
/* The kind `pcap`, live: files in a temporary directory, time as an argument. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "heddle/base/clock.h"
#include "heddle/base/random.h"
#include "dataplane/core/meta.h"
#include "dataplane/port/pcap/pcap_port.h"
#include "dataplane/port/port_fixture.h"
#include "tests/unit/unit.h"

#define FRAMES 127
#define BIG    15
#define T0     (1700000000ull * HD_NS_PER_S)

static struct dp_worker *w = &fixture.worker;
static char dir[] = "/tmp/hd-pcap-test.XXXXXX";
static uint8_t pattern[70000];
static uint8_t flat[70000];

static void dir_remove(void)
{
	static const char *const names[] = {"in.pcap", "out.pcap", "sub/in.pcap", "sub"};
	char path[128];

	for (unsigned int i = 0; i < RTE_DIM(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		remove(path);
	}
	rmdir(dir);
}

static int setup(void)
{
	hd_random_fix(3);
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)hd_random_u64();
	if (mkdtemp(dir) == NULL)
		return -1;
	atexit(dir_remove);
	fixture.capture_dir = dir;
	return fixture_init(FRAMES, BIG, 0);
}

static void check_no_leak(void)
{
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->pool), FRAMES);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->big_pool), BIG);
}

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

struct sample {
	int64_t at_ns; /* after T0 */
	uint32_t len, caplen;
};

static void file_write(const char *name, int link_type, const struct sample *s, unsigned int n)
{
	pcap_t *p = pcap_open_dead_with_tstamp_precision(link_type, 65535 + 64,
							 PCAP_TSTAMP_PRECISION_NANO);
	pcap_dumper_t *d = pcap_dump_open(p, path_of(name));

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	for (unsigned int i = 0; i < n; i++) {
		uint64_t at = T0 + (uint64_t)s[i].at_ns;
		struct pcap_pkthdr hdr = {
			.ts = {(time_t)(at / HD_NS_PER_S), (suseconds_t)(at % HD_NS_PER_S)},
			.caplen = s[i].caplen,
			.len = s[i].len};

		pcap_dump((u_char *)d, &hdr, pattern + i);
	}
	pcap_dump_close(d);
	pcap_close(p);
}

static struct dp_port *port_of(const char *read, const char *write)
{
	struct hd_pcap_object o = {0};

	hd_str_copy(o.read, sizeof(o.read), read);
	hd_str_copy(o.write, sizeof(o.write), write);
	return fixture_port("pcap", "p", &o, 1, 1500);
}

static struct dp_port *port_open(const char *read, const char *write)
{
	struct dp_port *port = port_of(read, write);
	enum hd_port_reason reason;
	struct hd_err err;

	if (fixture_open(port, &reason, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	CU_ASSERT(atomic_load(&port->up));
	return port;
}

static void test_pace(void)
{
	static const struct sample s[] = {{0, 60, 60},
					  {1000000, 61, 61},
					  {1000001, 62, 62},
					  {500, 63, 63}, /* stamped before the one in front of it */
					  {5000000000, 64, 64}};
	struct rte_mbuf *m[DP_BURST];
	struct dp_port *port;
	struct dp_pcap *p;
	struct pollfd fd = {.events = POLLIN};
	char text[192];

	file_write("in.pcap", DLT_EN10MB, s, 5);
	port = port_open("in.pcap", "");
	p = dp_port_priv(port);
	CU_ASSERT_EQUAL(atomic_load(&port->rx_queues), 1);
	w->now_ns = p->start_ns;
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 1);
	CU_ASSERT_EQUAL(m[0]->pkt_len, 60);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(m[0], void *), pattern, 60), 0);
	rte_pktmbuf_free(m[0]);
	w->now_ns = p->start_ns + 999999;
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 0);
	w->now_ns++;
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 1);
	rte_pktmbuf_free(m[0]);
	w->now_ns++;
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 2);
	CU_ASSERT_EQUAL(m[0]->pkt_len, 62);
	CU_ASSERT_EQUAL(m[1]->pkt_len, 63);
	rte_pktmbuf_free_bulk(m, 2);
	/* the descriptor says when the next one is due: not now */
	fd.fd = port->ops->event_fd(port, 0, true);
	CU_ASSERT(fd.fd >= 0);
	CU_ASSERT_EQUAL(poll(&fd, 1, 0), 0);
	p->start_ns -= 5 * HD_NS_PER_S;
	port->ops->event_fd(port, 0, true);
	CU_ASSERT_EQUAL(poll(&fd, 1, 5000), 1);
	w->now_ns = hd_now_ns();
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 1);
	rte_pktmbuf_free(m[0]);
	/* the end: nothing is due any more */
	port->ops->event_fd(port, 0, true);
	CU_ASSERT_EQUAL(poll(&fd, 1, 0), 0);
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 0);
	port->ops->detail(port, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "5 read, to its end");
	fixture_port_free(port);
	check_no_leak();
}

static void test_sizes_and_cuts(void)
{
	static const struct sample s[] = {{0, 14, 14},       {0, 2048, 2048},   {0, 2049, 2049},
					  {0, 40000, 40000}, {0, 65549, 65549}, {0, 13, 13},
					  {0, 1500, 96},     {0, 0, 0}};
	struct rte_mbuf *m[DP_BURST];
	struct dp_port *port;
	struct dp_pcap *p;
	uint16_t n;

	file_write("in.pcap", DLT_EN10MB, s, RTE_DIM(s));
	port = port_open("in.pcap", "");
	p = dp_port_priv(port);
	w->now_ns = p->start_ns;
	n = port->ops->rx_burst(w, port, 0, m, DP_BURST);
	CU_ASSERT_EQUAL_FATAL(n, 5);
	for (uint16_t i = 0; i < n; i++) {
		CU_ASSERT_EQUAL(m[i]->pkt_len, s[i].len);
		CU_ASSERT(m[i]->data_len >= RTE_MIN(s[i].len, 256u));
		CU_ASSERT_EQUAL(
			memcmp(rte_pktmbuf_read(m[i], 0, s[i].len, flat), pattern + i, s[i].len),
			0);
	}
	rte_pktmbuf_free_bulk(m, n);
	CU_ASSERT_EQUAL(fixture_drops(port, "rx_truncated"), 3);
	CU_ASSERT_EQUAL(fixture.port_stats[port->id].rx_packets, 3);
	fixture_port_free(port);
	check_no_leak();
}

/* Interfaces of another kind, frames longer than 64 KB: each ends nothing but itself. */
static void test_pcapng(void)
{
	static const uint16_t wlan = 105;
	FILE *f = fopen(path_of("in.pcap"), "w+");
	struct rte_mbuf *m[DP_BURST];
	struct dp_port *port;
	char text[192];
	long at;

	CU_ASSERT_EQUAL(hd_pcapng_begin(f, NULL), 0);
	at = ftell(f);
	CU_ASSERT_EQUAL(hd_pcapng_interface(f, "wlan0", 128), 0);
	CU_ASSERT_EQUAL(hd_pcapng_interface(f, "eth0", 64), 0);
	CU_ASSERT_EQUAL(hd_pcapng_frame(f, 0, T0, pattern, 60, 60, 0, NULL), 0);
	CU_ASSERT_EQUAL(hd_pcapng_frame(f, 1, T0, pattern, 66000, 66000, 0, NULL), 0);
	CU_ASSERT_EQUAL(hd_pcapng_frame(f, 1, T0, pattern, 1500, 1500, 0, NULL), 0);
	CU_ASSERT_EQUAL(hd_pcapng_frame(f, 1, UINT64_MAX, pattern, 60, 60, 0, NULL), 0);
	fseek(f, at + 8, SEEK_SET); /* the first one's link type */
	CU_ASSERT_EQUAL(fwrite(&wlan, sizeof(wlan), 1, f), 1);
	fclose(f);
	port = port_open("in.pcap", "");
	w->now_ns = hd_now_ns();
	CU_ASSERT_EQUAL_FATAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 1);
	CU_ASSERT_EQUAL(m[0]->pkt_len, 1500);
	rte_pktmbuf_free(m[0]);
	CU_ASSERT_EQUAL(fixture_drops(port, "capture_link_type"), 1);
	CU_ASSERT_EQUAL(fixture_drops(port, "rx_truncated"), 1);
	/* one that is due in five hundred years is waited for */
	CU_ASSERT(port->ops->event_fd(port, 0, true) >= 0);
	w->now_ns += HD_NS_PER_S;
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 0);
	port->ops->detail(port, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "3 read");
	fixture_port_free(port);
	check_no_leak();
}

static void test_write(void)
{
	struct dp_port *port = port_open("", "out.pcap");
	struct rte_mbuf *m[2];
	struct pcap_pkthdr *hdr;
	const uint8_t *bytes;
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *in;

	CU_ASSERT_EQUAL(atomic_load(&port->rx_queues), 0);
	CU_ASSERT_EQUAL(atomic_load(&port->caps), 0);
	m[0] = rte_pktmbuf_alloc(w->pool);
	memcpy(rte_pktmbuf_append(m[0], 60), pattern, 60);
	m[1] = rte_pktmbuf_alloc(w->pool);
	memcpy(rte_pktmbuf_append(m[1], 1000), pattern, 1000);
	rte_pktmbuf_chain(m[1], rte_pktmbuf_alloc(w->big_pool));
	memcpy(rte_pktmbuf_append(m[1], 500), pattern + 1000, 500);
	w->now_ns = hd_now_ns();
	CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, m, 2), 2);
	check_no_leak();
	/* after a poll the file is complete for others, though the port is open */
	CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	in = pcap_open_offline_with_tstamp_precision(path_of("out.pcap"),
						     PCAP_TSTAMP_PRECISION_NANO, text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_EQUAL(pcap_datalink(in), DLT_EN10MB);
	CU_ASSERT_EQUAL(pcap_next_ex(in, &hdr, &bytes), 1);
	CU_ASSERT_EQUAL(hdr->caplen, 60);
	CU_ASSERT(hdr->ts.tv_sec >= time(NULL) - 10 && hdr->ts.tv_sec <= time(NULL));
	CU_ASSERT_EQUAL(pcap_next_ex(in, &hdr, &bytes), 1);
	CU_ASSERT_EQUAL(hdr->caplen, 1500);
	CU_ASSERT_EQUAL(hdr->len, 1500);
	CU_ASSERT_EQUAL(memcmp(bytes, pattern, 1500), 0);
	CU_ASSERT_EQUAL(pcap_next_ex(in, &hdr, &bytes), PCAP_ERROR_BREAK);
	pcap_close(in);
	port->ops->detail(port, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "2 written");
	fixture_port_free(port);
}

static void test_full_disk(void)
{
	struct dp_port *port = port_open("", "out.pcap");
	struct dp_pcap *p = dp_port_priv(port);
	FILE *file = p->out;
	struct rte_mbuf *m = rte_pktmbuf_alloc(w->pool);
	int full = open("/dev/full", O_WRONLY);

	CU_ASSERT_FATAL(full >= 0);
	CU_ASSERT(dup2(full, fileno(file)) >= 0);
	close(full);
	memcpy(rte_pktmbuf_append(m, 60), pattern, 60);
	CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, &m, 1), 1);
	CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	CU_ASSERT_FALSE(atomic_load(&port->up));
	CU_ASSERT_EQUAL(port->reason, HD_PORT_ERROR);
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "No space left"));
	fixture_port_free(port);
	check_no_leak();
}

static void check_refused(const char *read, const char *write, int error, const char *word)
{
	struct dp_port *port = port_of(read, write);
	enum hd_port_reason reason;
	struct hd_err err;

	CU_ASSERT_EQUAL(fixture_open(port, &reason, &err), -error);
	CU_ASSERT_EQUAL(reason, HD_PORT_ERROR);
	if (strstr(err.text, word) == NULL)
		printf("\"%s\" lacks \"%s\"\n", err.text, word);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));
	fixture_port_free(port);
	check_no_leak();
}

static void test_refused(void)
{
	static const struct sample s[] = {{0, 60, 60}};
	FILE *f;

	check_refused("missing.pcap", "", ENOENT, "missing.pcap: No such file");
	file_write("in.pcap", DLT_LINUX_SLL, s, 1);
	check_refused("in.pcap", "", EINVAL, "LINUX_SLL");
	f = fopen(path_of("in.pcap"), "w");
	fputs("this is not a capture, it is a poem", f);
	fclose(f);
	check_refused("in.pcap", "", EINVAL, "in.pcap is not a capture");
	check_refused("", "no/such/dir.pcap", ENOENT, "no/such/dir.pcap");
}

/* A file that breaks off in the middle of a frame gives what is whole, and says so. */
static void test_broken(void)
{
	static const struct sample s[] = {{0, 60, 60}, {0, 600, 600}};
	struct rte_mbuf *m[DP_BURST];
	struct dp_port *port;
	char text[192];

	file_write("in.pcap", DLT_EN10MB, s, 2);
	CU_ASSERT_EQUAL(truncate(path_of("in.pcap"), 24 + 16 + 60 + 16 + 100), 0);
	CU_ASSERT_EQUAL(mkdir(path_of("sub"), 0700), 0);
	{
		char to[128];

		snprintf(to, sizeof(to), "%s/sub/in.pcap", dir);
		CU_ASSERT_EQUAL(rename(path_of("in.pcap"), to), 0);
	}
	port = port_open("sub/in.pcap", "");
	w->now_ns = hd_now_ns();
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 1);
	rte_pktmbuf_free(m[0]);
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 0);
	port->ops->detail(port, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "1 read, then the file is broken");
	fixture_port_free(port);
	check_no_leak();
}

static void test_validate(void)
{
	static const char *const bad[] = {"/etc/passwd", "../x", "a/../b", "a//b", "a/",
					  "./a",         ".",    "a\nb",   "\x80"};
	struct hd_pcap_object o = {0};
	struct hd_err err;

	CU_ASSERT_EQUAL(dp_pcap_validate(&o, &err), 0);
	hd_str_copy(o.read, sizeof(o.read), "day 1/a..b.pcap");
	hd_str_copy(o.write, sizeof(o.write), "b.pcap");
	CU_ASSERT_EQUAL(dp_pcap_validate(&o, &err), 0);
	for (unsigned int i = 0; i < RTE_DIM(bad); i++) {
		hd_str_copy(o.write, sizeof(o.write), bad[i]);
		CU_ASSERT_EQUAL(dp_pcap_validate(&o, &err), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "write"));
	}
	hd_str_copy(o.write, sizeof(o.write), o.read);
	CU_ASSERT_EQUAL(dp_pcap_validate(&o, &err), -EINVAL);
	memset(o.read, 'a', sizeof(o.read));
	CU_ASSERT_EQUAL(dp_pcap_validate(&o, &err), -EINVAL);
}

UNIT_MAIN_SETUP("pcap", setup, {"validate", test_validate}, {"pace", test_pace},
		{"sizes and cuts", test_sizes_and_cuts}, {"pcapng", test_pcapng},
		{"write", test_write}, {"full disk", test_full_disk}, {"refused", test_refused},
		{"broken", test_broken});
