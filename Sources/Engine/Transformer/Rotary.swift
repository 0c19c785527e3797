#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Rotary position embedding: which elements of a head turn, and how fast.
/// Source: Su et al., RoFormer (arXiv 2104.09864).
package struct Rotary: Sendable, Equatable {
  package enum Style: Sendable, Equatable {
    /// Element i turns with element i + dimension / 2.
    case halves
    /// Element 2i turns with element 2i + 1.
    case pairs
  }

  package enum Scaling: Sendable, Equatable {
    case none
    /// Positions divided by a factor.
    case linear(Double)
    /// Each frequency divided by a factor of its own: `rope_freqs` of Llama 3, [dimension / 2].
    case factors([Float])
    case yarn(Yarn)
  }

  /// Source: Peng et al., YaRN (arXiv 2309.00071).
  package struct Yarn: Sendable, Equatable {
    package var factor: Double
    /// Longest sequence before the extension, tokens.
    package var originalContext: Int
    package var betaFast = 32.0
    package var betaSlow = 1.0
    /// Factor on cosines and sines; nil is 0.1 · ln(factor) + 1.
    package var magnitude: Double?

    /// Multiplies the factor on cosines and sines.
    mutating func scaleMagnitude(by scale: Double) {
      magnitude = scale * (magnitude ?? 0.1 * log(factor) + 1)
    }
  }

  /// How many leading elements of a head turn; even.
  package var dimension: Int
  package var style: Style
  package var base: Double
  package var scaling = Scaling.none
  /// The base in windowed layers, which are never scaled; nil is as in the others.
  package var windowBase: Double?

  /// Angles per position, radians, [dimension / 2], and the factor on cosines and sines.
  func frequencies() -> (angles: [Double], magnitude: Double) {
    let plain = Self.plain(base, dimension)
    switch scaling {
    case .none: return (plain, 1)
    case .linear(let factor): return (plain.map { $0 / factor }, 1)
    case .factors(let factors): return (zip(plain, factors).map { $0 / Double($1) }, 1)
    case .yarn(let yarn):
      return (
        yarn.scaled(plain, base: base), yarn.magnitude ?? 0.1 * log(yarn.factor) + 1
      )
    }
  }

  /// As ``frequencies()``, for windowed layers.
  func windowFrequencies() -> (angles: [Double], magnitude: Double) {
    windowBase.map { (Self.plain($0, dimension), 1) } ?? frequencies()
  }

  private static func plain(_ base: Double, _ dimension: Int) -> [Double] {
    (0..<dimension / 2).map { pow(base, -2 * Double($0) / Double(dimension)) }
  }
}

extension Rotary.Yarn {
  /// Divides slow frequencies by the factor, keeps fast ones, and blends between.
  fileprivate func scaled(_ plain: [Double], base: Double) -> [Double] {
    let dimension = Double(2 * plain.count)
    func index(turns: Double) -> Double {
      dimension * log(Double(originalContext) / (turns * 2 * .pi)) / (2 * log(base))
    }
    let low = max(index(turns: betaFast).rounded(.down), 0)
    let high = min(index(turns: betaSlow).rounded(.up), dimension - 1)
    return plain.enumerated().map { number, angle in
      let ramp = (Double(number) - low) / max(high - low, 0.001)
      let slow = min(max(ramp, 0), 1)
      return angle / factor * slow + angle * (1 - slow)
    }
  }
}

extension Rotary.Scaling {
  /// Llama 3's scaling as factors per frequency: slow ones are divided by `factor`, fast ones kept.
  /// Source: `_compute_llama3_parameters` of Hugging Face transformers.
  static func llama3(
    factor: Double, low: Double, high: Double, originalContext: Int, base: Double, dimension: Int
  ) -> Rotary.Scaling {
    let context = Double(originalContext)
    let factors = (0..<dimension / 2).map { number -> Float in
      let wavelength = 2 * .pi * pow(base, 2 * Double(number) / Double(dimension))
      if wavelength < context / high { return 1 }
      if wavelength > context / low { return Float(factor) }
      let smooth = (context / wavelength - low) / (high - low)
      return Float(1 / ((1 - smooth) / factor + smooth))
    }
    return .factors(factors)
  }
}
