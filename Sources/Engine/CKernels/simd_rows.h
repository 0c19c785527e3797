// Rows of logits, a vector at a time; see scalar_rows.c for what is computed.
#include "rows.h"

/// Vectors looked at together.
enum { ROW_VECTORS = 4 };

float CK_LEVEL(row_maximum)(const float *x, size_t count) {
  vf best[ROW_VECTORS];
  vi bad = {0};
  for (int k = 0; k < ROW_VECTORS; k++) best[k] = splat(-INFINITY);
  size_t i = 0;
  for (; i + ROW_VECTORS * CK_WIDTH <= count; i += ROW_VECTORS * CK_WIDTH) {
    for (int k = 0; k < ROW_VECTORS; k++) {
      vf v = load(x + i + (size_t)k * CK_WIDTH);
      bad |= v != v;
      best[k] = vmax(v, best[k]);
    }
  }
  float largest = reduce_max(vmax(vmax(best[0], best[1]), vmax(best[2], best[3])));
  int isBad = __builtin_reduce_or(bad) != 0;
  for (; i < count; i++) {
    isBad |= isnan(x[i]);
    largest = x[i] > largest ? x[i] : largest;
  }
  return isBad ? NAN : largest;
}

size_t CK_LEVEL(row_find)(const float *x, size_t count, float value) {
  size_t i = 0;
  for (; i + ROW_VECTORS * CK_WIDTH <= count; i += ROW_VECTORS * CK_WIDTH) {
    vi hit = {0};
    for (int k = 0; k < ROW_VECTORS; k++) hit |= load(x + i + (size_t)k * CK_WIDTH) == value;
    if (__builtin_reduce_or(hit)) break;
  }
  while (i < count && x[i] != value) i++;
  return i;
}

void CK_LEVEL(row_weights)(const float *x, size_t count, float maximum, float scale, float *into) {
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
    store(into + i, vexp((load(x + i) - maximum) * scale));
  }
  if (i < count) {
    store_part(into + i, vexp((load_part(x + i, count - i) - maximum) * scale), count - i);
  }
}

void CK_LEVEL(row_sums)(const float *x, size_t count, float maximum, float scale, double *sums) {
  for (size_t start = 0; start < count; start += CK_ROW_BLOCK) {
    size_t end = start + CK_ROW_BLOCK < count ? start + CK_ROW_BLOCK : count, i = start;
    // Two sums in f32 of at most 32 weights a lane; the lanes are summed in f64.
    vf even = splat(0), odd = splat(0);
    for (; i + 2 * CK_WIDTH <= end; i += 2 * CK_WIDTH) {
      even += vexp((load(x + i) - maximum) * scale);
      odd += vexp((load(x + i + CK_WIDTH) - maximum) * scale);
    }
    double sum = 0;
    for (; i < end; i++) {
      float weight;
      CK_LEVEL(row_weights)(x + i, 1, maximum, scale, &weight);
      sum += weight;
    }
    for (int k = 0; k < CK_WIDTH; k++) sum += (double)even[k] + odd[k];
    sums[start / CK_ROW_BLOCK] = sum;
  }
}

size_t CK_LEVEL(row_collect)(const float *x, size_t count, float bound, int32_t *into) {
  size_t found = 0, i = 0;
  for (; i + ROW_VECTORS * CK_WIDTH <= count; i += ROW_VECTORS * CK_WIDTH) {
    vi hit = {0};
    for (int k = 0; k < ROW_VECTORS; k++) hit |= load(x + i + (size_t)k * CK_WIDTH) >= bound;
    if (!__builtin_reduce_or(hit)) continue;
    for (size_t j = i; j < i + ROW_VECTORS * CK_WIDTH; j++) {
      into[found] = (int32_t)j;
      found += x[j] >= bound;
    }
  }
  for (; i < count; i++) {
    into[found] = (int32_t)i;
    found += x[i] >= bound;
  }
  return found;
}
