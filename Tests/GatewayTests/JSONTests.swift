import Foundation
import Gateway
import TestSupport
import Testing

@Suite struct JSONTests {
  static let seeds = [
    #"{"model":"a","messages":[{"role":"user","content":"h\u00e9\n\"x\" 汉字 😀 \ud83d\ude00"}],"n":1}"#,
    #"[1,-0,0.5,1e3,-2.25E-7,true,false,null,"",{},[],{"a":{"b":[{"c":"d"}]}}]"#,
    #" { "a" : [ 1 , 2 ] , "b" : "\\\/\b\f\n\r\t" , "c" : { } } "#,
    #""text""#, "3", "-", "{", #"{"a":1,}"#, "[1 2]", "01", "1.", "nul", #""\x""#,
  ]

  @Test func `random mutations are taken and refused as Foundation does`() {
    var generator = SplitMix64(seed: 20)
    var valid = 0
    for round in 0..<60_000 {
      var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
      for _ in 0..<Int.random(in: 0...2, using: &generator) { mutate(&bytes, &generator) }
      let ours = try? JSONDocument(bytes)
      let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      if (ours == nil) != (theirs == nil), !isKnownDifference(bytes) {
        Issue.record(
          "\(String(decoding: bytes, as: UTF8.self)): ours \(ours != nil), Foundation \(theirs != nil)"
        )
      }
      guard let ours, let theirs else { continue }
      valid += 1
      if !isKnownDifference(bytes) {
        #expect(
          plain(ours.root) == theirs as? NSObject, "\(String(decoding: bytes, as: UTF8.self))")
      }
    }
    #expect(valid > 10_000)
  }

  /// Foundation guesses UTF-16 and UTF-32 from zero bytes and skips a byte order mark, lets duplicate
  /// names win as it likes, refuses numbers beyond its range, and takes a comma before a bracket.
  private func isKnownDifference(_ bytes: [UInt8]) -> Bool {
    if bytes.contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.isEmpty { return true }
    let text = String(decoding: bytes, as: UTF8.self)
    if text.contains(/[eE][-+]?[0-9]{3,}|[0-9]{18,}/) { return true }
    if text.contains(/,[ \n\r\t]*[\]}]/) { return true }
    return duplicates(text)
  }

  private func duplicates(_ text: String) -> Bool {
    let names = text.matches(of: /"([^"]*)"\s*:/).map { String($0.1) }
    return Set(names).count != names.count
  }

  private func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
    let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
    let alphabet =
      Array(#"{}[]",:\/0123456789.eE+-tfnu x"#.utf8) + [0x0A, 0x01, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
    let byte = alphabet.randomElement(using: &generator)!
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: bytes.insert(byte, at: min(place, bytes.count))
    case 1: if !bytes.isEmpty { bytes.remove(at: place) }
    default: if !bytes.isEmpty { bytes[place] = byte }
    }
  }

  private func plain(_ value: JSONValue) -> NSObject {
    switch value.kind {
    case .null: NSNull()
    case .bool: value.bool! as NSNumber
    case .string: value.string! as NSString
    case .number: value.int.map { $0 as NSNumber } ?? value.double! as NSNumber
    case .array: value.elements.map(plain) as NSArray
    case .object:
      Dictionary(value.members.map { ($0.key, plain($0.value)) }) { _, last in last }
        as NSDictionary
    }
  }

  @Test(arguments: [
    ("", 0), ("{", 1), (#"{"a" 1}"#, 5), (#"{"a":tru}"#, 5), ("[1,]", 3), (#"["\ud800"]"#, 2),
    ("{}x", 2), (#"{"a":01}"#, 6), ("[\"\u{1}\"]", 2),
  ])
  func `an error tells the byte`(text: String, position: Int) {
    #expect(throws: JSONError.self) { try JSONDocument(Array(text.utf8)) }
    do { _ = try JSONDocument(Array(text.utf8)) } catch { #expect(error.position == position) }
  }

  @Test func `nesting is bounded, numbers are exact or absent`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect((try? JSONDocument(nested(128))) != nil)
    #expect((try? JSONDocument(nested(129))) == nil)
    let numbers: [(String, Int?)] = [
      ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
      ("-9223372036854775809", nil), ("1.0", nil), ("1e3", nil), ("0", 0), ("-0", 0),
    ]
    for (text, value) in numbers {
      #expect(try JSONDocument(Array(text.utf8)).root.int == value, "\(text)")
    }
    #expect(try JSONDocument(Array("1e999".utf8)).root.double == .infinity)
  }

  @Test func `what is written reads back`() throws {
    var generator = SplitMix64(seed: 4)
    for _ in 0..<500 {
      let scalars = (0..<20).map { _ in
        Unicode.Scalar(UInt32.random(in: 0..<0xD800, using: &generator))!
      }
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      var writer = JSONWriter()
      writer.object { writer in
        writer.key(text)
        writer.string(text)
        writer.key("numbers")
        writer.array { writer in
          writer.int(-5)
          writer.double(0.25)
          writer.double(.infinity)
          writer.bool(true)
        }
      }
      let document = try JSONDocument(writer.bytes)
      #expect(document.root.members[0].key == text)
      #expect(document.root.members[0].value.string == text)
      #expect(document["numbers"]?.elements.map(\.kind) == [.number, .number, .null, .bool])
    }
  }
}
