/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle doctor: the list of checks, and their report.
 */
#include "mgmt/cli/doctor/doctor.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mgmt/cli/command/client.h"
#include "mgmt/cli/config/config_print.h"
#include "mgmt/cli/term/table.h"

#define MEMORY_DEFAULT_MB 256
#define CONF_DEFAULT      "/etc/heddle/heddled.conf"

static const char *const level_names[] = {"ok", "warning", "problem"};

void doctor_report(struct doctor *d, enum doctor_level level, const char *check, char *mend,
		   const char *fmt, ...)
{
	struct doctor_result *r;
	va_list ap;

	d->results = cli_realloc(d->results, (d->n_results + 1) * sizeof(*d->results));
	r = &d->results[d->n_results++];
	*r = (struct doctor_result){.level = level, .check = check, .mend = mend};
	va_start(ap, fmt);
	r->text = cli_vasprintf(fmt, ap);
	va_end(ap);
}

char *doctor_path(const struct doctor *d, const char *path)
{
	return cli_asprintf("%s%s", d->root, path);
}

bool doctor_read(const struct doctor *d, const char *path, char *text, size_t size)
{
	char *full = doctor_path(d, path);
	FILE *file = fopen(full, "re");
	bool ok = file && fgets(text, (int)size, file);

	free(full);
	if (file)
		fclose(file);
	if (ok)
		text[strcspn(text, "\n")] = '\0';
	else
		text[0] = '\0';
	return ok;
}

long doctor_number(const struct doctor *d, const char *path, long missing)
{
	char text[64], *end;
	long n;

	if (!doctor_read(d, path, text, sizeof(text)))
		return missing;
	n = strtol(text, &end, 0);
	return end == text ? missing : n;
}

static unsigned int count(const struct doctor *d, enum doctor_level level)
{
	unsigned int n = 0;

	for (size_t i = 0; i < d->n_results; i++)
		n += d->results[i].level == level;
	return n;
}

static void print_results(struct cli *cli, const struct doctor *d)
{
	static const enum cli_style styles[] = {CLI_GOOD, CLI_WARN, CLI_BAD};

	for (size_t i = 0; i < d->n_results; i++) {
		const struct doctor_result *r = &d->results[i];
		struct cli_str text = {0};

		fprintf(cli->out, "%s%-9s%s", cli_style_on(styles[r->level], cli->color),
			level_names[r->level], cli_style_off(styles[r->level], cli->color));
		cli_str_printf(&text, "%s: %s", r->check, r->text);
		cli_wrap_on(cli->out, text.text, 9, cli->width);
		if (r->mend) /* in one piece, to be copied */
			fprintf(cli->out, "         -> %s\n", r->mend);
		cli_str_free(&text);
	}
	fprintf(cli->out, "%u ok, %u warning%s, %u problem%s\n", count(d, DOCTOR_OK),
		count(d, DOCTOR_WARNING), count(d, DOCTOR_WARNING) == 1 ? "" : "s",
		count(d, DOCTOR_PROBLEM), count(d, DOCTOR_PROBLEM) == 1 ? "" : "s");
}

static void print_json(struct cli *cli, const struct doctor *d)
{
	json_t *checks = json_array();

	for (size_t i = 0; i < d->n_results; i++) {
		const struct doctor_result *r = &d->results[i];

		json_array_append_new(checks, json_pack("{s:s, s:s, s:s, s:s?}", "check", r->check,
							"result", level_names[r->level], "text",
							r->text, "mend", r->mend));
	}
	cli_json_print(cli, json_pack("{s:o, s:i, s:i, s:i}", "checks", checks, "ok",
				      (int)count(d, DOCTOR_OK), "warnings",
				      (int)count(d, DOCTOR_WARNING), "problems",
				      (int)count(d, DOCTOR_PROBLEM)));
}

/* The option, else what heddled.conf says, else @otherwise. */
static const char *choose(const struct cmd_line *line, const struct doctor *d, const char *name,
			  const char *otherwise)
{
	const char *value = cmd_value(line, name);

	if (!value)
		value = doctor_setting(d, name);
	return value ? value : otherwise;
}

