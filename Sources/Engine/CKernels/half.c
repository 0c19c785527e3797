// IEEE binary16 in integer arithmetic, round to nearest even: the specification of every level.
#include "kernels.h"

float ck_half_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 31, fraction = half & 1023, bits;
  if (exponent == 31) {
    bits = sign | 0x7F800000 | fraction << 13 | (fraction ? 0x400000 : 0);
  } else if (exponent) {
    bits = sign | (exponent + 112) << 23 | fraction << 13;
  } else {
    float small = (float)fraction * 0x1p-24f;
    memcpy(&bits, &small, sizeof bits);
    bits |= sign;
  }
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

uint16_t ck_float_to_half(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
  uint32_t magnitude = bits & 0x7FFFFFFF;
  if (magnitude > 0x7F800000) return sign | 0x7E00 | (uint16_t)(magnitude >> 13 & 1023);
  if (magnitude >= 0x477FF000) return sign | 0x7C00;  // 65520 and more round to infinity
  if (magnitude < 0x38800000) {                       // subnormal: let the adder round
    float positive, half_ulp = 0.5f;
    memcpy(&positive, &magnitude, sizeof positive);
    positive += half_ulp;  // the last bit of 0.5 is worth 2^-24
    memcpy(&bits, &positive, sizeof bits);
    return sign | (uint16_t)(bits - 0x3F000000);
  }
  uint32_t odd = magnitude >> 13 & 1;
  return sign | (uint16_t)((magnitude - 0x38000000 + 0xFFF + odd) >> 13);
}
