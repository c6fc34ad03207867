/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "heddle/base/log.h"
#include "supervisor/settings_core.h"
#include "tests/unit/unit.h"

static struct settings got;
static struct hd_err err;

#define ARGS(...)                                                                                \
	(settings_default(&got), memset(&err, 0, sizeof(err)),                                   \
	 settings_args(&got,                                                                     \
		       (int)(sizeof((const char *[]){"heddled", __VA_ARGS__}) / sizeof(char *)), \
		       (const char *[]){"heddled", __VA_ARGS__}, &err))

static int conf(const char *text)
{
	settings_default(&got);
	memset(&err, 0, sizeof(err));
	return settings_conf(&got, text, strlen(text), "x.conf", &err);
}

static void test_defaults(void)
{
	settings_default(&got);
	CU_ASSERT_STRING_EQUAL(got.run_dir, "/run/heddle");
	CU_ASSERT_STRING_EQUAL(got.config, "");
	CU_ASSERT_STRING_EQUAL(got.state_dir, "");
	CU_ASSERT_STRING_EQUAL(got.mgmt_user, "");
	CU_ASSERT_STRING_EQUAL(got.initial_config, "/etc/heddle/initial.json");
	CU_ASSERT_STRING_EQUAL(got.netns_dir, "/run/netns");
	CU_ASSERT_STRING_EQUAL(got.vhost_dir, "");
	CU_ASSERT_EQUAL(got.workers, 1);
	CU_ASSERT_EQUAL(got.vhost_mode, 0660);
	CU_ASSERT_TRUE(got.idle_sleep);
	CU_ASSERT_FALSE(settings_user_allowed(&got, "anybody"));
	CU_ASSERT_TRUE(settings_device_allowed(&got, "eth0"));
}

static void test_args(void)
{
	CU_ASSERT_EQUAL(ARGS("-c", "a.json", "--run-dir", "/tmp/x", "--workers=3", "--cpus",
			     "2,4-6", "--no-idle-sleep", "--hugepages", "no", "--memory", "128",
			     "--log-level", "debug"),
			0);
	CU_ASSERT_STRING_EQUAL(got.config, "a.json");
	CU_ASSERT_STRING_EQUAL(got.run_dir, "/tmp/x");
	CU_ASSERT_EQUAL(got.workers, 3);
	CU_ASSERT_STRING_EQUAL(got.cpus, "2,4-6");
	CU_ASSERT_FALSE(got.idle_sleep);
	CU_ASSERT_STRING_EQUAL(got.hugepages, "no");
	CU_ASSERT_EQUAL(got.memory_mb, 128);
	CU_ASSERT_EQUAL(got.log_level, HD_LOG_DEBUG);
	CU_ASSERT_EQUAL(ARGS("-cb.json", "-h"), 0);
	CU_ASSERT_STRING_EQUAL(got.config, "b.json");
	CU_ASSERT_TRUE(got.help);
	CU_ASSERT_EQUAL(ARGS("--conf", "/x"), 0);
	CU_ASSERT_TRUE(got.conf_given);
}

