// The AVX-512 level (F, BW, VL, VNNI): 16 floats or 64 bytes at a time.
#if defined(__x86_64__)
#include "attention.h"
#include "rows.h"
#include "packed.h"

#include <immintrin.h>

#pragma clang attribute push(                                                              \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512vnni"))), \
    apply_to = function)

#define CK_WIDTH 16
#include "simd_vectors.h"

CK_INLINE vf load_half(const uint16_t *from) {
  return (vf)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)from));
}

CK_INLINE void store_half(uint16_t *into, vf v) {
  _mm256_storeu_si256((__m256i *)(void *)into,
                      _mm512_cvtps_ph((__m512)v, _MM_FROUND_TO_NEAREST_INT));
}

/// The most rows of activations whose accumulators, 2 vectors each, fit the registers: with float
/// weights, and with blocks, which have integer ones besides.
#define FLOAT_ROWS 12
#define TILE_ROWS 6

/// acc + the dot products of 16 times 4 bytes.
CK_INLINE vi dot_biased(vi acc, vi weights, vi x) {
  return (vi)_mm512_dpbusd_epi32((__m512i)acc, (__m512i)weights, (__m512i)x);
}

/// As `dot_biased`, for weights under 64.
CK_INLINE vi dot_small(vi acc, vi weights, vi x) { return dot_biased(acc, weights, x); }

/// Where sums of weights with an offset of 128 start.
CK_INLINE vi biased_start(int32_t start) { return start - (vi){0}; }

#include "simd_elementwise.h"
#include "simd_unpack.h"
#include "simd_packed.h"
#include "simd_packed_wide.h"
#include "simd_packed_float.h"
#include "avx512_quantize.h"

#pragma clang attribute pop

const ck_kernels ck_avx512_kernels = {
  .name = "avx512",
#include "simd_table.h"
  CK_ATTENTION_TABLE(avx512)
  CK_ROWS_TABLE(avx512)
};
#endif
