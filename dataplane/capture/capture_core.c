/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The writing end of a ring, and the check of what is asked for.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "dataplane/capture/capture.h"

_Static_assert(sizeof(struct hd_capture_insn) == sizeof(struct bpf_insn), "BPF instructions");

/* What the reader has read meanwhile; one who has read more than there was is not believed again. */
static void look(struct dp_capture_writer *w, uint64_t now_ns)
{
	uint64_t n;

	if (w->looked_ns == now_ns || atomic_load_explicit(&w->broken, memory_order_relaxed))
		return;
	w->looked_ns = now_ns;
	if (read(w->ack_fd, &n, sizeof(n)) != sizeof(n))
		return;
	if (n > w->head - w->tail)
		atomic_store_explicit(&w->broken, true, memory_order_relaxed);
	else
		w->tail += n;
}

static bool fits(const struct dp_capture_writer *w, uint64_t need)
{
	return w->at + need - w->tail <= w->bytes;
}

struct hd_capture_record *dp_capture_reserve(struct dp_capture_writer *w, uint32_t kept,
					     uint64_t now_ns)
{
	uint32_t size = (sizeof(struct hd_capture_record) + kept + HD_CAPTURE_ALIGN - 1) &
			~(HD_CAPTURE_ALIGN - 1u);
	uint32_t pos = w->at & (w->bytes - 1), rest = w->bytes - pos;
	struct hd_capture_record *r = (void *)(w->data + pos);
	uint64_t need = size <= rest ? size : (uint64_t)rest + size;

	if (!fits(w, need))
		look(w, now_ns);
	if (!fits(w, need)) {
		w->lost_since++;
		__atomic_store_n(&w->shared->lost, ++w->lost, __ATOMIC_RELAXED);
		return NULL;
	}
	if (size > rest) {
		memset(r, 0, sizeof(*r));
		r->size = rest;
		w->at += rest;
		r = (void *)w->data;
	}
	memset(r, 0, sizeof(*r));
	r->size = size;
	r->kept = kept;
	r->time_ns = now_ns;
	r->lost = w->lost_since;
	w->lost_since = 0;
	w->at += size;
	return r;
}

void dp_capture_publish(struct dp_capture_writer *w)
{
	w->head = w->at;
	__atomic_store_n(&w->shared->head, w->head, __ATOMIC_RELEASE);
}

/*
 * What bpf_filter() knows. bpf_validate() lets more pass: codes at which bpf_filter() calls abort(), and
 * jumps backwards, with which a program need not end.
 */
static bool is_known(const struct bpf_insn *in, uint32_t left)
{
	uint16_t code = in->code;

	switch (BPF_CLASS(code)) {
	case BPF_LD:
		return code == (BPF_LD | BPF_IMM) || code == (BPF_LD | BPF_MEM) ||
		       code == (BPF_LD | BPF_W | BPF_LEN) ||
		       (BPF_SIZE(code) <= BPF_B &&
			(BPF_MODE(code) == BPF_ABS || BPF_MODE(code) == BPF_IND));
	case BPF_LDX:
		return code == (BPF_LDX | BPF_IMM) || code == (BPF_LDX | BPF_MEM) ||
		       code == (BPF_LDX | BPF_W | BPF_LEN) || code == (BPF_LDX | BPF_MSH | BPF_B);
	case BPF_ST: return code == BPF_ST;
	case BPF_STX: return code == BPF_STX;
	case BPF_ALU:
		return code == (BPF_ALU | BPF_NEG) ||
		       (BPF_OP(code) <= BPF_XOR && BPF_OP(code) != BPF_NEG);
	case BPF_JMP:
		return code == (BPF_JMP | BPF_JA)
			       ? in->k < left
			       : BPF_OP(code) >= BPF_JEQ && BPF_OP(code) <= BPF_JSET;
	case BPF_RET: return code == (BPF_RET | BPF_K) || code == (BPF_RET | BPF_A);
	default: return code == (BPF_MISC | BPF_TAX) || code == (BPF_MISC | BPF_TXA);
	}
}

static int check_filter(const struct hd_capture_start *start, struct hd_err *err)
{
	const struct bpf_insn *in = (const struct bpf_insn *)start->insn;

	if (start->n_insns > HD_CAPTURE_INSNS_MAX)
		return hd_err_set(err, EINVAL,
				  "the filter has %u instructions, and %d are allowed: make it "
				  "shorter",
				  start->n_insns, HD_CAPTURE_INSNS_MAX);
	for (uint32_t i = 0; i < start->n_insns; i++)
		if (in[i].code > UINT8_MAX || !is_known(&in[i], start->n_insns - i - 1))
			return hd_err_set(err, EINVAL,
					  "instruction %u of the filter is none of classic BPF, or "
					  "jumps back (protochain cannot be used)",
					  i);
	if (start->n_insns && !bpf_validate(in, (int)start->n_insns))
		return hd_err_set(err, EINVAL, "the filter is not a valid BPF program");
	return 0;
}

static int check_ports(const struct hd_capture_start *start, struct hd_err *err)
{
	if (start->n_ports > HD_CAPTURE_PORTS_MAX)
		return hd_err_set(err, EINVAL, "%u ports: a capture can name %d", start->n_ports,
				  HD_CAPTURE_PORTS_MAX);
	for (uint32_t i = 0; i < start->n_ports; i++)
		if (!hd_name_valid(start->port[i], sizeof(start->port[i])))
			return hd_err_set(err, EINVAL, "port %u has no name that a port can have",
					  i);
	return 0;
}

int dp_capture_check(const struct hd_capture_start *start, struct hd_err *err)
{
	const uint32_t all = HD_CAPTURE_IN | HD_CAPTURE_OUT | HD_CAPTURE_DROPS;

	if (!start->what || start->what & ~all)
		return hd_err_set(err, EINVAL, "what is captured is %#x: in 1, out 2, drops 4",
				  start->what);
	if (start->snap < HD_CAPTURE_SNAP_MIN || start->snap > HD_CAPTURE_SNAP_MAX)
		return hd_err_set(err, EINVAL, "%u bytes of a frame: %d to %d can be kept",
				  start->snap, HD_CAPTURE_SNAP_MIN, HD_CAPTURE_SNAP_MAX);
	if (check_filter(start, err) < 0)
		return -EINVAL;
	return check_ports(start, err);
}
