// The scalar level: the specification every other level is tested against, and what runs on a
// machine without AVX2.
#include "attention.h"
#include "rows.h"

static void to_half(const float *x, uint16_t *into, size_t count) {
  for (size_t i = 0; i < count; i++) into[i] = ck_float_to_half(x[i]);
}

static void from_half(const uint16_t *x, float *into, size_t count) {
  for (size_t i = 0; i < count; i++) into[i] = ck_half_to_float(x[i]);
}

static void rms_norm(const float *x, const float *weight, float epsilon, size_t count,
                     float *into) {
  double squares = 0;
  for (size_t i = 0; i < count; i++) squares += (double)x[i] * x[i];
  float factor = (float)(1 / sqrt(squares / (double)count + epsilon));
  for (size_t i = 0; i < count; i++) into[i] = x[i] * factor * weight[i];
}

static void layer_norm(const float *x, const float *weight, const float *bias, float epsilon,
                       size_t count, float *into) {
  double sum = 0, squares = 0;
  for (size_t i = 0; i < count; i++) sum += x[i];
  double mean = sum / (double)count;
  for (size_t i = 0; i < count; i++) squares += (x[i] - mean) * (x[i] - mean);
  float factor = (float)(1 / sqrt(squares / (double)count + epsilon));
  for (size_t i = 0; i < count; i++) {
    into[i] = (float)(x[i] - mean) * factor * weight[i] + (bias ? bias[i] : 0);
  }
}

static void softmax(float *x, size_t count) {
  float largest = -INFINITY;
  for (size_t i = 0; i < count; i++) largest = fmaxf(largest, x[i]);
  double sum = 0;
  for (size_t i = 0; i < count; i++) {
    x[i] = expf(x[i] - largest);
    sum += x[i];
  }
  float factor = (float)(1 / sum);
  for (size_t i = 0; i < count; i++) x[i] *= factor;
}

static void silu_multiply(float *gate, const float *up, size_t count) {
  for (size_t i = 0; i < count; i++) gate[i] = gate[i] / (1 + expf(-gate[i])) * up[i];
}

static float gelu_tanh_of(float x) {
  return 0.5f * x * (1 + tanhf(0.7978845608028654f * (x + 0.044715f * x * x * x)));
}

static void gelu_tanh(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = gelu_tanh_of(x[i]);
}

static void gelu_tanh_multiply(float *gate, const float *up, size_t count) {
  for (size_t i = 0; i < count; i++) gate[i] = gelu_tanh_of(gate[i]) * up[i];
}

static void gelu(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = 0.5f * x[i] * erfcf(-0.7071067811865476f * x[i]);
}

static void add(const float *x, float *into, size_t count) {
  for (size_t i = 0; i < count; i++) into[i] += x[i];
}

static void scale(float *x, float factor, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] *= factor;
}

static void soft_cap(float *x, float cap, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = cap * tanhf(x[i] / cap);
}

static void rope(float *x, size_t heads, size_t head_dimension, size_t rotated, const float *cosine,
                 const float *sine, int pairs) {
  size_t half = rotated / 2;
  for (size_t h = 0; h < heads; h++) {
    float *head = x + h * head_dimension;
    for (size_t i = 0; i < half; i++) {
      float *a = pairs ? head + 2 * i : head + i;
      float *b = pairs ? a + 1 : a + half;
      float first = *a, second = *b;
      *a = first * cosine[i] - second * sine[i];
      *b = first * sine[i] + second * cosine[i];
    }
  }
}

const ck_kernels ck_scalar_kernels = {
  .name = "scalar",
  .quantize_row = ck_scalar_quantize_row,
  .multiply = ck_scalar_multiply,
  .dequantize = ck_scalar_dequantize,
  .to_half = to_half,
  .from_half = from_half,
  .rms_norm = rms_norm,
  .layer_norm = layer_norm,
  .softmax = softmax,
  .silu_multiply = silu_multiply,
  .gelu_tanh = gelu_tanh,
  .gelu = gelu,
  .gelu_tanh_multiply = gelu_tanh_multiply,
  .add = add,
  .scale = scale,
  .soft_cap = soft_cap,
  .rope = rope,
  CK_ATTENTION_TABLE(scalar)
  CK_ROWS_TABLE(scalar)
};
