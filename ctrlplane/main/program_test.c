/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests heddle-cp as a program, with a real kernel. See harness_test.h.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "heddle/api/supervisor.h"
#include "heddle/ipc/chan.h"
#include "ctrlplane/main/harness_test.h"
#include "tests/unit/unit.h"

static struct cp_under_test cp;

static struct hd_hostif_object hostif(const char *netdev, const char *const *addresses)
{
	struct hd_hostif_object o = {.head.op = HD_OBJECT_SET};

	strcpy(o.head.key, netdev);
	for (; *addresses; addresses++) {
		struct hd_ip_prefix *a = &o.addresses[o.n_addresses++];
		char text[64];
		char *slash;

		strcpy(text, *addresses);
		slash = strchr(text, '/');
		*slash = '\0';
		a->length = (uint8_t)atoi(slash + 1);
		a->family = strchr(text, ':') ? 6 : 4;
		if (inet_pton(a->family == 4 ? AF_INET : AF_INET6, text, a->addr) != 1)
			abort();
	}
	return o;
}

#define HOSTIF(netdev, ...) hostif(netdev, (const char *const[]){__VA_ARGS__, NULL})

struct expected {
	const char *netdev, *address;
	bool there;
};

static bool is_so(void *arg)
{
	const struct expected *e = arg;

	return harness_has(e->netdev, e->address) == e->there;
}

static bool appears(const char *netdev, const char *address)
{
	return harness_wait(&cp, is_so, &(struct expected){netdev, address, true});
}

static bool disappears(const char *netdev, const char *address)
{
	return harness_wait(&cp, is_so, &(struct expected){netdev, address, false});
}

static int config(enum hd_config_mode mode, uint64_t base, uint64_t generation,
		  struct hd_hostif_object object)
{
	return harness_config(&cp, mode, base, generation, &object, 1, NULL, 0);
}

static unsigned int told; /* devices that it was told of */

static bool is_told(void *arg)
{
	return harness_logged(&cp, "heddled made the device") >= told;
}

/* Tells it of the device, and waits until it knows. */
static void tell_device(const char *port, const char *netdev)
{
	told = harness_logged(&cp, "heddled made the device") + 1;
	CU_ASSERT_TRUE(harness_device(&cp, port, netdev));
	CU_ASSERT_TRUE(harness_wait(&cp, is_told, NULL));
}

static void make_tap(const char *netdev)
{
	harness_sh("ip tuntap add dev %s mode tap && ip link set %s up", netdev, netdev);
	tell_device(netdev, netdev);
}

static void test_comes_later(void)
{
	CU_ASSERT_TRUE_FATAL(harness_start(&cp, true));
	CU_ASSERT_EQUAL(cp.generation, 0);
	CU_ASSERT_EQUAL(
		config(HD_CONFIG_FULL, 0, 1, HOSTIF("hd-lab", "192.168.56.1/24", "fd00::1/64")), 0);
	/* the interface comes after the configuration, goes, and comes again */
	for (int i = 0; i < 2; i++) {
		make_tap("hd-lab");
		CU_ASSERT_TRUE(appears("hd-lab", "192.168.56.1/24"));
		CU_ASSERT_TRUE(appears("hd-lab", "fd00::1/64"));
		harness_sh("ip link del hd-lab");
	}
	/* the kernel takes IPv6 addresses away from an interface that goes down */
	make_tap("hd-lab");
	CU_ASSERT_TRUE(appears("hd-lab", "fd00::1/64"));
	harness_sh("ip link set hd-lab down && ip link set hd-lab up");
	CU_ASSERT_TRUE(appears("hd-lab", "fd00::1/64"));
	/* somebody else takes one away */
	harness_sh("ip address del 192.168.56.1/24 dev hd-lab");
	CU_ASSERT_TRUE(appears("hd-lab", "192.168.56.1/24"));
	harness_sh("ip link del hd-lab");
	harness_stop(&cp);
}

static bool is_wait_logged(void *arg)
{
	return harness_logged(&cp, "hd-lab: its addresses wait until heddled has made") > 0;
}

