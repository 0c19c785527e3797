// Rows of logits at the scalar level.
#include "rows.h"

float ck_scalar_row_maximum(const float *x, size_t count) {
  float largest = -INFINITY;
  int bad = 0;
  for (size_t i = 0; i < count; i++) {
    bad |= isnan(x[i]);
    largest = x[i] > largest ? x[i] : largest;
  }
  return bad ? NAN : largest;
}

size_t ck_scalar_row_find(const float *x, size_t count, float value) {
  size_t i = 0;
  while (i < count && x[i] != value) i++;
  return i;
}

void ck_scalar_row_weights(const float *x, size_t count, float maximum, float scale, float *into) {
  for (size_t i = 0; i < count; i++) {
    float exponent = (x[i] - maximum) * scale;
    into[i] = exponent < -87.3f ? 0 : expf(exponent);
  }
}

void ck_scalar_row_sums(const float *x, size_t count, float maximum, float scale, double *sums) {
  for (size_t start = 0; start < count; start += CK_ROW_BLOCK) {
    double sum = 0;
    for (size_t i = start; i < count && i < start + CK_ROW_BLOCK; i++) {
      float weight;
      ck_scalar_row_weights(x + i, 1, maximum, scale, &weight);
      sum += weight;
    }
    sums[start / CK_ROW_BLOCK] = sum;
  }
}

size_t ck_scalar_row_collect(const float *x, size_t count, float bound, int32_t *into) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    into[found] = (int32_t)i;
    found += x[i] >= bound;
  }
  return found;
}
