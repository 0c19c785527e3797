// Chooses the table of functions.
#include "kernels.h"

#include <stdatomic.h>

static _Atomic(const ck_kernels *) best;
static _Thread_local const ck_kernels *forced;

static const ck_kernels *const levels[] = {
  &ck_scalar_kernels,
#if defined(__x86_64__)
  &ck_avx2_kernels,
  &ck_avx512_kernels,
#endif
};

int ck_best_level(void) {
#if defined(__x86_64__)
  // These also ask whether the system saves the registers.
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
      !__builtin_cpu_supports("f16c")) {
    return CK_SCALAR;
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni")) {
    return CK_AVX512;
  }
  return CK_AVX2;
#else
  return CK_SCALAR;
#endif
}

const ck_kernels *ck_current(void) {
  if (__builtin_expect(forced != NULL, 0)) return forced;
  const ck_kernels *table = atomic_load_explicit(&best, memory_order_relaxed);
  if (__builtin_expect(table == NULL, 0)) {
    table = levels[ck_best_level()];
    atomic_store_explicit(&best, table, memory_order_relaxed);
  }
  return table;
}

int ck_force_level(int level) {
  if (level > ck_best_level()) return -1;
  forced = level < 0 ? NULL : levels[level];
  return 0;
}