/* An interface that only has the name is not heddled's. */
static void test_not_ours(void)
{
	CU_ASSERT_TRUE_FATAL(harness_start(&cp, true));
	harness_sh("ip link add hd-lab type veth peer name hd-lab2 && ip link set hd-lab up && "
		   "ip address add 10.9.9.9/24 dev hd-lab");
	CU_ASSERT_EQUAL(config(HD_CONFIG_FULL, 0, 1, HOSTIF("hd-lab", "10.0.0.1/24")), 0);
	CU_ASSERT_TRUE(harness_wait(&cp, is_wait_logged, NULL));
	CU_ASSERT_FALSE(harness_has("hd-lab", "10.0.0.1/24"));
	/* heddled's own has another name in the kernel: the index counts */
	harness_sh("ip tuntap add dev hd-own mode tap && ip link set hd-own up");
	tell_device("hd-lab", "hd-own");
	CU_ASSERT_TRUE(appears("hd-own", "10.0.0.1/24"));
	CU_ASSERT_FALSE(harness_has("hd-lab", "10.0.0.1/24"));
	CU_ASSERT_TRUE(harness_has("hd-lab", "10.9.9.9/24"));
	harness_sh("ip link del hd-lab && ip link del hd-own");
	harness_stop(&cp);
}

static void test_changes(void)
{
	struct hd_hostif_object gone = {.head = {.key = "hd-lab", .op = HD_OBJECT_DELETE}};

	CU_ASSERT_TRUE_FATAL(harness_start(&cp, true));
	make_tap("hd-lab");
	harness_sh("ip address add 10.9.9.9/24 dev hd-lab");
	CU_ASSERT_EQUAL(
		config(HD_CONFIG_FULL, 0, 1, HOSTIF("hd-lab", "10.0.0.1/24", "10.9.9.9/24")), 0);
	/* the interface was there: the addresses are, when the commit is answered */
	CU_ASSERT_TRUE(harness_has("hd-lab", "10.0.0.1/24") || appears("hd-lab", "10.0.0.1/24"));
	CU_ASSERT_EQUAL(
		config(HD_CONFIG_DELTA, 1, 2, HOSTIF("hd-lab", "10.0.0.1/16", "10.0.1.1/24")), 0);
	CU_ASSERT_TRUE(appears("hd-lab", "10.0.0.1/16"));
	CU_ASSERT_TRUE(appears("hd-lab", "10.0.1.1/24"));
	CU_ASSERT_TRUE(disappears("hd-lab", "10.0.0.1/24"));
	CU_ASSERT_TRUE(harness_has("hd-lab", "10.9.9.9/24")); /* not ours */

	CU_ASSERT_EQUAL(config(HD_CONFIG_DELTA, 1, 3, gone), -ESTALE);
	CU_ASSERT_EQUAL(config(HD_CONFIG_DELTA, 2, 3, gone), 0);
	CU_ASSERT_TRUE(disappears("hd-lab", "10.0.0.1/16"));
	CU_ASSERT_TRUE(disappears("hd-lab", "10.0.1.1/24"));
	CU_ASSERT_TRUE(harness_has("hd-lab", "10.9.9.9/24"));
	harness_sh("ip link del hd-lab");
	harness_stop(&cp);
}

static void test_refused(void)
{
	struct hd_hostif_object bad = HOSTIF("hd-lab", "224.0.0.1/24");
	char text[256];

	CU_ASSERT_TRUE_FATAL(harness_start(&cp, true));
	make_tap("hd-lab");
	CU_ASSERT_EQUAL(config(HD_CONFIG_FULL, 0, 1, HOSTIF("hd-lab", "10.0.0.1/24")), 0);
	CU_ASSERT_EQUAL(harness_config(&cp, HD_CONFIG_FULL, 0, 2, &bad, 1, text, sizeof(text)),
			-EINVAL);
	CU_ASSERT_STRING_EQUAL(text, "host interface hd-lab: 224.0.0.1/24 is a multicast address");
	CU_ASSERT_TRUE(harness_has("hd-lab", "10.0.0.1/24"));
	/* an aborted bracket changes nothing; a new channel says which generation is held */
	CU_ASSERT_TRUE(harness_mgmt(&cp));
	CU_ASSERT_EQUAL(cp.generation, 1);
	CU_ASSERT_EQUAL(config(HD_CONFIG_DELTA, 1, 2, HOSTIF("hd-lab", "10.0.0.2/24")), 0);
	CU_ASSERT_TRUE(appears("hd-lab", "10.0.0.2/24"));
	harness_sh("ip link del hd-lab");
	harness_stop(&cp);
}

