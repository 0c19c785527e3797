// Attention at the AVX-512 level: a page's positions are one register.
#if defined(__x86_64__)
#include "attention.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl"))), \
                             apply_to = function)

#define CK_WIDTH 16
#define CK_LEVEL(NAME) ck_avx512_##NAME
// 6 vectors of 4 registers each, 4 of keys or values and one of the query: 29 of 32.
#define ATTENTION_TILE 6
#define SCORE_VECTORS 4
#define VALUE_VECTORS 4
#include "simd_vectors.h"

CK_INLINE vf load_half(const uint16_t *from) {
  return (vf)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)from));
}

CK_INLINE void store_half(uint16_t *into, vf v) {
  _mm256_storeu_si256((__m256i *)(void *)into,
                      _mm512_cvtps_ph((__m512)v, _MM_FROUND_TO_NEAREST_INT));
}

#include "simd_attention.h"
#include "simd_cache.h"

#pragma clang attribute pop
#endif
