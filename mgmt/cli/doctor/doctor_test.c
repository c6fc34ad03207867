/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/cli/doctor/doctor.h"
#include "tests/unit/unit.h"

/* A root with files of our own. */
static char root[64];
static struct doctor d;

static void put(const char *path, const char *text)
{
	char *full = cli_asprintf("%s%s", root, path);
	FILE *file;

	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0777);
		*slash = '/';
	}
	file = fopen(full, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
	free(full);
}

static void begin(void)
{
	snprintf(root, sizeof(root), "/tmp/heddle-doctor-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
	d = (struct doctor){.root = root,
			    .run_dir = root,
			    .vhost_dir = root,
			    .netns_dir = "/run/netns",
			    .workers = 1,
			    .memory_mb = 256,
			    .uid = 0,
			    .caps = 1ull << CAP_NET_ADMIN | 1ull << CAP_NET_RAW};
}

static void end(void)
{
	char *command = cli_asprintf("rm -r '%s'", root);

	for (size_t i = 0; i < d.n_results; i++) {
		free(d.results[i].text);
		free(d.results[i].mend);
	}
	free(d.results);
	CU_ASSERT_EQUAL(system(command), 0);
	free(command);
}

/* The first result of a check with a word in its text; a result that cannot be when there is none. */
static const struct doctor_result *result(const char *check, const char *word)
{
	static const struct doctor_result none = {
		.level = 99, .text = (char *)"", .mend = (char *)""};

	for (size_t i = 0; i < d.n_results; i++)
		if (strcmp(d.results[i].check, check) == 0 && strstr(d.results[i].text, word))
			return &d.results[i];
	return &none;
}

static void test_hugepages(void)
{
	begin();
	put("/proc/meminfo", "MemTotal: 1 kB\nMemAvailable:    8000000 kB\n");
	put("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "100\n");
	put("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "30\n");
	doctor_check_memory(&d);
	CU_ASSERT_EQUAL(result("hugepages", "30 of 2 MB")->level, DOCTOR_WARNING);
	CU_ASSERT_STRING_EQUAL(result("hugepages", "30")->mend,
			       "echo 198 | sudo tee "
			       "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
	CU_ASSERT_EQUAL(result("memory", "7812 MB")->level, DOCTOR_OK);
	d.hugepages = DOCTOR_HUGE_YES;
	d.memory_mb = 1024;
	doctor_check_memory(&d);
	CU_ASSERT_EQUAL(result("hugepages", "--memory 1024")->level, DOCTOR_PROBLEM);
	d.memory_mb = 60;
	doctor_check_memory(&d);
	CU_ASSERT_EQUAL(result("hugepages", "30 are needed")->level, DOCTOR_OK);
	put("/proc/meminfo", "MemAvailable:    100000 kB\n");
	doctor_check_memory(&d);
	CU_ASSERT_EQUAL(result("memory", "97 MB")->level, DOCTOR_PROBLEM);
	end();
}

static void test_permission(void)
{
	begin();
	doctor_check_permission(&d);
	CU_ASSERT_EQUAL(result("permission", "root")->level, DOCTOR_OK);
	d.uid = 1000;
	d.caps = 0;
	put("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
	doctor_check_permission(&d);
	CU_ASSERT_EQUAL(result("permission", "no CAP_NET_ADMIN")->level, DOCTOR_WARNING);
	CU_ASSERT_EQUAL(result("user namespaces", "may not")->level, DOCTOR_WARNING);
	CU_ASSERT_STRING_EQUAL(result("user namespaces", "may not")->mend,
			       "sudo sysctl -w kernel.unprivileged_userns_clone=1");
	end();
	begin();
	d.uid = 1000;
	d.caps = 1ull << CAP_NET_ADMIN;
	d.n_af_packet = 1;
	doctor_check_permission(&d);
	CU_ASSERT_EQUAL(result("permission", "no CAP_NET_RAW")->level, DOCTOR_PROBLEM);
	end();
}

static void test_tun(void)
{
	begin();
	d.n_tap = 1;
	doctor_check_devices(&d);
	CU_ASSERT_EQUAL(result("/dev/net/tun", "not there")->level, DOCTOR_PROBLEM);
	CU_ASSERT_PTR_NOT_NULL(strstr(result("/dev/net/tun", "not there")->mend, "modprobe tun"));
	put("/dev/net/tun", "");
	doctor_check_devices(&d);
	CU_ASSERT_EQUAL(result("/dev/net/tun", "can be opened")->level, DOCTOR_OK);
	end();
}

static void check(const char *interface)
{
	struct lyd_node *tree;
	struct hd_err err;
	char *xml = cli_asprintf("<interface xmlns=\"urn:i\">%s</interface>", interface);

	CU_ASSERT_EQUAL_FATAL(cli_xml_parse(xml, &tree, &err), 0);
	doctor_check_port(&d, tree);
	lyd_free_all(tree);
	free(xml);
}

static void test_nic(void)
{
	static const char eth1[] = "<name>eth1</name><type>heddle-af-packet:af-packet</type>"
				   "<af-packet><device>enp3s0</device></af-packet>"
				   "<port><mtu>9000</mtu></port>";

	begin();
	check(eth1);
	CU_ASSERT_EQUAL(result("network card", "there is no enp3s0")->level, DOCTOR_PROBLEM);
	put("/sys/class/net/enp3s0/flags", "0x1002\n");
	put("/sys/class/net/enp3s0/mtu", "1500\n");
	put("/sys/class/net/enp3s0/ifindex", "7\n");
	check(eth1);
	CU_ASSERT_EQUAL(result("network card", "enp3s0 is down")->level, DOCTOR_PROBLEM);
	CU_ASSERT_STRING_EQUAL(result("network card", "enp3s0 is down")->mend,
			       "sudo ip link set enp3s0 up");
	CU_ASSERT_STRING_EQUAL(result("network card", "the MTU")->mend,
			       "sudo ip link set enp3s0 mtu 9000");
	put("/sys/class/net/enp3s0/flags", "0x1003\n");
	put("/sys/class/net/enp3s0/mtu", "9000\n");
	check(eth1);
	CU_ASSERT_EQUAL(result("network card", "enp3s0 is up")->level, DOCTOR_OK);
	put("/sys/class/net/enp3s0/brport/x", "");
	put("/run/NetworkManager/devices/7", "[device]\nconnection-uuid=abc\n");
	put("/proc/net/route", "Iface Destination\nenp3s0\t00000000\t0100A8C0\n");
	check(eth1);
	CU_ASSERT_EQUAL(result("network card", "in a bridge")->level, DOCTOR_WARNING);
	CU_ASSERT_STRING_EQUAL(result("network card", "NetworkManager")->mend,
			       "sudo nmcli device set enp3s0 managed no");
	CU_ASSERT_EQUAL(result("network card", "default route")->level, DOCTOR_WARNING);
	end();
}

static void test_ports(void)
{
	char long_name[140];
	char *vhost;

	begin();
	check("<name>fw</name><type>heddle-tap:tap</type><tap><namespace>fw</namespace></tap>");
	CU_ASSERT_EQUAL(result("namespace", "no namespace fw")->level, DOCTOR_PROBLEM);
	CU_ASSERT_STRING_EQUAL(result("namespace", "fw")->mend, "sudo ip netns add fw");
	put("/sys/class/net/eth0/flags", "0x1003\n");
	put("/sys/class/net/tap0/tun_flags", "0x1002\n");
	check("<name>eth0</name><type>heddle-tap:tap</type>");
	CU_ASSERT_EQUAL(result("tap device", "named eth0")->level, DOCTOR_PROBLEM);
	check("<name>tap0</name><type>heddle-tap:tap</type>");
	CU_ASSERT_EQUAL(result("tap device", "named tap0")->level, 99);
	check("<name>v</name><type>heddle-vhost-user:vhost-user</type><vhost-user>"
	      "<group>no-such-group-here</group></vhost-user>");
	CU_ASSERT_EQUAL(result("accounts", "no-such-group-here")->level, DOCTOR_PROBLEM);
	CU_ASSERT_EQUAL(result("socket path", "")->level, 99);
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	vhost = cli_asprintf(
		"<name>v</name><type>a:vhost-user</type><vhost-user><socket>%s</socket>"
		"</vhost-user>",
		long_name);
	check(vhost);
	CU_ASSERT_EQUAL(result("socket path", "at most 107")->level, DOCTOR_PROBLEM);
	free(vhost);
	end();
}

static void test_cpu_list(void)
{
	bool cpus[1024];

	CU_ASSERT_EQUAL(doctor_cpu_list("", cpus), 0);
	CU_ASSERT_EQUAL(doctor_cpu_list("0,2-4", cpus), 4);
	CU_ASSERT(cpus[0] && !cpus[1] && cpus[2] && cpus[4] && !cpus[5]);
	CU_ASSERT_EQUAL(doctor_cpu_list("1,1,1-2", cpus), 2);
	CU_ASSERT_EQUAL(doctor_cpu_list("4-2", cpus), -1);
	CU_ASSERT_EQUAL(doctor_cpu_list("a", cpus), -1);
	CU_ASSERT_EQUAL(doctor_cpu_list("1-", cpus), -1);
	CU_ASSERT_EQUAL(doctor_cpu_list("1024", cpus), -1);
	CU_ASSERT_EQUAL(doctor_cpu_list("1;2", cpus), -1);
}

static void test_folders(void)
{
	static char missing[128];

	begin();
	snprintf(missing, sizeof(missing), "%s/a/b", root);
	d.run_dir = missing;
	doctor_check_folders(&d);
	CU_ASSERT_EQUAL(result("run-dir", "can be made")->level, DOCTOR_OK);
	CU_ASSERT_EQUAL(result("other switch", "none runs")->level, DOCTOR_OK);
	put("/file", "");
	snprintf(missing, sizeof(missing), "%s/file", root);
	doctor_check_folders(&d);
	CU_ASSERT_EQUAL(result("run-dir", "not a folder")->level, DOCTOR_PROBLEM);
	end();
}

/* What heddled.conf asks for, and what is wrong with it. */
static void test_conf(void)
{
	unsigned long workers = 1, memory = 256;
	char *path;

	begin();
	doctor_read_conf(&d, "/etc/heddle/heddled.conf", false);
	CU_ASSERT_EQUAL(d.n_results, 0); /* it need not be there */
	doctor_read_conf(&d, "/etc/heddle/other.conf", true);
	CU_ASSERT_EQUAL(result("heddled.conf", "cannot be read")->level, DOCTOR_PROBLEM);
	put("/etc/heddle/heddled.conf", "# a comment\n\n workers = 4\ncpus=2,3 \nmemory = lots\n"
					"nothing\nvhost-group = vms\n");
	path = doctor_path(&d, "/etc/heddle/heddled.conf");
	CU_ASSERT_EQUAL(chmod(path, 0666), 0);
	d.uid = geteuid();
	doctor_read_conf(&d, "/etc/heddle/heddled.conf", false);
	CU_ASSERT_STRING_EQUAL(doctor_setting(&d, "cpus"), "2,3");
	CU_ASSERT_STRING_EQUAL(doctor_setting(&d, "vhost-group"), "vms");
	CU_ASSERT_PTR_NULL(doctor_setting(&d, "hugepages"));
	doctor_setting_number(&d, "workers", 1, 16, &workers);
	doctor_setting_number(&d, "memory", 16, 1024, &memory);
	CU_ASSERT(workers == 4 && memory == 256);
	CU_ASSERT_EQUAL(result("heddled.conf", "lots")->level, DOCTOR_PROBLEM);
	CU_ASSERT_EQUAL(result("heddled.conf", "line 6")->level, DOCTOR_PROBLEM);
	CU_ASSERT_EQUAL(result("heddled.conf", "written by others")->level, DOCTOR_PROBLEM);
	CU_ASSERT_EQUAL(result("heddled.conf", "is read")->level, DOCTOR_OK);
	free(path);
	doctor_free_conf(&d);
	end();
}

UNIT_MAIN("cli doctor", {"heddled.conf", test_conf}, {"hugepages and memory", test_hugepages},
	  {"permission", test_permission}, {"tun", test_tun}, {"network cards", test_nic},
	  {"ports", test_ports}, {"lists of CPUs", test_cpu_list}, {"folders", test_folders});
