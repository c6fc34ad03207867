/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/settings_core.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "supervisor/names_core.h"

#define BOTH        (SETTINGS_ARGS | SETTINGS_CONF)
#define WORKERS_MAX 16
#define MEMORY_MAX  (1u << 20) /* MB */
#define FDB_MAX     8388608

const char settings_usage[] =
	"usage: heddled [-c FILE] [--run-dir DIR] [--state-dir DIR] [OPTION...]\n"
	"Runs the Heddle switch in the foreground: starts its planes, opens what they need, and\n"
	"starts again what dies. SIGTERM or Ctrl-C ends it.\n"
	"\n"
	"  -c, --config FILE      start with this configuration each time; it is never written.\n"
	"                         Without it: with what was saved last\n"
	"  --run-dir DIR          where its sockets lie; another one for each heddled (/run/heddle)\n"
	"  --state-dir DIR        where configurations are kept (/var/lib/heddle/mgmt, or\n"
	"                         RUN-DIR/state with another run-dir)\n"
	"  --initial-config FILE  what the very first start takes (/etc/heddle/initial.json)\n"
	"  --conf FILE            settings of the machine (/etc/heddle/heddled.conf, if it is there)\n"
	"  --workers N            forwarding threads, 1..16 (1)\n"
	"  --cpus LIST            CPUs of the workers, such as 2,4-6\n"
	"  --hugepages MODE       auto, yes or no (auto)\n"
	"  --memory MB            for packets and tables\n"
	"  --fdb-size N           addresses in the forwarding database\n"
	"  --no-idle-sleep        workers poll all ports, the quiet ones as well\n"
	"  --vhost-dir DIR        root of vhost-user sockets (RUN-DIR/vhost)\n"
	"  --netns-dir DIR        root of network namespaces (/run/netns)\n"
	"  --netns-helper SOCKET  service that enters namespaces (a process of its own does it)\n"
	"  --capture-dir DIR      root of capture files (/var/lib/heddle/captures)\n"
	"  --data-user NAME       users that heddle-dp, heddle-cp and heddle-mgmt run as (of the\n"
	"  --control-user NAME    same names, or nobody, where heddled is root; heddle-mgmt only\n"
	"  --mgmt-user NAME       when it is installed)\n"
	"  --yang-dir DIR         the YANG modules of Heddle\n"
	"  --log-level LEVEL      error, warning, notice, info or debug (info)\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version\n"
	"\n"
	"heddled(8) and heddled.conf(5) tell more.\n";

void settings_default(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	strcpy(settings->initial_config, "/etc/heddle/initial.json");
	strcpy(settings->conf, "/etc/heddle/heddled.conf");
	strcpy(settings->run_dir, "/run/heddle");
	strcpy(settings->netns_dir, "/run/netns");
	strcpy(settings->capture_dir, "/var/lib/heddle/captures");
	strcpy(settings->vhost_group, "heddle-vm");
	strcpy(settings->hugepages, "auto");
	settings->workers = 1;
	settings->vhost_mode = 0660;
	settings->log_level = HD_LOG_INFO;
	settings->idle_sleep = true;
}

static int set_path(char *dst, const char *value, struct hd_err *err)
{
	if (value[0] == '\0')
		return hd_err_set(err, EINVAL, "a path is needed");
	if (hd_str_copy(dst, SETTINGS_PATH_MAX, value) < 0)
		return hd_err_set(err, EINVAL, "the path is longer than %d characters",
				  SETTINGS_PATH_MAX - 1);
	return 0;
}

static int set_config(struct settings *s, const char *value, struct hd_err *err)
{
	return set_path(s->config, value, err);
}

static int set_initial_config(struct settings *s, const char *value, struct hd_err *err)
{
	return set_path(s->initial_config, value, err);
}

static int set_state_dir(struct settings *s, const char *value, struct hd_err *err)
{
	return set_path(s->state_dir, value, err);
}

static int set_conf(struct settings *s, const char *value, struct hd_err *err)
{
	s->conf_given = true;
	return set_path(s->conf, value, err);
}

static int set_run_dir(struct settings *s, const char *value, struct hd_err *err)
{
	return set_path(s->run_dir, value, err);
}

static int set_vhost_dir(struct settings *s, const char *value, struct hd_err *err)
{
	return set_path(s->vhost_dir, value, err);
}

static int set_netns_dir(struct settings *s, const char *value, struct hd_err *err)
{
	return set_path(s->netns_dir, value, err);
}

static int set_netns_helper(struct settings *s, const char *value, struct hd_err *err)
{
	return set_path(s->netns_helper, value, err);
}

