// Attention at the scalar level: one query vector and position at a time.
#include "attention.h"

static float half_at(const uint8_t *base, size_t index) {
  uint16_t bits;
  memcpy(&bits, base + 2 * index, sizeof bits);
  return ck_half_to_float(bits);
}

/// The keys of a page, [head_dimension][16].
static void load_keys(const ck_attention *a, const uint8_t *page, float *keys) {
  const uint8_t *scales = page + ck_key_scales_offset(a->head_dimension);
  for (size_t j = 0; j < a->head_dimension; j++) {
    for (size_t slot = 0; slot < CK_CACHE_PAGE; slot++) {
      size_t at = j * CK_CACHE_PAGE + slot, scale = j / CK_CACHE_GROUP * CK_CACHE_PAGE + slot;
      keys[at] = a->precision == CK_CACHE_F16
                     ? half_at(page, at)
                     : half_at(scales, scale) * (float)((const int8_t *)page)[at];
    }
  }
}

/// The value in a slot of a page, [head_dimension].
static void load_value(const ck_attention *a, const uint8_t *page, size_t slot, float *value) {
  const uint8_t *values = page + ck_values_offset(a->precision, a->head_dimension);
  const uint8_t *scales = page + ck_value_scales_offset(a->head_dimension);
  for (size_t j = 0; j < a->head_dimension; j++) {
    size_t at = slot * ck_padded_dimension(a->head_dimension) + j;
    size_t scale = j / CK_CACHE_GROUP * CK_CACHE_PAGE + slot;
    value[j] = a->precision == CK_CACHE_F16
                   ? half_at(values, at)
                   : half_at(scales, scale) * (float)((const int8_t *)values)[at];
  }
}

/// Scores of one query with the 16 keys of a page.
static void score_page(const ck_attention *a, const float *query, const float *keys,
                       float *scores) {
  float dots[CK_CACHE_PAGE] = {0};
  for (size_t j = 0; j < a->head_dimension; j++) {
    for (size_t slot = 0; slot < CK_CACHE_PAGE; slot++) {
      dots[slot] += query[j] * keys[j * CK_CACHE_PAGE + slot];
    }
  }
  for (size_t slot = 0; slot < CK_CACHE_PAGE; slot++) {
    float score = dots[slot] * a->scale;
    scores[slot] = a->soft_cap != 0 ? a->soft_cap * tanhf(score / a->soft_cap) : score;
  }
}

/// The positions in a range of all of the query vectors first..<end.
static ck_span all_positions(const ck_attention *a, size_t first, size_t end, size_t range) {
  ck_span all = {SIZE_MAX, 0};
  for (size_t v = first; v < end; v++) {
    ck_span span = ck_positions_in(a, v, range);
    if (span.from >= span.to) continue;
    all.from = ck_minimum(all.from, span.from);
    all.to = ck_maximum(all.to, span.to);
  }
  return all;
}

/// Scores to weights over `span`, counted from the scores' start.
static void weigh(float *scores, ck_span span, float *part) {
  for (size_t p = span.from; p < span.to; p++) part[0] = fmaxf(part[0], scores[p]);
  for (size_t p = span.from; p < span.to; p++) {
    scores[p] = expf(scores[p] - part[0]);
    part[1] += scores[p];
  }
}

/// parts[v - first] of one range, for at most CK_TILE_LIMIT vectors, which share what is unpacked.
/// memory: the scores, [CK_TILE_LIMIT][CK_ATTENTION_RANGE], and a page.
static void parts_of(const ck_attention *a, size_t first, size_t end, size_t range, float *parts,
                     float *memory) {
  const size_t stride = ck_attention_part(a->head_dimension), start = range * CK_ATTENTION_RANGE;
  float *unpacked = memory + CK_TILE_LIMIT * CK_ATTENTION_RANGE;
  ck_span all = all_positions(a, first, end, range);
  for (size_t p = all.from / CK_CACHE_PAGE * CK_CACHE_PAGE; p < all.to; p += CK_CACHE_PAGE) {
    load_keys(a, ck_page_at(a, p), unpacked);
    for (size_t v = first; v < end; v++) {
      float *scores = memory + (v - first) * CK_ATTENTION_RANGE + (p - start);
      score_page(a, ck_query_of(a, v), unpacked, scores);
    }
  }
  for (size_t v = first; v < end; v++) {
    float *part = parts + (v - first) * stride;
    ck_span span = ck_positions_in(a, v, range);
    memset(part, 0, stride * sizeof(float));
    ck_empty_part(part);
    if (span.from >= span.to) continue;
    ck_span counted = {span.from - start, span.to - start};
    weigh(memory + (v - first) * CK_ATTENTION_RANGE, counted, part);
  }
  for (size_t p = all.from; p < all.to; p++) {
    load_value(a, ck_page_at(a, p), p % CK_CACHE_PAGE, unpacked);
    for (size_t v = first; v < end; v++) {
      ck_span span = ck_positions_in(a, v, range);
      if (p < span.from || p >= span.to) continue;
      float weight = memory[(v - first) * CK_ATTENTION_RANGE + (p - start)];
      float *values = parts + (v - first) * stride + CK_PART_VALUES;
      for (size_t j = 0; j < a->head_dimension; j++) values[j] += weight * unpacked[j];
    }
  }
}

