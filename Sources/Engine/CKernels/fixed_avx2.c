// Fixed-point products at the AVX2 level: tiles of 6 rows and 16 columns, products of pairs.
#if defined(__x86_64__)
#include "fixed_kernels.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define CK_WIDTH 8
enum { FIXED_ROWS = 6, FIXED_PANELS = 1, FIXED_PER_PANEL = 2, FIXED_VECTORS = 2 };
#include "simd_vectors.h"

CK_INLINE vf fused(vf a, vf b, vf c) {
  return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}

CK_INLINE void store_words(int16_t *into, vf v) {
  __m256i whole = _mm256_cvtps_epi32((__m256)v);
  __m128i low = _mm256_castsi256_si128(whole), high = _mm256_extracti128_si256(whole, 1);
  _mm_storeu_si128((__m128i *)(void *)into, _mm_packs_epi32(low, high));
}

/// sum[r][v] = the products of row r with half v of a panel over `pairs` pairs of columns.
CK_INLINE void fixed_dots(const int16_t *x, size_t stride, int rows, const int16_t *w,
                          size_t panel, int panels, size_t pairs, vi sum[][FIXED_VECTORS]) {
  (void)panel;
  (void)panels;
  for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = (vi){0};
  for (size_t k = 0; k < pairs; k++) {
    const __m256i *at = (const __m256i *)(const void *)(w + 32 * k);
    __m256i low = _mm256_loadu_si256(at), high = _mm256_loadu_si256(at + 1);
    for (int r = 0; r < rows; r++) {
      int32_t pair;
      memcpy(&pair, x + (size_t)r * stride + 2 * k, sizeof pair);
      __m256i own = _mm256_set1_epi32(pair);
      sum[r][0] += (vi)_mm256_madd_epi16(own, low);
      sum[r][1] += (vi)_mm256_madd_epi16(own, high);
    }
  }
}

#include "fixed_body.h"

#pragma clang attribute pop

const ck_fixed_kernels ck_fixed_avx2 = {
  .name = "avx2", .quantize = quantize, .multiply = multiply, .attend = attend};
#endif
