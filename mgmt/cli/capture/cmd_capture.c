/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle capture: frames of ports, live.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "heddle-build.h"
#include "heddle/net/capture_file.h"
#include "mgmt/cli/command/cli.h"
#include "mgmt/cli/capture/decode.h"
#include "mgmt/cli/capture/ring.h"
#include "mgmt/cli/term/table.h"

#define NS      "urn:heddle:yang:heddle-capture"
#define IDLE_MS 2   /* between two looks at rings in which there was nothing */
#define BURST   256 /* frames between two looks at everything else */

struct capture {
	struct cli *cli;
	const struct cmd_line *line;
	char **names; /* of all ports */
	size_t n_names;
	size_t n_ports; /* of line->args; what follows them is the filter */
	char *filter;
	unsigned long snap, left; /* left: frames until it ends, 0: no end */
	FILE *file;               /* of --write */
	const char *path;         /* likewise */
	unsigned int interfaces;  /* that are in it */
	unsigned int widest;      /* name of a port so far */
	uint64_t frames;
	struct cli_rings *rings;
};

#define NAMES                                                                           \
	"<get><filter type=\"subtree\">"                                                \
	"<interfaces xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\"><interface>" \
	"<name/></interface></interfaces></filter></get>"

/* Of operational, which has transient ports and host interfaces as well. */
static int get_names(struct capture *c, struct cli_client *client)
{
	struct lyd_node *reply;
	int rc = cli_request(client, NAMES, &reply);

	if (rc)
		return rc;
	cli_xml_foreach(port, cli_xml_child(cli_xml_child(reply, "data"), "interfaces"),
			"interface")
	{
		c->names = cli_realloc(c->names, (c->n_names + 1) * sizeof(*c->names));
		c->names[c->n_names++] = cli_strdup(cli_xml_text(port, "name"));
	}
	lyd_free_all(reply);
	return 0;
}

static bool is_port(const struct capture *c, const char *word)
{
	for (size_t i = 0; i < c->n_names; i++)
		if (strcmp(c->names[i], word) == 0)
			return true;
	return false;
}

/* Words that name ports are ports, up to the first that does not; from there on it is a filter. */
static void split(struct capture *c)
{
	struct cli_str text = {0};

	while (c->n_ports < c->line->n_args && is_port(c, c->line->args[c->n_ports]))
		c->n_ports++;
	cli_str_puts(&text, "");
	for (size_t i = c->n_ports; i < c->line->n_args; i++)
		cli_str_printf(&text, "%s%s", text.len ? " " : "", c->line->args[i]);
	c->filter = text.text;
}

static void refuse_filter(const struct capture *c, const char *why)
{
	const char *word = c->line->args[c->n_ports];

	if (strchr(word, ' '))
		cli_error("the filter \"%s\": %s", c->filter, why);
	else
		cli_error("\"%s\" is no port%s; and as a filter, \"%s\": %s", word,
			  cli_did_you_mean(word, (const char *const *)c->names, c->n_names),
			  c->filter, why);
}

static void add_base64(struct cli_str *xml, const uint8_t *bytes, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)bytes[i] << 16 | (i + 1 < n ? bytes[i + 1] << 8 : 0) |
			     (i + 2 < n ? bytes[i + 2] : 0);

		cli_str_printf(xml, "%c%c%c%c", digits[v >> 18], digits[v >> 12 & 63],
			       i + 1 < n ? digits[v >> 6 & 63] : '=',
			       i + 2 < n ? digits[v & 63] : '=');
	}
}

/* Made into a program here: the words are the user's own, and so is this process. */
static bool add_filter(const struct capture *c, struct cli_str *xml)
{
	pcap_t *format = pcap_open_dead(DLT_EN10MB, HD_CAPTURE_SNAP_MAX);
	struct bpf_program program;
	char text[64];
	bool good =
		format && pcap_compile(format, &program, c->filter, 1, PCAP_NETMASK_UNKNOWN) == 0;

	if (!good) {
		refuse_filter(c, format ? pcap_geterr(format) : "out of memory");
	} else if (program.bf_len > HD_CAPTURE_INSNS_MAX) {
		snprintf(text, sizeof(text), "it makes %u instructions, and %d are allowed",
			 program.bf_len, HD_CAPTURE_INSNS_MAX);
		refuse_filter(c, text);
		pcap_freecode(&program);
		good = false;
	} else {
		for (unsigned int i = 0; i < program.bf_len; i++) {
			program.bf_insns[i].code = htons(program.bf_insns[i].code);
			program.bf_insns[i].k = htonl(program.bf_insns[i].k);
		}
		cli_str_puts(xml, "<filter>");
		add_base64(xml, (const uint8_t *)program.bf_insns,
			   program.bf_len * sizeof(*program.bf_insns));
		cli_str_puts(xml, "</filter>");
		pcap_freecode(&program);
	}
	if (format)
		pcap_close(format);
	return good;
}

