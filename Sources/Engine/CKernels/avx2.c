// The AVX2 level (with FMA and F16C): 8 floats or 32 bytes at a time.
#if defined(__x86_64__)
#include "attention.h"
#include "rows.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define CK_WIDTH 8
#define TOKEN_TILE 2
#include "simd_vectors.h"

CK_INLINE vf load_half(const uint16_t *from) {
  return (vf)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)from));
}

CK_INLINE void store_half(uint16_t *into, vf v) {
  _mm_storeu_si128((__m128i *)(void *)into, _mm256_cvtps_ph((__m256)v, _MM_FROUND_TO_NEAREST_INT));
}

CK_INLINE __m128 fold(vf v) {
  return _mm_add_ps(_mm256_castps256_ps128((__m256)v), _mm256_extractf128_ps((__m256)v, 1));
}

/// into[i] = sum of v[i].
CK_INLINE void reduce_four(const vf v[4], float *into) {
  __m128 a = fold(v[0]), b = fold(v[1]), c = fold(v[2]), d = fold(v[3]);
  _MM_TRANSPOSE4_PS(a, b, c, d);
  _mm_storeu_ps(into, _mm_add_ps(_mm_add_ps(a, c), _mm_add_ps(b, d)));
}

/// The dot products of 8 times 4 elements. Pairs are summed in 16 bits: unsigned weights are under
/// 32, offset ones are taken as magnitudes up to 128, so 2 · 128 · 127 fits.
CK_INLINE __m256i dot_bytes(__m256i weights, __m256i x, int offset) {
  if (offset) {
    weights = _mm256_xor_si256(weights, _mm256_set1_epi8((char)0x80));
    x = _mm256_sign_epi8(x, weights);
    weights = _mm256_abs_epi8(weights);
  }
  return _mm256_madd_epi16(_mm256_maddubs_epi16(weights, x), _mm256_set1_epi16(1));
}

CK_INLINE __m256 scale_lanes(const float *scale, int group) {
  if (group == 32) return _mm256_broadcast_ss(scale);
  return _mm256_set_m128(_mm_broadcast_ss(scale + 1), _mm_broadcast_ss(scale));
}

CK_INLINE __m256i load_chunk(const void *from) { return _mm256_loadu_si256(from); }

CK_INLINE void dot_blocks(const ck_row *rows, const ck_activations *x, size_t token, int tokens,
                          int offset, int group, vf sum[][CK_ROW_TILE]) {
  const size_t padded = x->padded, per_chunk = 32 / (size_t)group;
  const int8_t *q = x->q + token * padded;
  const float *scale = x->scale + token * (padded / 32);
  for (size_t chunk = 0; chunk < padded / 32; chunk++) {
    for (size_t t = 0; t < (size_t)tokens; t++) {
      __m256i bytes = load_chunk(q + t * padded + 32 * chunk);
      __m256 own = _mm256_broadcast_ss(scale + t * (padded / 32) + chunk);
      for (int r = 0; r < CK_ROW_TILE; r++) {
        __m256i weights = load_chunk(rows[r].q + 32 * chunk);
        __m256 dot = _mm256_cvtepi32_ps(dot_bytes(weights, bytes, offset));
        __m256 both = _mm256_mul_ps(scale_lanes(rows[r].scale + per_chunk * chunk, group), own);
        sum[t][r] = (vf)_mm256_fmadd_ps(dot, both, (__m256)sum[t][r]);
      }
    }
  }
}

#include "simd_elementwise.h"
#include "simd_unpack.h"
#include "simd_quantize.h"
#include "simd_multiply.h"

#pragma clang attribute pop

const ck_kernels ck_avx2_kernels = {
  .name = "avx2",
#include "simd_table.h"
  CK_ATTENTION_TABLE(avx2)
  CK_ROWS_TABLE(avx2)
};
#endif