static int set_capture_dir(struct settings *s, const char *value, struct hd_err *err)
{
	return set_path(s->capture_dir, value, err);
}

static int set_yang_dir(struct settings *s, const char *value, struct hd_err *err)
{
	return set_path(s->yang_dir, value, err);
}

static int set_workers(struct settings *s, const char *value, struct hd_err *err)
{
	return number_parse(value, 1, WORKERS_MAX, &s->workers, err);
}

static int set_memory(struct settings *s, const char *value, struct hd_err *err)
{
	return number_parse(value, 64, MEMORY_MAX, &s->memory_mb, err);
}

static int set_fdb_size(struct settings *s, const char *value, struct hd_err *err)
{
	return number_parse(value, 256, FDB_MAX, &s->fdb_size, err);
}

static int set_cpus(struct settings *s, const char *value, struct hd_err *err)
{
	if (!cpu_list_valid(value) || strlen(value) >= sizeof(s->cpus))
		return hd_err_set(err, EINVAL, "a list of CPUs such as 2,4-6 is needed");
	return hd_str_copy(s->cpus, sizeof(s->cpus), value);
}

static int set_hugepages(struct settings *s, const char *value, struct hd_err *err)
{
	if (strcmp(value, "auto") != 0 && strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return hd_err_set(err, EINVAL, "it is auto, yes or no");
	return hd_str_copy(s->hugepages, sizeof(s->hugepages), value);
}

static int set_log_level(struct settings *s, const char *value, struct hd_err *err)
{
	int level = hd_log_level_parse(value);

	if (level < 0)
		return hd_err_set(err, EINVAL, "it is error, warning, notice, info or debug");
	s->log_level = level;
	return 0;
}

static int set_idle_sleep(struct settings *s, const char *value, struct hd_err *err)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return hd_err_set(err, EINVAL, "it is yes or no");
	s->idle_sleep = value[0] == 'y';
	return 0;
}

static int set_no_idle_sleep(struct settings *s, const char *value, struct hd_err *err)
{
	s->idle_sleep = false;
	return 0;
}

static int set_vhost_group(struct settings *s, const char *value, struct hd_err *err)
{
	if (!user_name_valid(value, sizeof(s->vhost_group)))
		return hd_err_set(err, EINVAL, "the name of a group is needed, such as heddle-vm");
	s->vhost_group_given = true;
	return hd_str_copy(s->vhost_group, sizeof(s->vhost_group), value);
}

static int set_user(char *dst, const char *value, const char *example, struct hd_err *err)
{
	if (!user_name_valid(value, SETTINGS_USER_MAX))
		return hd_err_set(err, EINVAL, "the name of a user is needed, such as %s", example);
	return hd_str_copy(dst, SETTINGS_USER_MAX, value);
}

static int set_data_user(struct settings *s, const char *value, struct hd_err *err)
{
	return set_user(s->data_user, value, "heddle-dp", err);
}

static int set_control_user(struct settings *s, const char *value, struct hd_err *err)
{
	return set_user(s->control_user, value, "heddle-cp", err);
}

static int set_mgmt_user(struct settings *s, const char *value, struct hd_err *err)
{
	return set_user(s->mgmt_user, value, "heddle-mgmt", err);
}

static int set_vhost_mode(struct settings *s, const char *value, struct hd_err *err)
{
	uint32_t mode = 0;
	size_t len = strlen(value);

	if (len < 3 || len > 4 || (len == 4 && value[0] != '0') || strspn(value, "01234567") != len)
		return hd_err_set(err, EINVAL, "permission bits in octal are needed, such as 0660");
	for (size_t i = 0; i < len; i++)
		mode = mode << 3 | (uint32_t)(value[i] - '0');
	if (mode == 0)
		return hd_err_set(err, EINVAL, "nobody could use a socket of mode 0000");
	s->vhost_mode = mode;
	return 0;
}

/* Words with blanks between them, into @list of @max rows of @size bytes. */
static int words(const char *value, char *list, size_t size, unsigned int max, unsigned int *n,
		 bool (*valid)(const char *word, size_t size), const char *what, struct hd_err *err)
{
	*n = 0;
	while (*(value += strspn(value, " \t"))) {
		size_t len = strcspn(value, " \t");
		char *word = list + *n * size;

		if (len >= size)
			return hd_err_set(err, EINVAL, "\"%.40s...\" is too long for %s", value,
					  what);
		if (*n == max)
			return hd_err_set(err, EINVAL, "more than %u names", max);
		memcpy(word, value, len);
		word[len] = '\0';
		value += len;
		if (!valid(word, size))
			return hd_err_set(err, EINVAL, "\"%s\" is no name of %s", word, what);
		++*n;
	}
	return *n ? 0 : hd_err_set(err, EINVAL, "names are needed, of %s each", what);
}

