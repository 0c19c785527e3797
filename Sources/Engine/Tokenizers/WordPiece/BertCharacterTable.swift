/// `BertCharacters` looked up: what the frequent scalars become, worked out once.
///
/// Covers U+0000 to U+33FF (alphabets, punctuation, kana) and U+F900 to U+FFFF (compatibility and
/// full-width forms); the rest is ideographs, syllables and rarities that `BertCharacters` answers.
struct BertCharacterTable: Sendable {
  typealias Kind = BertCharacters.Kind

  let characters: BertCharacters
  /// The start of each scalar's outputs; one more entry than scalars.
  private let starts: [UInt16]
  private let outputs: [UInt32]

  private static let low: UInt32 = 0x3400
  private static let high: UInt32 = 0xF900

  init(_ options: BertCharacters.Options) {
    let characters = BertCharacters(options)
    var starts: [UInt16] = [0]
    var outputs: [UInt32] = []
    for scalar in Array(0..<Self.low) + Array(Self.high...0xFFFF) {
      characters.forEach(of: scalar) { outputs.append($0 << 8 | UInt32($1.rawValue)) }
      starts.append(UInt16(outputs.count))
    }
    self.characters = characters
    self.starts = starts
    self.outputs = outputs
  }

  @inline(__always)
  func forEach(of scalar: UInt32, _ body: (_ scalar: UInt32, _ kind: Kind) -> Void) {
    let index: Int
    if scalar < Self.low {
      index = Int(scalar)
    } else if scalar >= Self.high, scalar <= 0xFFFF {
      index = Int(scalar - Self.high + Self.low)
    } else {
      return characters.forEach(of: scalar, body)
    }
    for output in outputs[Int(starts[index])..<Int(starts[index + 1])] {
      body(output >> 8, Kind(rawValue: UInt8(output & 0xFF))!)
    }
  }
}
