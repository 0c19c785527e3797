// Shared by the levels of fixed-point arithmetic.
#ifndef CK_FIXED_KERNELS_H
#define CK_FIXED_KERNELS_H

#include "CFixedPoint.h"
#include "kernels.h"

/// The scale of a row of activations whose largest magnitude is `largest`; returns its inverse, 0 for
/// a row of zeros or one that is not finite (`largest` is NaN or infinite then, and so the scale NaN).
CK_INLINE float ck_fixed_scale(float largest, float *scale) {
  if (!(largest <= FLT_MAX)) {
    *scale = NAN;
    return 0;
  }
  int usable = largest > 1e-30f;
  *scale = usable ? largest / CK_FIXED_LIMIT : 0;
  // A hair under, so that rounding cannot pass the limit.
  return usable ? CK_FIXED_LIMIT * 0.9999999f / largest : 0;
}

enum {
  /// Queries whose scores are computed together.
  CK_WHOLE_QUERIES = 4,
  /// Keys and head elements are padded to a multiple of this.
  CK_WHOLE_KEYS = 32,
  /// The largest head.
  CK_WHOLE_DIMENSION = 256
};

#endif
