import Testing

@testable import ModelFiles

@Suite("UTF-8 of files")
struct UTF8TextTests {
  private func isValid(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { UTF8Text.isValid($0) } }

  @Test("Two bytes, and what they begin, are as valid as the standard library says")
  func beginnings() {
    let rests: [[UInt8]] = [
      [], [0x80], [0xBF, 0x80], [0x80, 0x41], [0x80, 0xBF, 0x80], [0xC3, 0xA4],
    ]
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        for rest in rests {
          let bytes = [first, second] + rest
          #expect(isValid(bytes) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
      }
    }
  }

  @Test("A fault is found wherever it lies among ASCII", arguments: 0..<24)
  func places(place: Int) {
    var bytes = [UInt8](repeating: 0x61, count: 24)
    #expect(isValid(bytes))
    bytes[place] = 0x80
    #expect(!isValid(bytes))
    bytes.replaceSubrange(place...place, with: "好".utf8)
    #expect(isValid(bytes))
  }
}
