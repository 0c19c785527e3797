// Vectors of 8 doubles in clang's vector extension and the functions of one vector, written once
// for every level. The including file sets CK_PATHS_LEVEL and the target of its functions.
#pragma STDC FP_CONTRACT OFF
// All functions of vectors are inlined: no vector crosses a call.
#pragma clang diagnostic ignored "-Wpsabi"

typedef double d8 __attribute__((vector_size(64)));
typedef int64_t s8 __attribute__((vector_size(64)));
typedef uint64_t w8 __attribute__((vector_size(64)));
typedef int32_t i8 __attribute__((vector_size(32)));

CK_INLINE d8 splat(double value) { return value - (d8){0}; }
CK_INLINE d8 load(const double *from) {
  d8 v;
  memcpy(&v, from, sizeof v);
  return v;
}
CK_INLINE void store(double *into, d8 v) { memcpy(into, &v, sizeof v); }
CK_INLINE w8 load_bits(const uint64_t *from) {
  w8 v;
  memcpy(&v, from, sizeof v);
  return v;
}
CK_INLINE void store_bits(uint64_t *into, w8 v) { memcpy(into, &v, sizeof v); }

CK_INLINE d8 pick(s8 mask, d8 yes, d8 no) {
  return (d8)((mask & (s8)yes) | (~mask & (s8)no));
}
CK_INLINE d8 least(d8 a, d8 b) { return pick(a < b, a, b); }
CK_INLINE d8 most(d8 a, d8 b) { return pick(a > b, a, b); }

/// Is some lane's mask set?
CK_INLINE int any(s8 mask) {
#if CK_PATHS_LEVEL == 2
  return _mm512_movepi64_mask((__m512i)mask) != 0;
#elif CK_PATHS_LEVEL == 1
  __m256i halves[2];
  memcpy(halves, &mask, sizeof mask);
  return _mm256_movemask_pd((__m256d)_mm256_or_si256(halves[0], halves[1])) != 0;
#else
  int64_t all = 0;
  for (int i = 0; i < 8; i++) all |= mask[i];
  return all != 0;
#endif
}

/// The lanes whose mask is set go to `into`, side by side; up to 8 places beyond them are scratch.
/// Returns how many.
CK_INLINE size_t pack(s8 mask, d8 value, double *into) {
#if CK_PATHS_LEVEL == 2
  __mmask8 bits = _mm512_movepi64_mask((__m512i)mask);
  _mm512_storeu_pd(into, _mm512_maskz_compress_pd(bits, (__m512d)value));
  return (size_t)__builtin_popcount(bits);
#else
  size_t number = 0;
  for (int i = 0; i < 8; i++) {
    into[number] = value[i];
    number += (size_t)(mask[i] & 1);
  }
  return number;
#endif
}

CK_INLINE d8 root(d8 x) {
#if CK_PATHS_LEVEL == 2
  return (d8)_mm512_sqrt_pd((__m512d)x);
#else
  d8 y;
  for (int i = 0; i < 8; i++) y[i] = __builtin_sqrt(x[i]);
  return y;
#endif
}

/// Rounded down, for 0 <= x < 2^51.
CK_INLINE d8 whole(d8 x) {
  d8 near = (x + 0x1p52) - 0x1p52;
  return near - pick(near > x, splat(1), splat(0));
}

/// Four neighbours from each lane's index on: t[k][lane] = from[index[lane] + k].
CK_INLINE void four(const double *from, s8 index, d8 t[4]) {
#if CK_PATHS_LEVEL == 2
  const double *at[8];
  for (int i = 0; i < 8; i++) at[i] = from + index[i];
  // Rows of lanes i and i + 4 side by side, then a transposition of 4 by 4 in both halves.
  __m512d pair[4];
  for (int i = 0; i < 4; i++) {
    pair[i] = _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(at[i])),
                                 _mm256_loadu_pd(at[i + 4]), 1);
  }
  __m512d low0 = _mm512_unpacklo_pd(pair[0], pair[1]), high0 = _mm512_unpackhi_pd(pair[0], pair[1]);
  __m512d low1 = _mm512_unpacklo_pd(pair[2], pair[3]), high1 = _mm512_unpackhi_pd(pair[2], pair[3]);
  const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const __m512i odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  t[0] = (d8)_mm512_permutex2var_pd(low0, even, low1);
  t[1] = (d8)_mm512_permutex2var_pd(high0, even, high1);
  t[2] = (d8)_mm512_permutex2var_pd(low0, odd, low1);
  t[3] = (d8)_mm512_permutex2var_pd(high0, odd, high1);
