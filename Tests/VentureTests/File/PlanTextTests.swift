import Testing

@testable import Venture

@Suite struct PlanTextTests {
  /// Every scalar of the example, by path.
  static func places(_ value: PlanValue, _ path: PlanPath) -> [PlanPath] {
    switch value {
    case .text: [path]
    case .list(let elements):
      elements.enumerated().flatMap { places($1, path.appending(.index($0))) }
    case .map(let fields):
      fields.flatMap { places($0.value, path.appending(.name($0.name))) }
    }
  }

  static let values = [
    "3 to 6 %/month", "7", "a: b", "- x", "it's # not a comment", "\"quoted\"", "", "[1, 2]",
    "一到三 ¥/月", " lead and trail ", "two\nlines", "true", "{a", "100%", "|", "tab\there", "a,b",
  ]

  @Test(arguments: ["en", "zh"])
  func settingAValueChangesItsPlaceOnly(language: String) throws {
    let text = PlanExample.venture(language: language)
    let plan = try PlanText(text)
    let places = Self.places(try PlanValue(yaml: text), PlanPath([]))
    #expect(places.count > 800)
    var generator = Sequence64(state: 42)
    for _ in 0..<150 {
      let place = try #require(places.randomElement(using: &generator))
      // A price list's own path grammar has no dots in names; scenario overrides do.
      guard
        !place.steps.contains(where: {
          if case .name(let name) = $0 { name.contains(".") || name.contains("[") } else { false }
        })
      else { continue }
      let value = try #require(Self.values.randomElement(using: &generator))
      let edited = try plan.setting(path: "\(place)", to: value)
      #expect(edited.value(at: "\(place)") == .text(value), "\(place): \(value)")
      let (before, after) = (Array(text.unicodeScalars), Array(edited.text.unicodeScalars))
      let head = zip(before, after).prefix { $0 == $1 }.count
      let tail = zip(before.reversed(), after.reversed()).prefix { $0 == $1 }.count
      let old = try #require(plan.value(at: "\(place)"))
      guard case .text(let written) = old else { continue }
      // What changed is no longer than the value itself with its quotes.
      let changed = before.count - head - tail
      #expect(changed <= written.unicodeScalars.count * 2 + 4, "\(place): \(changed)")
    }
  }

  @Test func editsInARowKeepEverythingElse() throws {
    var plan = try PlanText(PlanExample.venture(language: "zh"))
    var expected = try PlanValue(yaml: plan.text)
    let places = Self.places(expected, PlanPath([])).filter { !"\($0)".contains("scenarios") }
    var generator = Sequence64(state: 7)
    for round in 0..<60 {
      let place = try #require(places.randomElement(using: &generator))
      plan = try plan.setting(path: "\(place)", to: "value \(round)")
      #expect(plan.value(at: "\(place)") == .text("value \(round)"))
    }
    let comments = { (text: String) in
      text.split(separator: "\n").filter { $0.hasPrefix("#") }
    }
    #expect(comments(plan.text) == comments(PlanExample.venture(language: "zh")))
    expected = try PlanValue(yaml: plan.text)
    #expect(
      Self.places(expected, PlanPath([])).count
        == Self.places(try PlanValue(yaml: PlanExample.venture(language: "zh")), PlanPath([])).count
    )
  }

  @Test(arguments: [
    ("a: 1 # one\nb: 2\n", "a", "5", "a: 5 # one\nb: 2\n"),
    ("a: 'it''s'\nb: 2\n", "a", "don't", "a: 'don''t'\nb: 2\n"),
    ("a: \"x\"  # c\n", "a", "y\"z", "a: \"y\\\"z\"  # c\n"),
    ("a:\nb: 2\n", "a", "1", "a: 1\nb: 2\n"),
    ("a: {b: 1, c: 2}\n", "a.c", "3, 4", "a: {b: 1, c: \"3, 4\"}\n"),
    ("a: [x, y]\n", "a[1]", "z", "a: [x, z]\n"),
    (
      "a:\n  - id: p\n    v: 1\n  - id: q\n    v: 2\n", "a[q].v", "9",
      "a:\n  - id: p\n    v: 1\n  - id: q\n    v: 9\n"
    ),
    ("a: |\n  one\n  two\n# c\nb: 2\n", "a", "three\n", "a: |\n  three\n# c\nb: 2\n"),
    ("a: |\n  one\n  two\n# c\nb: 2\n", "a", "one\nthree\n", "a: |\n  one\n  three\n# c\nb: 2\n"),
    ("a: long\n  text\nb: 2\n", "a", "short", "a: short\nb: 2\n"),
    ("a: 1\n", "b", "2", "a: 1\nb: 2\n"),
    ("a: {}\n", "a.b", "2", "a: {b: 2}\n"),
  ])
  func aValueIsWrittenAsItsNeighboursAre(
    text: String, path: String, value: String, expected: String
  ) throws {
    #expect(try PlanText(text).setting(path: path, to: value).text == expected)
  }

  @Test func elementsAndFieldsAreInsertedAndRemoved() throws {
    let text = "a:\n  - id: p # first\n    v: 1\n  - id: q\n    v: 2\n# end\nb: [1, 2]\n"
    let plan = try PlanText(text)
    let element = PlanValue.map([.init("id", .text("r")), .init("v", .text("3"))])
    let longer = try plan.inserting(element, at: "a[2]")
    #expect(
      longer.text
        == "a:\n  - id: p # first\n    v: 1\n  - id: q\n    v: 2\n  - id: r\n    v: 3\n# end\nb: [1, 2]\n"
    )
    #expect(try longer.removing(path: "a[r]").text == text)
    #expect(try plan.inserting(.text("3"), at: "b[2]").text.hasSuffix("b: [1, 2, 3]\n"))
    #expect(try plan.removing(path: "b[0]").text.hasSuffix("b: [2]\n"))
    #expect(
      try plan.removing(path: "b").text
        == "a:\n  - id: p # first\n    v: 1\n  - id: q\n    v: 2\n# end\n")
    #expect(
      try plan.removing(path: "a[0].v").text
        == "a:\n  - id: p # first\n  - id: q\n    v: 2\n# end\nb: [1, 2]\n")
    #expect(throws: PlanProblem.self) { try plan.removing(path: "a[7]") }
    #expect(throws: PlanProblem.self) { try plan.setting(path: "no.such.place", to: "1") }
  }

  @Test(arguments: ["en", "zh"])
  func canonicalYAMLReadsBackEqual(language: String) throws {
    let value = try PlanValue(yaml: PlanExample.venture(language: language))
    #expect(try PlanValue(yaml: value.yaml) == value)
  }
}

/// SplitMix64.
struct Sequence64: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
