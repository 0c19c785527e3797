// Unpacking the block formats, one element at a time: the specification.
#include "kernels.h"

static void unpack_q4_0(const ck_q4_0 *block, ck_row row) {
  row.scale[0] = ck_half_to_float(ck_load_half(&block->d));
  for (int j = 0; j < 16; j++) {
    row.q[j] = (uint8_t)((block->q[j] & 15) + 120);
    row.q[j + 16] = (uint8_t)((block->q[j] >> 4) + 120);
  }
}

static void unpack_q4_1(const ck_q4_1 *block, ck_row row) {
  row.scale[0] = ck_half_to_float(ck_load_half(&block->d));
  row.min[0] = ck_half_to_float(ck_load_half(&block->m));
  for (int j = 0; j < 16; j++) {
    row.q[j] = block->q[j] & 15;
    row.q[j + 16] = block->q[j] >> 4;
  }
}

static void unpack_fives(const uint8_t *q, const uint8_t *high, int base, uint8_t *into) {
  uint32_t bits;
  memcpy(&bits, high, sizeof bits);
  for (int j = 0; j < 16; j++) {
    into[j] = (uint8_t)(((q[j] & 15) | (bits >> j & 1) << 4) + (unsigned)base);
    into[j + 16] = (uint8_t)((q[j] >> 4 | (bits >> (j + 16) & 1) << 4) + (unsigned)base);
  }
}

static void unpack_q5_0(const ck_q5_0 *block, ck_row row) {
  row.scale[0] = ck_half_to_float(ck_load_half(&block->d));
  unpack_fives(block->q, block->high, 112, row.q);
}

static void unpack_q5_1(const ck_q5_1 *block, ck_row row) {
  row.scale[0] = ck_half_to_float(ck_load_half(&block->d));
  row.min[0] = ck_half_to_float(ck_load_half(&block->m));
  unpack_fives(block->q, block->high, 0, row.q);
}

static void unpack_q8_0(const ck_q8_0 *block, ck_row row) {
  row.scale[0] = ck_half_to_float(ck_load_half(&block->d));
  for (int j = 0; j < 32; j++) row.q[j] = (uint8_t)(block->q[j] + 128);
}

static void unpack_k_scales(uint16_t d, uint16_t dmin, const uint8_t *packed, ck_row row) {
  float scale = ck_half_to_float(d), min = ck_half_to_float(dmin);
  for (int j = 0; j < 8; j++) {
    int s, m;
    ck_k_scale(packed, j, &s, &m);
    row.scale[j] = scale * (float)s;
    row.min[j] = -(min * (float)m);
  }
}

static void unpack_q4_K(const ck_q4_K *block, ck_row row) {
  unpack_k_scales(ck_load_half(&block->d), ck_load_half(&block->dmin), block->scales, row);
  for (int pair = 0; pair < 4; pair++) {
    for (int j = 0; j < 32; j++) {
      uint8_t both = block->q[32 * pair + j];
      row.q[64 * pair + j] = both & 15;
      row.q[64 * pair + 32 + j] = both >> 4;
    }
  }
}

static void unpack_q5_K(const ck_q5_K *block, ck_row row) {
  unpack_k_scales(ck_load_half(&block->d), ck_load_half(&block->dmin), block->scales, row);
  for (int pair = 0; pair < 4; pair++) {
    for (int j = 0; j < 32; j++) {
      uint8_t both = block->q[32 * pair + j];
      int high = block->high[j] >> (2 * pair);
      row.q[64 * pair + j] = (uint8_t)((both & 15) | (high & 1) << 4);
      row.q[64 * pair + 32 + j] = (uint8_t)(both >> 4 | (high >> 1 & 1) << 4);
    }
  }
}

