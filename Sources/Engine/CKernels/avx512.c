// The AVX-512 level (F, BW, VL, VNNI): 16 floats or 64 bytes at a time.
#if defined(__x86_64__)
#include "attention.h"
#include "rows.h"

#include <immintrin.h>

#pragma clang attribute push(                                                              \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512vnni"))), \
    apply_to = function)

#define CK_WIDTH 16
#define TOKEN_TILE 4
#include "simd_vectors.h"

CK_INLINE vf load_half(const uint16_t *from) {
  return (vf)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)from));
}

CK_INLINE void store_half(uint16_t *into, vf v) {
  _mm256_storeu_si256((__m256i *)(void *)into,
                      _mm512_cvtps_ph((__m512)v, _MM_FROUND_TO_NEAREST_INT));
}

CK_INLINE __m128 fold(vf v) {
  __m256 eight = _mm256_add_ps(_mm512_castps512_ps256((__m512)v),
                               _mm256_castpd_ps(_mm512_extractf64x4_pd((__m512d)v, 1)));
  return _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
}

/// into[i] = sum of v[i].
CK_INLINE void reduce_four(const vf v[4], float *into) {
  __m128 a = fold(v[0]), b = fold(v[1]), c = fold(v[2]), d = fold(v[3]);
  _MM_TRANSPOSE4_PS(a, b, c, d);
  _mm_storeu_ps(into, _mm_add_ps(_mm_add_ps(a, c), _mm_add_ps(b, d)));
}

/// The scales of the 16 or 32 elements wide groups in 64 elements, for each of 16 lanes of 4.
CK_INLINE __m512 scale_lanes(const float *scale, int group) {
  if (group == 16) {
    const __m512i lanes = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    return _mm512_permutexvar_ps(lanes, _mm512_castps128_ps512(_mm_loadu_ps(scale)));
  }
  const __m512i lanes = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  __m128 two = _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)scale));
  return _mm512_permutexvar_ps(lanes, _mm512_castps128_ps512(two));
}

CK_INLINE void dot_blocks(const ck_row *rows, const ck_activations *x, size_t token, int tokens,
                          int offset, int group, vf sum[][CK_ROW_TILE]) {
  const size_t padded = x->padded, per_chunk = 64 / (size_t)group;
  const int8_t *q = x->q + token * padded;
  const int32_t *quad = x->quad + token * (padded / 4);
  const float *scale = x->scale + token * (padded / 32);
  for (size_t chunk = 0; chunk < padded / 64; chunk++) {
    __m512i weights[CK_ROW_TILE];
    __m512 scales[CK_ROW_TILE];
    for (int r = 0; r < CK_ROW_TILE; r++) {
      weights[r] = _mm512_loadu_si512(rows[r].q + 64 * chunk);
      scales[r] = scale_lanes(rows[r].scale + per_chunk * chunk, group);
    }
    for (size_t t = 0; t < (size_t)tokens; t++) {
      __m512i bytes = _mm512_loadu_si512(q + t * padded + 64 * chunk);
      __m512 own = scale_lanes(scale + t * (padded / 32) + 2 * chunk, 32);
      __m512i start = offset ? _mm512_loadu_si512(quad + t * (padded / 4) + 16 * chunk)
                             : _mm512_setzero_si512();
      for (int r = 0; r < CK_ROW_TILE; r++) {
        __m512 dot = _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(start, weights[r], bytes));
        sum[t][r] = (vf)_mm512_fmadd_ps(dot, _mm512_mul_ps(scales[r], own), (__m512)sum[t][r]);
      }
    }
  }
}

#include "simd_elementwise.h"
#include "simd_unpack.h"
#include "simd_quantize.h"
#include "simd_multiply.h"

#pragma clang attribute pop

const ck_kernels ck_avx512_kernels = {
  .name = "avx512",
#include "simd_table.h"
  CK_ATTENTION_TABLE(avx512)
  CK_ROWS_TABLE(avx512)
};
#endif
