// The AVX2 level (with FMA and F16C): 8 floats or 32 bytes at a time.
#if defined(__x86_64__)
#include "attention.h"
#include "rows.h"
#include "packed.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define CK_WIDTH 8
#include "simd_vectors.h"

CK_INLINE vf load_half(const uint16_t *from) {
  return (vf)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)from));
}

CK_INLINE void store_half(uint16_t *into, vf v) {
  _mm_storeu_si128((__m128i *)(void *)into, _mm256_cvtps_ph((__m256)v, _MM_FROUND_TO_NEAREST_INT));
}

/// The most rows of activations whose accumulators, 2 vectors each, fit the registers: with float
/// weights, and with blocks, which have integer ones besides.
#define FLOAT_ROWS 4
#define TILE_ROWS 2

CK_INLINE __m256i quads(__m256i pairs) { return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)); }

/// acc + the dot products of 8 times 4 bytes, weights under 64. Pairs are summed in 16 bits.
CK_INLINE vi dot_small(vi acc, vi weights, vi x) {
  return acc + (vi)quads(_mm256_maddubs_epi16((__m256i)weights, (__m256i)x));
}

/// As `dot_small`, for weights with an offset of 128, taken as magnitudes up to that: 2 · 128 · 127
/// fits. The offset is off at once.
CK_INLINE vi dot_biased(vi acc, vi weights, vi x) {
  __m256i w = _mm256_xor_si256((__m256i)weights, _mm256_set1_epi8((char)0x80));
  return acc + (vi)quads(_mm256_maddubs_epi16(_mm256_abs_epi8(w),
                                              _mm256_sign_epi8((__m256i)x, w)));
}

/// Where sums of weights with an offset of 128 start.
CK_INLINE vi biased_start(int32_t start) {
  (void)start;
  return (vi){0};
}

#include "simd_elementwise.h"
#include "simd_unpack.h"
#include "avx2_quantize.h"
#include "simd_packed.h"
#include "simd_packed_wide.h"
#include "simd_packed_float.h"

#pragma clang attribute pop

const ck_kernels ck_avx2_kernels = {
  .name = "avx2",
#include "simd_table.h"
  CK_ATTENTION_TABLE(avx2)
  CK_ROWS_TABLE(avx2)
};
#endif