static int set_allow_devices(struct settings *s, const char *value, struct hd_err *err)
{
	return words(value, s->devices[0], SETTINGS_DEVICE_MAX, SETTINGS_DEVICES_MAX, &s->n_devices,
		     netdev_name_valid, "a device, or a pattern of some", err);
}

static int set_allow_users(struct settings *s, const char *value, struct hd_err *err)
{
	return words(value, s->users[0], SETTINGS_USER_MAX, SETTINGS_USERS_MAX, &s->n_users,
		     user_name_valid, "a user or a group", err);
}

static int set_help(struct settings *s, const char *value, struct hd_err *err)
{
	s->help = true;
	return 0;
}

static int set_version(struct settings *s, const char *value, struct hd_err *err)
{
	s->version = true;
	return 0;
}

static const struct setting {
	const char *name;
	char letter; /* 0: none */
	bool flag;   /* takes no value on the command line */
	unsigned int where;
	int (*set)(struct settings *settings, const char *value, struct hd_err *err);
} table[] = {
	{"config", 'c', false, SETTINGS_ARGS, set_config},
	{"initial-config", 0, false, BOTH, set_initial_config},
	{"state-dir", 0, false, BOTH, set_state_dir},
	{"conf", 0, false, SETTINGS_ARGS, set_conf},
	{"run-dir", 0, false, SETTINGS_ARGS, set_run_dir},
	{"vhost-dir", 0, false, BOTH, set_vhost_dir},
	{"netns-dir", 0, false, BOTH, set_netns_dir},
	{"netns-helper", 0, false, BOTH, set_netns_helper},
	{"capture-dir", 0, false, BOTH, set_capture_dir},
	{"data-user", 0, false, BOTH, set_data_user},
	{"control-user", 0, false, BOTH, set_control_user},
	{"mgmt-user", 0, false, BOTH, set_mgmt_user},
	{"yang-dir", 0, false, SETTINGS_ARGS, set_yang_dir},
	{"workers", 0, false, BOTH, set_workers},
	{"cpus", 0, false, BOTH, set_cpus},
	{"hugepages", 0, false, BOTH, set_hugepages},
	{"memory", 0, false, BOTH, set_memory},
	{"fdb-size", 0, false, BOTH, set_fdb_size},
	{"log-level", 0, false, BOTH, set_log_level},
	{"idle-sleep", 0, false, SETTINGS_CONF, set_idle_sleep},
	{"no-idle-sleep", 0, true, SETTINGS_ARGS, set_no_idle_sleep},
	{"vhost-group", 0, false, SETTINGS_CONF, set_vhost_group},
	{"vhost-mode", 0, false, SETTINGS_CONF, set_vhost_mode},
	{"allow-devices", 0, false, SETTINGS_CONF, set_allow_devices},
	{"allow-users", 0, false, SETTINGS_CONF, set_allow_users},
	{"help", 'h', true, SETTINGS_ARGS, set_help},
	{"version", 'V', true, SETTINGS_ARGS, set_version},
};

#define TABLE_ROWS (sizeof(table) / sizeof(table[0]))

