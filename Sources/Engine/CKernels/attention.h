// Shared by the levels: where things lie in a page, and which positions a row attends to.
#ifndef CK_ATTENTION_INTERNAL_H
#define CK_ATTENTION_INTERNAL_H

#include "kernels.h"

/// Query vectors of a tile at most, over the levels: the scratch has room for it.
enum { CK_TILE_LIMIT = 6 };

typedef struct {
  size_t from, to;
} ck_span;

CK_INLINE size_t ck_padded_dimension(size_t head_dimension) {
  return ck_round_up(head_dimension, 16);
}

CK_INLINE size_t ck_groups(size_t head_dimension) {
  return (head_dimension + CK_CACHE_GROUP - 1) / CK_CACHE_GROUP;
}

CK_INLINE size_t ck_minimum(size_t a, size_t b) { return a < b ? a : b; }
CK_INLINE size_t ck_maximum(size_t a, size_t b) { return a > b ? a : b; }

CK_INLINE const uint8_t *ck_page_at(const ck_attention *a, size_t position) {
  return a->pages + (size_t)a->table[position / CK_CACHE_PAGE] * a->page_stride;
}

/// Offsets in a page, bytes.
CK_INLINE size_t ck_values_offset(int precision, size_t head_dimension) {
  return 16 * head_dimension * (precision == CK_CACHE_F16 ? 2 : 1);
}
CK_INLINE size_t ck_key_scales_offset(size_t head_dimension) {
  return 16 * (head_dimension + ck_padded_dimension(head_dimension));
}
CK_INLINE size_t ck_value_scales_offset(size_t head_dimension) {
  return ck_key_scales_offset(head_dimension) + 32 * ck_groups(head_dimension);
}

/// All positions that query vector `vector` of rows * group attends to.
CK_INLINE ck_span ck_positions(const ck_attention *a, size_t vector) {
  ck_span span = {0, a->position + vector / a->group + 1};
  if (a->window && span.to > a->window) span.from = span.to - a->window;
  return span;
}

/// Those within a range; empty ones have from >= to.
CK_INLINE ck_span ck_positions_in(const ck_attention *a, size_t vector, size_t range) {
  ck_span all = ck_positions(a, vector);
  ck_span span = {ck_maximum(all.from, range * CK_ATTENTION_RANGE),
                  ck_minimum(all.to, (range + 1) * CK_ATTENTION_RANGE)};
  return span;
}

/// The ranges that some row of the attention needs.
CK_INLINE ck_span ck_ranges(const ck_attention *a) {
  ck_span first = ck_positions(a, 0), last = ck_positions(a, a->rows * a->group - 1);
  ck_span ranges = {first.from / CK_ATTENTION_RANGE, (last.to - 1) / CK_ATTENTION_RANGE + 1};
  return ranges;
}

CK_INLINE const float *ck_query_of(const ck_attention *a, size_t vector) {
  return a->query + vector / a->group * a->row_stride + vector % a->group * a->head_dimension;
}
CK_INLINE float *ck_out_of(const ck_attention *a, size_t vector) {
  return a->out + vector / a->group * a->row_stride + vector % a->group * a->head_dimension;
}

/// A part: [0] the largest score, [1] the sum of exponentials, [16...] the weighted values.
enum { CK_PART_VALUES = 16 };

CK_INLINE void ck_empty_part(float *part) {
  part[0] = -INFINITY;
  part[1] = 0;
}

CK_INLINE int ck_is_empty_part(const float *part) { return part[1] == 0; }

/// The scale of a group of keys or values whose largest magnitude is `largest`, as it is stored,
/// and its inverse. A magnitude that is not finite gives a scale that shows in every result.
CK_INLINE uint16_t ck_cache_scale(float largest, float *inverse) {
  uint16_t bits = ck_float_to_half(largest / 127);
  float scale = ck_half_to_float(bits);
  *inverse = scale > 0 && scale <= FLT_MAX ? 1 / scale : 0;
  return bits;
}

#define CK_DECLARE_ATTENTION(LEVEL)                                                            \
  void ck_##LEVEL##_attend(const ck_attention *attention);                                     \
  void ck_##LEVEL##_attend_range(const ck_attention *attention, size_t range, float *parts);   \
  void ck_##LEVEL##_attend_join(const ck_attention *attention, size_t count, float *parts);    \
  void ck_##LEVEL##_store_position(int precision, size_t head_dimension, size_t slot,          \
                                   const float *key, const float *value, uint8_t *page);

CK_DECLARE_ATTENTION(scalar)
CK_DECLARE_ATTENTION(avx2)
CK_DECLARE_ATTENTION(avx512)

/// The members of a level's table that are attention's.
#define CK_ATTENTION_TABLE(LEVEL)                                                          \
  .attend = ck_##LEVEL##_attend, .attend_range = ck_##LEVEL##_attend_range,                \
  .attend_join = ck_##LEVEL##_attend_join, .store_position = ck_##LEVEL##_store_position,

#endif
