// The scalar level: the specification every other level is tested against, and what runs on a
// machine without AVX2.
#include "attention.h"
#include "rows.h"

/// max |x| of 32 elements; NaN when one is NaN.
static float largest_of(const float *x) {
  float largest = 0;
  for (size_t j = 0; j < 32; j++) {
    if (isnan(x[j])) return NAN;
    largest = fmaxf(largest, fabsf(x[j]));
  }
  return largest;
}

static void quantize_activations(const float *x, size_t columns, ck_activations row) {
  memset(row.q, 0, row.padded);
  memset(row.quad, 0, row.padded / 4 * sizeof(int32_t));
  memset(row.scale, 0, row.padded / 32 * sizeof(float));
  memset(row.sum, 0, row.sums * sizeof(float));
  for (size_t g = 0; g < columns / 32; g++) {
    float largest = largest_of(x + 32 * g);
    float scale, inverse;
    if (!ck_activation_scale(largest, &scale, &inverse)) {
      row.scale[g] = row.sum[g] = scale;
      continue;
    }
    int total = 0;
    for (size_t j = 32 * g; j < 32 * (g + 1); j++) {
      int q = (int)rintf(x[j] * inverse);
      q = q > 127 ? 127 : q < -127 ? -127 : q;
      row.q[j] = (int8_t)q;
      row.quad[j / 4] -= 128 * q;
      total += q;
    }
    row.scale[g] = scale;
    row.sum[g] = scale * (float)total;
  }
}

static float dot_row(ck_row weights, ck_activations x, size_t token, size_t columns, size_t group,
                     int offset) {
  const int8_t *q = x.q + token * x.padded;
  const float *scale = x.scale + token * (x.padded / 32), *sum = x.sum + token * x.sums;
  float total = 0;
  for (size_t g = 0; g < columns / group; g++) {
    int dot = 0;
    for (size_t j = g * group; j < (g + 1) * group; j++) dot += (weights.q[j] - offset) * q[j];
    total += weights.scale[g] * scale[g * group / 32] * (float)dot;
  }
  if (!offset) {
    for (size_t g = 0; g < columns / 32; g++) total += weights.min[g] * sum[g];
  }
  return total;
}

static void multiply(const ck_product *product) {
  ck_product p = *product;
  ck_row row = ck_scratch_row(p.scratch, p.columns, 0);
  float *wide = (float *)(void *)p.scratch;
  for (size_t r = p.first; r < p.end; r++) {
    const uint8_t *source = p.weights + r * p.row_bytes;
    if (ck_is_float(p.type)) {
      ck_scalar_dequantize(p.type, source, wide, p.columns);
      for (size_t t = 0; t < p.count; t++) {
        float total = 0;
        for (size_t j = 0; j < p.columns; j++) total += wide[j] * p.x[t * p.columns + j];
        p.y[t * p.y_stride + r] = total;
      }
    } else {
      ck_scalar_unpack(p.type, source, p.columns, row);
      for (size_t t = 0; t < p.count; t++) {
        p.y[t * p.y_stride + r] = dot_row(row, p.quantized, t, p.columns, ck_group(p.type),
                                          ck_has_offset(p.type) ? 128 : 0);
      }
    }
  }
}

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
  .quantize_activations = quantize_activations,
  .multiply = multiply,
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