static bool make_request(const struct capture *c, struct cli_str *xml)
{
	static const char *const what[] = {"in", "out", "drops"};

	cli_str_puts(xml, "<capture xmlns=\"" NS "\">");
	for (size_t i = 0; i < c->n_ports; i++) {
		cli_str_puts(xml, "<port>");
		cli_xml_escape(xml, c->line->args[i]);
		cli_str_puts(xml, "</port>");
	}
	for (unsigned int i = 0; i < 3; i++)
		if (cmd_has(c->line, what[i]))
			cli_str_printf(xml, "<what>%s</what>", what[i]);
	cli_str_printf(xml, "<snapshot-length>%lu</snapshot-length>", c->snap);
	if (*c->filter && !add_filter(c, xml))
		return false;
	cli_str_puts(xml, "</capture>");
	return true;
}

static const char *direction(const struct cli_frame *f)
{
	return f->kind == HD_CAPTURE_R_IN ? "in" : f->kind == HD_CAPTURE_R_OUT ? "out" : "drop";
}

static const char *describe(const struct cli_frame *f, char line[CLI_DECODE_LINE_MAX])
{
	struct cli_layers layers;

	if (!f->len)
		return strcpy(line, "(nothing of the frame was there)");
	cli_decode(&layers, f->data, f->kept, f->len);
	return cli_text_clean((char *)cli_decode_line(&layers, line));
}

static void print_line(struct capture *c, const struct cli_frame *f)
{
	time_t s = (time_t)(f->time_ns / 1000000000u);
	char line[CLI_DECODE_LINE_MAX], clock[16] = "";
	unsigned int width = (unsigned int)strlen(f->port);
	struct tm tm;

	c->widest = width > c->widest ? width : c->widest;
	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&s, &tm));
	fprintf(c->cli->out, "%s.%06u %-*s %-4s %s%s%s\n", clock,
		(unsigned int)(f->time_ns % 1000000000u / 1000), (int)c->widest, f->port,
		direction(f), f->kind == HD_CAPTURE_R_DROP ? f->reason : "",
		f->kind == HD_CAPTURE_R_DROP ? ": " : "", describe(f, line));
}

static void print_json(struct capture *c, const struct cli_frame *f)
{
	time_t s = (time_t)(f->time_ns / 1000000000u);
	char line[CLI_DECODE_LINE_MAX], date[64] = "", digits[16];
	struct cli_str hex = {0};
	struct tm tm;
	json_t *json;

	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", gmtime_r(&s, &tm));
	snprintf(digits, sizeof(digits), ".%09uZ", (unsigned int)(f->time_ns % 1000000000u));
	strncat(date, digits, sizeof(date) - strlen(date) - 1);
	cli_str_puts(&hex, "");
	for (uint32_t i = 0; i < f->kept; i++)
		cli_str_printf(&hex, "%02x", f->data[i]);
	json = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:I}", "time", date, "port", f->port,
			 "direction", direction(f), "length", (json_int_t)f->len, "text",
			 describe(f, line), "data", hex.text, "lost-before", (json_int_t)f->lost);
	if (f->kind == HD_CAPTURE_R_DROP) {
		json_object_set_new(json, "reason", json_string(f->reason));
		json_object_set_new(json, "counted", json_string(f->ingress ? "in" : "out"));
	}
	cli_json_line(c->cli, json);
	cli_str_free(&hex);
}