/* What is asked for: the command line wins over heddled.conf. Returns false after a message. */
static bool read_options(struct cli *cli, const struct cmd_line *line, struct doctor *d)
{
	static const char *const modes[] = {"auto", "yes", "no"};
	const char *conf = cmd_value(line, "conf"), *mode;

	doctor_read_conf(d, conf ? conf : CONF_DEFAULT, conf != NULL);
	mode = choose(line, d, "hugepages", NULL);
	d->run_dir = cli->run_dir;
	d->config = cmd_value(line, "config");
	d->cpus = choose(line, d, "cpus", NULL);
	d->netns_dir = choose(line, d, "netns-dir", "/run/netns");
	d->vhost_dir = choose(line, d, "vhost-dir", NULL);
	d->vhost_group = doctor_setting(d, "vhost-group");
	d->workers = 1;
	d->memory_mb = MEMORY_DEFAULT_MB;
	doctor_setting_number(d, "workers", 1, 16, &d->workers);
	doctor_setting_number(d, "memory", 16, 1048576, &d->memory_mb);
	for (size_t i = 0; mode && i < 3; i++) {
		if (strcmp(mode, modes[i]) == 0) {
			d->hugepages = (enum doctor_hugepages)i;
			mode = NULL;
		}
	}
	if (mode) {
		cli_error("--hugepages %s: auto, yes or no is needed", mode);
		return false;
	}
	return cmd_number(line, "workers", 1, 16, &d->workers) &&
	       cmd_number(line, "memory", 16, 1048576, &d->memory_mb);
}

static void read_caps(struct doctor *d)
{
	char *path = doctor_path(d, "/proc/self/status");
	FILE *file = fopen(path, "re");
	char text[256];

	free(path);
	while (file && fgets(text, sizeof(text), file))
		if (strncmp(text, "CapEff:", 7) == 0)
			d->caps = strtoull(text + 7, NULL, 16);
	if (file)
		fclose(file);
}

static void free_doctor(struct doctor *d)
{
	for (size_t i = 0; i < d->n_results; i++) {
		free(d->results[i].text);
		free(d->results[i].mend);
	}
	free(d->results);
	doctor_free_conf(d);
	lyd_free_all(d->tree);
}

/* Of the switch that runs, if one does. */
static void check_startup(const struct cli *cli, struct doctor *d)
{
	struct cli_client *client = NULL;
	struct hd_err err;
	char *text;

	if (cli_client_open(&client, cli->socket, &err) < 0)
		return;
	text = cli_startup_problem(client);
	if (text)
		doctor_report(d, DOCTOR_WARNING, "startup", NULL, "%s", text);
	free(text);
	cli_client_close(client);
}

static int run_doctor(struct cli *cli, const struct cmd_line *line)
{
	struct doctor d = {.root = "", .uid = geteuid()};
	struct hd_err err = {0};
	char *vhost_dir;
	int rc;

	if (!read_options(cli, line, &d)) {
		free_doctor(&d);
		return CLI_USAGE;
	}
	vhost_dir = cli_asprintf("%s/vhost", d.run_dir);
	if (!d.vhost_dir)
		d.vhost_dir = vhost_dir;
	if (d.config && doctor_read_config(&d, &err) < 0)
		doctor_report(&d, DOCTOR_PROBLEM, "configuration", NULL, "%s", err.text);
	read_caps(&d);
	doctor_check_install(&d);
	doctor_check_permission(&d);
	doctor_check_devices(&d);
	doctor_check_memory(&d);
	doctor_check_cpus(&d);
	doctor_check_folders(&d);
	doctor_check_config(&d);
	check_startup(cli, &d);
	if (cli->json)
		print_json(cli, &d);
	else
		print_results(cli, &d);
	rc = count(&d, DOCTOR_PROBLEM) ? CLI_REFUSED : CLI_OK;
	free_doctor(&d);
	free(vhost_dir);
	return rc;
}

static const struct cmd_words words_hugepages = {
	.list = (const char *const[][2]){{"auto", "when there are any"},
					 {"yes", "and fail without"},
					 {"no", "never"},
					 {NULL, NULL}}};

static const struct cmd_option doctor_options[] = {
	{"config", 'c', "FILE", "also check what this configuration needs", &words_file},
	{"conf", 0, "FILE", "heddled will read FILE (default: /etc/heddle/heddled.conf)",
	 &words_file},
	{"workers", 'w', "N", "heddled will be given --workers N", NULL},
	{"cpus", 0, "LIST", "heddled will be given --cpus LIST", NULL},
	{"hugepages", 0, "MODE", "heddled will be given --hugepages MODE: auto, yes or no",
	 &words_hugepages},
	{"memory", 0, "MB", "heddled will be given --memory MB", NULL},
	{"vhost-dir", 0, "DIR", "heddled will be given --vhost-dir DIR", &words_dir},
	{"netns-dir", 0, "DIR", "heddled will be given --netns-dir DIR", &words_dir},
	{0},
};

CMD_REGISTER(cmd_doctor) = {
	.part = CMD_PART_REST,
	.place = 40,
	.name = "doctor",
	.args = "",
	.summary = "check this machine for what a switch needs, and say how to mend it",
	.text = "Checks what usually goes wrong when a switch is started: permissions, devices, memory, "
		"CPUs, folders, namespaces and network cards that the configuration names. Nothing is "
		"changed. Exit status 0: no problem (there may be warnings), 1: at least one.",
	.options = doctor_options,
	.run = run_doctor,
};
