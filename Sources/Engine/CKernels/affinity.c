// Tying threads to processors. The C library hides it without _GNU_SOURCE, from Swift too.
#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#endif

#include "CKernels.h"

#if defined(__linux__)
/// Room for more processors than a machine has.
enum { LIMIT = 8192 };

int ck_list_processors(int *into, int limit) {
  cpu_set_t *set = CPU_ALLOC(LIMIT);
  size_t size = CPU_ALLOC_SIZE(LIMIT);
  int count = 0;
  if (set && sched_getaffinity(0, size, set) == 0) {
    for (int processor = 0; processor < LIMIT && count < limit; processor++) {
      if (CPU_ISSET_S(processor, size, set)) into[count++] = processor;
    }
  }
  if (set) CPU_FREE(set);
  return count;
}

int ck_pin_thread(int processor) {
  if (processor < 0 || processor >= LIMIT) return -1;
  cpu_set_t *set = CPU_ALLOC(LIMIT);
  if (!set) return -1;
  size_t size = CPU_ALLOC_SIZE(LIMIT);
  CPU_ZERO_S(size, set);
  CPU_SET_S(processor, size, set);
  int result = sched_setaffinity(0, size, set);
  CPU_FREE(set);
  return result;
}
#else
int ck_list_processors(int *into, int limit) {
  (void)into;
  (void)limit;
  return 0;
}

int ck_pin_thread(int processor) {
  (void)processor;
  return -1;
}
#endif