static void write_frame(struct capture *c, const struct cli_frame *f)
{
	bool in = f->kind == HD_CAPTURE_R_DROP ? f->ingress : f->kind == HD_CAPTURE_R_IN;
	bool dropped = f->kind == HD_CAPTURE_R_DROP;
	char lost[64] = "", comment[128];

	if (!*f->tag) {
		hd_pcapng_interface(c->file, f->port, (uint32_t)c->snap);
		*f->tag = ++c->interfaces;
	}
	if (f->lost)
		snprintf(lost, sizeof(lost), "%" PRIu32 " frames before this one were not captured",
			 f->lost);
	snprintf(comment, sizeof(comment), "%s%s%s%s", dropped ? "dropped: " : "",
		 dropped ? f->reason : "", dropped && *lost ? "; " : "", lost);
	hd_pcapng_frame(c->file, *f->tag - 1, f->time_ns, f->data, f->kept, f->len,
			in ? HD_PCAPNG_IN : HD_PCAPNG_OUT, comment);
}

static FILE *output(const struct capture *c)
{
	return c->file ? c->file : c->cli->out;
}

/* Takes what is there, up to BURST. 1: there may be more; 0: not now; below 0: it is over. */
static int take(struct capture *c, struct hd_err *err)
{
	for (unsigned int i = 0; i < BURST; i++) {
		struct cli_frame frame;
		int rc = cli_rings_next(c->rings, &frame, err);

		if (rc <= 0)
			return rc;
		c->frames++;
		if (c->file)
			write_frame(c, &frame);
		else if (c->cli->json)
			print_json(c, &frame);
		else
			print_line(c, &frame);
		if (ferror(output(c)))
			return hd_err_set(err, errno ? errno : EIO, "%s: %s",
					  c->path ? c->path : "the output", strerror(errno));
		if (c->left && --c->left == 0)
			return -ECANCELED;
	}
	return 1;
}

static int run(struct capture *c)
{
	char note[HD_CAPTURE_TEXT];
	bool ended = false, empty = false;
	struct hd_err err = {0};
	int rc;

	for (;;) {
		rc = take(c, &err);
		if (rc < 0 || cli_interrupted() || (rc == 0 && ended))
			break;
		if (rc == 0 && !empty)
			fflush(output(c));
		empty = rc == 0;
		if (ended)
			continue;
		ended = cli_rings_wait(c->rings, empty ? IDLE_MS : 0, note) == 1;
		if (*note)
			cli_error("%s%s", ended ? "the capture has ended: " : "", note);
	}
	if (rc == -ECANCELED || rc == -EPIPE || cli_interrupted())
		return CLI_OK;
	if (rc < 0)
		cli_error("%s", err.text);
	return rc < 0 && rc != -EBADMSG ? CLI_USAGE : CLI_REFUSED;
}

static void summary(const struct capture *c)
{
	uint64_t lost = cli_rings_lost(c->rings);

	fprintf(stderr, "%" PRIu64 " frame%s captured", c->frames, c->frames == 1 ? "" : "s");
	if (lost)
		fprintf(stderr,
			", %" PRIu64 " lost because they were not read fast enough (fewer ports, a "
			"filter or --snaplen help)",
			lost);
	fputc('\n', stderr);
}

static int begin(struct capture *c, struct cli_client *client, const char *request)
{
	struct hd_err err = {0};
	struct lyd_node *reply;
	int rc = cli_request(client, request, &reply), fd;

	if (rc)
		return rc;
	lyd_free_all(reply);
	fd = cli_client_take_fd(client);
	if (fd < 0) {
		cli_error("no descriptor came with the answer: a capture is for this machine only");
		return CLI_REFUSED;
	}
	if (cli_rings_open(&c->rings, fd, &err) < 0) {
		cli_error("%s", err.text);
		return CLI_REFUSED;
	}
	fprintf(stderr, "capturing on %s%s; Ctrl-C ends it\n",
		c->n_ports ? c->line->args[0] : "all ports", c->n_ports > 1 ? " and others" : "");
	if (c->file)
		hd_pcapng_begin(c->file, "heddle " HD_VERSION);
	return 0;
}

static bool open_file(struct capture *c)
{
	c->path = cmd_value(c->line, "write");
	if (!c->path)
		return true;
	if (c->cli->json) {
		cli_error("--write and --json both say what is written: give one of them");
		return false;
	}
	if (strcmp(c->path, "-") == 0 && c->cli->tty) {
		cli_error("a capture is not for a terminal: --write FILE, or a program behind "
			  "it, as in heddle capture -w - | tshark -r -");
		return false;
	}
	c->file = strcmp(c->path, "-") == 0 ? c->cli->out : fopen(c->path, "wbe");
	if (!c->file)
		cli_error("%s: %s", c->path, strerror(errno));
	return c->file != NULL;
}

