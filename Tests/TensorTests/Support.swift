import CKernels
import Foundation
import Tensor
import Testing

/// An instruction-set level this machine can run.
struct Level: CustomTestStringConvertible, Sendable {
  let number: Int32

  static let available = (0...ck_best_level()).map { Level(number: $0) }

  var testDescription: String { ["scalar", "avx2", "avx512"][Int(number)] }

  /// Runs `body` with this level's kernels, on this thread and the pools it uses.
  func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    precondition(ck_force_level(number) == 0)
    defer { _ = ck_force_level(-1) }
    return try body()
  }
}

/// SplitMix64: small, seeded, the same everywhere.
struct Random: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Roughly normal: the sum of four uniforms.
  mutating func normal() -> Float {
    (0..<4).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &self) } * 0.87
  }

  mutating func normals(_ count: Int) -> [Float] { (0..<count).map { _ in normal() } }
}

/// Bytes of `type` that hold sane values: quantised normals, or for K types random blocks with small
/// scales.
func randomBlocks(_ type: ElementType, elements: Int, _ random: inout Random) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: type.byteCount(elements: elements)!)
  let scaleOffsets: [Int]
  switch type {
  case .q4_K, .q5_K: scaleOffsets = [0, 2]
  case .q6_K: scaleOffsets = [208]
  default:
    let values = random.normals(elements)
    bytes.withUnsafeMutableBytes { into in
      guard let base = into.baseAddress else { return }
      Kernels.quantize(type, values, into: base, count: elements)
    }
    return bytes
  }
  for i in bytes.indices { bytes[i] = UInt8.random(in: 0...255, using: &random) }
  for block in stride(from: 0, to: bytes.count, by: type.bytesPerBlock) {
    for offset in scaleOffsets {
      let bits = Float16(random.normal() * 0.01).bitPattern
      bytes[block + offset] = UInt8(bits & 255)
      bytes[block + offset + 1] = UInt8(bits >> 8)
    }
  }
  return bytes
}

func matrix(
  _ type: ElementType, rows: Int, columns: Int, _ random: inout Random
) throws
  -> WeightMatrix
{
  let size = type.byteCount(elements: rows * columns)!
  let box = OwnedBytes(randomBlocks(type, elements: rows * columns, &random))
  return try WeightMatrix(
    type: type, rows: rows, columns: columns,
    bytes: UnsafeRawBufferPointer(rebasing: box.buffer[..<size]), owner: box)
}

/// Bytes at a fixed address.
final class OwnedBytes: @unchecked Sendable {
  let buffer: UnsafeMutableRawBufferPointer

  init(_ bytes: [UInt8]) {
    buffer = .allocate(byteCount: max(bytes.count, 1), alignment: 64)
    buffer.copyBytes(from: bytes)
  }

  deinit { buffer.deallocate() }
}

func fixture(_ name: String) throws -> [UInt8] {
  let file = Bundle.module.bundleURL.appending(path: "Fixtures/\(name)")
  return [UInt8](try Data(contentsOf: file))
}

func floatFixture(_ name: String) throws -> [Float] {
  try fixture(name).withUnsafeBytes { bytes in
    stride(from: 0, to: bytes.count, by: 4).map {
      Float(
        bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
    }
  }
}

/// A result of `count` floats with sentinels behind it, which `compute` must leave alone.
func guarded(
  _ count: Int, from initial: [Float] = [], _ compute: (UnsafeMutablePointer<Float>) -> Void
)
  -> [Float]
{
  let sentinel = Float(bitPattern: 0x7FC0_1234), margin = 32
  var memory = [Float](repeating: 0, count: count) + [Float](repeating: sentinel, count: margin)
  for (i, value) in initial.enumerated() { memory[i] = value }
  memory.withUnsafeMutableBufferPointer { compute($0.baseAddress!) }
  let intact = memory[count...].allSatisfy { $0.bitPattern == sentinel.bitPattern }
  precondition(intact, "a kernel wrote past its \(count) results")
  return Array(memory[..<count])
}

/// Every value within relative · |expected| + absolute of what is expected; shows the first that is
/// not. One expectation a row: they are slow.
func expectClose(
  _ values: [Float], _ expected: [Double], relative: Double, absolute: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(values.count == expected.count, sourceLocation: sourceLocation)
  let bad = zip(values, expected).enumerated().first { _, pair in
    !(abs(Double(pair.0) - pair.1) <= relative * abs(pair.1) + absolute)
  }
  #expect(
    bad == nil, "element \(bad?.offset ?? 0) is \(bad?.element.0 ?? 0), not \(bad?.element.1 ?? 0)",
    sourceLocation: sourceLocation)
}