static void join(const ck_attention *a, float *into, const float *part) {
  size_t count = ck_attention_part(a->head_dimension);
  if (ck_is_empty_part(part)) return;
  if (ck_is_empty_part(into)) {
    memcpy(into, part, count * sizeof(float));
    return;
  }
  float largest = fmaxf(into[0], part[0]);
  float own = expf(into[0] - largest), other = expf(part[0] - largest);
  into[0] = largest;
  for (size_t i = 1; i < count; i++) {
    if (i == 1 || i >= CK_PART_VALUES) into[i] = into[i] * own + part[i] * other;
  }
}

static void finish(const ck_attention *a, size_t vector, const float *part) {
  float *out = ck_out_of(a, vector);
  for (size_t j = 0; j < a->head_dimension; j++) out[j] = part[CK_PART_VALUES + j] / part[1];
}

void ck_scalar_attend_range(const ck_attention *a, size_t range, float *parts) {
  const size_t stride = ck_attention_part(a->head_dimension), vectors = a->rows * a->group;
  for (size_t v = 0; v < vectors; v += CK_TILE_LIMIT) {
    size_t end = ck_minimum(vectors, v + CK_TILE_LIMIT);
    parts_of(a, v, end, range, parts + v * stride, a->scratch);
  }
}

void ck_scalar_attend_join(const ck_attention *a, size_t count, float *parts) {
  size_t stride = ck_attention_part(a->head_dimension), vectors = a->rows * a->group;
  for (size_t v = 0; v < vectors; v++) {
    for (size_t i = 1; i < count; i++) {
      join(a, parts + v * stride, parts + (i * vectors + v) * stride);
    }
    finish(a, v, parts + v * stride);
  }
}

void ck_scalar_attend(const ck_attention *a) {
  const size_t stride = ck_attention_part(a->head_dimension), vectors = a->rows * a->group;
  const ck_span ranges = ck_ranges(a);
  float *memory = a->scratch + 2 * CK_TILE_LIMIT * stride;
  for (size_t v = 0; v < vectors; v += CK_TILE_LIMIT) {
    size_t end = ck_minimum(vectors, v + CK_TILE_LIMIT);
    float *all = a->scratch, *parts = all + CK_TILE_LIMIT * stride;
    for (size_t range = ranges.from; range < ranges.to; range++) {
      float *into = range == ranges.from ? all : parts;
      parts_of(a, v, end, range, into, memory);
      for (size_t i = 0; into == parts && i < end - v; i++) {
        join(a, all + i * stride, parts + i * stride);
      }
    }
    for (size_t i = 0; i < end - v; i++) finish(a, v + i, all + i * stride);
  }
}

/// Quantises up to 32 elements; element i goes to into[i * stride].
static uint16_t quantize_group(const float *x, size_t count, int8_t *into, size_t stride) {
  float largest = 0, inverse;
  for (size_t j = 0; j < count; j++) {
    largest = isnan(x[j]) || isnan(largest) ? NAN : fmaxf(largest, fabsf(x[j]));
  }
  uint16_t scale = ck_cache_scale(largest, &inverse);
  for (size_t j = 0; j < count; j++) {
    float q = inverse == 0 ? 0 : fminf(fmaxf(rintf(x[j] * inverse), -127), 127);
    into[j * stride] = (int8_t)q;
  }
  return scale;
}

void ck_scalar_store_position(int precision, size_t head_dimension, size_t slot, const float *key,
                              const float *value, uint8_t *page) {
  uint8_t *values = page + ck_values_offset(precision, head_dimension);
  size_t padded = ck_padded_dimension(head_dimension);
  if (precision == CK_CACHE_F16) {
    uint16_t *keys = (uint16_t *)(void *)page, *rows = (uint16_t *)(void *)values;
    for (size_t j = 0; j < head_dimension; j++) {
      keys[j * CK_CACHE_PAGE + slot] = ck_float_to_half(key[j]);
      rows[slot * padded + j] = ck_float_to_half(value[j]);
    }
    return;
  }
  uint16_t *key_scales = (uint16_t *)(void *)(page + ck_key_scales_offset(head_dimension));
  uint16_t *value_scales = (uint16_t *)(void *)(page + ck_value_scales_offset(head_dimension));
  for (size_t g = 0; g < ck_groups(head_dimension); g++) {
    size_t j = g * CK_CACHE_GROUP, count = ck_minimum(CK_CACHE_GROUP, head_dimension - j);
    key_scales[g * CK_CACHE_PAGE + slot] =
        quantize_group(key + j, count, (int8_t *)page + j * CK_CACHE_PAGE + slot, CK_CACHE_PAGE);
    value_scales[g * CK_CACHE_PAGE + slot] =
        quantize_group(value + j, count, (int8_t *)values + slot * padded + j, 1);
  }
}
