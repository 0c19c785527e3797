import Foundation

/// Elementary functions over lanes, within a few units of the last place: libm's take one at a time.
enum FastMath {
  /// eˣ; x is clamped to ±700. Cody–Waite reduction, then the Taylor series to degree 13 on
  /// |r| ≤ ln 2 ÷ 2 (remainder under 5e-18).
  @inline(__always) static func exp(_ x: Lanes) -> Lanes {
    let clamped = smaller(larger(x, Lanes(repeating: -700)), Lanes(repeating: 700))
    let shift = Lanes(repeating: 0x1.8p52)
    let shifted = clamped * 1.442_695_040_888_963_4 + shift
    let n = shifted - shift
    let r = (clamped - n * 6.931_471_803_691_238_164_90e-01) - n * 1.908_214_929_270_587_700_02e-10
    var p = Lanes(repeating: 1.605_904_383_682_161_3e-10)
    p = p * r + 2.087_675_698_786_810e-09
    p = p * r + 2.505_210_838_544_172e-08
    p = p * r + 2.755_731_922_398_589e-07
    p = p * r + 2.755_731_922_398_589_3e-06
    p = p * r + 2.480_158_730_158_730_2e-05
    p = p * r + 1.984_126_984_126_984_1e-04
    p = p * r + 1.388_888_888_888_889e-03
    p = p * r + 8.333_333_333_333_333e-03
    p = p * r + 4.166_666_666_666_666_4e-02
    p = p * r + 1.666_666_666_666_666_6e-01
    p = p * r + 0.5
    p = p * r + 1
    p = p * r + 1
    let bits = unsafeBitCast(shifted, to: SIMD8<UInt64>.self) &<< 52
    return unsafeBitCast(unsafeBitCast(p, to: SIMD8<UInt64>.self) &+ bits, to: Lanes.self)
  }

  /// ln x for x > 0 that is not subnormal: exponent apart, then the series of artanh on
  /// [√½, √2] (remainder under 1e-16).
  @inline(__always) static func log(_ x: Lanes) -> Lanes {
    let bits = unsafeBitCast(x, to: SIMD8<UInt64>.self)
    // Moves [√½, √2) to the same exponent.
    let moved = bits &- 0x3FE6_A09E_667F_3BCD
    let whole = moved &>> 52
    let mantissa = unsafeBitCast(bits &- (whole &<< 52), to: Lanes.self)
    // The exponent as a double, two's complement in 12 bits, by the magic number.
    let biased = (whole &+ 2048) & 0xFFF
    let exponent =
      unsafeBitCast(biased | 0x4330_0000_0000_0000, to: Lanes.self) - (0x1p52 + 2048)
    let s = (mantissa - 1) / (mantissa + 1)
    let z = s * s
    var p = Lanes(repeating: 1.0 / 23)
    p = p * z + 1.0 / 21
    p = p * z + 1.0 / 19
    p = p * z + 1.0 / 17
    p = p * z + 1.0 / 15
    p = p * z + 1.0 / 13
    p = p * z + 1.0 / 11
    p = p * z + 1.0 / 9
    p = p * z + 1.0 / 7
    p = p * z + 1.0 / 5
    p = p * z + 1.0 / 3
    let series = s * 2 + s * 2 * z * p
    return exponent * 6.931_471_803_691_238_164_90e-01
      + (series + exponent * 1.908_214_929_270_587_700_02e-10)
  }

  /// xʸ for x > 0.
  @inline(__always) static func power(_ x: Lanes, _ y: Lanes) -> Lanes { exp(y * log(x)) }
}
