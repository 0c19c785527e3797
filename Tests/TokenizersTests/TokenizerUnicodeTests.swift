import Foundation
import Testing

@testable import Tokenizers

@Suite struct TokenizerUnicodeTests {
  @Test("the class table agrees with the standard library on every scalar")
  func classes() {
    let table = UnicodeClasses.shared
    for value: UInt32 in 0...0x10FFFF {
      let found = table[value]
      guard let properties = Unicode.Scalar(value)?.properties else {
        #expect(found == 0)
        continue
      }
      let category = properties.generalCategory
      let isLetter =
        switch category {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
          true
        default: false
        }
      let isNumber =
        category == .decimalNumber || category == .letterNumber || category == .otherNumber
      let agrees =
        isLetter == (found & UnicodeClasses.letter != 0)
        && isNumber == (found & UnicodeClasses.number != 0)
        && properties.isWhitespace == (found & UnicodeClasses.space != 0)
      if !agrees { Issue.record("U+\(String(value, radix: 16)): \(category), table \(found)") }
    }
    #expect(table.classes.count < 100_000)
  }

  @Test("text that the quick look passes is unchanged by composition")
  func quickLook() {
    func mayChange(_ text: String) -> Bool {
      Array(text.utf8).withUnsafeBufferPointer { Composition.mayChange($0) }
    }
    for value: UInt32 in 0...0x2FFFF {
      if (0xAC00..<0xD800).contains(value) || (0x3400..<0xA000).contains(value) { continue }
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = String(Character(scalar))
      let passed = !mayChange(text)
      // No passed scalar composes with what stands before it: none ends a decomposition.
      let parts = text.decomposedStringWithCanonicalMapping.unicodeScalars
      let changes = passed && parts.count == 1 && parts.first != scalar
      let trailing = parts.dropFirst().filter { !mayChange(String(Character($0))) }
      if changes || !trailing.isEmpty { Issue.record("U+\(String(value, radix: 16))") }
      if passed, scalar.properties.canonicalCombiningClass != .notReordered {
        Issue.record("U+\(String(value, radix: 16)) combines")
      }
    }
    #expect(mayChange("e\u{301}"))
    #expect(!mayChange("é 今天天气，“很好”😀"))
  }

  @Test("each byte has a spelling of its own, and every spelling reads back")
  func byteSpelling() {
    var seen: Set<String> = []
    for byte in UInt8.min...UInt8.max {
      var piece = ByteSpelling.piece(byte)
      seen.insert(piece)
      var bytes: [UInt8] = []
      #expect(piece.withUTF8 { ByteSpelling.decode($0, into: &bytes) })
      #expect(bytes == [byte])
    }
    #expect(seen.count == 256)
    #expect(ByteSpelling.piece(0x20) == "Ġ")
    #expect(ByteSpelling.piece(0x0A) == "Ċ")
  }
}
