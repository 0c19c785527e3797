// Shared by the levels: block layouts of the file formats and the geometry of unpacked rows.
#ifndef CK_KERNELS_INTERNAL_H
#define CK_KERNELS_INTERNAL_H

#include "CKernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

// Block layouts as GGUF stores them (ggml-common.h documents them). All are byte-packed.
typedef struct { uint16_t d; uint8_t q[16]; } ck_q4_0;
typedef struct { uint16_t d, m; uint8_t q[16]; } ck_q4_1;
typedef struct { uint16_t d; uint8_t high[4]; uint8_t q[16]; } ck_q5_0;
typedef struct { uint16_t d, m; uint8_t high[4]; uint8_t q[16]; } ck_q5_1;
typedef struct { uint16_t d; int8_t q[32]; } ck_q8_0;
typedef struct { uint16_t d, dmin; uint8_t scales[12]; uint8_t q[128]; } ck_q4_K;
typedef struct { uint16_t d, dmin; uint8_t scales[12]; uint8_t high[32]; uint8_t q[128]; } ck_q5_K;
typedef struct { uint8_t low[128]; uint8_t high[64]; int8_t scales[16]; uint16_t d; } ck_q6_K;

_Static_assert(sizeof(ck_q4_0) == 18 && sizeof(ck_q4_1) == 20, "layout");
_Static_assert(sizeof(ck_q5_0) == 22 && sizeof(ck_q5_1) == 24, "layout");
_Static_assert(sizeof(ck_q8_0) == 34 && sizeof(ck_q4_K) == 144, "layout");
_Static_assert(sizeof(ck_q5_K) == 176 && sizeof(ck_q6_K) == 210, "layout");

#define CK_INLINE static inline __attribute__((always_inline))

CK_INLINE size_t ck_round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

CK_INLINE uint16_t ck_load_half(const uint16_t *at) {
  uint16_t bits;
  memcpy(&bits, at, sizeof bits);
  return bits;
}

/// Are the type's weights scale * (q - 128), without minima?
CK_INLINE int ck_has_offset(int type) {
  return type == CK_Q4_0 || type == CK_Q5_0 || type == CK_Q8_0 || type == CK_Q6_K;
}

CK_INLINE size_t ck_scale_group(int type) { return type == CK_Q6_K ? 16 : 32; }

CK_INLINE int ck_is_float(int type) { return type == CK_F32 || type == CK_F16 || type == CK_BF16; }

/// The 6-bit scale and minimum number `j` of the 8 in a Q4_K or Q5_K block.
CK_INLINE void ck_k_scale(const uint8_t *packed, int j, int *scale, int *min) {
  if (j < 4) {
    *scale = packed[j] & 63;
    *min = packed[j + 4] & 63;
  } else {
    *scale = (packed[j + 4] & 15) | (packed[j - 4] >> 6 << 4);
    *min = (packed[j + 4] >> 4) | (packed[j] >> 6 << 4);
  }
}

/// The scale of a group of activations whose largest magnitude is `largest`, and its inverse.
/// Returns 0 and a scale of NaN when that is not finite: it must show in every result. Magnitudes
/// too small to invert count as zero.
CK_INLINE int ck_activation_scale(float largest, float *scale, float *inverse) {
  if (!(largest <= FLT_MAX)) {
    *scale = *inverse = NAN;
    return 0;
  }
  int usable = largest > 1e-36f;
  *scale = usable ? largest / 127 : 0;
  *inverse = usable ? 127 / largest : 0;
  return 1;
}

/// The scale over which a block gets an extra group; `total` is the sum of the row's scales, from left
/// to right.
CK_INLINE float ck_extra_bound(float bound, float total, size_t blocks) {
  return bound * total / (float)blocks;
}

void ck_scalar_quantize_row(const float *x, size_t columns, float bound, ck_group *into);
void ck_scalar_multiply(const ck_product *product);

extern const ck_kernels ck_scalar_kernels;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2_kernels;
extern const ck_kernels ck_avx512_kernels;
#endif

/// Elements and bytes of one block.
size_t ck_block_size(int type);
CK_INLINE size_t ck_block_size_of(int type) {
  if (ck_is_float(type)) return 1;
  return type == CK_Q4_K || type == CK_Q5_K || type == CK_Q6_K ? 256 : 32;
}
size_t ck_block_bytes(int type);

/// Unpacks one row of a block type (the scalar specification).
void ck_scalar_unpack(int type, const uint8_t *source, size_t columns, ck_row row);
void ck_scalar_dequantize(int type, const void *source, float *into, size_t count);

CK_INLINE float ck_bf16_to_float(uint16_t bits) {
  uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &wide, sizeof value);
  return value;
}

#endif
