// Vectors of CK_WIDTH floats in clang's vector extension, written once for every SIMD level. The
// including file sets CK_WIDTH and the target of its functions, and defines load_half and
// store_half for its width.
#ifndef CK_WIDTH
#error "the including level sets CK_WIDTH"
#endif

typedef float vf __attribute__((vector_size(CK_WIDTH * 4)));
typedef int32_t vi __attribute__((vector_size(CK_WIDTH * 4)));
typedef double vd __attribute__((vector_size(CK_WIDTH * 8)));
typedef uint16_t vs __attribute__((vector_size(CK_WIDTH * 2)));
typedef uint8_t vb __attribute__((vector_size(CK_WIDTH)));

CK_INLINE vf splat(float value) { return value - (vf){0}; }

CK_INLINE vf load(const float *from) {
  vf v;
  memcpy(&v, from, sizeof v);
  return v;
}

CK_INLINE void store(float *into, vf v) { memcpy(into, &v, sizeof v); }

/// The first n < CK_WIDTH elements, then zeros.
CK_INLINE vf load_part(const float *from, size_t n) {
  vf v = {0};
  memcpy(&v, from, n * sizeof(float));
  return v;
}

CK_INLINE void store_part(float *into, vf v, size_t n) { memcpy(into, &v, n * sizeof(float)); }

CK_INLINE vf choose(vi mask, vf yes, vf no) { return (vf)((mask & (vi)yes) | (~mask & (vi)no)); }

CK_INLINE vf vmax(vf a, vf b) { return choose(a > b, a, b); }

CK_INLINE float reduce_max(vf v) {
  float best = v[0];
  for (int i = 1; i < CK_WIDTH; i++) best = v[i] > best ? v[i] : best;
  return best;
}

CK_INLINE double reduce_sum_double(const vd *v) {
  double sum = 0;
  for (int i = 0; i < CK_WIDTH; i++) sum += (*v)[i];
  return sum;
}

/// exp(x - n ln 2) for |x - n ln 2| <= ln 2 / 2: Cody-Waite reduction and the polynomial of Cephes'
/// expf.
CK_INLINE vf exp_of_rest(vf x, vf n) {
  vf r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  vf p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * (r * r) + r + 1.0f;
}

/// exp to about 2 ulp. Under -87.3 it is 0, over 88.4 infinity; NaN stays NaN.
CK_INLINE vf vexp(vf x) {
  vf clamped = choose(x > 89.0f, splat(89.0f), x);
  clamped = choose(clamped < -88.0f, splat(-88.0f), clamped);
  const float magic = 0x1.8p23f;  // adding it leaves the nearest integer in the low bits
  vf shifted = clamped * 1.44269504f + magic;
  vf n = shifted - magic;
  vf p = exp_of_rest(clamped, n);
  vi power = (((vi)shifted - (vi)splat(magic)) + 127) << 23;
  return choose(x < -87.3f, splat(0), p * (vf)power);
}

CK_INLINE vf vtanh(vf x) { return 1.0f - 2.0f / (vexp(2.0f * x) + 1.0f); }
