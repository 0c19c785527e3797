/// The Unicode classes that pre-tokenizer patterns ask for, in a two-stage table: a class costs two
/// loads instead of a search in the standard library's property data.
///
/// Built once, on first use, from `Unicode.Scalar.Properties`; blocks of 256 scalars that are alike
/// share their bytes, so the whole table stays around 50 KB.
struct UnicodeClasses: Sendable {
  static let letter: UInt8 = 1  // \p{L}
  static let number: UInt8 = 2  // \p{N}
  static let space: UInt8 = 4  // \s, White_Space
  static let mark: UInt8 = 8  // \p{M}
  static let punctuation: UInt8 = 16  // \p{P}
  static let symbol: UInt8 = 32  // \p{S}

  static let shared = UnicodeClasses()

  /// Block number of each 256 scalars; block 0 is the first, so ASCII needs no first stage.
  let blocks: [UInt16]
  let classes: [UInt8]

  private init() {
    var blocks: [UInt16] = []
    var classes: [UInt8] = []
    var known: [[UInt8]: UInt16] = [:]
    for block in 0..<0x1100 {
      let content = Self.block(block)
      if let same = known[content] {
        blocks.append(same)
      } else {
        let number = UInt16(known.count)
        known[content] = number
        blocks.append(number)
        classes.append(contentsOf: content)
      }
    }
    self.blocks = blocks
    self.classes = classes
  }

  @inline(__always)
  subscript(scalar: UInt32) -> UInt8 {
    classes[Int(blocks[Int(scalar >> 8)]) << 8 | Int(scalar & 255)]
  }

  private static func block(_ block: Int) -> [UInt8] {
    let first = UInt32(block) << 8
    // Whole blocks of one class, and planes with nothing assigned: not asked scalar by scalar.
    switch first {
    case 0x4E00..<0x9F00, 0xAC00..<0xD700, 0x20000..<0x2A600:
      return [UInt8](repeating: letter, count: 256)
    case 0x40000..<0xE0000, 0xE1000..., 0xD800..<0xF900:
      return [UInt8](repeating: 0, count: 256)
    default:
      return (first..<first + 256).map { scalar in
        Unicode.Scalar(scalar).map(self.class) ?? 0
      }
    }
  }

  private static func `class`(_ scalar: Unicode.Scalar) -> UInt8 {
    let properties = scalar.properties
    let space = properties.isWhitespace ? self.space : 0
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return letter | space
    case .decimalNumber, .letterNumber, .otherNumber: return number | space
    case .nonspacingMark, .spacingMark, .enclosingMark: return mark | space
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return punctuation | space
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: return symbol | space
    default: return space
    }
  }
}

/// The scalar at `index` of valid UTF-8, and its length in bytes. A sequence cut short by the end
/// counts as one byte, so that no caller can run past the buffer.
@inline(__always)
func scalar(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: UInt32, length: Int) {
  let first = UInt32(text[index])
  if first < 0x80 { return (first, 1) }
  let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  guard index + length <= text.count else { return (0xFFFD, 1) }
  let second = UInt32(text[index + 1] & 0x3F)
  if length == 2 { return ((first & 0x1F) << 6 | second, 2) }
  let third = UInt32(text[index + 2] & 0x3F)
  if length == 3 { return ((first & 0x0F) << 12 | second << 6 | third, 3) }
  return ((first & 0x07) << 18 | second << 12 | third << 6 | UInt32(text[index + 3] & 0x3F), 4)
}
