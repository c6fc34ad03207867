/* SPDX-License-Identifier: BSD-3-Clause */
/* What the attacks of vhost-attack have in common. */
#ifndef TESTS_HOSTILE_TOOLS_VHOST_ATTACK_H
#define TESTS_HOSTILE_TOOLS_VHOST_ATTACK_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/port/vhost_user/vhost_proto.h"
#include "tests/lab/tools/vhost_front.h"

struct attack {
	const char *name, *words;
	void (*play)(struct vf_dev *dev); /* one round; whoever calls it disconnects */
};

/* Tables that end with an entry without a name. */
extern const struct attack attacks_messages[], attacks_memory[], attacks_rings[];

/* How the next connection is made; an attack may change it. */
extern struct vf_config attack_conf;

/* A connection with features agreed, or with a device that runs. False: there is none this time. */
bool attack_greet(struct vf_dev *dev);
bool attack_attach(struct vf_dev *dev);

/* Sends a request that is all right as to its header. */
void attack_say(struct vf_dev *dev, uint32_t request, const void *payload, uint32_t size,
		const int *fd, unsigned int n);

/* The same, and it must be refused; complains on the standard output, with @what, if it is not. */
void attack_refused(struct vf_dev *dev, const char *what, uint32_t request, const void *payload,
		    uint32_t size, const int *fd, unsigned int n);

/* Waits until the other side hangs up, at most @ms. */
void attack_until_gone(const struct vf_dev *dev, int ms);

/* Sends some frames, and takes those that came. */
void attack_traffic(struct vf_dev *dev);

/* One frame: short and long ones, most to another evil guest, some to everybody. False: no room. */
bool attack_send(struct vf_dev *dev);

/* Milliseconds of a clock. */
uint64_t attack_now_ms(void);

/* A descriptor of memory of @size bytes; exits when it cannot be had. */
int attack_memory(uint64_t size);

#endif
