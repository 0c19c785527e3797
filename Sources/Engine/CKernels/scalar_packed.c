// Products of packed weights, one row and one element at a time: the specification.
#include "packed.h"

size_t ck_chunk_rows(size_t columns) {
  // Half of a second-level cache of a megabyte, less the widened panels.
  size_t groups = columns / 32 * 3 / 2 + 1;  // about two fifths more are extra
  size_t rows = (384 << 10) / (groups * sizeof(ck_group)) / 6 * 6;
  return rows < 24 ? 24 : rows > CK_CHUNK_ROWS ? CK_CHUNK_ROWS : rows;
}

void ck_reset_scratch(void *scratch) { *(const ck_group **)scratch = NULL; }

size_t ck_packed_scratch(int type, size_t columns) {
  // A chunk's rows, further apart.
  if (ck_is_float(type)) {
    return CK_SCRATCH_HEAD + CK_CHUNK_ROWS * ck_round_up(columns + 16, 16) * sizeof(float);
  }
  // Two panels at a byte a weight with f32 scales and minima; a chunk's sums; for each of its extra
  // groups two pointers, and for each block their number.
  const size_t blocks = columns / 32;
  size_t lists = (CK_CHUNK_ROWS * blocks + CK_AHEAD) * 2 * sizeof(void *);
  lists += (blocks + 1) * sizeof(uint32_t);
  return CK_SCRATCH_HEAD
         + ck_round_up(2 * blocks * 640 + CK_CHUNK_ROWS * CK_SUM_BYTES + lists, 64);
}

/// max |x| of 32 elements; NaN when one is NaN.
static float largest_of(const float *x) {
  float largest = 0;
  for (size_t j = 0; j < 32; j++) {
    if (isnan(x[j])) return NAN;
    largest = fmaxf(largest, fabsf(x[j]));
  }
  return largest;
}

static void quantize_group(const float *x, uint32_t block, ck_group *into) {
  float inverse;
  memset(into, 0, sizeof *into);
  into->block = block;
  if (!ck_activation_scale(largest_of(x), &into->scale, &inverse)) {
    into->sum = into->scale;
    return;
  }
  int total = 0;
  for (int j = 0; j < 32; j++) {
    int q = (int)rintf(x[j] * inverse);
    q = q > 127 ? 127 : q < -127 ? -127 : q;
    into->q[j] = (int8_t)q;
    into->half_start[j / 16] -= 128 * q;
    total += q;
  }
  into->start = -128 * total;
  into->sum = into->scale * (float)total;
}

/// What rounding a block to its group left over; not fused, so that every level has the same bits.
static void leave_rest(const float *x, const ck_group *group, float *rest) {
#pragma clang fp contract(off)
  for (size_t j = 0; j < 32; j++) rest[j] = x[j] - group->scale * (float)group->q[j];
}

void ck_scalar_quantize_row(const float *x, size_t columns, float bound, ck_group *into) {
  const size_t blocks = columns / 32;
  float total = 0;
  for (size_t b = 0; b < blocks; b++) {
    quantize_group(x + 32 * b, (uint32_t)b, into + b);
    total += into[b].scale;
  }
  const float over = ck_extra_bound(bound, total, blocks);
  ck_group *extra = into + blocks;
  ck_clear_marks(into, blocks);
  for (size_t b = 0; b < blocks; b++) {
    if (!(into[b].scale > over)) continue;
    float rest[32];
    leave_rest(x + 32 * b, into + b, rest);
    quantize_group(rest, (uint32_t)b, extra);
    into[b].sum += extra->sum;
    extra++->sum = 0;
    ck_mark(into, blocks, b);
  }
}

static void store(const ck_product *p, size_t token, size_t row, float sum) {
  float *y = p->y + token * p->y_stride + row;
  if (p->bias) sum += p->bias[row];
  *y = p->accumulate ? *y + sum : sum;
}

static float dot_group(int type, ck_row weights, const ck_group *x, float total) {
  const int offset = ck_has_offset(type) ? 128 : 0;
  const size_t part = ck_scale_group(type);
  const uint8_t *w = weights.q + 32 * x->block;
  for (size_t start = 0; start < 32; start += part) {
    int dot = 0;
    for (size_t j = start; j < start + part; j++) dot += (w[j] - offset) * x->q[j];
    total += weights.scale[(32 * x->block + start) / part] * x->scale * (float)dot;
  }
  return total;
}

static float dot_row(int type, ck_row weights, const ck_group *x, size_t blocks) {
  float total = 0, rest = 0;
  const ck_group *extra = x + blocks, *end = extra + ck_extras_of(x, blocks);
  for (; extra < end; extra++) rest = dot_group(type, weights, extra, rest);
  for (size_t b = 0; b < blocks; b++) {
    total = dot_group(type, weights, x + b, total);
    if (!ck_has_offset(type)) total += weights.min[b] * x[b].sum;
  }
  return total + rest;
}

/// Row `r` of the matrix as f32, times every row of activations.
static void multiply_float_row(const ck_product *p, size_t r, uint8_t *bytes) {
  const size_t width = ck_block_bytes(p->type);
  ck_unpack_lane(p->type, p->panels + r / 16 * p->panel_bytes, r % 16, p->columns, bytes);
  for (size_t t = 0; t < p->count; t++) {
    float sum = 0, weight;
    for (size_t k = 0; k < p->columns; k++) {
      ck_scalar_dequantize(p->type, bytes + k * width, &weight, 1);
      sum += weight * p->values[t * p->columns + k];
    }
    store(p, t, r, sum);
  }
}

void ck_scalar_multiply(const ck_product *p) {
  size_t padded = ck_round_up(p->columns, 64);
  ck_reset_scratch(p->scratch);
  uint8_t *scratch = p->scratch + CK_SCRATCH_HEAD;
  ck_row row = {scratch, (float *)(void *)(scratch + padded), NULL};
  row.min = row.scale + ck_round_up(padded / 16, 16);
  uint8_t *bytes = (uint8_t *)(row.min + ck_round_up(padded / 32, 16));
  size_t end = p->end * 16 < p->rows ? p->end * 16 : p->rows;
  for (size_t r = p->first * 16; r < end; r++) {
    if (ck_is_float(p->type)) {
      multiply_float_row(p, r, scratch);
      continue;
    }
    const uint8_t *panel = p->panels + r / 16 * p->panel_bytes;
    ck_unpack_lane(p->type, panel, r % 16, p->columns, bytes);
    ck_scalar_unpack(p->type, bytes, p->columns, row);
    for (size_t t = 0; t < p->count; t++) {
      store(p, t, r, dot_row(p->type, row, p->x + t * ck_row_groups(p->columns), p->columns / 32));
    }
  }
}
