// Packing of fixed-point weights, and the choice of a level.
#include "fixed_kernels.h"

extern const ck_fixed_kernels ck_fixed_scalar;
#if defined(__x86_64__)
extern const ck_fixed_kernels ck_fixed_avx2;
extern const ck_fixed_kernels ck_fixed_avx512;
#endif

const ck_fixed_kernels *ck_fixed_level(int level) {
  if (level == CK_SCALAR) return &ck_fixed_scalar;
#if defined(__x86_64__)
  if (level > ck_best_level()) return NULL;
  if (level == CK_AVX2) return &ck_fixed_avx2;
  if (level == CK_AVX512) return &ck_fixed_avx512;
#endif
  return NULL;
}

const ck_fixed_kernels *ck_fixed_current(void) {
#if defined(__x86_64__)
  const ck_kernels *table = ck_current();
  if (table == &ck_avx512_kernels) return &ck_fixed_avx512;
  if (table == &ck_avx2_kernels) return &ck_fixed_avx2;
#endif
  return &ck_fixed_scalar;
}

size_t ck_fixed_columns(size_t columns) { return ck_round_up(columns, 2); }

size_t ck_fixed_elements(size_t rows, size_t columns) {
  return ck_round_up(rows, CK_FIXED_PANEL) * ck_fixed_columns(columns);
}

size_t ck_whole_attention_scratch(size_t length, size_t head_dimension) {
  // Keys the other way round, values, and the scores of a tile of queries.
  size_t keys = ck_round_up(length, CK_WHOLE_KEYS);
  size_t values = length * ck_round_up(head_dimension, CK_WHOLE_KEYS);
  return (head_dimension * keys + values + CK_WHOLE_QUERIES * keys) * sizeof(float);
}

/// The scale under which no block's sum of products can pass 2^31, whatever the activations:
/// rounding adds at most half a unit a column.
static double scale_of(const float *row, size_t columns) {
  double largest = 0, heaviest = 0;
  for (size_t start = 0; start < columns; start += CK_FIXED_BLOCK) {
    size_t end = columns < start + CK_FIXED_BLOCK ? columns : start + CK_FIXED_BLOCK;
    double sum = 0;
    for (size_t k = start; k < end; k++) {
      double magnitude = fabs((double)row[k]);
      if (!(magnitude <= FLT_MAX)) return NAN;
      sum += magnitude;
      largest = magnitude > largest ? magnitude : largest;
    }
    heaviest = sum > heaviest ? sum : heaviest;
  }
  double by_sum = heaviest / (CK_FIXED_SUM - CK_FIXED_BLOCK / 2 - 1), by_size = largest / 32767;
  double scale = by_sum > by_size ? by_sum : by_size;
  return scale > 1e-36 ? scale : 0;
}

void ck_fixed_pack(const float *weights, size_t rows, size_t columns, int16_t *packed,
                   float *scale) {
  size_t padded = ck_fixed_columns(columns);
  memset(packed, 0, ck_fixed_elements(rows, columns) * sizeof *packed);
  for (size_t row = 0; row < rows; row++) {
    const float *from = weights + row * columns;
    // Rounded up to f32, so that quotients only shrink.
    double wanted = scale_of(from, columns);
    float own = (float)wanted;
    if (own < wanted) own = nextafterf(own, INFINITY);
    scale[row] = own;
    if (!(own > 0)) continue;
    int16_t *panel = packed + row / CK_FIXED_PANEL * CK_FIXED_PANEL * padded;
    size_t lane = row % CK_FIXED_PANEL;
    for (size_t k = 0; k < columns; k++) {
      panel[(k / 2 * CK_FIXED_PANEL + lane) * 2 + k % 2] = (int16_t)lrint(from[k] / (double)own);
    }
  }
}