#else
  for (int i = 0; i < 8; i++) {
    const double *row = from + index[i];
    for (int k = 0; k < 4; k++) t[k][i] = row[k];
  }
#endif
}

// Random bits ---------------------------------------------------------------------------------

CK_INLINE w8 mix(w8 word) {
  word += 0x9e3779b97f4a7c15u;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

CK_INLINE w8 states(uint64_t state, uint64_t stride) {
  const w8 lane = {0, 1, 2, 3, 4, 5, 6, 7};
  return state + lane * stride;
}

/// A whole number below 2^52 as a double.
CK_INLINE d8 number(w8 bits) { return (d8)(bits | 0x4330000000000000u) - 0x1p52; }

CK_INLINE d8 unit(w8 bits) { return (number(bits >> 12) + 0.5) * 0x1p-52; }

CK_INLINE d8 score(const double *table, w8 bits) {
  s8 upper = (s8)bits < 0;
  w8 tail = (bits ^ (w8)upper) >> 11;
  w8 u = (w8)((number(tail) + 0.5) * 0x1p-53);
  // Sixteen cells an octave: the exponent and four more bits.
  s8 cell = (s8)(u >> 48) - (int64_t)(969 << 4);
  d8 t = (d8)(((u & 0xFFFFFFFFFFFFu) << 4) | 0x3FF0000000000000u) - 1.0;
  d8 c[4];
  four(table, cell * 4, c);
  d8 z = ((c[3] * t + c[2]) * t + c[1]) * t + c[0];
  return (d8)((w8)z ^ ((w8)upper & 0x8000000000000000u));
}

// Elementary functions ------------------------------------------------------------------------

/// e^x; x is clamped to +-700. Cody-Waite reduction, then the Taylor series to degree 13 on
/// |r| <= ln 2 / 2 (remainder under 5e-18).
CK_INLINE d8 exponent(d8 x) {
  d8 clamped = least(most(x, splat(-700)), splat(700));
  const double magic = 0x1.8p52;
  d8 shifted = clamped * 1.4426950408889634 + magic;
  d8 n = shifted - magic;
  d8 r = (clamped - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  d8 p = splat(1.6059043836821613e-10);
  p = p * r + 2.087675698786810e-09;
  p = p * r + 2.505210838544172e-08;
  p = p * r + 2.755731922398589e-07;
  p = p * r + 2.7557319223985893e-06;
  p = p * r + 2.4801587301587302e-05;
  p = p * r + 1.9841269841269841e-04;
  p = p * r + 1.388888888888889e-03;
  p = p * r + 8.333333333333333e-03;
  p = p * r + 4.1666666666666664e-02;
  p = p * r + 1.6666666666666666e-01;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return (d8)((w8)p + ((w8)shifted << 52));
}

/// ln x for x > 0 that is not subnormal: exponent apart, then the series of artanh on
/// [sqrt 1/2, sqrt 2] (remainder under 1e-16).
CK_INLINE d8 ln(d8 x) {
  w8 bits = (w8)x;
  w8 times = (bits - 0x3FE6A09E667F3BCDu) >> 52;
  d8 mantissa = (d8)(bits - (times << 52));
  d8 power = (d8)(((times + 2048) & 0xFFF) | 0x4330000000000000u) - (0x1p52 + 2048);
  d8 s = (mantissa - 1.0) / (mantissa + 1.0);
  d8 z = s * s;
  d8 p = splat(1.0 / 23);
  p = p * z + 1.0 / 21;
  p = p * z + 1.0 / 19;
  p = p * z + 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  d8 series = s * 2.0 + s * 2.0 * z * p;
  return power * 6.93147180369123816490e-01 + (series + power * 1.90821492927058770002e-10);
}
