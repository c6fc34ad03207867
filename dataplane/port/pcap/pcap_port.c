/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of a pcap port. Control thread. */
#include "dataplane/port/pcap/pcap_port.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "dataplane/core/opener.h"

static void pcap_port_free(struct hd_pcap *p)
{
	if (p->in != NULL)
		pcap_close(p->in);
	if (p->out != NULL)
		pcap_dump_close(p->out);
	if (p->format != NULL)
		pcap_close(p->format);
	if (p->timer >= 0)
		close(p->timer);
	free(p->scratch);
	free(p->file_buf);
	memset(p, 0, sizeof(*p));
	p->timer = -1;
}

/* A capture of another link type has no Ethernet header to switch by. */
static int link_type_check(pcap_t *in, const char *name, struct hd_err *err)
{
	int type = pcap_datalink(in);
	const char *word = pcap_datalink_val_to_name(type);

	if (type == DLT_EN10MB)
		return 0;
	return hd_err_set(
		err, EINVAL,
		"%s is of link type %s, and only EN10MB (Ethernet) can be switched; capture "
		"on one interface, not on \"any\"",
		name, word != NULL ? word : "unknown");
}

static int reader_open(struct hd_pcap *p, const char *name, struct hd_err *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int fd = hd_opener_capture(name, false, err);
	FILE *file;

	if (fd < 0)
		return fd;
	file = fdopen(fd, "rb");
	if (file == NULL) {
		close(fd);
		return hd_err_set(err, ENOMEM, "%s: out of memory", name);
	}
	p->in = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, text);
	if (p->in == NULL) {
		fclose(file);
		return hd_err_set(err, EINVAL, "%s cannot be read: %s", name, text);
	}
	p->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (p->timer < 0)
		return hd_err_set(err, errno, "timer: %s", strerror(errno));
	return link_type_check(p->in, name, err);
}

static int writer_open(struct hd_pcap *p, const char *name, struct hd_err *err)
{
	struct timespec real;
	FILE *file;
	int fd;

	p->scratch = malloc(HD_PCAP_SNAPLEN);
	p->file_buf = malloc(HD_PCAP_FILE_BUF);
	p->format = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, HD_PCAP_SNAPLEN,
							 PCAP_TSTAMP_PRECISION_NANO);
	if (p->scratch == NULL || p->file_buf == NULL || p->format == NULL)
		return hd_err_set(err, ENOMEM, "%s: out of memory", name);
	fd = hd_opener_capture(name, true, err);
	if (fd < 0)
		return fd;
	file = fdopen(fd, "wb");
	if (file == NULL) {
		close(fd);
		return hd_err_set(err, ENOMEM, "%s: out of memory", name);
	}
	setvbuf(file, p->file_buf, _IOFBF, HD_PCAP_FILE_BUF);
	p->out = pcap_dump_fopen(p->format, file);
	if (p->out == NULL) {
		fclose(file);
		return hd_err_set(err, EIO, "%s: %s", name, pcap_geterr(p->format));
	}
	clock_gettime(CLOCK_REALTIME, &real);
	p->real_offset =
		(int64_t)real.tv_sec * (int64_t)HD_NS_PER_S + real.tv_nsec - (int64_t)hd_now_ns();
	return pcap_dump_flush(p->out) == 0
		       ? 0
		       : hd_err_set(err, errno, "%s: %s", name, strerror(errno));
}

static int pcap_port_open(struct hd_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	const struct hd_pcap_object *o = hd_port_params(port);
	struct hd_pcap *p = hd_port_priv(port);
	int ret = 0;

	p->timer = -1;
	if (o->read[0] != '\0')
		ret = reader_open(p, o->read, err);
	if (ret == 0 && o->write[0] != '\0')
		ret = writer_open(p, o->write, err);
	if (ret != 0) {
		*reason = ret == -EACCES || ret == -EPERM ? HD_PORT_NO_PERMISSION : HD_PORT_ERROR;
		pcap_port_free(p);
		return ret;
	}
	if (p->in != NULL)
		hd_pcap_start(p, hd_now_ns());
	hd_port_set_up(port, p->in != NULL, 1, HD_CAP_CHAINS);
	return 0;
}

static void pcap_port_close(struct hd_port *port)
{
	pcap_port_free(hd_port_priv(port));
}

/* Puts what was written into the file, so that others can look at it. */
static int pcap_port_poll(struct hd_port *port)
{
	struct hd_pcap *p = hd_port_priv(port);
	uint64_t written = atomic_load(&p->written);
	char text[160];
	int error;

	if (p->out != NULL && written != p->flushed) {
		p->flushed = written;
		if (pcap_dump_flush(p->out) != 0)
			atomic_store(&p->write_error, errno != 0 ? errno : EIO);
	}
	error = atomic_exchange(&p->write_error, 0);
	if (error == 0 && !p->told_end && atomic_load(&p->read_end) && atomic_load(&port->up)) {
		/* the port's detail is another one */
		p->told_end = true;
		hd_port_set_up(port, 1, 1, HD_CAP_CHAINS);
	}
	if (error == 0)
		return 0;
	snprintf(text, sizeof(text),
		 "writing the capture failed after %" PRIu64 " frames: %s; disable and enable the "
		 "port to begin it anew",
		 written, strerror(error));
	hd_port_set_down(port, HD_PORT_ERROR, text);
	return 0;
}

static void pcap_port_detail(const struct hd_port *port, char *text, size_t size)
{
	const struct hd_pcap_object *o = hd_port_params(port);
	struct hd_pcap *p = hd_port_priv(port);
	int n = 0;

	text[0] = '\0';
	if (o->read[0] != '\0')
		n = snprintf(text, size, "%" PRIu64 " read%s", atomic_load(&p->read_count),
			     !atomic_load(&p->read_end)    ? ""
			     : atomic_load(&p->read_error) ? ", then the file is broken"
							   : ", to its end");
	if (o->write[0] != '\0' && n >= 0 && (size_t)n < size)
		snprintf(text + n, size - n, "%s%" PRIu64 " written", n > 0 ? "; " : "",
			 atomic_load(&p->written));
}

static const struct hd_port_ops pcap_ops = {
	.name = "pcap",
	.params = HD_PCAP,
	.params_size = sizeof(struct hd_pcap_object),
	.size = sizeof(struct hd_pcap),
	.validate = hd_pcap_validate,
	.open = pcap_port_open,
	.close = pcap_port_close,
	.poll = pcap_port_poll,
	.rx_burst = hd_pcap_rx_burst,
	.tx_burst = hd_pcap_tx_burst,
	.event_fd = hd_pcap_event_fd,
	.detail = pcap_port_detail,
};

RTE_INIT(hd_pcap_register)
{
	hd_port_kind_register(&pcap_ops);
}
