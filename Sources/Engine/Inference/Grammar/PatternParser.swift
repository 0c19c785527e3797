/// A regular expression, of the part of ECMA-262 that a finite automaton can match.
indirect enum Pattern: Sendable {
  case set(ScalarSet)
  case sequence([Pattern])
  case choice([Pattern])
  case repeated(Pattern, atLeast: Int, atMost: Int?)
  case start
  case end

  /// The least number of characters that fits.
  var shortest: Int {
    switch self {
    case .set: 1
    case .sequence(let parts): parts.reduce(0) { Self.sum($0, $1.shortest) }
    case .choice(let parts): parts.map(\.shortest).min() ?? 0
    case .repeated(let part, let least, _): Self.product(part.shortest, least)
    case .start, .end: 0
    }
  }

  /// The largest number of characters that fits; nil without end.
  var longest: Int? {
    switch self {
    case .set: return 1
    case .sequence(let parts):
      return parts.reduce(.some(0)) { sum, part in
        guard let sum, let length = part.longest else { return nil }
        return Self.sum(sum, length)
      }
    case .choice(let parts):
      return parts.reduce(.some(0)) { most, part in
        guard let most, let length = part.longest else { return nil }
        return max(most, length)
      }
    case .repeated(let part, _, let most):
      guard let length = part.longest else { return nil }
      if length == 0 { return 0 }
      return most.map { Self.product(length, $0) }
    case .start, .end: return 0
    }
  }

  private static let huge = 1 << 40
  private static func sum(_ a: Int, _ b: Int) -> Int { min(huge, a + b) }
  private static func product(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? huge : min(huge, product)
  }
}

