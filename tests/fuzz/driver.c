/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a fuzz target without libFuzzer: every seed as it is, then changed copies of the seeds.
 *
 * The changes follow from the seed's bytes and the number of the round alone, so a failure comes again
 * in the next run. One round is the default; HEDDLE_FUZZ_SECONDS asks for as many as fit. The
 * input lies in memory of exactly its size (the sanitizers and valgrind see a byte too far), and the
 * one that runs is written to a file when the target dies, so that it can be kept as a seed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/unit/random.h"

#define SEED_MAX  (1u << 20)
#define MUTATIONS 4000 /* in all, spread over the seeds */

#pragma weak LLVMFuzzerInitialize

static const uint8_t *running;
static size_t running_size;
static char crash_path[64];

static void died(int sig)
{
	int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	static const char said[] = "fuzz driver: the input that was running is in ";

	if (fd >= 0 && write(fd, running, running_size) == (ssize_t)running_size &&
	    write(2, said, sizeof(said) - 1) > 0 && write(2, crash_path, strlen(crash_path)) > 0 &&
	    write(2, "\n", 1) > 0)
		close(fd);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void run_one(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy) {
		fprintf(stderr, "fuzz driver: out of memory\n");
		exit(1);
	}
	if (size)
		memcpy(copy, data, size);
	running = copy;
	running_size = size;
	LLVMFuzzerTestOneInput(copy, size);
	running_size = 0;
	free(copy);
}

/* One change: a bit, a byte, an interesting number, a piece moved or the end cut off. */
static size_t mutate(uint8_t *data, size_t size, uint64_t *state)
{
	static const uint8_t special[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '"', '<', '\\', '\n', ' '};
	size_t at = size ? random_next(state) % size : 0;
	size_t to = size ? random_next(state) % size : 0;

	if (!size)
		return 0;
	switch (random_next(state) % 6) {
	case 0: data[at] ^= (uint8_t)(1u << (random_next(state) & 7)); break;
	case 1: data[at] = (uint8_t)random_next(state); break;
	case 2: data[at] = special[random_next(state) % sizeof(special)]; break;
	case 3: memmove(data + to, data + at, size - (at > to ? at : to)); break;
	case 4:
		memset(data + at, special[random_next(state) % 5], size - at < 4 ? size - at : 4);
		break;
	default: return at;
	}
	return size;
}

static void run_mutations(const uint8_t *seed, size_t size, unsigned int count, uint64_t round)
{
	uint64_t state = size + round * 0x9e3779b97f4a7c15ull;
	uint8_t *data = malloc(size ? size : 1);

	if (!data)
		exit(1);
	for (size_t i = 0; i < size; i++)
		state = (state ^ seed[i]) * 0x100000001b3ull;
	for (unsigned int i = 0; i < count; i++) {
		size_t now = size;

		memcpy(data, seed, size);
		for (uint64_t n = 1 + random_next(&state) % 4; n; n--)
			now = mutate(data, now, &state);
		run_one(data, now);
	}
	/* every length of a short seed: where parsers forget to look */
	for (size_t cut = 0; cut < size && cut < 512; cut++)
		run_one(seed, cut);
	free(data);
}

static uint8_t *read_file(const char *dir, const char *name, size_t *size)
{
	char path[4096];
	uint8_t *data = malloc(SEED_MAX);
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !data || (n = read(fd, data, SEED_MAX)) < 0) {
		fprintf(stderr, "fuzz driver: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	close(fd);
	*size = (size_t)n;
	return data;
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* One round over all seeds: each as it is, and changed. Returns how many seeds there are. */
static int run_folder(const char *dir, uint64_t round)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_seed, alphasort);

	if (n <= 0) {
		fprintf(stderr, "fuzz driver: no seeds in %s: put valid and broken inputs there\n",
			dir);
		exit(1);
	}
	for (int i = 0; i < n; i++) {
		size_t size;
		uint8_t *seed = read_file(dir, names[i]->d_name, &size);

		run_one(seed, size);
		run_mutations(seed, size, MUTATIONS / (unsigned int)n + 1, round);
		free(seed);
		free(names[i]);
	}
	free(names);
	return n;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
	const char *wanted = getenv("HEDDLE_FUZZ_SECONDS");
	uint64_t rounds = 0;
	double end;
	int seeds;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER-OF-SEEDS\n", argv[0]);
		return 2;
	}
	snprintf(crash_path, sizeof(crash_path), "fuzz-crash.%d", (int)getpid());
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], died);
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	run_one(NULL, 0);
	end = seconds() + (wanted ? atof(wanted) : 0);
	do
		seeds = run_folder(argv[1], rounds++);
	while (seconds() < end);
	printf("%d seeds from %s, each changed in %llu ways\n", seeds, argv[1],
	       (unsigned long long)(MUTATIONS / (unsigned int)seeds + 1) * rounds);
	return 0;
}
