// Quantisation by the rules of ggml's reference (quantize_row_*_ref): for tests and small models,
// not fast.
#include "kernels.h"

static uint16_t to_bf16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return (uint16_t)(bits >> 16 | 64);
  return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

/// The element of largest magnitude, with its sign.
static float extreme(const float *x) {
  float best = 0;
  for (int j = 0; j < 32; j++) {
    if (fabsf(x[j]) > fabsf(best)) best = x[j];
  }
  return best;
}

static void bounds(const float *x, float *low, float *high) {
  *low = *high = x[0];
  for (int j = 1; j < 32; j++) {
    if (x[j] < *low) *low = x[j];
    if (x[j] > *high) *high = x[j];
  }
}

static int level(float scaled, int limit) {
  int q = (int)scaled;
  return q > limit ? limit : q < 0 ? 0 : q;
}

static void quantize_symmetric(const float *x, int half, float *d, uint8_t *levels) {
  *d = extreme(x) / (float)-half;
  float inverse = *d != 0 ? 1 / *d : 0;
  for (int j = 0; j < 32; j++) {
    levels[j] = (uint8_t)level(x[j] * inverse + (float)half + 0.5f, 2 * half - 1);
  }
}

static void quantize_minimum(const float *x, int top, float *d, float *m, uint8_t *levels) {
  float low, high;
  bounds(x, &low, &high);
  *d = (high - low) / (float)top;
  *m = low;
  float inverse = *d != 0 ? 1 / *d : 0;
  for (int j = 0; j < 32; j++) levels[j] = (uint8_t)level((x[j] - low) * inverse + 0.5f, top);
}

static void pack_nibbles(const uint8_t *levels, uint8_t *q) {
  for (int j = 0; j < 16; j++) q[j] = (uint8_t)((levels[j] & 15) | (levels[j + 16] & 15) << 4);
}

static void pack_high(const uint8_t *levels, uint8_t *high) {
  uint32_t bits = 0;
  for (int j = 0; j < 32; j++) bits |= (uint32_t)(levels[j] >> 4) << j;
  memcpy(high, &bits, sizeof bits);
}

static void quantize_q8_0(const float *x, ck_q8_0 *block) {
  float d = fabsf(extreme(x)) / 127, inverse = d != 0 ? 1 / d : 0;
  block->d = ck_float_to_half(d);
  for (int j = 0; j < 32; j++) block->q[j] = (int8_t)roundf(x[j] * inverse);
}

static void quantize_block(int type, const float *x, uint8_t *into) {
  float d, m;
  uint8_t levels[32];
  switch (type) {
    case CK_Q8_0: {
      ck_q8_0 block;
      quantize_q8_0(x, &block);
      memcpy(into, &block, sizeof block);
      break;
    }
    case CK_Q4_0: {
      ck_q4_0 block;
      quantize_symmetric(x, 8, &d, levels);
      block.d = ck_float_to_half(d);
      pack_nibbles(levels, block.q);
      memcpy(into, &block, sizeof block);
      break;
    }
    case CK_Q5_0: {
      ck_q5_0 block;
      quantize_symmetric(x, 16, &d, levels);
      block.d = ck_float_to_half(d);
      pack_nibbles(levels, block.q);
      pack_high(levels, block.high);
      memcpy(into, &block, sizeof block);
      break;
    }
    case CK_Q4_1: {
      ck_q4_1 block;
      quantize_minimum(x, 15, &d, &m, levels);
      block.d = ck_float_to_half(d);
      block.m = ck_float_to_half(m);
      pack_nibbles(levels, block.q);
      memcpy(into, &block, sizeof block);
      break;
    }
    default: {
      ck_q5_1 block;
      quantize_minimum(x, 31, &d, &m, levels);
      block.d = ck_float_to_half(d);
      block.m = ck_float_to_half(m);
      pack_nibbles(levels, block.q);
      pack_high(levels, block.high);
      memcpy(into, &block, sizeof block);
    }
  }
}

int ck_quantize(int type, const float *source, void *into, size_t count) {
  uint8_t *bytes = into;
  switch (type) {
    case CK_F32:
      memcpy(into, source, count * sizeof(float));
      return 0;
    case CK_F16:
    case CK_BF16:
      for (size_t i = 0; i < count; i++) {
        uint16_t bits = type == CK_F16 ? ck_float_to_half(source[i]) : to_bf16(source[i]);
        memcpy(bytes + 2 * i, &bits, sizeof bits);
      }
      return 0;
    case CK_Q4_0:
    case CK_Q4_1:
    case CK_Q5_0:
    case CK_Q5_1:
    case CK_Q8_0:
      for (size_t i = 0; i < count / 32; i++) {
        quantize_block(type, source + 32 * i, bytes + i * ck_block_bytes(type));
      }
      return 0;
    default:
      return -1;
  }
}
