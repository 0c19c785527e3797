// The rows of paths at the AVX2 level: 4 doubles at a time. No FMA: see CPaths.h.
#if defined(__x86_64__)
#include "kernels.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define CK_PATHS_LEVEL 1
#include "paths_body.h"
#pragma clang attribute pop

const ck_paths ck_paths_avx2 = {
  .name = "avx2",
#include "paths_table.h"
};
#endif
