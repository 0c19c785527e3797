// CFixedPoint: the arithmetic of encoders. Weights and activations are 16-bit fixed-point numbers with
// one scale a row, their products are summed exactly in 32 bits, and attention is over whole
// sequences in f32. On machines with 16-bit dot products (VNNI) that is twice the rate of f32 and,
// with 14 bits of activation and 11 to 15 of weight, near its precision. Sums of integers do not
// depend on their order, so every level, tile and batch gives the same bits before the last scaling.
// `fixed_scalar.c` is the specification. Callers own every buffer and its bounds.
#ifndef CFIXEDPOINT_H
#define CFIXEDPOINT_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum {
  /// Rows of weights that lie together.
  CK_FIXED_PANEL = 16,
  /// Columns whose products are summed in 32 bits.
  CK_FIXED_BLOCK = 512,
  /// The largest magnitude of a quantised activation.
  CK_FIXED_LIMIT = 8191,
  /// The largest sum of magnitudes of a row's weights in one block: 2^31 / CK_FIXED_LIMIT.
  CK_FIXED_SUM = 262176
};

/// y[count][rows] = x · Wᵀ + bias for weights packed by ck_fixed_pack.
typedef struct {
  size_t rows, columns;
  const int16_t *weights;
  const float *scale;           // [rows]
  const float *_Nullable bias;  // [rows]
  size_t count;
  const int16_t *x;             // [count][ck_fixed_columns(columns)]
  const float *x_scale;         // [count]
  float *y;
  size_t y_stride;
} ck_fixed_product;

/// Attention of queries first..<end of one sequence for one head (of at most 256
/// elements), each to all `length` positions: out[i] = Σ softmax(scale · q[i] · k) · v.
typedef struct {
  const float *q, *k, *v;  // [length][stride], at this head's first element
  size_t stride, length, first, end, head_dimension;
  float scale;
  float *scratch;          // 64-byte aligned, ck_whole_attention_scratch bytes
  float *out;              // [length][out_stride], at this head's first element
  size_t out_stride;
} ck_whole_attention;

typedef struct {
  const char *name;
  /// One row: x = scale * q, |q| <= CK_FIXED_LIMIT, padded with zeros to ck_fixed_columns. A row with
  /// a value that is not finite gets a scale of NaN.
  void (*quantize)(const float *x, size_t columns, int16_t *q, float *scale);
  void (*multiply)(const ck_fixed_product *product);
  void (*attend)(const ck_whole_attention *attention);
} ck_fixed_kernels;

/// The table of a level (CK_SCALAR, CK_AVX2, CK_AVX512), or NULL where the machine cannot run it.
const ck_fixed_kernels *_Nullable ck_fixed_level(int level);
/// The table in use on this thread; `ck_force_level` chooses another.
const ck_fixed_kernels *ck_fixed_current(void);

/// Columns of a packed or quantised row: an even number.
size_t ck_fixed_columns(size_t columns);
/// Elements of packed weights.
size_t ck_fixed_elements(size_t rows, size_t columns);
/// Packs f32 weights [rows][columns]: [rows / 16][columns / 2][16][2], zeros beyond both. A row with a
/// value that is not finite gets a scale of NaN.
void ck_fixed_pack(const float *weights, size_t rows, size_t columns, int16_t *packed, float *scale);
size_t ck_whole_attention_scratch(size_t length, size_t head_dimension);

#pragma clang assume_nonnull end
#endif