static void unpack_q6_K(const ck_q6_K *block, ck_row row) {
  float d = ck_half_to_float(ck_load_half(&block->d));
  for (int j = 0; j < 16; j++) row.scale[j] = d * (float)block->scales[j];
  for (int half = 0; half < 2; half++) {
    const uint8_t *low = block->low + 64 * half;
    const uint8_t *high = block->high + 32 * half;
    uint8_t *q = row.q + 128 * half;
    for (int j = 0; j < 32; j++) {
      q[j] = (uint8_t)(((low[j] & 15) | (high[j] & 3) << 4) + 96);
      q[j + 32] = (uint8_t)(((low[j + 32] & 15) | (high[j] >> 2 & 3) << 4) + 96);
      q[j + 64] = (uint8_t)((low[j] >> 4 | (high[j] >> 4 & 3) << 4) + 96);
      q[j + 96] = (uint8_t)((low[j + 32] >> 4 | (high[j] >> 6 & 3) << 4) + 96);
    }
  }
}

/// The row's parts for the block that starts at element `at`.
static ck_row row_at(ck_row row, size_t at, size_t group) {
  ck_row part = {row.q + at, row.scale + at / group, row.min + at / 32};
  return part;
}

#define CK_UNPACK_CASE(TYPE, NAME, BLOCK)                                             \
  case TYPE:                                                                          \
    for (size_t i = 0; i < columns / (BLOCK); i++) {                                  \
      unpack_##NAME((const ck_##NAME *)source + i, row_at(row, i * (BLOCK), group)); \
    }                                                                                 \
    break;

void ck_scalar_unpack(int type, const uint8_t *source, size_t columns, ck_row row) {
  size_t group = ck_scale_group(type);
  switch (type) {
    CK_UNPACK_CASE(CK_Q4_0, q4_0, 32)
    CK_UNPACK_CASE(CK_Q4_1, q4_1, 32)
    CK_UNPACK_CASE(CK_Q5_0, q5_0, 32)
    CK_UNPACK_CASE(CK_Q5_1, q5_1, 32)
    CK_UNPACK_CASE(CK_Q8_0, q8_0, 32)
    CK_UNPACK_CASE(CK_Q4_K, q4_K, 256)
    CK_UNPACK_CASE(CK_Q5_K, q5_K, 256)
    CK_UNPACK_CASE(CK_Q6_K, q6_K, 256)
    default: break;
  }
}

size_t ck_block_size(int type) { return ck_block_size_of(type); }

size_t ck_block_bytes(int type) {
  switch (type) {
    case CK_F32: return 4;
    case CK_F16: case CK_BF16: return 2;
    case CK_Q4_0: return sizeof(ck_q4_0);
    case CK_Q4_1: return sizeof(ck_q4_1);
    case CK_Q5_0: return sizeof(ck_q5_0);
    case CK_Q5_1: return sizeof(ck_q5_1);
    case CK_Q8_0: return sizeof(ck_q8_0);
    case CK_Q4_K: return sizeof(ck_q4_K);
    case CK_Q5_K: return sizeof(ck_q5_K);
    case CK_Q6_K: return sizeof(ck_q6_K);
    default: return 0;
  }
}

static void dequantize_floats(int type, const uint8_t *source, float *into, size_t count) {
  if (type == CK_F32) {
    memcpy(into, source, count * sizeof(float));
    return;
  }
  for (size_t i = 0; i < count; i++) {
    uint16_t bits = ck_load_half((const uint16_t *)(const void *)(source + 2 * i));
    into[i] = type == CK_F16 ? ck_half_to_float(bits) : ck_bf16_to_float(bits);
  }
}

void ck_scalar_dequantize(int type, const void *source, float *into, size_t count) {
  if (ck_is_float(type)) {
    dequantize_floats(type, source, into, count);
    return;
  }
  uint8_t q[256];
  float scale[16], min[16] = {0};
  ck_row row = {q, scale, min};
  size_t block = ck_block_size(type), bytes = ck_block_bytes(type), group = ck_scale_group(type);
  float offset = ck_has_offset(type) ? 128 : 0;
  for (size_t i = 0; i < count / block; i++) {
    ck_scalar_unpack(type, (const uint8_t *)source + i * bytes, block, row);
    for (size_t j = 0; j < block; j++) {
      into[i * block + j] = scale[j / group] * ((float)q[j] - offset) + min[j / 32];
    }
  }
}
