/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest that kills the data plane: it shares its memory, and takes it away when the switch has mapped
 * it. Whoever reads a ring then gets SIGBUS. It tries that again and again, for ever.
 *
 *	vhost-killer SOCKET	the guest has the socket; prints "connected" and "gone" each time
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lab/tools/vhost_front.h"

int main(int argc, char **argv)
{
	struct vf_config conf = {
		.server = true,
		.pairs = 1,
		.ring = 256,
		.buf_size = 2048,
		.features = VF_FEATURES_PLAIN,
		.timeout_ms = 1000,
	};
	struct vf_dev dev;

	if (argc != 2) {
		fprintf(stderr, "usage: %s SOCKET\n", argv[0]);
		return 2;
	}
	conf.path = argv[1];
	if (vf_open(&dev, &conf) < 0) {
		fprintf(stderr, "%s\n", dev.error);
		return 1;
	}
	setlinebuf(stdout);
	for (;;) {
		int rc = vf_connect(&dev, &conf);

		if (rc == 0) {
			printf("connected\n");
			if (ftruncate(dev.mem_fd, 0) < 0)
				return 1;
			while (vf_connected(&dev)) {
				uint64_t one = 1;

				if (write(vf_tx(&dev, 0)->kick, &one, sizeof(one)) < 0 &&
				    errno != EAGAIN)
					break;
				usleep(1000);
			}
			printf("gone\n");
		}
		vf_disconnect(&dev);
	}
}
