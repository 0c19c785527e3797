import Foundation

/// What BERT's normaliser and word splitter make of each scalar.
///
/// The reference (Hugging Face's `tokenizers`) takes categories from a crate with the tables of Unicode
/// 8.0; models were trained with them, so scalars of later versions count as unassigned here too.
/// Whitespace and case are those of the current version, as there.
struct BertCharacters: Sendable {
  /// What happens to a scalar.
  enum Kind: UInt8, Sendable {
    /// Part of a word.
    case word
    /// Ends a word and is left out.
    case space
    /// A word of its own.
    case alone
    /// Left out without ending a word.
    case dropped
  }

  /// The options of `BertNormalizer`.
  struct Options: Sendable, Hashable {
    var cleansText = true
    var separatesHan = true
    var stripsAccents = true
    var lowercases = true
  }

  let options: Options

  init(_ options: Options) { self.options = options }

  /// Calls `body` with each scalar that this one becomes, and what becomes of that.
  @inline(__always)
  func forEach(
    of scalar: UInt32, _ body: (_ scalar: UInt32, _ kind: Kind) -> Void
  ) {
    if scalar < 0x80 {
      let upper = options.lowercases && scalar >= 0x41 && scalar <= 0x5A
      return body(upper ? scalar + 0x20 : scalar, ascii(scalar))
    }
    // Ideographs change in no way.
    if scalar >= 0x4E00, scalar <= 0x9FFF { return body(scalar, options.separatesHan ? .alone : .word) }
    guard let scalar = Unicode.Scalar(scalar) else { return }
    other(scalar, body)
  }

  private func ascii(_ scalar: UInt32) -> Kind {
    switch scalar {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: .word
    case 0x09, 0x0A, 0x0D, 0x20: .space
    case 0x0B, 0x0C: options.cleansText ? .dropped : .space
    case 0..<0x20, 0x7F: options.cleansText ? .dropped : .word
    default: .alone
    }
  }

  private func other(_ scalar: Unicode.Scalar, _ body: (UInt32, Kind) -> Void) {
    let properties = scalar.properties
    if options.cleansText {
      if isControl(scalar) { return body(scalar.value, .dropped) }
      if properties.isWhitespace { return body(scalar.value, .space) }
    }
    let isHan = options.separatesHan && Self.isHan(scalar.value)
    guard options.stripsAccents else { return fold(scalar, isHan, body) }
    if scalar.value >= 0xAC00, scalar.value <= 0xD7A3 { return hangul(scalar.value, body) }
    for part in String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
    where !Self.isAccent(part) {
      fold(part, isHan, body)
    }
  }

  /// The last step: lower case, then what the word splitter sees.
  private func fold(_ scalar: Unicode.Scalar, _ isHan: Bool, _ body: (UInt32, Kind) -> Void) {
    guard options.lowercases else { return body(scalar.value, isHan ? .alone : kind(scalar)) }
    for part in scalar.properties.lowercaseMapping.unicodeScalars {
      body(part.value, isHan ? .alone : kind(part))
    }
  }

  /// A syllable's letters, by the standard's arithmetic (section 3.12).
  private func hangul(_ scalar: UInt32, _ body: (UInt32, Kind) -> Void) {
    let index = scalar - 0xAC00
    body(0x1100 + index / 588, .word)
    body(0x1161 + index % 588 / 28, .word)
    if index % 28 > 0 { body(0x11A7 + index % 28, .word) }
  }

  private func kind(_ scalar: Unicode.Scalar) -> Kind {
    if scalar.value < 0x80 { return ascii(scalar.value) }
    if scalar.properties.isWhitespace { return .space }
    return Self.isPunctuation(scalar) ? .alone : .word
  }
}

extension BertCharacters {
  private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .privateUse: true
    case .format: Self.isKnown(scalar)
    default: scalar.value == 0xFFFD
    }
  }

  /// A non-spacing mark, as of Unicode 8.0.
  static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1734: true
    case 0x1885, 0x1886, 0x111C9: false
    default: scalar.properties.generalCategory == .nonspacingMark && isKnown(scalar)
    }
  }

  /// Punctuation as of Unicode 8.0; ASCII is judged elsewhere.
  static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      isKnown(scalar)
    default: scalar.value == 0x166D || scalar.value == 0x111C9
    }
  }

  private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    guard let age = scalar.properties.age else { return false }
    return age.major <= 8
  }

  /// The reference's ranges, its gap after U+2B81F included.
  static func isHan(_ value: UInt32) -> Bool {
    switch value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F,
      0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
