import CKernels
import Tensor
import Testing

@Suite("Block formats")
struct QuantizationTests {
  static let stored = ElementType.allCases.filter { $0 != .f32 }

  @Test(
    "Stored blocks have the values the gguf package gives them", arguments: stored, Level.available)
  func dequantized(type: ElementType, level: Level) throws {
    let blocks = try fixture("\(type.name).blocks")
    let expected = try floatFixture("\(type.name).f32")
    let values = guarded(expected.count) { into in
      level.run { Kernels.dequantize(type, blocks, into: into, count: expected.count) }
    }
    // A product and a sum of one rounding each; fused, they round once.
    expectClose(values, expected.map(Double.init), relative: 2e-7, absolute: 2e-10)
  }

  @Test(
    "Quantised blocks are the gguf package's, byte for byte",
    arguments: [ElementType.f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0])
  func quantized(type: ElementType) throws {
    let input = try floatFixture("input.f32")
    let expected = try fixture("\(type.name).blocks")
    var blocks = [UInt8](repeating: 0, count: expected.count)
    blocks.withUnsafeMutableBytes {
      Kernels.quantize(type, input, into: $0.baseAddress!, count: input.count)
    }
    #expect(blocks == expected)
  }

  @Test("Every level dequantises any number of blocks as the scalar level", arguments: stored)
  func levelsAgree(type: ElementType) {
    var random = Random(UInt64(type.rawValue))
    for blocks in [0, 1, 2, 3, 5, 9] {
      let count = blocks * type.blockSize * (type.blockSize == 1 ? 7 : 1)
      let bytes = randomBlocks(type, elements: count, &random)
      let results = Level.available.map { level in
        level.run { guarded(count) { Kernels.dequantize(type, bytes, into: $0, count: count) } }
      }
      for result in results {
        expectClose(result, results[0].map(Double.init), relative: 2e-7, absolute: 2e-10)
      }
    }
  }

  @Test("Every half survives the way to f32 and back", arguments: Level.available)
  func halvesRoundTrip(level: Level) {
    let halves = (0...UInt16.max).filter { !Float16(bitPattern: $0).isNaN }
    let wide = guarded(halves.count) { into in
      level.run { Kernels.fromHalf(halves, into: into, count: halves.count) }
    }
    #expect(
      zip(halves, wide).allSatisfy { Float(Float16(bitPattern: $0)).bitPattern == $1.bitPattern })
    var back = [UInt16](repeating: 0, count: halves.count)
    level.run { Kernels.toHalf(wide, into: &back, count: wide.count) }
    #expect(back == halves)
  }

  @Test("f32 to half rounds to nearest even", arguments: Level.available)
  func halvesRound(level: Level) {
    var random = Random(5)
    var values: [Float] = [
      65504, 65519.99, 65520, 1e10, -.infinity, 0x1p-24, 0x1p-25, 0x1.8p-25, 0,
    ]
    for _ in 0..<50_000 {
      let exponent = UInt32.random(in: 95...145, using: &random)
      values.append(
        Float(bitPattern: UInt32(truncatingIfNeeded: random.next()) & 0x807F_FFFF | exponent << 23))
      // Halfway between two halves.
      values.append(
        Float(
          bitPattern: UInt32(truncatingIfNeeded: random.next()) & 0x807F_E000 | 0x1000 | exponent
            << 23))
    }
    var halves = [UInt16](repeating: 0, count: values.count)
    level.run { Kernels.toHalf(values, into: &halves, count: values.count) }
    #expect(zip(values, halves).allSatisfy { Float16($0).bitPattern == $1 })
    var nan: UInt16 = 0
    level.run { Kernels.toHalf([Float.nan], into: &nan, count: 1) }
    #expect(Float16(bitPattern: nan).isNaN)
  }
}