static const struct setting *find(enum settings_source source, const char *name)
{
	for (size_t i = 0; i < TABLE_ROWS; i++)
		if ((table[i].where & source) && !strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

/* Says which name was probably meant, or all of them. */
static int unknown(enum settings_source source, const char *name, struct hd_err *err)
{
	const char *dashes = source == SETTINGS_ARGS ? "--" : "";
	unsigned int best = 4, distance;
	const char *nearest = NULL;
	size_t used;

	for (size_t i = 0; i < TABLE_ROWS; i++) {
		if (!(table[i].where & source))
			continue;
		distance = name_distance(name, table[i].name, best);
		if (distance < best) {
			best = distance;
			nearest = table[i].name;
		}
	}
	if (nearest)
		return hd_err_set(err, ENOENT, "%s%.64s is not known: did you mean %s%s?", dashes,
				  name, dashes, nearest);
	if (source == SETTINGS_ARGS)
		return hd_err_set(err, ENOENT, "--%.64s is not known: see heddled --help", name);
	if (!err)
		return -ENOENT;
	hd_err_set(err, ENOENT, "%.32s is not known; known are", name);
	for (size_t i = 0; i < TABLE_ROWS; i++) {
		used = strlen(err->text);
		if (table[i].where & source)
			snprintf(err->text + used, sizeof(err->text) - used, " %s", table[i].name);
	}
	return -ENOENT;
}

int settings_set(struct settings *settings, enum settings_source source, const char *name,
		 const char *value, struct hd_err *err)
{
	const struct setting *row = find(source, name);
	int rc;

	if (!row)
		return unknown(source, name, err);
	rc = row->set(settings, value, err);
	if (rc < 0)
		hd_err_prefix(err, "%s%s \"%.64s\"", source == SETTINGS_ARGS ? "--" : "", name,
			      value);
	return rc;
}

/* "-c" and the like. Returns the row, or NULL. */
static const struct setting *find_letter(char letter)
{
	for (size_t i = 0; i < TABLE_ROWS; i++)
		if (table[i].letter && table[i].letter == letter)
			return &table[i];
	return NULL;
}

int settings_args(struct settings *settings, int argc, const char *const *argv, struct hd_err *err)
{
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i], *value = NULL, *equals;
		const struct setting *row;
		char name[64];

		if (arg[0] != '-' || arg[1] == '\0')
			return hd_err_set(err, EINVAL, "\"%.64s\" is too much: see heddled --help",
					  arg);
		if (arg[1] != '-') {
			row = find_letter(arg[1]);
			if (!row || (arg[2] && row->flag))
				return hd_err_set(err, EINVAL,
						  "%.64s is not known: see heddled --help", arg);
			value = arg[2] ? arg + 2 : NULL;
		} else {
			equals = strchr(arg, '=');
			snprintf(name, sizeof(name), "%.*s",
				 equals ? (int)(equals - arg - 2 > 1000 ? 1000 : equals - arg - 2)
					: 1000,
				 arg + 2);
			row = find(SETTINGS_ARGS, name);
			if (!row)
				return unknown(SETTINGS_ARGS, name, err);
			value = equals ? equals + 1 : NULL;
		}
		if (row->flag && value)
			return hd_err_set(err, EINVAL, "--%s takes no value", row->name);
		if (!row->flag && !value && ++i == argc)
			return hd_err_set(err, EINVAL, "--%s needs a value", row->name);
		if (!value)
			value = row->flag ? "" : argv[i];
		if (settings_set(settings, SETTINGS_ARGS, row->name, value, err) < 0)
			return -EINVAL;
	}
	return 0;
}

/* Takes one line apart. @seen has a bit for each row of the table that came already. */
static int conf_line(struct settings *settings, char *line, uint64_t *seen, struct hd_err *err)
{
	char *value, *end;
	const struct setting *row;

	line += strspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return 0;
	value = strchr(line, '=');
	if (!value || value == line)
		return hd_err_set(err, EINVAL, "\"%.40s\" is no setting: write key = value", line);
	end = value;
	*value++ = '\0';
	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	value += strspn(value, " \t");
	end = value + strlen(value);
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	row = find(SETTINGS_CONF, line);
	if (!row)
		return unknown(SETTINGS_CONF, line, err);
	if (*seen >> (row - table) & 1)
		return hd_err_set(err, EINVAL, "%s is set a second time", line);
	*seen |= 1ull << (row - table);
	return settings_set(settings, SETTINGS_CONF, line, value, err);
}

int settings_conf(struct settings *settings, const char *text, size_t len, const char *path,
		  struct hd_err *err)
{
	const char *at = text, *end = text + len, *newline;
	unsigned int number = 0;
	uint64_t seen = 0;
	char line[1024];
	size_t size;
	int rc = 0;

	_Static_assert(TABLE_ROWS <= 64, "one bit a row");
	for (; at < end && rc == 0; at = newline + 1) {
		number++;
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			newline = end;
		size = (size_t)(newline - at);
		if (size && at[size - 1] == '\r')
			size--;
		if (size >= sizeof(line)) {
			rc = hd_err_set(err, EINVAL, "the line is longer than %zu characters",
					sizeof(line) - 1);
			break;
		}
		memcpy(line, at, size);
		line[size] = '\0';
		rc = text_printable(line, size)
			     ? conf_line(settings, line, &seen, err)
			     : hd_err_set(err, EINVAL, "the line has characters that are no text");
	}
	if (rc < 0) {
		hd_err_prefix(err, "%s:%u", path, number);
		return -EINVAL;
	}
	return 0;
}

bool settings_user_allowed(const struct settings *settings, const char *name)
{
	for (unsigned int i = 0; i < settings->n_users; i++)
		if (!strcmp(settings->users[i], name))
			return true;
	return false;
}

bool settings_device_allowed(const struct settings *settings, const char *name)
{
	for (unsigned int i = 0; i < settings->n_devices; i++)
		if (fnmatch(settings->devices[i], name, 0) == 0)
			return true;
	return settings->n_devices == 0;
}