static void test_wrong_args(void)
{
	CU_ASSERT_EQUAL(ARGS("--worker", "3"), -ENOENT);
	CU_ASSERT_STRING_EQUAL(err.text, "--worker is not known: did you mean --workers?");
	CU_ASSERT_EQUAL(ARGS("--completely-else"), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "heddled --help"));
	CU_ASSERT_EQUAL(ARGS("--workers"), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "--workers needs a value");
	CU_ASSERT_EQUAL(ARGS("--workers", "0"), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "--workers \"0\": a number in 1..16 is needed");
	CU_ASSERT_EQUAL(ARGS("--workers", "17"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("--workers", "3x"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("--workers", "99999999999999999999"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("--workers", "-1"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("--no-idle-sleep=yes"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("--cpus", "3-1"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("--cpus", "1,"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("--run-dir", ""), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("extra"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("-x"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("-"), -EINVAL);
	CU_ASSERT_EQUAL(ARGS("--"), -ENOENT);
	CU_ASSERT_EQUAL(ARGS("--vhost-mode", "0600"), -ENOENT); /* of the file alone */
}

static void test_conf(void)
{
	CU_ASSERT_EQUAL(
		conf("# roots\n\n  vhost-dir = /srv/vhost \nnetns-dir=/x\r\n"
		     "vhost-group =kvm\nvhost-mode = 0666\nidle-sleep = no\n"
		     "allow-users = alice  kvm\nallow-devices = eth1 enp*\nworkers = 2\nstate-dir = /srv/state\n"
		     "initial-config = /srv/first\nmgmt-user = switch\n"
		     "data-user = packets\ncontrol-user = control\nnetns-helper = /run/h.sock"),
		0);
	CU_ASSERT_STRING_EQUAL(got.state_dir, "/srv/state");
	CU_ASSERT_STRING_EQUAL(got.initial_config, "/srv/first");
	CU_ASSERT_STRING_EQUAL(got.mgmt_user, "switch");
	CU_ASSERT_STRING_EQUAL(got.data_user, "packets");
	CU_ASSERT_STRING_EQUAL(got.control_user, "control");
	CU_ASSERT_STRING_EQUAL(got.netns_helper, "/run/h.sock");
	CU_ASSERT_STRING_EQUAL(got.vhost_dir, "/srv/vhost");
	CU_ASSERT_STRING_EQUAL(got.netns_dir, "/x");
	CU_ASSERT_STRING_EQUAL(got.vhost_group, "kvm");
	CU_ASSERT_EQUAL(got.vhost_mode, 0666);
	CU_ASSERT_FALSE(got.idle_sleep);
	CU_ASSERT_EQUAL(got.workers, 2);
	CU_ASSERT_TRUE(settings_user_allowed(&got, "alice"));
	CU_ASSERT_TRUE(settings_user_allowed(&got, "kvm"));
	CU_ASSERT_FALSE(settings_user_allowed(&got, "root"));
	CU_ASSERT_TRUE(settings_device_allowed(&got, "eth1"));
	CU_ASSERT_TRUE(settings_device_allowed(&got, "enp3s0"));
	CU_ASSERT_FALSE(settings_device_allowed(&got, "eth10"));
	CU_ASSERT_EQUAL(conf(""), 0);
}

static void test_wrong_conf(void)
{
	static const struct {
		const char *text, *message;
	} wrong[] = {
		{"a\nb", "x.conf:1: \"a\" is no setting: write key = value"},
		{"\n\nworker = 2\n", "x.conf:3: worker is not known: did you mean workers?"},
		{"workers = 2\nworkers = 3\n", "x.conf:2: workers is set a second time"},
		{"workers =\n", "x.conf:1: workers \"\": a number in 1..16 is needed"},
		{"hugepages = maybe\n", "x.conf:1: hugepages \"maybe\": it is auto, yes or no"},
		{"vhost-mode = 0888\n",
		 "x.conf:1: vhost-mode \"0888\": permission bits in octal are "
		 "needed, such as 0660"},
		{"vhost-mode = 7777\n", NULL},
		{"vhost-mode = 000\n", NULL},
		{"allow-users = a/b\n",
		 "x.conf:1: allow-users \"a/b\": \"a/b\" is no name of a user "
		 "or a group"},
		{"allow-users =\n", NULL},
		{"allow-devices =\n", NULL},
		{"allow-devices = a/b\n", NULL},
		{"mgmt-user = a/b\n",
		 "x.conf:1: mgmt-user \"a/b\": the name of a user is needed, such as heddle-mgmt"},
		{"state-dir =\n", "x.conf:1: state-dir \"\": a path is needed"},
		{"config = /x\n", NULL},
		{"= 3\n", NULL},
		{"run-dir = /x\n", NULL}, /* of the command line alone */
		{"cpus = \x01\n", "x.conf:1: the line has characters that are no text"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CU_ASSERT_EQUAL(conf(wrong[i].text), -EINVAL);
		CU_ASSERT_TRUE(err.text[0] != '\0');
		if (wrong[i].message)
			CU_ASSERT_STRING_EQUAL(err.text, wrong[i].message);
	}
	CU_ASSERT_EQUAL(conf("nothing-like-it = 1\n"), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "known are initial-config state-dir vhost-dir"));
}

static void test_conf_bytes(void)
{
	char text[3000];

	memset(text, 'x', sizeof(text));
	CU_ASSERT_EQUAL(settings_conf(&got, text, sizeof(text), "x.conf", &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "longer than 1023"));
	CU_ASSERT_EQUAL(settings_conf(&got, "cpus\0= 1\n", 9, "x.conf", &err), -EINVAL);
	CU_ASSERT_EQUAL(settings_conf(&got, "cpus = 1", 8, "x.conf", NULL), 0);
	CU_ASSERT_EQUAL(settings_conf(&got, "cpu = 1", 7, "x.conf", NULL), -EINVAL);
}

UNIT_MAIN("settings", {"defaults", test_defaults}, {"args", test_args},
	  {"wrong-args", test_wrong_args}, {"conf", test_conf}, {"wrong-conf", test_wrong_conf},
	  {"conf-bytes", test_conf_bytes});
