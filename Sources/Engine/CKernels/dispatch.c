// Chooses the table of functions.
#include "kernels.h"

#include <stdatomic.h>

static _Atomic(const ck_kernels *) chosen;

static const ck_kernels *const levels[CK_LEVELS] = {
  &ck_scalar_kernels,
};

int ck_best_level(void) { return CK_SCALAR; }

const ck_kernels *ck_current(void) {
  const ck_kernels *table = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (__builtin_expect(table == NULL, 0)) {
    table = levels[ck_best_level()];
    atomic_store_explicit(&chosen, table, memory_order_relaxed);
  }
  return table;
}

int ck_force_level(int level) {
  int best = ck_best_level();
  if (level > best) return -1;
  atomic_store_explicit(&chosen, levels[level < 0 ? best : level], memory_order_relaxed);
  return 0;
}

size_t ck_multiply_scratch(size_t columns) {
  // A row widened to f32 is the largest form: 4 bytes an element.
  return CK_ROW_TILE * ck_round_up(columns, 64) * sizeof(float);
}
