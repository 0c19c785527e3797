import Foundation
import Tensor
import Testing

/// Each kernel against its definition in f64, at every level, over lengths around every vector width.
@Suite("Row kernels")
struct KernelTests {
  static let lengths = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 577]

  /// Values of every size that a model's activations take.
  static func values(_ count: Int, _ random: inout Random) -> [Float] {
    (0..<count).map { i in random.normal() * [1, 0.01, 12, 40][i % 4] }
  }

  /// Checks an in-place kernel with one operand against `definition`.
  static func check(
    _ level: Level, relative: Double, absolute: Double, _ definition: (Double) -> Double,
    _ kernel: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    var random = Random(21)
    for count in lengths {
      let x = values(count, &random)
      let result = level.run { guarded(count, from: x) { kernel($0, count) } }
      expectClose(result, x.map { definition(Double($0)) }, relative: relative, absolute: absolute)
    }
  }

  /// Checks an in-place kernel with two operands.
  static func check(
    _ level: Level, relative: Double, absolute: Double, _ definition: (Double, Double) -> Double,
    _ kernel: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  ) {
    var random = Random(22)
    for count in lengths {
      let x = values(count, &random), u = values(count, &random)
      let result = level.run { guarded(count, from: x) { kernel($0, u, count) } }
      let expected = zip(x, u).map { definition(Double($0), Double($1)) }
      expectClose(result, expected, relative: relative, absolute: absolute)
    }
  }

  static func silu(_ v: Double) -> Double { v / (1 + exp(-v)) }
  static func geluTanh(_ v: Double) -> Double {
    0.5 * v * (1 + tanh((2 / Double.pi).squareRoot() * (v + 0.044715 * v * v * v)))
  }

  @Test("SiLU times up", arguments: Level.available)
  func siluMultiply(level: Level) {
    Self.check(level, relative: 1e-6, absolute: 1e-10, { Self.silu($0) * $1 }) {
      Kernels.siluMultiply(gate: $0, up: $1, count: $2)
    }
  }

  @Test("GELU by tanh", arguments: Level.available)
  func geluTanh(level: Level) {
    Self.check(level, relative: 1e-6, absolute: 3e-7, Self.geluTanh) {
      Kernels.geluTanh($0, count: $1)
    }
    Self.check(level, relative: 1e-6, absolute: 2e-5, { Self.geluTanh($0) * $1 }) {
      Kernels.geluTanhMultiply(gate: $0, up: $1, count: $2)
    }
  }

  @Test("GELU by erf", arguments: Level.available)
  func gelu(level: Level) {
    let definition = { (v: Double) in 0.5 * v * erfc(-v / 2.0.squareRoot()) }
    Self.check(level, relative: 1e-6, absolute: 3e-7, definition) { Kernels.gelu($0, count: $1) }
  }

  @Test("Adding and scaling", arguments: Level.available)
  func addAndScale(level: Level) {
    Self.check(level, relative: 1e-7, absolute: 0, { $0 + $1 }) {
      Kernels.add($1, into: $0, count: $2)
    }
    Self.check(level, relative: 1e-7, absolute: 0, { $0 * 0.375 }) {
      Kernels.scale($0, by: 0.375, count: $1)
    }
  }

  @Test("Soft cap", arguments: Level.available)
  func softCap(level: Level) {
    Self.check(level, relative: 1e-6, absolute: 3e-6, { 20 * tanh($0 / 20) }) {
      Kernels.softCap($0, cap: 20, count: $1)
    }
  }

  @Test(
    "Activations at the ends of the range stay finite or become zero", arguments: Level.available)
  func activationEnds(level: Level) {
    let x: [Float] = [-1e30, -200, -88, -87.4, 87.4, 88, 89, 200, 1e30, -0.0, 0, -1e-30, 1e-30]
    let ones = [Float](repeating: 1, count: x.count)
    let expected = x.map { $0 > 1 ? Double($0) : $0 < -1 ? 0 : Double($0) / 2 }
    for kernel in [Kernels.geluTanh, Kernels.gelu] {
      let result = level.run { guarded(x.count, from: x) { kernel($0, x.count) } }
      expectClose(result, expected, relative: 1e-6, absolute: 1e-30)
    }
    let silu = level.run {
      guarded(x.count, from: x) { Kernels.siluMultiply(gate: $0, up: ones, count: x.count) }
    }
    expectClose(silu, expected, relative: 1e-6, absolute: 1e-30)
  }

  @Test("NaN stays NaN", arguments: Level.available)
  func notANumber(level: Level) {
    let x = [Float](repeating: .nan, count: 19), ones = [Float](repeating: 1, count: 19)
    level.run {
      #expect(guarded(19, from: x) { Kernels.geluTanh($0, count: 19) }.allSatisfy { $0.isNaN })
      #expect(guarded(19, from: x) { Kernels.gelu($0, count: 19) }.allSatisfy { $0.isNaN })
      #expect(
        guarded(19, from: x) { Kernels.siluMultiply(gate: $0, up: ones, count: 19) }
          .allSatisfy { $0.isNaN })
      var one = ones
      one[4] = .nan
      #expect(guarded(19, from: one) { Kernels.softmax($0, count: 19) }.allSatisfy { $0.isNaN })
    }
  }

  @Test("RMS norm", arguments: Level.available)
  func rmsNorm(level: Level) {
    var random = Random(23)
    for count in Self.lengths.dropFirst() {
      let x = Self.values(count, &random), weight = random.normals(count)
      let mean = x.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
      let expected = zip(x, weight).map { Double($0) * Double($1) / (mean + 1e-5).squareRoot() }
      level.run {
        let apart = guarded(count) {
          Kernels.rmsNorm(x, weight: weight, epsilon: 1e-5, count: count, into: $0)
        }
        let inPlace = guarded(count, from: x) {
          Kernels.rmsNorm($0, weight: weight, epsilon: 1e-5, count: count, into: $0)
        }
        expectClose(apart, expected, relative: 4e-7, absolute: 0)
        #expect(apart == inPlace)
      }
    }
  }

  @Test("Layer norm, with and without bias, far from zero too", arguments: Level.available)
  func layerNorm(level: Level) {
    var random = Random(24)
    for count in Self.lengths.dropFirst(2) {
      for shift in [0, 1000] as [Float] {
        let x = random.normals(count).map { $0 + shift }
        let weight = random.normals(count), bias = random.normals(count)
        let mean = x.reduce(0.0) { $0 + Double($1) } / Double(count)
        let variance =
          x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
        let factor = 1 / (variance + 1e-5).squareRoot()
        let plain = zip(x, weight).map { (Double($0) - mean) * factor * Double($1) }
        level.run {
          let without = guarded(count) {
            Kernels.layerNorm(x, weight: weight, bias: nil, epsilon: 1e-5, count: count, into: $0)
          }
          let with = guarded(count, from: x) {
            Kernels.layerNorm($0, weight: weight, bias: bias, epsilon: 1e-5, count: count, into: $0)
          }
          expectClose(without, plain, relative: 1e-6, absolute: 1e-9)
          expectClose(
            with, zip(plain, bias).map { $0 + Double($1) }, relative: 1e-6, absolute: 1e-6)
        }
      }
    }
  }

  @Test("Softmax: of any size of logits, masked ones exactly zero", arguments: Level.available)
  func softmax(level: Level) {
    var random = Random(25)
    for count in Self.lengths.dropFirst() + [5000] {
      for size in [1, 30, 3000] as [Float] {
        var x = random.normals(count).map { $0 * size }
        if count > 2 { x[1] = -.infinity }
        // Differences are rounded to f32 by definition: far logits' errors would hide the rest.
        let largest = x.max()!
        let powers = x.map { exp(Double($0 - largest)) }
        let sum = powers.reduce(0, +)
        let result = level.run { guarded(count, from: x) { Kernels.softmax($0, count: count) } }
        expectClose(result, powers.map { $0 / sum }, relative: 1e-6, absolute: 1e-37)
        if count > 2 { #expect(result[1] == 0) }
      }
    }
    #expect(level.run { guarded(0) { Kernels.softmax($0, count: 0) } }.isEmpty)
  }

  @Test(
    "Rotary embedding turns pairs by their angles and leaves the rest",
    arguments: [RopeStyle.halves, .pairs],
    Level.available)
  func rope(style: RopeStyle, level: Level) {
    var random = Random(26)
    for (heads, dimension, rotated) in [
      (1, 2, 2), (3, 64, 64), (2, 80, 20), (5, 34, 34), (0, 8, 8), (2, 6, 0),
    ] {
      let x = random.normals(heads * dimension)
      let angles = (0..<rotated / 2).map { _ in Double.random(in: -10...10, using: &random) }
      let cosines = angles.map { Float(cos($0)) }, sines = angles.map { Float(sin($0)) }
      var expected = x.map(Double.init)
      for head in 0..<heads {
        for i in 0..<rotated / 2 {
          let start = head * dimension
          let a = start + (style == .pairs ? 2 * i : i)
          let b = style == .pairs ? a + 1 : a + rotated / 2
          let c = Double(cosines[i]), s = Double(sines[i])
          expected[a] = Double(x[a]) * c - Double(x[b]) * s
          expected[b] = Double(x[a]) * s + Double(x[b]) * c
        }
      }
      let result = level.run {
        guarded(x.count, from: x) {
          Kernels.rope(
            $0, heads: heads, headDimension: dimension, rotated: rotated, cos: cosines, sin: sines,
            style: style)
        }
      }
      expectClose(result, expected, relative: 1e-7, absolute: 5e-7)
    }
  }
}