/* A lost channel in the middle of a bracket forgets the bracket. */
static void test_lost_channel(void)
{
	struct hd_config_begin begin = {.generation = 2, .mode = HD_CONFIG_FULL};
	struct hd_config_result result;
	struct hd_err err;

	CU_ASSERT_TRUE_FATAL(harness_start(&cp, true));
	make_tap("hd-lab");
	CU_ASSERT_EQUAL(config(HD_CONFIG_FULL, 0, 1, HOSTIF("hd-lab", "10.0.0.1/24")), 0);
	CU_ASSERT_EQUAL(hd_chan_call(cp.mgmt, CONFIG_BEGIN, &begin, NULL, NULL, NULL, 5000, &err),
			0);
	CU_ASSERT_EQUAL(
		hd_chan_call(cp.mgmt, CONFIG_PREPARE, NULL, &result, NULL, NULL, 5000, &err), 0);
	CU_ASSERT_EQUAL(result.removed, 1);
	CU_ASSERT_TRUE(harness_mgmt(&cp));
	CU_ASSERT_EQUAL(hd_chan_call(cp.mgmt, CONFIG_COMMIT, NULL, &result, NULL, NULL, 5000, &err),
			-EPROTO);
	CU_ASSERT_TRUE(harness_has("hd-lab", "10.0.0.1/24"));
	harness_sh("ip link del hd-lab");
	harness_stop(&cp);
}

static bool kernel_keeps_protocol(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	uname(&name);
	return sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
	       (major > 5 || (major == 5 && minor >= 18));
}

/* A restarted heddle-cp knows which addresses an earlier one put there. */
static void test_killed(void)
{
	CU_ASSERT_TRUE_FATAL(harness_start(&cp, true));
	make_tap("hd-lab");
	CU_ASSERT_EQUAL(
		config(HD_CONFIG_FULL, 0, 1, HOSTIF("hd-lab", "10.0.0.1/24", "10.0.1.1/24")), 0);
	CU_ASSERT_TRUE(appears("hd-lab", "10.0.1.1/24"));
	harness_sh("ip address add 10.9.9.9/24 dev hd-lab");
	kill(cp.pid, SIGKILL);
	harness_stop(&cp);
	CU_ASSERT_TRUE(harness_has("hd-lab", "10.0.0.1/24"));

	CU_ASSERT_TRUE_FATAL(harness_start(&cp, true));
	tell_device("hd-lab", "hd-lab");
	CU_ASSERT_EQUAL(config(HD_CONFIG_FULL, 0, 2, HOSTIF("hd-lab", "10.0.1.1/24")), 0);
	CU_ASSERT_TRUE(appears("hd-lab", "10.0.1.1/24"));
	if (kernel_keeps_protocol())
		CU_ASSERT_TRUE(disappears("hd-lab", "10.0.0.1/24"));
	CU_ASSERT_TRUE(harness_has("hd-lab", "10.9.9.9/24"));
	harness_sh("ip link del hd-lab");
	harness_stop(&cp);
}

static bool is_refusal_logged(void *arg)
{
	return harness_logged(&cp, "no permission") > 0;
}

static void test_no_permission(void)
{
	CU_ASSERT_TRUE_FATAL(harness_start(&cp, false));
	make_tap("hd-lab");
	CU_ASSERT_EQUAL(config(HD_CONFIG_FULL, 0, 1, HOSTIF("hd-lab", "10.0.0.1/24")), 0);
	CU_ASSERT_TRUE(harness_wait(&cp, is_refusal_logged, NULL));
	/* the same again is tried again, and not said again */
	CU_ASSERT_EQUAL(config(HD_CONFIG_FULL, 0, 2, HOSTIF("hd-lab", "10.0.0.1/24")), 0);
	CU_ASSERT_EQUAL(harness_logged(&cp, "no permission"), 1);
	CU_ASSERT_EQUAL(harness_logged(&cp, "ip address add 10.0.0.1/24 dev hd-lab"), 1);
	CU_ASSERT_FALSE(harness_has("hd-lab", "10.0.0.1/24"));
	harness_sh("ip link del hd-lab");
	harness_stop(&cp);
}

static void test_ends(void)
{
	int status;

	CU_ASSERT_TRUE_FATAL(harness_start(&cp, true));
	CU_ASSERT_EQUAL(hd_chan_event(cp.heddled, PLANE_STOP, NULL), 0);
	status = harness_end(&cp);
	CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	harness_stop(&cp);

	CU_ASSERT_TRUE_FATAL(harness_start(&cp, true)); /* heddled dies */
	hd_chan_free(cp.heddled);
	cp.heddled = NULL;
	status = harness_end(&cp);
	CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	CU_ASSERT_EQUAL(harness_logged(&cp, "heddled is gone"), 1);
	harness_stop(&cp);
}

UNIT_MAIN_SETUP("heddle-cp", harness_enter, {"the interface comes later", test_comes_later},
		{"not ours", test_not_ours}, {"changes", test_changes}, {"refused", test_refused},
		{"lost channel", test_lost_channel}, {"killed", test_killed},
		{"no permission", test_no_permission}, {"ends", test_ends});
