// The specification of fixed-point products and of attention over whole sequences.
#include "fixed_kernels.h"

static void quantize(const float *x, size_t columns, int16_t *q, float *scale) {
  float largest = 0;
  int finite = 1;
  for (size_t k = 0; k < columns; k++) {
    float magnitude = fabsf(x[k]);
    finite &= magnitude <= FLT_MAX;
    largest = magnitude > largest ? magnitude : largest;
  }
  float inverse = ck_fixed_scale(finite ? largest : NAN, scale);
  for (size_t k = 0; k < columns; k++) q[k] = inverse > 0 ? (int16_t)lrintf(x[k] * inverse) : 0;
  if (columns % 2) q[columns] = 0;
}

static void multiply(const ck_fixed_product *p) {
  const size_t padded = ck_fixed_columns(p->columns);
  for (size_t t = 0; t < p->count; t++) {
    const int16_t *x = p->x + t * padded;
    for (size_t row = 0; row < p->rows; row++) {
      const int16_t *w = p->weights + row / CK_FIXED_PANEL * CK_FIXED_PANEL * padded +
                         row % CK_FIXED_PANEL * 2;
      float total = 0;
      for (size_t start = 0; start < padded; start += CK_FIXED_BLOCK) {
        size_t end = padded < start + CK_FIXED_BLOCK ? padded : start + CK_FIXED_BLOCK;
        int32_t sum = 0;
        for (size_t k = start; k < end; k += 2) {
          sum += x[k] * w[k * CK_FIXED_PANEL] + x[k + 1] * w[k * CK_FIXED_PANEL + 1];
        }
        total += (float)sum;
      }
      p->y[t * p->y_stride + row] =
        fmaf(total, p->x_scale[t] * p->scale[row], p->bias ? p->bias[row] : 0);
    }
  }
}

static void attend(const ck_whole_attention *a) {
  float *score = a->scratch;
  for (size_t i = a->first; i < a->end; i++) {
    float largest = -INFINITY, sum = 0;
    for (size_t j = 0; j < a->length; j++) {
      float dot = 0;
      for (size_t d = 0; d < a->head_dimension; d++) {
        dot += a->q[i * a->stride + d] * a->k[j * a->stride + d];
      }
      score[j] = dot * a->scale;
      // A score that is not a number must show in the result.
      if (!(score[j] <= largest)) largest = score[j];
    }
    for (size_t j = 0; j < a->length; j++) sum += score[j] = expf(score[j] - largest);
    float *out = a->out + i * a->out_stride;
    for (size_t d = 0; d < a->head_dimension; d++) {
      float total = 0;
      for (size_t j = 0; j < a->length; j++) total += score[j] * a->v[j * a->stride + d];
      out[d] = total / sum;
    }
  }
}

const ck_fixed_kernels ck_fixed_scalar = {
  .name = "scalar", .quantize = quantize, .multiply = multiply, .attend = attend};
