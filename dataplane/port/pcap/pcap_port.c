/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens, polls and closes pcap ports. Control thread. */
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

static void pcap_port_free(struct dp_pcap *p)
{
	hd_capture_close(p->in);
	if (p->out != NULL)
		fclose(p->out);
	if (p->timer >= 0)
		close(p->timer);
	free(p->scratch);
	free(p->file_buf);
	memset(p, 0, sizeof(*p));
	p->timer = -1;
}

static int reader_open(struct dp_pcap *p, const char *name, struct hd_err *err)
{
	int fd = dp_opener_capture(name, false, err), ret;
	FILE *file;

	if (fd < 0)
		return fd;
	file = fdopen(fd, "rb");
	if (file == NULL) {
		close(fd);
		return hd_err_set(err, ENOMEM, "%s: out of memory", name);
	}
	ret = hd_capture_open(&p->in, file, name, NULL, err);
	if (ret < 0)
		return ret;
	p->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (p->timer < 0)
		return hd_err_set(err, errno, "timer: %s", strerror(errno));
	return 0;
}

static int writer_open(struct dp_pcap *p, const char *name, struct hd_err *err)
{
	struct timespec real;
	int fd, ret;

	p->scratch = malloc(HD_CAPTURE_FRAME_MAX);
	p->file_buf = malloc(DP_PCAP_FILE_BUF);
	if (p->scratch == NULL || p->file_buf == NULL)
		return hd_err_set(err, ENOMEM, "%s: out of memory", name);
	fd = dp_opener_capture(name, true, err);
	if (fd < 0)
		return fd;
	p->out = fdopen(fd, "wb");
	if (p->out == NULL) {
		close(fd);
		return hd_err_set(err, ENOMEM, "%s: out of memory", name);
	}
	setvbuf(p->out, p->file_buf, _IOFBF, DP_PCAP_FILE_BUF);
	clock_gettime(CLOCK_REALTIME, &real);
	p->real_offset =
		(int64_t)real.tv_sec * (int64_t)HD_NS_PER_S + real.tv_nsec - (int64_t)hd_now_ns();
	ret = hd_pcap_begin(p->out);
	if (ret == 0 && fflush(p->out) != 0)
		ret = -errno;
	return ret == 0 ? 0 : hd_err_set(err, -ret, "%s: %s", name, strerror(-ret));
}

static int pcap_port_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	const struct hd_pcap_object *o = dp_port_params(port);
	struct dp_pcap *p = dp_port_priv(port);
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
		dp_pcap_start(p, hd_now_ns());
	dp_port_set_up(port, p->in != NULL, 1, 0);
	return 0;
}

static void pcap_port_close(struct dp_port *port)
{
	pcap_port_free(dp_port_priv(port));
}

/* Puts what was written into the file, so that others can look at it. */
static int pcap_port_poll(struct dp_port *port)
{
	struct dp_pcap *p = dp_port_priv(port);
	uint64_t written = atomic_load(&p->written);
	char text[160];
	int error;

	if (p->out != NULL && written != p->flushed) {
		p->flushed = written;
		if (fflush(p->out) != 0)
			atomic_store(&p->write_error, errno != 0 ? errno : EIO);
	}
	error = atomic_exchange(&p->write_error, 0);
	if (error == 0 && !p->told_end && atomic_load(&p->read_end) && atomic_load(&port->up)) {
		/* the port's detail is another one */
		p->told_end = true;
		dp_port_set_up(port, 1, 1, 0);
	}
	if (error == 0)
		return 0;
	snprintf(text, sizeof(text),
		 "writing the capture failed after %" PRIu64 " frames: %s; disable and enable the "
		 "port to begin it anew",
		 written, strerror(error));
	dp_port_set_down(port, HD_PORT_ERROR, text);
	return 0;
}

static void pcap_port_detail(const struct dp_port *port, char *text, size_t size)
{
	const struct hd_pcap_object *o = dp_port_params(port);
	struct dp_pcap *p = dp_port_priv(port);
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

static const struct dp_port_ops pcap_ops = {
	.name = "pcap",
	.params = HD_PCAP,
	.params_size = sizeof(struct hd_pcap_object),
	.size = sizeof(struct dp_pcap),
	.validate = dp_pcap_validate,
	.open = pcap_port_open,
	.close = pcap_port_close,
	.poll = pcap_port_poll,
	.rx_burst = dp_pcap_rx_burst,
	.tx_burst = dp_pcap_tx_burst,
	.event_fd = dp_pcap_event_fd,
	.detail = pcap_port_detail,
};

RTE_INIT(dp_pcap_register)
{
	dp_port_kind_register(&pcap_ops);
}
