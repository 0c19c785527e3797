// Rows of logits at the AVX2 level.
#if defined(__x86_64__)
#include "rows.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), \
                             apply_to = function)

#define CK_WIDTH 8
#define CK_LEVEL(NAME) ck_avx2_##NAME
#include "simd_vectors.h"

#include "simd_rows.h"

#pragma clang attribute pop
#endif
