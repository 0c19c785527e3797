// What a machine can do at most: read bandwidth of all threads over 1 GiB and over 96 MiB (the size
// of the demo model), in GB/s, and 8-bit VNNI operations, in GOP/s. Prints the three, each the best of
// several runs.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { MAXIMUM_THREADS = 256 };

typedef struct {
  const uint64_t *words;
  size_t count;
  int repeats;
  uint64_t sum;
} Task;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void *read_words(void *argument) {
  Task *task = argument;
  __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
  for (int r = 0; r < task->repeats; r++)
    for (size_t i = 0; i + 16 <= task->count; i += 16) {
      const __m256i *p = (const __m256i *)(task->words + i);
      a = _mm256_add_epi64(a, _mm256_load_si256(p));
      b = _mm256_add_epi64(b, _mm256_load_si256(p + 1));
      c = _mm256_add_epi64(c, _mm256_load_si256(p + 2));
      d = _mm256_add_epi64(d, _mm256_load_si256(p + 3));
    }
  a = _mm256_add_epi64(_mm256_add_epi64(a, b), _mm256_add_epi64(c, d));
  task->sum = _mm256_extract_epi64(a, 0);
  return NULL;
}

#define ITERATIONS 20000000

__attribute__((target("avx512f,avx512bw,avx512vnni"))) static void *multiply(void *argument) {
  Task *task = argument;
  __m512i x = _mm512_set1_epi8((char)task->count), y = _mm512_set1_epi8(3);
  __m512i s[16];
  for (int i = 0; i < 16; i++) s[i] = _mm512_setzero_si512();
  for (int r = 0; r < ITERATIONS / 16; r++) {
    __asm__ volatile("" : "+v"(x), "+v"(y));
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) s[i] = _mm512_dpbusd_epi32(s[i], x, y);
  }
  __m512i all = s[0];
  for (int i = 1; i < 16; i++) all = _mm512_add_epi32(all, s[i]);
  task->sum = _mm512_reduce_add_epi32(all);
  return NULL;
}

static int can_multiply(void) {
  return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw");
}
#else
static void *read_words(void *argument) {
  Task *task = argument;
  uint64_t sum = 0;
  for (int r = 0; r < task->repeats; r++)
    for (size_t i = 0; i < task->count; i++) sum += task->words[i];
  task->sum = sum;
  return NULL;
}
static void *multiply(void *argument) { return argument; }
static int can_multiply(void) { return 0; }
#endif

static double seconds(void *(*work)(void *), Task *tasks, int threads) {
  pthread_t ids[MAXIMUM_THREADS];
  double start = now();
  for (int i = 1; i < threads; i++) pthread_create(&ids[i], NULL, work, &tasks[i]);
  work(&tasks[0]);
  for (int i = 1; i < threads; i++) pthread_join(ids[i], NULL);
  return now() - start;
}

static double bandwidth(size_t bytes, int repeats, int threads) {
  uint64_t *words = aligned_alloc(4096, bytes);
  if (!words) exit(1);
  memset(words, 1, bytes);
  size_t share = bytes / 8 / threads / 16 * 16;
  Task tasks[MAXIMUM_THREADS];
  double best = 1e9;
  for (int run = 0; run < 7; run++) {
    for (int i = 0; i < threads; i++) tasks[i] = (Task){words + i * share, share, repeats, 0};
    double spent = seconds(read_words, tasks, threads);
    if (spent < best) best = spent;
  }
  free(words);
  return (double)share * 8 * threads * repeats / best / 1e9;
}

int main(int count, char **arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 1;
  if (threads < 1 || threads > MAXIMUM_THREADS) return 2;
  double memory = bandwidth((size_t)1 << 30, 1, threads);
  double cached = bandwidth((size_t)96 << 20, 8, threads);
  double operations = 0;
  Task tasks[MAXIMUM_THREADS];
  for (int run = 0; run < 5 && can_multiply(); run++) {
    for (int i = 0; i < threads; i++) tasks[i] = (Task){NULL, 5, 1, 0};
    // 64 products and 64 additions an instruction.
    double rate = 128.0 * ITERATIONS * threads / seconds(multiply, tasks, threads) / 1e9;
    if (rate > operations) operations = rate;
  }
  printf("%.1f %.1f %.0f\n", memory, cached, operations);
  return 0;
}