/// Reads a pattern. What a finite automaton cannot match (lookaround, back-references, word
/// boundaries) is refused.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private let place: String
  private var position = 0

  static func pattern(_ text: String, at place: String) throws(GrammarError) -> Pattern {
    var parser = PatternParser(scalars: Array(text.unicodeScalars), place: place)
    guard parser.scalars.count <= 4_096 else {
      throw parser.fault("more than 4,096 characters", .limit)
    }
    let pattern = try parser.alternatives(depth: 0)
    guard parser.current == nil else { throw parser.fault("a ) without a (", .syntax) }
    return pattern
  }

  private init(scalars: [Unicode.Scalar], place: String) {
    self.scalars = scalars
    self.place = place
  }

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func fault(
    _ message: String, _ code: GrammarError.Code = .unsupported
  ) -> GrammarError {
    GrammarError(code, at: place, "the pattern at character \(position + 1): \(message)")
  }

  private mutating func skip(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func alternatives(depth: Int) throws(GrammarError) -> Pattern {
    guard depth < GrammarLimits.sourceDepth else { throw fault("groups nest too deeply", .limit) }
    var alternatives = [try sequence(depth: depth)]
    while skip("|") { alternatives.append(try sequence(depth: depth)) }
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  private mutating func sequence(depth: Int) throws(GrammarError) -> Pattern {
    var parts: [Pattern] = []
    while let next = current, next != "|", next != ")" {
      let part = try atom(next, depth: depth)
      parts.append(try quantified(part))
    }
    return .sequence(parts)
  }

  private mutating func atom(_ next: Unicode.Scalar, depth: Int) throws(GrammarError) -> Pattern {
    position += 1
    switch next {
    case "^": return .start
    case "$": return .end
    case ".":
      // All that any engine takes for the end of a line is left out.
      return .set(ScalarSet([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029]).complement)
    case "[": return .set(try characterClass())
    case "(":
      try groupOpening()
      let body = try alternatives(depth: depth + 1)
      guard skip(")") else { throw fault("a ( without a )", .syntax) }
      return body
    case "\\": return .set(try escape())
    case "*", "+", "?": throw fault("nothing stands before \(next)", .syntax)
    default: return .set(ScalarSet([next.value...next.value]))
    }
  }

  private mutating func groupOpening() throws(GrammarError) {
    guard current == "?" else { return }
    if skip("?:") { return }
    if skip("?<=") || skip("?<!") || skip("?=") || skip("?!") {
      throw fault("lookahead and lookbehind are not supported; write it without")
    }
    guard skip("?<") || skip("?P<") else { throw fault("an unknown kind of group") }
    while let next = current, next != ">" {
      guard next.properties.isAlphabetic || next == "_" || next.decimalDigit != nil else { break }
      position += 1
    }
    guard skip(">") else { throw fault("a group's name has no end", .syntax) }
  }

  private mutating func quantified(_ part: Pattern) throws(GrammarError) -> Pattern {
    var bounds: (Int, Int?)?
    if skip("*") {
      bounds = (0, nil)
    } else if skip("+") {
      bounds = (1, nil)
    } else if skip("?") {
      bounds = (0, 1)
    } else if current == "{" {
      bounds = try countedBounds()
    }
    guard let (least, most) = bounds else { return part }
    switch part {
    case .start, .end: throw fault("a repeated anchor", .syntax)
    default: break
    }
    // A lazy repetition matches the same texts.
    _ = skip("?")
    guard current != "*", current != "+", current != "?" else {
      throw fault("a repetition of a repetition; use a group")
    }
    return .repeated(part, atLeast: least, atMost: most)
  }

  /// Nil for a brace that stands for itself.
  private mutating func countedBounds() throws(GrammarError) -> (Int, Int?)? {
    let start = position
    position += 1
    let least = try count()
    var most = least
    var hasEnd = true
    if skip(",") {
      most = try count()
      hasEnd = most != nil
    }
    guard skip("}"), let least else {
      position = start + 1
      throw fault("a { that begins no repetition; escape it")
    }
    if let most, most < least { throw fault("a repetition's bounds are the wrong way", .syntax) }
    return (least, hasEnd ? most : nil)
  }

  private mutating func count() throws(GrammarError) -> Int? {
    var value: Int?
    while let digit = current?.decimalDigit {
      value = (value ?? 0) * 10 + digit
      position += 1
      guard value ?? 0 <= GrammarLimits.repetitions else {
        throw fault("a repetition of more than \(GrammarLimits.repetitions)", .limit)
      }
    }
    return value
  }

  private mutating func characterClass() throws(GrammarError) -> ScalarSet {
    let isNegated = skip("^")
    var set = ScalarSet()
    var ranges: [ClosedRange<UInt32>] = []
    while !skip("]") {
      let low = try classMember()
      guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
        if low.ranges.count == 1 { ranges += low.ranges } else { set = set.union(low) }
        continue
      }
      position += 1
      let high = try classMember()
      guard let first = low.only, let last = high.only, first <= last else {
        throw fault("a range that is none", .syntax)
      }
      ranges.append(first...last)
    }
    set = set.union(ScalarSet(ranges))
    return isNegated ? set.complement : set
  }

  private mutating func classMember() throws(GrammarError) -> ScalarSet {
    guard let next = current else { throw fault("a [ without a ]", .syntax) }
    position += 1
    if next == "\\" {
      if skip("b") { return ScalarSet("\u{08}") }
      return try escape()
    }
    return ScalarSet([next.value...next.value])
  }

  private mutating func escape() throws(GrammarError) -> ScalarSet {
    guard let next = current else { throw fault("an escape has no end", .syntax) }
    position += 1
    switch next {
    case "d": return .digits
    case "D": return .asciiWithoutDigits
    case "w": return .word
    case "W": return ScalarSet([0...0x7F]).subtracting(.word)
    case "s": return ScalarSet(" \t\n\r\u{0B}\u{0C}")
    case "S": return ScalarSet.everySpace.complement
    case "n": return ScalarSet("\n")
    case "r": return ScalarSet("\r")
    case "t": return ScalarSet("\t")
    case "f": return ScalarSet("\u{0C}")
    case "v": return ScalarSet("\u{0B}")
    case "0" where current?.decimalDigit == nil: return ScalarSet("\0")
    case "x": return try hexadecimal(digits: 2)
    case "u": return try hexadecimal(digits: 4)
    case "b", "B": throw fault("word boundaries are not supported; write it without")
    case "p", "P": throw fault("Unicode classes are not supported; write the ranges")
    case "1"..."9", "k": throw fault("back-references are not supported; write it without")
    case "a"..."z", "A"..."Z", "0": throw fault("an unknown escape", .syntax)
    default: return ScalarSet([next.value...next.value])
    }
  }

  private mutating func hexadecimal(digits: Int) throws(GrammarError) -> ScalarSet {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = current.flatMap({ Character($0).hexDigitValue }) else {
        throw fault("an escape needs \(digits) hexadecimal digits", .syntax)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    guard Unicode.Scalar(value) != nil else { throw fault("an escape is half a character") }
    return ScalarSet([value...value])
  }
}

extension ScalarSet {
  static let digits = ScalarSet([0x30...0x39])
  static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  /// Engines differ on digits and letters outside ASCII; what all agree on is safe.
  static let asciiWithoutDigits = ScalarSet([0...0x7F]).subtracting(.digits)
  /// All that any engine takes for white space.
  static let everySpace = ScalarSet([
    0x09...0x0D, 0x1C...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A,
    0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])

  /// The member of a set of one.
  var only: UInt32? {
    guard ranges.count == 1, ranges[0].count == 1 else { return nil }
    return ranges[0].lowerBound
  }
}