/* What was written is only there when closing it did not fail. */
static int close_file(struct capture *c, int rc)
{
	FILE *file = output(c);
	bool failed = (file == c->cli->out ? fflush(file) : fclose(file)) != 0;

	if (failed && errno != EPIPE && rc == CLI_OK) {
		cli_error("%s: %s", c->path ? c->path : "the output", strerror(errno));
		return CLI_USAGE;
	}
	return rc;
}

static int with_client(struct capture *c, struct cli_client *client, struct cli_str *request)
{
	int rc = get_names(c, client);

	if (rc)
		return rc;
	split(c);
	if (!make_request(c, request) || !open_file(c))
		return CLI_USAGE;
	rc = begin(c, client, request->text);
	if (rc == 0) {
		rc = close_file(c, run(c));
		summary(c);
	} else if (c->file && c->file != c->cli->out) {
		fclose(c->file);
	}
	return rc;
}

static int capture(struct capture *c)
{
	struct cli_client *client = cli_connect_apart(c->cli); /* it ends with its session */
	struct cli_str request = {0};
	int rc = client ? with_client(c, client, &request) : CLI_UNREACHABLE;

	cli_rings_close(c->rings);
	cli_client_close(client);
	cli_str_free(&request);
	while (c->n_names)
		free(c->names[--c->n_names]);
	free(c->names);
	free(c->filter);
	return rc;
}

static void on_term(int sig)
{
	(void)sig;
	cli_interrupt_raise();
}

static int run_capture(struct cli *cli, const struct cmd_line *line)
{
	struct capture c = {.cli = cli, .line = line, .snap = HD_CAPTURE_SNAP_MAX};
	struct sigaction term = {.sa_handler = on_term}, old_term, old_pipe;
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	int rc;

	if (!cmd_number(line, "count", 1, 1000000000, &c.left) ||
	    !cmd_number(line, "snaplen", HD_CAPTURE_SNAP_MIN, HD_CAPTURE_SNAP_MAX, &c.snap))
		return CLI_USAGE;
	cli_interrupt_watch();
	sigaction(SIGTERM, &term, &old_term);
	sigaction(SIGPIPE, &ignore, &old_pipe);
	rc = capture(&c);
	sigaction(SIGPIPE, &old_pipe, NULL);
	sigaction(SIGTERM, &old_term, NULL);
	return rc;
}

static const struct cmd_option capture_options[] = {
	{"in", 0, NULL, "frames as they come in, before anything is decided", NULL},
	{"out", 0, NULL, "frames as they leave, once the receiver has taken them", NULL},
	{"drops", 0, NULL, "frames that are dropped, with the reason", NULL},
	{"write", 'w', "FILE", "write pcapng to FILE; - is the standard output, for tshark -r -",
	 &words_file},
	{"count", 'c', "N", "end after N frames", NULL},
	{"snaplen", 's', "BYTES",
	 "keep the first BYTES of each frame, 16 to 65600 (default: all of it)", NULL},
	{0},
};

CMD_REGISTER(cmd_capture) = {
	.part = CMD_PART_WATCH,
	.place = 30,
	.name = "capture",
	.args = "[PORT...] [FILTER]",
	.summary = "frames of ports, live, as lines or as a capture file",
	.text = "Without PORT, of all ports; host interfaces are ports as well. The first word that names "
		"no port begins the filter, an expression of pcap-filter(7): heddle capture web1 icmp "
		"or arp. Without --in, --out and --drops all three: a frame that came in and was dropped "
		"is there as it came, and once more with the reason.\n"
		"\n"
		"Frames are as they are on the wire of the port, with its tags; what is dropped on "
		"its way out is as it was then. Checksums that a device has still to fill in are "
		"not yet right, and super-frames are whole where the port takes them so.\n"
		"\n"
		"A reader that is too slow loses frames of the capture, never traffic: how many is "
		"said at the end, and in the file. In a file a port is an interface, and the reason "
		"of a drop is a comment. It takes a right of its own, which members of the group heddle "
		"have, and ends with Ctrl-C, with the last of its ports, or when the right is taken away.",
	.options = capture_options,
	.max_args = 1024,
	.words = &words_port,
	.screen = true,
	.run = run_capture,
};
