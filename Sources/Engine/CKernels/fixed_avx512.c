// Fixed-point products at the AVX-512 level: tiles of 12 rows and 32 columns, 16-bit dot products.
#if defined(__x86_64__)
#include "fixed_kernels.h"

#include <immintrin.h>

#pragma clang attribute push(                                                              \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512vnni"))), \
    apply_to = function)

#define CK_WIDTH 16
enum { FIXED_ROWS = 12, FIXED_PANELS = 2, FIXED_PER_PANEL = 1, FIXED_VECTORS = 2 };
#include "simd_vectors.h"

CK_INLINE vf fused(vf a, vf b, vf c) {
  return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}

CK_INLINE void store_words(int16_t *into, vf v) {
  __m512i whole = _mm512_cvtps_epi32((__m512)v);
  _mm256_storeu_si256((__m256i *)(void *)into, _mm512_cvtepi32_epi16(whole));
}

/// sum[r][p] = the products of row r with panel p over `pairs` pairs of columns.
CK_INLINE void fixed_dots(const int16_t *x, size_t stride, int rows, const int16_t *w,
                          size_t panel, int panels, size_t pairs, vi sum[][FIXED_VECTORS]) {
  for (int r = 0; r < rows; r++) {
    for (int p = 0; p < panels; p++) sum[r][p] = (vi){0};
  }
  for (size_t k = 0; k < pairs; k++) {
    __m512i weights[FIXED_PANELS];
    for (int p = 0; p < panels; p++) {
      weights[p] = _mm512_loadu_si512(w + (size_t)p * panel + 32 * k);
    }
    for (int r = 0; r < rows; r++) {
      int32_t pair;
      memcpy(&pair, x + (size_t)r * stride + 2 * k, sizeof pair);
      __m512i own = _mm512_set1_epi32(pair);
      // Kept in a register: folded into both products, it would be loaded twice.
      __asm__("" : "+v"(own));
      for (int p = 0; p < panels; p++) {
        sum[r][p] = (vi)_mm512_dpwssd_epi32((__m512i)sum[r][p], own, weights[p]);
      }
    }
  }
}

#include "fixed_body.h"

#pragma clang attribute pop

const ck_fixed_kernels ck_fixed_avx512 = {
  .name = "avx512", .quantize = quantize, .multiply = multiply, .attend = attend};
#endif
