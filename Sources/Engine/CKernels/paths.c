// The rows of paths at the machine's base level, and the choice of a level.
#include "kernels.h"

#include <stdatomic.h>

#define CK_PATHS_LEVEL 0
#include "paths_body.h"

static const ck_paths base = {
  .name = "base",
#include "paths_table.h"
};

#if defined(__x86_64__)
extern const ck_paths ck_paths_avx2;
extern const ck_paths ck_paths_avx512;
#endif

const ck_paths *ck_paths_level(int level) {
  if (level == CK_SCALAR) return &base;
#if defined(__x86_64__)
  // These also ask whether the system saves the registers.
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2")) return NULL;
  if (level == CK_AVX2) return &ck_paths_avx2;
  if (level == CK_AVX512 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return &ck_paths_avx512;
  }
#endif
  return NULL;
}

const ck_paths *ck_paths_best(void) {
  static _Atomic(const ck_paths *) best;
  const ck_paths *table = atomic_load_explicit(&best, memory_order_relaxed);
  if (__builtin_expect(table == NULL, 0)) {
    for (int level = CK_LEVELS - 1; table == NULL; level--) table = ck_paths_level(level);
    atomic_store_explicit(&best, table, memory_order_relaxed);
  }
  return table;
}
